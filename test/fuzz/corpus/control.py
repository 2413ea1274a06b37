K = tl.constexpr(4)


@triton.jit
def helper(a, b=2, *rest, c: tl.constexpr = 3):
    if a > b:
        return a * c, 1
    return b * c + len(rest), 1


@triton.constexpr_function
def log2(n):
    r = 0
    while n > 1:
        n //= 2
        r += 1
    return r


@triton.jit
def kernel(x_ptr, out_ptr, n, e, B: tl.constexpr):
    """Doc."""
    pid = tl.program_id(0)
    if pid >= n:
        return
    offs = pid * B + tl.arange(0, B)
    mask = offs < n
    x = tl.load(x_ptr + offs, mask=mask, other=0.0, cache_modifier=".cg")
    acc = tl.zeros((B,), dtype=tl.float32)
    for i in range(n - 1, -1, -2):
        acc += x * i
        if i == 3:
            acc = acc * 2.0
    k = 0
    while k < n and e > 0.5:
        k += 1
    for j in tl.static_range(log2(B)):
        acc += helper(j, n, 5, c=j)[0]
    y: tl.constexpr = f"{B:04d}" + "a" * 3
    tl.static_assert(y.startswith("0") and (1, 2)[::-1] == (2, 1))
    z = acc if n > 3 else x
    z = tl.where(mask, z, -float("inf")) - tl.max(z, 0)
    tl.store(out_ptr + offs, tl.exp(z) / tl.sum(tl.exp(z), axis=0), mask=mask)

#: x_ptr: *fp32:16, y_ptr: *kbf16, n: i32:16, step: i64, eps: fp32, flag: i1, BLOCK: 64, MODE: "sum", NOTHING: None
import triton
import triton.language as tl

LIMIT: tl.constexpr = 4
WIDE = tl.constexpr(LIMIT * 2)


@triton.jit
def clamp(x, low, high=1.0):
    if low is None:
        return tl.minimum(x, high)
    return tl.maximum(low, tl.minimum(x, high))


@triton.jit
def pair(a, b):
    return b, a


@triton.constexpr_function
def halves(n):
    result = []
    while n > 1:
        n //= 2
        result.append(n)
    return tuple(result)


@triton.jit
def kernel(x_ptr, y_ptr, n, step, eps, flag, BLOCK: tl.constexpr, MODE: tl.constexpr, NOTHING):
    pid = tl.program_id(0)
    if pid * BLOCK >= n:
        return
    offs = pid * BLOCK + tl.arange(0, BLOCK)
    total = tl.zeros([BLOCK], tl.float32)
    count = 0
    for i in range(0, n, LIMIT):
        x = tl.load(x_ptr + offs + i * step, mask=offs < n, other=0.0)
        if flag:
            total += x
        else:
            total -= x * 2
        count += 1
    for j in tl.static_range(len(halves(BLOCK))):
        total = total * halves(BLOCK)[j] + j
    while count > 0 and flag:
        count -= WIDE
        total, eps = pair(eps, total)[0], eps + 1
    y = tl.load(y_ptr) if NOTHING is None else 0.0
    tl.static_assert(MODE == "sum", f"mode {MODE!r}")
    tl.store(x_ptr + offs, clamp(total + y, None), mask=(offs < n) & flag)

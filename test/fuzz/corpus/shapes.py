@triton.jit
def plus(a, b):
    return a + b


@triton.jit
def kernel(p, q, n, B: tl.constexpr):
    a = tl.load(p + tl.arange(0, B))
    b = tl.cat(a, a).reshape(2, B)
    f, g = tl.split(tl.join(a, a))
    h = tl.broadcast_to(tl.expand_dims(f, [0, 2]), 4, B, 2)
    m, j = tl.max(h, 1, return_indices=True)
    s = tl.softmax(a) + tl.sigmoid(g) + tl.flip(a, 0) + tl.cumsum(a)
    t = tl.trans(b)[None, :, :].to(tl.float16).to(tl.int32, bitcast=False)
    u = tl.associative_scan(a, 0, plus, reverse=True) + tl.reduce(a, 0, plus)
    r = tl.rand(n, tl.arange(0, B)) + tl.sum(t) // 3 % 5 + (tl.argmin(a, 0) << 2)
    tl.device_assert(n > 0, "positive")
    tl.device_print("x", n)
    tl.store(p + tl.arange(0, B), s + u + r + tl.sum(j))

import triton
import triton.language as tl
from triton.language.extra import libdevice


@triton.jit
def combine(a, b):
    return tl.maximum(a, b)


@triton.jit
def kernel(x_ptr, i_ptr, stride, n, BLOCK: tl.constexpr, ROWS: tl.constexpr = 4):
    rows = tl.arange(0, ROWS)[:, None]
    cols = tl.arange(0, BLOCK)[None, :]
    mask = (cols < n) & (rows >= 0)
    x = tl.load(x_ptr + rows * stride + cols, mask, other=-float("inf"), cache_modifier=".cg").to(tl.float32)
    top, at = tl.max(x, axis=1, return_indices=True)
    y = tl.exp(x - top[:, None])
    y = y / tl.sum(y, 1, keep_dims=True)
    z = tl.where(mask, tl.sigmoid(y) * tl.sqrt(tl.abs(y)), 1e-3)
    z = tl.trans(z).reshape([ROWS, BLOCK // 2, 2])
    a, b = tl.split(z)
    c = tl.join(b, a).permute(0, 2, 1).reshape(ROWS, BLOCK)
    d = tl.cumsum(c.to(tl.int32), axis=1) ^ (cols << 2) | ~rows % 3 // 2
    e = tl.associative_scan(c, 1, combine, reverse=True)
    f = tl.reduce(e, 0, combine)[None, :] + tl.broadcast_to(at[:, None], [ROWS, BLOCK])
    g = libdevice.tanh(f) + tl.fma(f, f, 1.0) - tl.rsqrt(f * f + 1) if n > 3 else f
    tl.store(x_ptr + rows * stride + cols, g.to(x_ptr.dtype.element_ty), mask=mask)
    tl.device_print("done", tl.sum(d), tl.cdiv(n, BLOCK), hex=True)
    tl.store(i_ptr, (tl.sum(d).to(tl.uint32, bitcast=True) >> 1).to(tl.float16))

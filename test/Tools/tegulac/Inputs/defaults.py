import tegula as triton
import tegula.language as tl

ROWS = tl.constexpr(16)


@triton.jit
def kernel(x_ptr, scale: tl.constexpr = 2.0, *, BLOCK: tl.constexpr = ROWS * 4):
    tl.store(x_ptr + tl.arange(0, BLOCK), scale)

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A mask of another shape."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=tl.arange(0, 32) < n)
    tl.store(x_ptr + offs, x)

#> mask-shape.py:12:9: error: the shapes [128] and [32] cannot be broadcast together: the sizes 128 and 32 differ in the last dimension
#>    12 |     x = tl.load(x_ptr + offs, mask=tl.arange(0, 32) < n)
#>       |         ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#> hint: to combine every pair, index with [:, None] and [None, :]

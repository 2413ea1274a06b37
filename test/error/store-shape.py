# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A value that does not fit the block of pointers."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.arange(0, 64)
    tl.store(x_ptr + offs, tl.zeros([BLOCK], tl.float32))

#> store-shape.py:12:5: error: the value of shape [128] cannot be broadcast to the pointer's shape [64]
#>    12 |     tl.store(x_ptr + offs, tl.zeros([BLOCK], tl.float32))
#>       |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A shape of another number of elements."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = tl.reshape(x, [64, 4])
    tl.store(x_ptr, tl.sum(x))

#> reshape-count.py:13:9: error: a block of 128 elements cannot take the shape [64, 4] of 256
#>    13 |     x = tl.reshape(x, [64, 4])
#>       |         ^~~~~~~~~~~~~~~~~~~~~~

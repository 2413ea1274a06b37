# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A reduction along an axis that the block lacks."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    tl.store(x_ptr, tl.sum(x, axis=1))

#> axis-out-of-range.py:13:21: error: axis 1 is out of range for a block of 1 dimension
#>    13 |     tl.store(x_ptr, tl.sum(x, axis=1))
#>       |                     ^~~~~~~~~~~~~~~~~

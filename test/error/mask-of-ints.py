# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A mask that is no bool."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.arange(0, BLOCK)
    tl.store(x_ptr + offs, 0.0, mask=offs)

#> mask-of-ints.py:12:5: error: a mask must be a bool; got i32[128]
#>    12 |     tl.store(x_ptr + offs, 0.0, mask=offs)
#>       |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#> hint: compare it with 0

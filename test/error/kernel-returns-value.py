# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A kernel that returns something."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    return tl.load(x_ptr)

#> kernel-returns-value.py:11:5: error: a kernel returns nothing; got fp32
#>    11 |     return tl.load(x_ptr)
#>       |     ^~~~~~~~~~~~~~~~~~~~~
#> hint: store the result through a pointer

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp8e4b8, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A pointer to a dtype that no target has."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    pass

#> parameter-dtype.py:10:12: error: a parameter cannot have the type *fp8e4b8
#>    10 | def kernel(x_ptr, n, BLOCK: tl.constexpr):
#>       |            ^~~~~

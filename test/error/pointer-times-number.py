# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Arithmetic that pointers do not have."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr * 2, 0.0)

#> pointer-times-number.py:11:14: error: operator * does not take *fp32 and the int 2
#>    11 |     tl.store(x_ptr * 2, 0.0)
#>       |              ^~~~~~~~~

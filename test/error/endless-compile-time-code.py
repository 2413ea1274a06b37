# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Compile-time code that does not end."""

import tegula as triton
import tegula.language as tl

@triton.constexpr_function
def endless(n):
    while n > 0:
        n += 1
    return n


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, endless(BLOCK))

#> endless-compile-time-code.py:17:21: error: the compile-time code runs for too long
#>    17 |     tl.store(x_ptr, endless(BLOCK))
#>       |                     ^~~~~~~~~~~~~~

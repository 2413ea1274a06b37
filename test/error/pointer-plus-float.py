# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Pointers move by whole elements."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + 0.5, 0.0)

#> pointer-plus-float.py:11:14: error: a pointer moves by integers; got fp32
#>    11 |     tl.store(x_ptr + 0.5, 0.0)
#>       |              ^~~~~~~~~~~

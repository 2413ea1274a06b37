# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Bit operations on floats."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = x & 1
    tl.store(x_ptr + offs, x, mask=offs < n)

#> bitwise-of-floats.py:13:9: error: the operator & takes integers; got fp32[128] and the int 1
#>    13 |     x = x & 1
#>       |         ^~~~~

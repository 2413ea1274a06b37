# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 'x" 2> %t
# RUN: %message %t
"""A string without an end."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> <signature>:1:30: error: a string is not closed
#>     1 | x_ptr: *fp32, n: i32, BLOCK: 'x
#>       |                              ^~

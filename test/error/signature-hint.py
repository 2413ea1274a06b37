# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32:32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A hint other than 16."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> <signature>:1:14: error: expected the hint 16, or 1 on an integer, got '32'
#>     1 | x_ptr: *fp32:32, n: i32, BLOCK: 128
#>       |              ^~

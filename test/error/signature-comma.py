# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32 n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Two parameters without a comma."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> <signature>:1:14: error: expected ',' between parameters, got 'n'
#>     1 | x_ptr: *fp32 n: i32, BLOCK: 128
#>       |              ^

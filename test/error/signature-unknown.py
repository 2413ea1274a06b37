# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128, m: i32" 2> %t
# RUN: %message %t
"""A parameter that the kernel does not have."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> <signature>:1:35: error: kernel 'kernel' has no parameter 'm'
#>     1 | x_ptr: *fp32, n: i32, BLOCK: 128, m: i32
#>       |                                   ^
#> hint: its parameters are x_ptr, n, BLOCK

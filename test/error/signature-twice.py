# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, n: i64, BLOCK: 128" 2> %t
# RUN: %message %t
"""A parameter that is given twice."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> <signature>:1:23: error: parameter 'n' is given twice
#>     1 | x_ptr: *fp32, n: i32, n: i64, BLOCK: 128
#>       |                       ^
#> <signature>:1:15: note: it was given here first

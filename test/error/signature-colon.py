# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n, BLOCK: 128" 2> %t
# RUN: %message %t
"""A parameter without a type."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> <signature>:1:16: error: expected ':' after 'n', got ','
#>     1 | x_ptr: *fp32, n, BLOCK: 128
#>       |                ^
#> hint: write NAME: TYPE, for example x_ptr: *fp16:16

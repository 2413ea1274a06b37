# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Text that is not Python."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    x = tl.load(x_ptr + 
    tl.store(x_ptr, x)

#> syntax-error.py:11:16: error: '(' is never closed
#>    11 |     x = tl.load(x_ptr +
#>       |                ^

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Lists of compile time do not change in a kernel."""

import tegula as triton
import tegula.language as tl

@triton.constexpr_function
def halves(n):
    return [n, n // 2]


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    halves(BLOCK).append(n)

#> list-changes.py:15:5: error: a list cannot change in a kernel
#>    15 |     halves(BLOCK).append(n)
#>       |     ^~~~~~~~~~~~~~~~~~~~~~~
#> hint: build a new tuple: `items + (x,)`

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A loop that changes a variable's type."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    total = 0
    for i in range(n):
        total += tl.load(x_ptr + i)
    tl.store(x_ptr, total)

#> loop-carried-type.py:12:5: error: the loop-carried `total` is i32 before the loop but becomes fp32 in it
#>    12 |     for i in range(n):
#>       |     ^~~~~~~~~~~~~~~~~~
#> loop-carried-type.py:11:5: note: `total` is bound to i32 here
#> loop-carried-type.py:13:9: note: `total` is bound to fp32 here
#> hint: give the initial value the type that the loop computes

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Branches that leave different types behind."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    if n > 0:
        y = tl.load(x_ptr)
    else:
        y = n
    tl.store(x_ptr, y)

#> branch-types.py:11:5: error: `y` has another type after each branch of the `if`: fp32 and i32
#>    11 |     if n > 0:
#>       |     ^~~~~~~~~
#> branch-types.py:12:9: note: `y` is bound to fp32 here
#> branch-types.py:14:9: note: `y` is bound to i32 here

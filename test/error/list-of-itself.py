# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A list that holds itself."""

import tegula as triton
import tegula.language as tl

@triton.constexpr_function
def endless():
    items = []
    items.append(items)
    return items


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, len(endless()))

#> list-of-itself.py:17:25: error: a list cannot hold itself
#>    17 |     tl.store(x_ptr, len(endless()))
#>       |                         ^~~~~~~~~

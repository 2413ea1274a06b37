# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A load through something that is no pointer."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    x = tl.load(n)
    tl.store(x_ptr, x)

#> load-from-number.py:11:9: error: tl.load takes a pointer or a block of pointers; got i32
#>    11 |     x = tl.load(n)
#>       |         ^~~~~~~~~~

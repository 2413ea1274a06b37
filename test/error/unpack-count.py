# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A tuple unpacked into the wrong number of names."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    a, b = (n, n, n)
    tl.store(x_ptr, a + b)

#> unpack-count.py:11:5: error: 2 names are bound to 3 values
#>    11 |     a, b = (n, n, n)
#>       |     ^~~~

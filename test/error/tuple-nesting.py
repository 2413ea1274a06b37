# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A loop that nests tuples without end."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    t = ()
    for i in tl.static_range(1000):
        t = (t, i)
    tl.store(x_ptr, len(t))

#> tuple-nesting.py:13:13: error: the kernel unrolls to more than 1000000 expressions
#>    13 |         t = (t, i)
#>       |             ^~~~~~

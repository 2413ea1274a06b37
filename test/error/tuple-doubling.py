# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A loop that doubles a tuple without end."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    t = (1, 2)
    for i in tl.static_range(60):
        t = (t, t)
    tl.store(x_ptr, len(t))

#> tuple-doubling.py:13:13: error: a tuple has at most 65536 elements, and fewer when it is nested
#>    13 |         t = (t, t)
#>       |             ^~~~~~

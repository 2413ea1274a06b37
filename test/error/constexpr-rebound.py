# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A constexpr that is bound again."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    ROWS: tl.constexpr = 64
    ROWS = 128
    tl.store(x_ptr + tl.arange(0, ROWS), 0.0)

#> constexpr-rebound.py:12:5: error: the constexpr `ROWS` cannot be bound again
#>    12 |     ROWS = 128
#>       |     ^~~~
#> constexpr-rebound.py:11:5: note: it is bound to 64 here

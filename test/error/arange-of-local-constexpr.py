# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""The note names the local constexpr."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    ROWS: tl.constexpr = BLOCK - 28
    offs = tl.arange(0, ROWS)
    tl.store(x_ptr + offs, 0.0)

#> arange-of-local-constexpr.py:12:12: error: arange needs a power-of-two length; got 0..100
#>    12 |     offs = tl.arange(0, ROWS)
#>       |            ^~~~~~~~~~~~~~~~~~
#> arange-of-local-constexpr.py:11:5: note: ROWS is bound to 100 here
#> hint: pass BLOCK = tegula.next_power_of_2(ROWS) and mask the tail

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""An end at the start."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.arange(BLOCK, BLOCK)
    tl.store(x_ptr + offs, 0.0)

#> arange-empty.py:11:12: error: arange needs an end above its start; got 128..128
#>    11 |     offs = tl.arange(BLOCK, BLOCK)
#>       |            ^~~~~~~~~~~~~~~~~~~~~~~
#> arange-empty.py:10:22: note: BLOCK is bound to 128 here

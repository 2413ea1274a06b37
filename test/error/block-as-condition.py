# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""The truth of a block."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    if x > 0:
        x = -x
    tl.store(x_ptr + offs, x, mask=offs < n)

#> block-as-condition.py:13:8: error: the truth of a block of more than one element is ambiguous; got i1[128]
#>    13 |     if x > 0:
#>       |        ^~~~~
#> hint: choose element by element with tl.where, or reduce the condition first

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 4096" 2> %t
# RUN: %message %t
"""A block above the limit."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, tl.sum(tl.zeros([BLOCK, BLOCK], tl.float32)))

#> block-too-large.py:11:28: error: a block has at most 1048576 elements; got shape [4096, 4096]
#>    11 |     tl.store(x_ptr, tl.sum(tl.zeros([BLOCK, BLOCK], tl.float32)))
#>       |                            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#> block-too-large.py:10:22: note: BLOCK is bound to 4096 here

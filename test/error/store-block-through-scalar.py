# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A block stored through one pointer."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, tl.zeros([BLOCK], tl.float32))

#> store-block-through-scalar.py:11:5: error: the value of shape [128] cannot be broadcast to the pointer's shape []
#>    11 |     tl.store(x_ptr, tl.zeros([BLOCK], tl.float32))
#>       |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#> hint: add a block of offsets to the pointer

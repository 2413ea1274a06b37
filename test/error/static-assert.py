# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A compile-time assertion that does not hold."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.static_assert(BLOCK >= 256, 'blocks of 256 at least')
    tl.store(x_ptr, 0.0)

#> static-assert.py:11:5: error: static assertion failed: blocks of 256 at least
#>    11 |     tl.static_assert(BLOCK >= 256, 'blocks of 256 at least')
#>       |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#> static-assert.py:10:22: note: BLOCK is bound to 128 here

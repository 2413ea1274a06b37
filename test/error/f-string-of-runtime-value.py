# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.static_assert(BLOCK > 0, f'n is {n}')

#> f-string-of-runtime-value.py:11:40: error: an f-string holds compile-time values; got i32
#>    11 |     tl.static_assert(BLOCK > 0, f'n is {n}')
#>       |                                        ^~~

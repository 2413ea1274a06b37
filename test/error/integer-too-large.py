# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A literal that no type holds."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, n + 0x1_0000_0000_0000_0000)

#> integer-too-large.py:11:21: error: no integer type holds 18446744073709551616
#>    11 |     tl.store(x_ptr, n + 0x1_0000_0000_0000_0000)
#>       |                     ^~~~~~~~~~~~~~~~~~~~~~~~~~~

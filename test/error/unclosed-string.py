# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A string without an end."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.static_assert(True, 'never closed)

#> unclosed-string.py:11:28: error: unterminated string; expected ' before the end of the line
#>    11 |     tl.static_assert(True, 'never closed)
#>       |                            ^

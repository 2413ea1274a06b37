# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""An option that does not exist."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    x = tl.load(x_ptr, cache_modifier='.ch')

#> builtin-option.py:11:9: error: `cache_modifier` of tl.load is one of "", ".ca", ".cg", ".cs", ".cv"; got '.ch'
#>    11 |     x = tl.load(x_ptr, cache_modifier='.ch')
#>       |         ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

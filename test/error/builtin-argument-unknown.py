# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A keyword that a function of the language does not have."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    x = tl.load(x_ptr, masks=None)

#> builtin-argument-unknown.py:11:9: error: tl.load has no parameter `masks`
#>    11 |     x = tl.load(x_ptr, masks=None)
#>       |         ^~~~~~~~~~~~~~~~~~~~~~~~~~
#> hint: did you mean `mask`?

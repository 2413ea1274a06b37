# RUN: %refuse %{s:basename} --kernel kernel --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A helper without that parameter; the nearest one is suggested."""

import tegula as triton
import tegula.language as tl

@triton.jit
def scale(x, factor):
    return x * factor


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = scale(x, facto=2.0)
    tl.store(x_ptr + offs, x, mask=offs < n)

#> argument-unknown.py:17:9: error: scale has no parameter `facto`
#>    17 |     x = scale(x, facto=2.0)
#>       |         ^~~~~~~~~~~~~~~~~~~
#> argument-unknown.py:9:5: note: scale is defined here
#> hint: did you mean `factor`?

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A function that the language does not have."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = tl.sqroot(x)
    tl.store(x_ptr + offs, x, mask=offs < n)

#> undefined-attribute.py:13:9: error: `tl` has no attribute `sqroot`
#>    13 |     x = tl.sqroot(x)
#>       |         ^~~~~~~~~
#> hint: did you mean `sqrt`?

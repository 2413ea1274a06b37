# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A name that is bound nowhere; the nearest one is suggested."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + ofs)
    tl.store(x_ptr + offs, x)

#> undefined-name.py:12:25: error: the name `ofs` is not defined
#>    12 |     x = tl.load(x_ptr + ofs)
#>       |                         ^~~
#> hint: did you mean `offs`?

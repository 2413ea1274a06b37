# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A mistake that shows inside the language's own library: the place is the kernel's."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = tl.softmax(n)
    tl.store(x_ptr + offs, x, mask=offs < n)

#> inside-library.py:13:9: error: a reduction takes a block; got i32
#>    13 |     x = tl.softmax(n)
#>       |         ^~~~~~~~~~~~~

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""An element cannot be picked by its index."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    tl.store(x_ptr, x[0])

#> index-with-number.py:13:21: error: a block is indexed with `:` and `None` only; got the int 0
#>    13 |     tl.store(x_ptr, x[0])
#>       |                     ^~~~
#> hint: select elements with tl.where and a reduction, or load them through a pointer

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: i32" 2> %t
# RUN: %message %t
"""A constexpr parameter needs a value."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> signature-constexpr-type.py:11:22: error: `end` of tl.arange must be a compile-time int; got the dtype i32
#>    11 |     tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))
#>       |                      ^~~~~~~~~~~~~~~~~~~

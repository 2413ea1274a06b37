# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A literal that its partner's type cannot hold."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, (n.to(tl.int8) + 300).to(tl.float32))

#> literal-out-of-range.py:11:22: error: the number 300 is out of range for type i8
#>    11 |     tl.store(x_ptr, (n.to(tl.int8) + 300).to(tl.float32))
#>       |                      ^~~~~~~~~~~~~~~~~~~

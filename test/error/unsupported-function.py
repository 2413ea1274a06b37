# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A function that is known, but not supported yet."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    a = tl.zeros([16, 16], tl.float16)
    tl.store(x_ptr, tl.sum(tl.dot(a, a)))

#> unsupported-function.py:12:28: error: `tl.dot` is not supported yet
#>    12 |     tl.store(x_ptr, tl.sum(tl.dot(a, a)))
#>       |                            ^~~~~~~~~~~~

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    x = tl.zeros([BLOCK], tl.float32)
    x[0] = 1.0

#> element-assignment.py:12:5: error: an element cannot be assigned in a kernel
#>    12 |     x[0] = 1.0
#>       |     ^~~~
#> hint: choose with tl.where, or store through a pointer

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    n.value = 1

#> attribute-assignment.py:11:5: error: an attribute cannot be assigned in a kernel
#>    11 |     n.value = 1
#>       |     ^~~~~~~

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, 2j)

#> complex-number.py:11:21: error: complex numbers are not part of the kernel language
#>    11 |     tl.store(x_ptr, 2j)
#>       |                     ^~

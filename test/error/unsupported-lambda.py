# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    double = lambda v: v * 2
    tl.store(x_ptr, double(n))

#> unsupported-lambda.py:11:14: error: a lambda is not part of the kernel language
#>    11 |     double = lambda v: v * 2
#>       |              ^~~~~~~~~~~~~~~

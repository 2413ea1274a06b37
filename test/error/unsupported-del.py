# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    y = n
    del y

#> unsupported-del.py:12:5: error: a `del` statement is not part of the kernel language
#>    12 |     del y
#>       |     ^~~~~

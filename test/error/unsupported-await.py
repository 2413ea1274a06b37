# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    y = await n

#> unsupported-await.py:11:9: error: an `await` expression is not part of the kernel language
#>    11 |     y = await n
#>       |         ^~~~~~~

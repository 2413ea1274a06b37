# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    options = None
    tl.store(x_ptr, 0.0, **options)

#> keyword-unpacking.py:12:26: error: a call in a kernel does not take `**` arguments
#>    12 |     tl.store(x_ptr, 0.0, **options)
#>       |                          ^~~~~~~~~
#> hint: write the keywords out

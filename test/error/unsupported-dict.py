# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    sizes = {1: 2}
    tl.store(x_ptr, sizes[1])

#> unsupported-dict.py:11:13: error: a dict display is not part of the kernel language
#>    11 |     sizes = {1: 2}
#>       |             ^~~~~~

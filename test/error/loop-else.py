# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    for i in range(n):
        tl.store(x_ptr + i, 0.0)
    else:
        pass

#> loop-else.py:14:9: error: the `else` of a loop is not part of the kernel language
#>    14 |         pass
#>       |         ^~~~

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    a = tl.zeros([16, 16], tl.float16)
    tl.store(x_ptr, tl.sum(a @ a))

#> matrix-product.py:12:28: error: the operator @ is not part of the kernel language
#>    12 |     tl.store(x_ptr, tl.sum(a @ a))
#>       |                            ^~~~~
#> hint: call tl.dot

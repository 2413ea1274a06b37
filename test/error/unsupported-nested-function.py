# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    def double(v):
        return v * 2

    tl.store(x_ptr, double(n))

#> unsupported-nested-function.py:11:5: error: a nested function definition is not part of the kernel language
#>    11 |     def double(v):
#>       |     ^~~~~~~~~~~~~~
#> hint: define helpers at module level and decorate them with @jit

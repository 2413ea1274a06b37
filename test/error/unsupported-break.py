# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    for i in range(n):
        if i > 4:
            break
        tl.store(x_ptr + i, 0.0)

#> unsupported-break.py:13:13: error: a `break` statement is not part of the kernel language
#>    13 |             break
#>       |             ^~~~~
#> hint: guard the work with an `if`, or use a `while` with a flag

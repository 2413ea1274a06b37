# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    match n:
        case 1:
            tl.store(x_ptr, 0.0)

#> unsupported-match.py:11:5: error: a `match` statement is not part of the kernel language
#>    11 |     match n:
#>       |     ^~~~~~~~

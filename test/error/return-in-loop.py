# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    for i in range(n):
        if i > 4:
            return
        tl.store(x_ptr + i, 0.0)

#> return-in-loop.py:13:13: error: a `return` inside a `for` or `while` is not part of the kernel language
#>    13 |             return
#>       |             ^~~~~~
#> hint: compute the result in the loop and return it after

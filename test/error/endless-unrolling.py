# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""An unrolled loop without measure."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    for i in tl.static_range(10_000):
        for j in tl.static_range(10_000):
            tl.store(x_ptr, i + j)

#> endless-unrolling.py:13:33: error: the kernel unrolls to more than 1000000 expressions
#>    13 |             tl.store(x_ptr, i + j)
#>       |                                 ^

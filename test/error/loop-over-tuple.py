# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    for i in (1, 2, 3):
        tl.store(x_ptr + i, 0.0)

#> loop-over-tuple.py:11:14: error: a `for` in a kernel goes over range, tl.range or tl.static_range; got a tuple of 3
#>    11 |     for i in (1, 2, 3):
#>       |              ^~~~~~~~~
#> hint: index a tuple inside `for i in tl.static_range(len(...))`

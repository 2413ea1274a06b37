# RUN: %refuse %{s:basename} --kernel kernel --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A run-time value for a constexpr parameter."""

import tegula as triton
import tegula.language as tl

@triton.jit
def block(SIZE: tl.constexpr):
    return tl.arange(0, SIZE)


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + block(n), 0.0)

#> constexpr-parameter.py:15:22: error: `SIZE` of block is a constexpr parameter; got a run-time value of type i32
#>    15 |     tl.store(x_ptr + block(n), 0.0)
#>       |                      ^~~~~~~~

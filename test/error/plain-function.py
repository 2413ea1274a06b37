# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A helper without a decorator."""

import tegula as triton
import tegula.language as tl

def twice(x):
    return x + x


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, twice(n))

#> plain-function.py:14:21: error: a function without @jit runs at compile time and takes compile-time values; got i32
#>    14 |     tl.store(x_ptr, twice(n))
#>       |                     ^~~~~~~~
#> hint: decorate it with @jit

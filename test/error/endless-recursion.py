# RUN: %refuse %{s:basename} --kernel kernel --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A helper that calls itself without an end."""

import tegula as triton
import tegula.language as tl

@triton.jit
def again(x):
    return again(x + 1)


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, again(n))

#> endless-recursion.py:10:12: error: calls nest more than 64 deep in again
#>    10 |     return again(x + 1)
#>       |            ^~~~~~~~~~~~
#> endless-recursion.py:10:12: note: in the call of again here
#> endless-recursion.py:10:12: note: in the call of again here
#> endless-recursion.py:10:12: note: in the call of again here
#> endless-recursion.py:10:12: note: in the call of again here
#> endless-recursion.py:10:12: note: in the call of again here
#> endless-recursion.py:10:12: note: in the call of again here
#> endless-recursion.py:10:12: note: in the call of again here
#> endless-recursion.py:10:12: note: in the call of again here
#> hint: a recursive helper must end by a compile-time `if`

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A call of something that is no function."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, n(1))

#> call-of-number.py:11:21: error: i32 cannot be called
#>    11 |     tl.store(x_ptr, n(1))
#>       |                     ^~~~

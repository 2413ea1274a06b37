# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A global whose value is known at run time only."""

import tegula as triton
import tegula.language as tl

SIZE = len(open(__file__).read())


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr, SIZE)

#> module-global.py:13:21: error: `SIZE` is bound at module level to something that is not known at compile time (the name `open` is not known at compile time)
#>    13 |     tl.store(x_ptr, SIZE)
#>       |                     ^~~~

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A length that is known at run time only."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.arange(0, n)
    tl.store(x_ptr + offs, 0.0)

#> arange-of-runtime-value.py:11:12: error: `end` of tl.arange must be a compile-time int; got a run-time value of type i32
#>    11 |     offs = tl.arange(0, n)
#>       |            ^~~~~~~~~~~~~~~
#> hint: a name bound to a literal is a run-time value; annotate it: `NAME: tl.constexpr = ...`

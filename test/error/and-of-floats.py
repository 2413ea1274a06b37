# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""`and` of values that are no bools."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = tl.where(x and n, x, 0.0)
    tl.store(x_ptr + offs, x, mask=offs < n)

#> and-of-floats.py:13:18: error: `and` takes bools at run time; got fp32[128] and i32
#>    13 |     x = tl.where(x and n, x, 0.0)
#>       |                  ^~~~~~~
#> hint: compare with 0 first

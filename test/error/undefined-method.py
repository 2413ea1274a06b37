# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A method that blocks do not have."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = x.summ(0)
    tl.store(x_ptr + offs, x, mask=offs < n)

#> undefined-method.py:13:9: error: fp32[128] has no attribute `summ`
#>    13 |     x = x.summ(0)
#>       |         ^~~~~~
#> hint: did you mean `sum`?

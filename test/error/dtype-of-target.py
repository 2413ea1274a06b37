# RUN: %refuse %{s:basename} --emit ptx --target sm_80 --signature "x_ptr: *fp32, y_ptr: *fp8e4nv, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A dtype that the target lacks."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    tl.store(y_ptr + offs, x.to(tl.float8e4nv), mask=offs < n)

#> dtype-of-target.py:13:28: error: converting to fp8e4nv needs sm_89 or later; got sm_80
#>    13 |     tl.store(y_ptr + offs, x.to(tl.float8e4nv), mask=offs < n)
#>       |                            ^~~~~~~~~~~~~~~~~~~

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A function of Python that kernels do not have."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = x * sum((1, 2))
    tl.store(x_ptr + offs, x, mask=offs < n)

#> python-function.py:13:13: error: the name `sum` is not defined
#>    13 |     x = x * sum((1, 2))
#>       |             ^~~
#> hint: Python's `sum` is not part of the kernel language; use `tl.sum`

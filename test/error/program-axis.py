# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""An axis that a grid does not have."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.program_id(3), 0.0)

#> program-axis.py:11:22: error: axis must be 0, 1, or 2; got 3
#>    11 |     tl.store(x_ptr + tl.program_id(3), 0.0)
#>       |                      ^~~~~~~~~~~~~~~~
#> hint: a grid has at most three dimensions

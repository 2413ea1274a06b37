# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A block without a body."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    if n > 0:
    tl.store(x_ptr, 0.0)

#> indentation.py:12:5: error: expected an indented block after the condition of 'if'; got 'tl'
#>    12 |     tl.store(x_ptr, 0.0)
#>       |     ^~
#> indentation.py:11:5: note: the statement that needs the block begins here
#> hint: write `pass` for an empty block

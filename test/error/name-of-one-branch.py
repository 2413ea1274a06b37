# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A name that is bound on one path only."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    if n > 0:
        scale = 2.0
    else:
        pass
    tl.store(x_ptr, scale)

#> name-of-one-branch.py:15:21: error: the name `scale` is not defined on every path that leads here
#>    15 |     tl.store(x_ptr, scale)
#>       |                     ^~~~~
#> name-of-one-branch.py:12:9: note: it is bound here, inside a branch or loop that may not run
#> hint: bind it before the branch or loop

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Two blocks that cannot be broadcast together."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    a = tl.arange(0, BLOCK)
    b = tl.arange(0, 64)
    tl.store(x_ptr + a, (a + b).to(tl.float32))

#> shape-mismatch.py:13:26: error: the shapes [128] and [64] cannot be broadcast together: the sizes 128 and 64 differ in the last dimension
#>    13 |     tl.store(x_ptr + a, (a + b).to(tl.float32))
#>       |                          ^~~~~
#> hint: to combine every pair, index with [:, None] and [None, :]

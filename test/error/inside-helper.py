# RUN: %refuse %{s:basename} --kernel kernel --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A mistake in a helper: the notes lead to the kernel."""

import tegula as triton
import tegula.language as tl

@triton.jit
def inner(x):
    return x + tl.arange(0, 16)


@triton.jit
def outer(x):
    return inner(x) * 2


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = outer(x)
    tl.store(x_ptr + offs, x, mask=offs < n)

#> inside-helper.py:10:12: error: the shapes [128] and [16] cannot be broadcast together: the sizes 128 and 16 differ in the last dimension
#>    10 |     return x + tl.arange(0, 16)
#>       |            ^~~~~~~~~~~~~~~~~~~~
#> inside-helper.py:15:12: note: in the call of inner here
#> inside-helper.py:22:9: note: in the call of outer here
#> hint: to combine every pair, index with [:, None] and [None, :]

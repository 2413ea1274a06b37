# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A function of the language that gets too few arguments."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr)

#> builtin-argument-count.py:11:5: error: tl.store misses its argument `value`
#>    11 |     tl.store(x_ptr)
#>       |     ^~~~~~~~~~~~~~~
#> hint: the signature is `tl.store(pointer, value, mask=None, boundary_check=(), cache_modifier='', eviction_policy='')`

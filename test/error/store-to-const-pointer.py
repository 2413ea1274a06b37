# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *kfp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A store through a pointer that is const."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr: tl.const, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    tl.store(x_ptr + offs, x, mask=offs < n)

#> store-to-const-pointer.py:13:5: error: cannot store to a constant pointer; got *kfp32
#>    13 |     tl.store(x_ptr + offs, x, mask=offs < n)
#>       |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
#> hint: drop `tl.const` from the parameter's annotation

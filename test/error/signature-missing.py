# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A parameter that the signature leaves out."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> signature-missing.py:10:5: error: kernel 'kernel' takes 3 parameters; the signature leaves out n
#>    10 | def kernel(x_ptr, n, BLOCK: tl.constexpr):
#>       |     ^~~~~~
#> hint: give each a type or a value: n: i32

# RUN: %refuse %{s:basename} --emit tile --signature "" 2> %t
# RUN: %message %t
"""No signature at all."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> signature-empty.py:10:5: error: kernel 'kernel' takes 3 parameters; the signature leaves out x_ptr, n, BLOCK
#>    10 | def kernel(x_ptr, n, BLOCK: tl.constexpr):
#>       |     ^~~~~~
#> hint: give each a type or a value: x_ptr: i32

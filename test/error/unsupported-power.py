# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""Python that kernels may not use."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    x = tl.load(x_ptr)
    tl.store(x_ptr, x**2)

#> unsupported-power.py:12:21: error: the operator ** does not take run-time values; got fp32 and the int 2
#>    12 |     tl.store(x_ptr, x**2)
#>       |                     ^~~~
#> hint: multiply, or call tl.extra.libdevice.pow

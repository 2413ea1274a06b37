# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32" 2> %t
# RUN: %message %t
"""A kernel takes a fixed number of parameters."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, *rest):
    pass

#> star-parameters.py:10:20: error: a kernel takes a fixed number of parameters; got `*rest`
#>    10 | def kernel(x_ptr, *rest):
#>       |                    ^~~~

# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32" 2> %t
# RUN: %message %t
"""A default that is not known at compile time."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n=len(open(__file__).read())):
    tl.store(x_ptr, n)

#> signature-default.py:10:21: error: the default of 'n' is not known at compile time: the name `open` is not known at compile time
#>    10 | def kernel(x_ptr, n=len(open(__file__).read())):
#>       |                     ^~~~~~~~~~~~~~~~~~~~~~~~~~
#> hint: give the parameter a type or a value in the signature

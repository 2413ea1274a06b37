# RUN: %refuse %{s:basename} --emit ptx --target sm_90a --signature "x_ptr: *fp32, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A dtype that no NVIDIA GPU has."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    offs = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offs, mask=offs < n)
    x = x.to(tl.float8e4b8).to(tl.float32)
    tl.store(x_ptr + offs, x, mask=offs < n)

#> dtype-of-another-vendor.py:13:9: error: the type fp8e4b8 is not supported
#>    13 |     x = x.to(tl.float8e4b8).to(tl.float32)
#>       |         ^~~~~~~~~~~~~~~~~~~
#> hint: use fp8e4nv or fp8e5

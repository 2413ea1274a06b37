# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *float17, n: i32, BLOCK: 128" 2> %t
# RUN: %message %t
"""A type that does not exist."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), n.to(tl.float32))

#> <signature>:1:8: error: expected a type or a literal, got '*float17'
#>     1 | x_ptr: *float17, n: i32, BLOCK: 128
#>       |        ^~~~~~~~
#> hint: types are *fp16, *kbf16 (const), i1, i8 to i64, u8 to u64, fp16, bf16, fp32, fp64; strings need quotes

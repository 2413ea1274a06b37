# RUN: %refuse %{s:basename} --emit tile --signature "x_ptr: *fp32, N_COLS: 1000" 2> %t
# RUN: %message %t
"""A length that is not a power of two; the note says where it came from."""

import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(x_ptr, N_COLS: tl.constexpr):
    offs = tl.arange(0, N_COLS)
    tl.store(x_ptr + offs, 0.0)

#> arange-length.py:11:12: error: arange needs a power-of-two length; got 0..1000
#>    11 |     offs = tl.arange(0, N_COLS)
#>       |            ^~~~~~~~~~~~~~~~~~~~
#> arange-length.py:10:19: note: N_COLS is bound to 1000 here
#> hint: pass BLOCK = tegula.next_power_of_2(N_COLS) and mask the tail

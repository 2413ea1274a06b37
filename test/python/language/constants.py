"""What the functions family reads from another module: constants and helper functions."""

import tegula
import tegula.language as tl

OFFSET = tl.constexpr(40)


@tegula.jit
def shifted(x, by=OFFSET):
    return x + by

# language/__init__.py - the kernel language, imported as tl.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The kernel language: `import tegula.language as tl`.

Types and compile-time values are usable on the host; the functions only in kernels (see core.py).
"""

from . import core, extra, math, random, standard, target_info
from .core import *
from .core import (
    TRITON_MAX_TENSOR_NUMEL,
    PropagateNan,
    aggregate_replace,
    block_type,
    const,
    constexpr,
    constexpr_type,
    dtype,
    get_int_dtype,
    pi32_t,
    pointer_type,
    range,
    slice,
    str_to_ty,
    tensor,
    tensor_descriptor,
    tensor_descriptor_type,
    tuple,
    tuple_type,
    void,
)
from .math import abs, ceil, cos, div_rn, erf, exp, exp2, fdiv, floor, fma, log, log2, rsqrt, sin, sqrt, sqrt_rn, umulhi
from .random import (
    pair_uniform_to_normal,
    philox,
    philox_impl,
    rand,
    rand4x,
    randint,
    randint4x,
    randn,
    randn4x,
    uint_to_uniform_float,
)
from .standard import (
    argmax,
    argmin,
    bitonic_merge,
    cdiv,
    cumprod,
    cumsum,
    flip,
    interleave,
    max,
    min,
    ravel,
    reduce_or,
    sigmoid,
    softmax,
    sort,
    squeeze,
    sum,
    swizzle2d,
    topk,
    xor_sum,
    zeros,
    zeros_like,
)

__all__ = sorted(name for name in globals() if not name.startswith("_"))

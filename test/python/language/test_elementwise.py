"""Functions that work element by element: their values against NumPy in float64, special values, result types."""

import math

import numpy as np
import pytest

import tegula
import tegula.language as tl

from .launch import (
    FLOATS,
    INTS,
    SIGNED,
    UNSIGNED,
    Out,
    bf16,
    bits,
    bool_,
    close,
    draw,
    f16,
    f32,
    f64,
    i32,
    i64,
    name,
    run,
    same,
    tl_type,
    u32,
    u64,
)

N = 200
erf = np.vectorize(math.erf, otypes=[np.float64])


@tegula.jit
def apply(x, F: tl.constexpr):
    if F == "exp":
        return tl.exp(x)
    elif F == "exp2":
        return tl.exp2(x)
    elif F == "log":
        return tl.log(x)
    elif F == "log2":
        return tl.log2(x)
    elif F == "sqrt":
        return tl.sqrt(x)
    elif F == "rsqrt":
        return tl.rsqrt(x)
    elif F == "sin":
        return tl.sin(x)
    elif F == "cos":
        return tl.cos(x)
    elif F == "erf":
        return tl.erf(x)
    elif F == "floor":
        return tl.floor(x)
    elif F == "ceil":
        return tl.ceil(x)
    elif F == "sigmoid":
        return tl.sigmoid(x)
    elif F == "math.exp":
        return tl.math.exp(x)
    elif F == "math.rsqrt":
        return tl.math.rsqrt(x)
    elif F == "x.exp":
        return x.exp()
    elif F == "x.sigmoid":
        return x.sigmoid()
    elif F == "sqrt_rn":
        return tl.sqrt_rn(x)
    else:
        tl.static_assert(F == "abs", F)
        return tl.abs(x)


@tegula.jit
def unary(x_ptr, out_ptr, n, F: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n
    y = apply(tl.load(x_ptr + offsets, mask=mask), F)
    tl.static_assert(y.dtype == out_ptr.dtype.element_ty)
    tl.store(out_ptr + offsets, y, mask=mask)


# name: reference, where arguments come from, units in the last place, absolute error on top (fp32, fp64)
UNARY = {
    "exp": (np.exp, (-20, 20), 20, 0),
    "exp2": (np.exp2, (-30, 30), 4, 0),
    "log": (np.log, (1e-3, 50), 4, 4e-7),
    "log2": (np.log2, (1e-3, 50), 4, 4e-7),
    "sqrt": (np.sqrt, (0, 1000), 2, 0),
    "rsqrt": (lambda x: 1 / np.sqrt(x), (1e-3, 1000), 3, 0),
    "sin": (np.sin, (-30, 30), 2, 1e-7),
    "cos": (np.cos, (-30, 30), 2, 1e-7),
    "erf": (erf, (-4, 4), 4, 0),
    "floor": (np.floor, (-1000, 1000), 0, 0),
    "ceil": (np.ceil, (-1000, 1000), 0, 0),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), (-15, 15), 20, 0),
    "math.exp": (np.exp, (-2, 2), 6, 0),
    "math.rsqrt": (lambda x: 1 / np.sqrt(x), (1e-3, 1000), 3, 0),
    "x.exp": (np.exp, (-2, 2), 6, 0),
    "x.sigmoid": (lambda x: 1 / (1 + np.exp(-x)), (-15, 15), 20, 0),
}


@pytest.mark.parametrize("dtype", [f32, f64], ids=name)
@pytest.mark.parametrize("function", UNARY)
def test_unary_function_against_float64(target, rng, function, dtype):
    reference, (low, high), ulps, absolute = UNARY[function]
    x = rng.uniform(low, high, N).astype(dtype)
    out = run(unary, target, x, Out(N, dtype), N, F=function, BLOCK=64, grid=(4,))
    if dtype == f64:
        ulps, absolute = max(ulps, 4), absolute * 2.0**-29
    close(out, reference(x.astype(f64)), ulps=ulps, absolute=absolute, claim=function)


SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 200.0, -200.0], np.float32)


@pytest.mark.parametrize(
    "function", ["exp", "exp2", "log", "log2", "sqrt", "sin", "cos", "erf", "floor", "ceil", "sigmoid"]
)
def test_unary_function_of_special_values(target, function):
    out = run(unary, target, SPECIAL, Out(SPECIAL.size, f32), SPECIAL.size, F=function, BLOCK=16)
    with np.errstate(all="ignore"):
        expected = UNARY[function][0](SPECIAL.astype(f64))
    _, _, ulps, absolute = UNARY[function]
    # exp(-200) and sigmoid(-200) lie below every float32 that the fast forms keep.
    close(out, expected, ulps=max(2 * ulps, 4), absolute=max(absolute, 1e-38), claim=function)


def test_rsqrt_of_zero_and_infinity(target):
    x = np.array([0.0, np.inf, -1.0, np.nan], np.float32)
    close(run(unary, target, x, Out(4, f32), 4, F="rsqrt", BLOCK=4), np.array([np.inf, 0.0, np.nan, np.nan]), ulps=0)


def test_sqrt_rn_is_rounded_correctly(target, rng):
    x = rng.uniform(0, 1000, N).astype(f32)
    same(run(unary, target, x, Out(N, f32), N, F="sqrt_rn", BLOCK=64, grid=(4,)), np.sqrt(x))


@pytest.mark.parametrize("dtype", [*INTS, *FLOATS], ids=name)
def test_abs_keeps_the_type(target, rng, dtype):
    x = draw(rng, N, dtype)
    if dtype in FLOATS:
        x[:3] = [-0.0, -np.inf, np.nan]
    if dtype in SIGNED:
        x[0] = np.iinfo(dtype).min
    same(run(unary, target, x, Out(N, dtype), N, F="abs", BLOCK=64, grid=(4,)), np.abs(x))


@pytest.mark.parametrize("function", ["exp", "log2", "sqrt", "sin", "erf", "floor"])
@pytest.mark.parametrize("dtype", [f16, bf16, i32], ids=name)
def test_unary_functions_take_fp32_and_fp64_alone(function, dtype):
    with pytest.raises((tegula.CompilationError, ValueError), match="(?i)expected|takes|fp32"):
        run(unary, "cpu", np.ones(8, dtype), Out(8, dtype), 8, F=function, BLOCK=8)


# ---- Two and three operands ----------------------------------------------------------------------------------------


@tegula.jit
def extrema(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptr + offsets, mask=mask)
    low = tl.minimum(x, y)
    high = tl.maximum(x, y)
    tl.static_assert(low.dtype == out_ptr.dtype.element_ty)
    tl.store(out_ptr + offsets, low, mask=mask)
    tl.store(out_ptr + n + offsets, high, mask=mask)


@pytest.mark.parametrize("dtype", [*INTS, f16, f32, f64], ids=name)
def test_minimum_and_maximum(target, rng, dtype):
    x, y = draw(rng, N, dtype), draw(rng, N, dtype)
    out = run(extrema, target, x, y, Out((2, N), dtype), N, BLOCK=256)
    same(out[0], np.minimum(x, y), "minimum")
    same(out[1], np.maximum(x, y), "maximum")


def test_minimum_and_maximum_of_bf16_are_fp32(target, rng):
    x, y = draw(rng, N, bf16), draw(rng, N, bf16)
    out = run(extrema, target, x, y, Out((2, N), f32), N, BLOCK=256)
    same(out[0], np.minimum(x, y).astype(f32))
    same(out[1], np.maximum(x, y).astype(f32))


@tegula.jit
def extrema_with_nan(x_ptr, y_ptr, out_ptr, NAN: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    y = tl.load(y_ptr + offsets)
    tl.store(out_ptr + offsets, tl.minimum(x, y, propagate_nan=NAN))
    tl.store(out_ptr + BLOCK + offsets, tl.maximum(x, y, propagate_nan=NAN))


@pytest.mark.parametrize("dtype", [f16, f32, f64], ids=name)
@pytest.mark.parametrize("mode", ["NONE", "ALL"])
def test_propagate_nan_decides_what_a_nan_does(target, rng, dtype, mode):
    x, y = draw(rng, 64, dtype), draw(rng, 64, dtype)
    x[:20], y[10:30] = np.nan, np.nan
    out = run(extrema_with_nan, target, x, y, Out((2, 64), dtype), NAN=getattr(tl.PropagateNan, mode), BLOCK=64)
    low, high = (np.fmin, np.fmax) if mode == "NONE" else (np.minimum, np.maximum)
    same(out[0], low(x, y), "minimum")
    same(out[1], high(x, y), "maximum")


@tegula.jit
def relu(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    y = tl.maximum(x, 0.0)
    tl.static_assert(y.dtype == tl.float32)  # the literal is strong
    tl.store(out_ptr + offsets, y)


@pytest.mark.parametrize("dtype", [f16, bf16, f32], ids=name)
def test_maximum_with_a_literal_is_fp32(target, rng, dtype):
    x = draw(rng, 64, dtype)
    same(run(relu, target, x, Out(64, f32), BLOCK=64), np.maximum(x.astype(f32), np.float32(0)))


@tegula.jit
def clamp(x_ptr, out_ptr, low, high, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, tl.clamp(x, low, high), mask=mask)
    tl.store(out_ptr + n + offsets, tl.clamp(x, -0.5, 0.25), mask=mask)


def test_clamp(target, rng):
    x = draw(rng, N, f32)
    out = run(clamp, target, x, Out((2, N), f32), -1.0, 0.75, N, BLOCK=256)
    same(out[0], np.clip(x, np.float32(-1), np.float32(0.75)))
    same(out[1], np.clip(x, np.float32(-0.5), np.float32(0.25)))


@tegula.jit
def clamp_nan(x_ptr, out_ptr, NAN: tl.constexpr):
    offsets = tl.arange(0, 4)
    tl.store(out_ptr + offsets, tl.clamp(tl.load(x_ptr + offsets), -1.0, 1.0, propagate_nan=NAN))


def test_clamp_keeps_a_nan_when_asked(target):
    x = np.array([np.nan, 2.0, -2.0, 0.5], np.float32)
    out = run(clamp_nan, target, x, Out(4, f32), NAN=tl.PropagateNan.ALL)
    same(out, np.array([np.nan, 1.0, -1.0, 0.5], np.float32))


@tegula.jit
def select(c_ptr, x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    c = tl.load(c_ptr + offsets, mask=mask)
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptr + offsets, mask=mask)
    chosen = tl.where(c, x, y)
    tl.static_assert(chosen.dtype == x.dtype)
    tl.store(out_ptr + offsets, chosen, mask=mask)


@pytest.mark.parametrize("dtype", [bool_, *INTS, *FLOATS], ids=name)
def test_where_selects(target, rng, dtype):
    c, x, y = draw(rng, N, bool_), draw(rng, N, dtype), draw(rng, N, dtype)
    same(run(select, target, c, x, y, Out(N, dtype), N, BLOCK=256), np.where(c, x, y))


@tegula.jit
def where_shapes(x_ptr, out_ptr, flag, M: tl.constexpr, K: tl.constexpr):
    i = tl.arange(0, M)[:, None]
    j = tl.arange(0, K)[None, :]
    x = tl.load(x_ptr + i * K + j)
    lower = tl.where(i >= j, x, 0)  # the literal takes the block's type
    tl.static_assert(lower.dtype == x.dtype)
    tl.store(out_ptr + i * K + j, lower)
    row = tl.where(j < 3, i, -1)
    tl.static_assert(row.shape == [M, K])
    tl.store(out_ptr + M * K + i * K + j, row)
    tl.store(out_ptr + 2 * M * K + i * K + j, tl.where(flag, x, -x))
    scalar = tl.where(flag, 5, 7)
    tl.store(out_ptr + 3 * M * K + i * K + j, x + scalar)
    other = tl.where(flag, x_ptr, out_ptr)
    tl.store(out_ptr + 4 * M * K + i * K + j, tl.load(other + i * K + j))


@pytest.mark.parametrize("flag", [True, False])
def test_where_broadcasts_takes_literals_scalars_and_pointers(target, rng, flag):
    x = rng.integers(-99, 99, (8, 16)).astype(i32)
    out = run(where_shapes, target, x, Out((5, 8, 16), i32), flag, M=8, K=16)
    i, j = np.arange(8, dtype=i32)[:, None], np.arange(16, dtype=i32)[None, :]
    same(out[0], np.tril(x))
    same(out[1], np.where(j < 3, i, -1).astype(i32))
    same(out[2], x if flag else -x)
    same(out[3], x + (5 if flag else 7))
    same(out[4], x if flag else np.tril(x))


@tegula.jit
def three(x_ptr, y_ptr, z_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptr + offsets, mask=mask)
    z = tl.load(z_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, tl.fma(x, y, z), mask=mask)


@pytest.mark.parametrize("dtype", [f32, f64, f16], ids=name)
def test_fma_rounds_once(target, rng, dtype):
    x, y = draw(rng, N, dtype), draw(rng, N, dtype)
    product = x.astype(np.longdouble) * y.astype(np.longdouble)
    z = (-product).astype(dtype)  # what is left is what the product's rounding loses
    out = run(three, target, x, y, z, Out(N, dtype), N, BLOCK=256)
    if dtype == f64:  # long double holds no product of two doubles
        close(out, (product + z).astype(f64), ulps=0, absolute=1e-19 * 100)
    else:
        same(out, (product + z).astype(f64).astype(dtype))


@tegula.jit
def divide(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptr + offsets, mask=mask, other=1.0)
    tl.store(out_ptr + offsets, tl.div_rn(x, y), mask=mask)
    tl.store(out_ptr + n + offsets, tl.fdiv(x, y), mask=mask)
    tl.store(out_ptr + 2 * n + offsets, tl.fdiv(x, y, ieee_rounding=True), mask=mask)


def test_div_rn_is_rounded_correctly_and_fdiv_when_asked(target, rng):
    x, y = draw(rng, N, f32) * np.float32(100), draw(rng, N, f32)
    out = run(divide, target, x, y, Out((3, N), f32), N, BLOCK=256)
    same(out[0], x / y, "div_rn")
    close(out[1], x.astype(f64) / y, ulps=2.0, claim="fdiv")
    same(out[2], x / y, "fdiv(ieee_rounding=True)")


@tegula.jit
def high_product(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, tl.umulhi(x, y), mask=mask)


@pytest.mark.parametrize("dtype", [u32, u64, i32, i64], ids=name)
def test_umulhi_is_the_high_half_of_the_unsigned_product(target, rng, dtype):
    unsigned = np.dtype(f"u{dtype.itemsize}")
    x, y = draw(rng, N, unsigned), draw(rng, N, unsigned)
    high = [(int(a) * int(b)) >> bits(dtype) for a, b in zip(x, y)]
    out = run(high_product, target, x.view(dtype), y.view(dtype), Out(N, dtype), N, BLOCK=256)
    same(out, np.array(high, unsigned).view(dtype))


@tegula.jit
def functions_of_operators(x_ptr, y_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    y = tl.load(y_ptr + offsets)
    tl.store(out_ptr + offsets, tl.add(x, y))
    tl.store(out_ptr + BLOCK + offsets, tl.sub(x, y, sanitize_overflow=False))
    tl.store(out_ptr + 2 * BLOCK + offsets, tl.mul(x, 3))


def test_add_sub_mul_are_functions_too(target, rng):
    x, y = draw(rng, 64, u32), draw(rng, 64, u32)
    out = run(functions_of_operators, target, x, y, Out((3, 64), u32), BLOCK=64)
    same(out, np.stack([x + y, x - y, x * np.uint32(3)]))


@tegula.jit
def count_blocks(x_ptr, out_ptr, n, K: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    tl.store(out_ptr + offsets, tl.cdiv(x, K))
    tl.store(out_ptr + BLOCK + offsets, x.cdiv(n))
    tl.static_assert(tl.cdiv(K, 3) == (K + 2) // 3)
    blocks: tl.constexpr = tl.cdiv(K, 4)
    tl.store(out_ptr + 2 * BLOCK + offsets, tl.cdiv(n, blocks))


def test_cdiv_of_blocks_scalars_and_constants(target, rng):
    x = rng.integers(0, 1000, 32).astype(i32)
    out = run(count_blocks, target, x, Out((3, 32), i32), 17, K=10, BLOCK=32)
    same(out, np.stack([-(-x // 10), -(-x // 17), np.full(32, -(-17 // 3), i32)]))


@tegula.jit
def softmax_rows(x_ptr, out_ptr, M: tl.constexpr, K: tl.constexpr, DIM: tl.constexpr):
    offsets = tl.arange(0, M)[:, None] * K + tl.arange(0, K)[None, :]
    x = tl.load(x_ptr + offsets)
    if DIM is None:
        y = tl.softmax(x)
    elif DIM == 1:
        y = tl.softmax(x, dim=1, keep_dims=True)
    else:
        y = tl.softmax(x, DIM)
    tl.store(out_ptr + offsets, y)


@pytest.mark.parametrize("m,k,dim", [(1, 64, 1), (8, 16, 1), (8, 16, 0), (16, 8, None)])
def test_softmax_is_along_the_first_dimension_by_default(target, rng, m, k, dim):
    x = draw(rng, (m, k), f32)
    axis = 0 if dim is None else dim
    out = run(softmax_rows, target, x, Out((m, k), f32), M=m, K=k, DIM=dim)
    power = np.exp(x.astype(f64) - x.max(axis, keepdims=True))
    close(out, power / power.sum(axis, keepdims=True), ulps=16)


@tegula.jit
def scalar_functions(out_ptr, x, n):
    tl.store(out_ptr + 0, tl.exp(x))
    tl.store(out_ptr + 1, tl.sqrt(x))
    tl.store(out_ptr + 2, tl.maximum(x, 1.0))
    tl.store(out_ptr + 3, tl.minimum(n, 5))
    tl.store(out_ptr + 4, tl.abs(-n))
    tl.store(out_ptr + 5, tl.where(n > 3, x, -x))
    tl.store(out_ptr + 6, max(n, 100))
    tl.store(out_ptr + 7, min(n, 3))
    tl.store(out_ptr + 8, tl.cdiv(n, 4))
    tl.store(out_ptr + 9, tl.sigmoid(x))
    tl.store(out_ptr + 10, tl.floor(x))


def test_functions_of_scalars(target):
    x, n = 2.25, 17
    out = run(scalar_functions, target, Out(11, f32), x, n)
    expected = [math.exp(x), 1.5, x, 5, 17, x, 100, 3, 5, 1 / (1 + math.exp(-x)), 2]
    close(out, np.array(expected), ulps=4)


@tegula.jit
def classify(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    tl.store(out_ptr + offsets, x != x)
    tl.store(out_ptr + BLOCK + offsets, (x == float("inf")) | (x == float("-inf")))
    tl.store(out_ptr + 2 * BLOCK + offsets, (x == 0).logical_and(1 / x < 0))
    tl.store(out_ptr + 3 * BLOCK + offsets, (x > 1).logical_or(x < -1))


def test_nan_infinity_and_negative_zero_are_told_apart(target):
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -2.0, 3.0], np.float32)
    out = run(classify, target, x, Out((4, 8), bool_), BLOCK=8)
    same(out[0], np.isnan(x))
    same(out[1], np.isinf(x))
    same(out[2], np.signbit(x) & (x == 0))
    same(out[3], (x > 1) | (x < -1))

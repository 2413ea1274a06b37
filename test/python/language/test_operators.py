"""Operators on blocks and scalars: their values, wrapping, signs, NaN, weak literals."""

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
    i8,
    i32,
    i64,
    name,
    nonzero,
    rounded,
    run,
    same,
    tl_type,
    u8,
    u32,
)

N = 100


@tegula.jit
def operate(x, y, OP: tl.constexpr):
    if OP == "+":
        return x + y
    elif OP == "-":
        return x - y
    elif OP == "*":
        return x * y
    elif OP == "/":
        return x / y
    elif OP == "//":
        return x // y
    elif OP == "%":
        return x % y
    elif OP == "&":
        return x & y
    elif OP == "|":
        return x | y
    elif OP == "^":
        return x ^ y
    elif OP == "<<":
        return x << y
    elif OP == ">>":
        return x >> y
    elif OP == "==":
        return x == y
    elif OP == "!=":
        return x != y
    elif OP == "<":
        return x < y
    elif OP == "<=":
        return x <= y
    elif OP == ">":
        return x > y
    else:
        tl.static_assert(OP == ">=")
        return x >= y


@tegula.jit
def binary(x_ptr, y_ptr, out_ptr, n, OPS: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask, other=1)
    y = tl.load(y_ptr + offsets, mask=mask, other=1)
    for i in tl.static_range(len(OPS)):
        result = operate(x, y, OPS[i])
        tl.static_assert(result.dtype == out_ptr.dtype.element_ty, OPS[i])
        tl.store(out_ptr + i * n + offsets, result, mask=mask)


@pytest.mark.parametrize("dtype", INTS, ids=name)
def test_integer_arithmetic_wraps_and_division_truncates(target, rng, dtype):
    x, y = draw(rng, N, dtype), nonzero(draw(rng, N, dtype))
    if dtype in SIGNED:
        x[x == np.iinfo(dtype).min] += 1
    x[:3], y[:3] = np.array([7, 5, 3], dtype), np.array([2, 3, 7], dtype)
    if dtype in SIGNED:
        x[3:6], y[3:6] = [-7, 7, -7], [2, -2, -2]
    ops = ("+", "-", "*", "//", "%", "&", "|", "^")
    out = run(binary, target, x, y, Out((len(ops), N), dtype), N, OPS=ops, BLOCK=128)
    remainder = np.fmod(x, y)
    with np.errstate(over="ignore"):
        expected = [x + y, x - y, x * y, (x - remainder) // y, remainder, x & y, x | y, x ^ y]
    for row, op in enumerate(ops):
        same(out[row], expected[row], op)


@pytest.mark.parametrize("dtype", INTS, ids=name)
def test_right_shift_is_arithmetic_for_signed_and_logical_for_unsigned(target, rng, dtype):
    x, y = draw(rng, N, dtype), rng.integers(0, bits(dtype), N).astype(dtype)
    out = run(binary, target, x, y, Out((2, N), dtype), N, OPS=("<<", ">>"), BLOCK=128)
    same(out[0], x << y, "<<")
    same(out[1], x >> y, ">>")


def test_bools_have_bitwise_operators_and_add_wraps(target, rng):
    x, y = draw(rng, N, bool_), draw(rng, N, bool_)
    ops = ("&", "|", "^", "+", "-", "*")
    out = run(binary, target, x, y, Out((len(ops), N), bool_), N, OPS=ops, BLOCK=128)
    for row, expected in enumerate([x & y, x | y, x ^ y, x ^ y, x ^ y, x & y]):
        same(out[row], expected, ops[row])


@pytest.mark.parametrize("dtype", FLOATS, ids=name)
def test_float_add_subtract_multiply_round_once(target, rng, dtype):
    x, y = draw(rng, N, dtype), draw(rng, N, dtype)
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0], dtype)
    x[:36], y[:36] = np.repeat(special, 6), np.tile(special, 6)
    out = run(binary, target, x, y, Out((3, N), dtype), N, OPS=("+", "-", "*"), BLOCK=128)
    with np.errstate(all="ignore"):
        for row, (op, expected) in enumerate([("+", x + y), ("-", x - y), ("*", x * y)]):
            same(out[row], expected, op)


@pytest.mark.parametrize("dtype", FLOATS, ids=name)
def test_float_division_and_remainder_of_narrow_types_are_fp32(target, rng, dtype):
    x, y = draw(rng, N, dtype), nonzero(draw(rng, N, dtype))
    x *= dtype.type(7)
    result = dtype if dtype in (f32, f64) else f32
    out = run(binary, target, x, y, Out((2, N), result), N, OPS=("/", "%"), BLOCK=128)
    close(out[0], x.astype(f64) / y.astype(f64), ulps=2.0, claim="/")
    same(out[1], np.fmod(x.astype(result), y.astype(result)), "%")


@pytest.mark.parametrize("dtype", INTS, ids=name)
def test_integer_true_division_is_fp32(target, rng, dtype):
    x, y = draw(rng, N, dtype), nonzero(draw(rng, N, dtype))
    out = run(binary, target, x, y, Out((1, N), f32), N, OPS=("/",), BLOCK=128)
    close(out[0], x.astype(f32).astype(f64) / y.astype(f32).astype(f64), ulps=2.0)


@pytest.mark.parametrize("dtype", [bool_, *INTS, *FLOATS], ids=name)
def test_comparisons_follow_the_sign_of_the_type_and_nan(target, rng, dtype):
    x, y = draw(rng, N, dtype), draw(rng, N, dtype)
    x[:10] = y[:10]
    if dtype in FLOATS:
        special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0], dtype)
        x[10:46], y[10:46] = np.repeat(special, 6), np.tile(special, 6)
    ops = ("==", "!=", "<", "<=", ">", ">=")
    out = run(binary, target, x, y, Out((6, N), bool_), N, OPS=ops, BLOCK=128)
    for row, expected in enumerate([x == y, x != y, x < y, x <= y, x > y, x >= y]):
        same(out[row], expected, ops[row])


@tegula.jit
def unary(x_ptr, out_ptr, n, OP: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    if OP == "-":
        y = -x
    elif OP == "~":
        y = ~x
    else:
        y = +x
    tl.static_assert(y.dtype == x.dtype)
    tl.store(out_ptr + offsets, y, mask=mask)


@pytest.mark.parametrize("dtype", [*INTS, *FLOATS], ids=name)
def test_unary_minus_wraps_integers_and_flips_the_sign_of_zero(target, rng, dtype):
    x = draw(rng, N, dtype)
    x[:2] = 0
    if dtype in FLOATS:
        x[1] = -0.0
    with np.errstate(over="ignore"):
        same(run(unary, target, x, Out(N, dtype), N, OP="-", BLOCK=128), -x)


@pytest.mark.parametrize("dtype", [bool_, *INTS], ids=name)
def test_inversion_turns_every_bit(target, rng, dtype):
    x = draw(rng, N, dtype)
    same(run(unary, target, x, Out(N, dtype), N, OP="~", BLOCK=128), ~x)


def test_unary_plus_changes_nothing(target, rng):
    x = draw(rng, N, f16)
    same(run(unary, target, x, Out(N, f16), N, OP="+", BLOCK=128), x)


# ---- Operands of two types -----------------------------------------------------------------------------------------


def common(a, b):
    """The type that `a + b` of two blocks has."""
    for wide in (f64, f32, f16):
        if wide in (a, b):
            return wide
    if bf16 in (a, b):
        return bf16 if a == b else f32
    signs = [dtype in SIGNED for dtype in (a, b)]
    if signs[0] == signs[1]:
        return a if bits(a) >= bits(b) else b
    signed, unsigned = (a, b) if signs[0] else (b, a)
    return unsigned if bits(unsigned) >= bits(signed) else signed


def of_type(values, dtype):
    """NumPy values converted as the language converts an operand."""
    return rounded(values, dtype) if dtype in FLOATS else values.astype(dtype)


PAIRS = [(a, b) for a in (bool_, *INTS, *FLOATS) for b in (bool_, *INTS, *FLOATS) if a != b]


@tegula.jit
def add_mixed(x_ptr, y_ptrs_offset, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptrs_offset + offsets, mask=mask)
    total = x + y
    tl.static_assert(total.dtype == out_ptr.dtype.element_ty)
    tl.store(out_ptr + offsets, total, mask=mask)


@pytest.mark.parametrize("a,b", PAIRS, ids=lambda dtype: name(dtype))
def test_mixed_operands_are_converted_to_their_common_type(device, rng, a, b):
    # Small values: a 16-bit float holds them exactly.
    x, y = (rng.integers(0, 2 if dtype == bool_ else 100, N).astype(dtype) for dtype in (a, b))
    for dtype, values in ((a, x), (b, y)):
        if dtype in SIGNED and common(a, b) not in UNSIGNED:
            values[::2] *= -1
    result = common(a, b)
    out = run(add_mixed, device, x, y, Out(N, result), N, BLOCK=128)
    same(out, of_type(x, result) + of_type(y, result))


@tegula.jit
def check_promotion(A: tl.constexpr, OTHERS: tl.constexpr, SUMS: tl.constexpr, QUOTIENTS: tl.constexpr, out_ptr):
    x = tl.full([8], 1, A)
    scalar = tl.full([], 1, A)
    for i in tl.static_range(len(OTHERS)):
        y = tl.full([8], 1, OTHERS[i])
        tl.static_assert((x + y).dtype == SUMS[i], f"{A} + {OTHERS[i]}")
        tl.static_assert((x * y).dtype == SUMS[i], f"{A} * {OTHERS[i]}")
        tl.static_assert((scalar + y).dtype == SUMS[i], f"scalar {A} + {OTHERS[i]}")
        tl.static_assert(tl.where(x == x, x, y).dtype == SUMS[i], f"where of {A} and {OTHERS[i]}")
        if QUOTIENTS[i] is not None:
            tl.static_assert((x / y).dtype == QUOTIENTS[i], f"{A} / {OTHERS[i]}")
    tl.store(out_ptr, 1)


@pytest.mark.parametrize("a", [bool_, *INTS, *FLOATS], ids=name)
def test_promotion_table(target, a):
    others = (bool_, *INTS, *FLOATS)
    sums = tuple(tl_type(common(a, b)) for b in others)

    def quotient(b):
        if a in FLOATS or b in FLOATS:
            return f64 if f64 in (a, b) else f32
        return f32 if (a in SIGNED) == (b in SIGNED) else None

    quotients = tuple(None if quotient(b) is None else tl_type(quotient(b)) for b in others)
    done = run(check_promotion, target, tl_type(a), tuple(map(tl_type, others)), sums, quotients, Out(1, i32))
    same(done, np.ones(1, np.int32))


@pytest.mark.parametrize("op", ["/", "//", "%"])
def test_division_of_different_signedness_is_refused(op):
    x, y = np.ones(8, np.int32), np.ones(8, np.uint32)
    with pytest.raises((tegula.CompilationError, TypeError), match="sign"):
        run(binary, "cpu", x, y, Out((1, 8), f32), 8, OPS=(op,), BLOCK=8)


@pytest.mark.parametrize("op", ["&", "|", "^", "<<", ">>", "//"])
def test_integer_operators_refuse_floats(op):
    x, y = np.ones(8, np.float32), np.ones(8, np.float32)
    with pytest.raises((tegula.CompilationError, TypeError)):
        run(binary, "cpu", x, y, Out((1, 8), f32), 8, OPS=(op,), BLOCK=8)


# ---- Literals ------------------------------------------------------------------------------------------------------


@tegula.jit
def check_literals(X: tl.constexpr, WITH_FLOAT: tl.constexpr, KIND: tl.constexpr, out_ptr):
    x = tl.full([8], 1, X)
    tl.static_assert((x + True).dtype == X)
    if KIND != "bool":
        tl.static_assert((x + 3).dtype == X)
        tl.static_assert((3 * x).dtype == X)
    tl.static_assert((x + 2.5).dtype == WITH_FLOAT)
    tl.static_assert((2.5 - x).dtype == WITH_FLOAT)
    tl.static_assert(tl.where(x == x, x, 2.5).dtype == WITH_FLOAT)
    if KIND == "float":
        tl.static_assert((x + float("inf")).dtype == X)
        tl.static_assert((x * 1e-40).dtype == X)
    # A name that is bound to a literal is a strong scalar.
    two = 2.0
    tl.static_assert(two.dtype == tl.float32)
    three = 3
    tl.static_assert(three.dtype == tl.int32)
    if KIND == "float":
        tl.static_assert((x * two).dtype == (tl.float64 if X == tl.float64 else tl.float32))
    # A constexpr name stays weak.
    kept: tl.constexpr = 2.5
    tl.static_assert((x * kept).dtype == WITH_FLOAT)
    tl.store(out_ptr, 1)


@pytest.mark.parametrize("dtype", [bool_, *INTS, *FLOATS], ids=name)
def test_a_literal_takes_the_type_of_the_block(target, dtype):
    kind = "bool" if dtype == bool_ else "float" if dtype in FLOATS else "int"
    with_float = tl_type(dtype if dtype in FLOATS else f32)
    same(run(check_literals, target, tl_type(dtype), with_float, kind, Out(1, i32)), np.ones(1, np.int32))


@tegula.jit
def scale_by_an_assigned_literal(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    factor = 1.0009765625
    y = x * factor
    tl.static_assert(y.dtype == tl.float32)
    tl.static_assert((x * 1.0009765625).dtype == x.dtype)
    tl.store(out_ptr + offsets, y, mask=mask)


@pytest.mark.parametrize("dtype", [f32, f16, bf16], ids=name)
def test_an_assigned_literal_is_a_strong_fp32(target, rng, dtype):
    x = draw(rng, N, dtype)
    out = run(scale_by_an_assigned_literal, target, x, Out(N, f32), N, BLOCK=128)
    same(out, x.astype(f32) * np.float32(1.0009765625))


@tegula.jit
def literal_types(out_ptr):
    small = 7
    tl.static_assert(small.dtype == tl.int32)
    above = 2147483648
    tl.static_assert(above.dtype == tl.uint32)
    wide = 4294967296
    tl.static_assert(wide.dtype == tl.int64)
    top = 9223372036854775808
    tl.static_assert(top.dtype == tl.uint64)
    negative = -2147483649
    tl.static_assert(negative.dtype == tl.int64)
    flag = True
    tl.static_assert(flag.dtype == tl.int1)
    zero = 0.0
    tl.static_assert(zero.dtype == tl.float32)
    endless = float("inf")
    tl.static_assert(endless.dtype == tl.float32)
    tiny = 1e-40
    tl.static_assert(tiny.dtype == tl.float64)
    huge = 1e300
    tl.static_assert(huge.dtype == tl.float64)
    tl.store(out_ptr + 0, small)
    tl.store(out_ptr + 1, above)
    tl.store(out_ptr + 2, wide)
    tl.store(out_ptr + 3, negative)
    tl.store(out_ptr + 4, flag)


def test_a_literal_becomes_the_first_type_that_holds_it(target):
    out = run(literal_types, target, Out(5, i64))
    same(out, np.array([7, 2**31, 2**32, -(2**31) - 1, 1]))


@tegula.jit
def compare_with_literals(x_ptr, out_ptr, LITERAL: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    tl.store(out_ptr + offsets, x == LITERAL)
    tl.store(out_ptr + BLOCK + offsets, x < LITERAL)
    tl.store(out_ptr + 2 * BLOCK + offsets, LITERAL >= x)


@pytest.mark.parametrize(
    "dtype,literal,compared", [(i8, 200, i32), (f16, 0.1, f32), (u32, -1, u32), (i32, 0.5, f32), (u8, 300, i32)]
)
def test_a_comparison_makes_its_literal_strong(target, rng, dtype, literal, compared):
    x = draw(rng, 64, dtype)
    x[0] = np.array(-1).astype(dtype) if dtype == u32 else x[0]
    out = run(compare_with_literals, target, x, Out((3, 64), bool_), LITERAL=literal, BLOCK=64)
    wide, value = x.astype(compared), np.array(literal).astype(compared)
    for row, expected in enumerate([wide == value, wide < value, value >= wide]):
        same(out[row], expected)


@tegula.jit
def add_a_literal(x_ptr, LITERAL: tl.constexpr):
    x = tl.load(x_ptr + tl.arange(0, 8))
    tl.store(x_ptr + tl.arange(0, 8), x + LITERAL)


@pytest.mark.parametrize("dtype,literal", [(i8, 200), (u8, 256), (u32, -1), (i32, 2**31)])
def test_a_literal_that_the_block_cannot_hold_is_refused(dtype, literal):
    with pytest.raises((tegula.CompilationError, ValueError)):
        run(add_a_literal, "cpu", Out(8, dtype), LITERAL=literal)


# ---- Scalars -------------------------------------------------------------------------------------------------------


@tegula.jit
def scalar_arithmetic(out_ptr, a, b, f, flag):
    tl.store(out_ptr + 0, a + b)
    tl.store(out_ptr + 1, a - b)
    tl.store(out_ptr + 2, a * b)
    tl.store(out_ptr + 3, a // b)
    tl.store(out_ptr + 4, a % b)
    tl.store(out_ptr + 5, a / b)
    tl.store(out_ptr + 6, a * f)
    tl.store(out_ptr + 7, f - a)
    tl.store(out_ptr + 8, flag)
    tl.store(out_ptr + 9, flag & (a > b))
    tl.store(out_ptr + 10, not flag)
    tl.store(out_ptr + 11, (a > b) and flag)
    tl.store(out_ptr + 12, (a > b) or flag)
    tl.store(out_ptr + 13, -a)
    tl.store(out_ptr + 14, a << 2)
    tl.store(out_ptr + 15, a >> 1)


@pytest.mark.parametrize("a,b,f,flag", [(17, 5, 2.5, True), (-17, 5, -0.125, False), (33, -4, 3.0, True)])
def test_scalars_have_the_operators_of_blocks(target, a, b, f, flag):
    out = run(scalar_arithmetic, target, Out(16, f32), a, b, f, flag)
    quotient = int(a / b)
    expected = [a + b, a - b, a * b, quotient, a - quotient * b, a / b, a * f, f - a, flag, flag and a > b, not flag]
    expected += [a > b and flag, a > b or flag, -a, a << 2, a >> 1]
    close(out, np.array(expected, f64), ulps=2.0)


@tegula.jit
def wide_scalar(out_ptr, big, unsigned):
    tl.static_assert(big.dtype == tl.int64)
    tl.static_assert(unsigned.dtype == tl.uint64)
    tl.store(out_ptr, big + 1)
    tl.store(out_ptr + 1, (unsigned >> 1).to(tl.int64))


def test_scalar_arguments_beyond_32_bits(target):
    out = run(wide_scalar, target, Out(2, i64), 2**40 + 5, 2**63 + 8)
    same(out, np.array([2**40 + 6, 2**62 + 4]))


# ---- Broadcasting --------------------------------------------------------------------------------------------------


@tegula.jit
def outer_sum(x_ptr, y_ptr, out_ptr, M: tl.constexpr, K: tl.constexpr):
    i = tl.arange(0, M)
    j = tl.arange(0, K)
    x = tl.load(x_ptr + i)
    y = tl.load(y_ptr + j)
    total = x[:, None] + y[None, :]
    tl.static_assert(total.shape == [M, K])
    total = total + y  # ranks are padded on the left
    total += tl.load(x_ptr)  # a scalar goes to every element
    tl.store(out_ptr + i[:, None] * K + j[None, :], total)


@pytest.mark.parametrize("m,k", [(8, 16), (16, 8), (1, 32), (32, 1)])
def test_operands_broadcast(target, rng, m, k):
    x, y = rng.integers(-99, 99, m).astype(i32), rng.integers(-99, 99, k).astype(i32)
    out = run(outer_sum, target, x, y, Out((m, k), i32), M=m, K=k)
    same(out, x[:, None] + 2 * y + x[0])

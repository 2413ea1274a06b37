"""Reductions: sums, extrema, their indices, custom combine functions, scans, over every axis of one to three dimensions."""

import numpy as np
import pytest

import tegula
import tegula.language as tl

from .launch import (
    FLOATS,
    INTS,
    SIGNED,
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
    rounded,
    run,
    same,
    tl_type,
    u8,
    u32,
    u64,
)


@tegula.jit
def offsets_of(SHAPE: tl.constexpr):
    if len(SHAPE) == 1:
        return tl.arange(0, SHAPE[0])
    elif len(SHAPE) == 2:
        return tl.arange(0, SHAPE[0])[:, None] * SHAPE[1] + tl.arange(0, SHAPE[1])[None, :]
    else:
        tl.static_assert(len(SHAPE) == 3)
        inner = tl.arange(0, SHAPE[1])[:, None] * SHAPE[2] + tl.arange(0, SHAPE[2])[None, :]
        return tl.arange(0, SHAPE[0])[:, None, None] * (SHAPE[1] * SHAPE[2]) + inner[None, :, :]


@tegula.jit
def reduced(x, OP: tl.constexpr, AXIS: tl.constexpr, KEEP: tl.constexpr):
    if OP == "sum":
        return tl.sum(x, axis=AXIS, keep_dims=KEEP)
    elif OP == "max":
        return tl.max(x, axis=AXIS, keep_dims=KEEP)
    elif OP == "min":
        return tl.min(x, axis=AXIS, keep_dims=KEEP)
    elif OP == "argmax":
        return tl.argmax(x, AXIS, keep_dims=KEEP)
    elif OP == "argmin":
        return tl.argmin(x, AXIS, keep_dims=KEEP)
    elif OP == "xor_sum":
        return tl.xor_sum(x, axis=AXIS, keep_dims=KEEP)
    elif OP == "reduce_or":
        return tl.reduce_or(x, AXIS, keep_dims=KEEP)
    elif OP == "x.sum":
        return x.sum(AXIS, keep_dims=KEEP)
    elif OP == "x.max":
        return x.max(AXIS, keep_dims=KEEP)
    else:
        tl.static_assert(OP == "x.argmin")
        return x.argmin(AXIS, keep_dims=KEEP)


@tegula.jit
def reduce(x_ptr, out_ptr, SHAPE: tl.constexpr, OP: tl.constexpr, AXIS: tl.constexpr, KEEP: tl.constexpr):
    x = tl.load(x_ptr + offsets_of(SHAPE))
    y = reduced(x, OP, AXIS, KEEP)
    tl.static_assert(y.dtype == out_ptr.dtype.element_ty)
    if len(y.shape) == 0:
        tl.store(out_ptr, y)
    else:
        tl.store(out_ptr + offsets_of(y.shape), y)


NUMPY = {
    "sum": np.sum,
    "x.sum": np.sum,
    "max": np.max,
    "x.max": np.max,
    "min": np.min,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "x.argmin": np.argmin,
    "xor_sum": np.bitwise_xor.reduce,
    "reduce_or": np.bitwise_or.reduce,
}


def numpy_reduce(op, x, axis, keep):
    if axis is None:
        x, y = x.ravel(), NUMPY[op](x.ravel(), axis=0)
        return np.reshape(y, [1] * keep) if keep else np.asarray(y)
    y = NUMPY[op](x, axis=axis)
    return np.expand_dims(y, axis) if keep else np.asarray(y)


CASES = [((64,), 0), ((64,), None), ((1,), 0), ((4096,), 0), ((8, 16), 0), ((8, 16), 1), ((8, 16), -1), ((8, 16), None), ((32, 1), 1),
         ((1, 32), 0), ((128, 64), 0), ((128, 64), 1), ((2, 8, 16), 0), ((2, 8, 16), 1), ((2, 8, 16), 2), ((4, 4, 4), None)]  # fmt: skip


@pytest.mark.parametrize("op", ["sum", "max", "min", "argmax", "argmin", "xor_sum"])
@pytest.mark.parametrize("shape,axis", CASES)
def test_reduction_along_any_axis(target, rng, op, shape, axis):
    x = rng.integers(-20, 20, shape).astype(i32)  # few values: ties go to the left
    expected = numpy_reduce(op, x, axis, 0).astype(i32)
    same(run(reduce, target, x, Out(expected.shape, i32), SHAPE=shape, OP=op, AXIS=axis, KEEP=False), expected)


@pytest.mark.parametrize("num_warps", [1, 2, 8])
@pytest.mark.parametrize("shape,axis", [((1024,), 0), ((16, 128), 1), ((128, 16), 0), ((4, 4), 1)])
def test_reduction_with_any_number_of_warps(target, rng, shape, axis, num_warps):
    x = rng.integers(-99, 99, shape).astype(i32)
    expected = x.sum(axis).astype(i32)
    out = run(
        reduce,
        target,
        x,
        Out(expected.shape, i32),
        options={"num_warps": num_warps},
        SHAPE=shape,
        OP="sum",
        AXIS=axis,
        KEEP=False,
    )
    same(out, np.asarray(expected))


@pytest.mark.parametrize("op", ["x.sum", "x.max", "x.argmin"])
def test_reductions_are_methods(target, rng, op):
    x = draw(rng, (8, 32), i32)
    expected = NUMPY[op](x, axis=1).astype(i32)
    same(run(reduce, target, x, Out(8, i32), SHAPE=(8, 32), OP=op, AXIS=1, KEEP=False), expected)


@pytest.mark.parametrize("op", ["sum", "max", "argmin", "reduce_or"])
@pytest.mark.parametrize("shape,axis", [((64,), 0), ((8, 16), 0), ((8, 16), 1), ((2, 4, 8), 1)])
def test_keep_dims_leaves_a_dimension_of_one(target, rng, op, shape, axis):
    x = draw(rng, shape, i32)
    expected = numpy_reduce(op, x, axis, 1).astype(i32)
    same(run(reduce, target, x, Out(expected.shape, i32), SHAPE=shape, OP=op, AXIS=axis, KEEP=True), expected)


def test_keep_dims_of_a_whole_block(target, rng):
    x = draw(rng, (4, 8), i32)
    out = run(reduce, target, x, Out((1, 1), i32), SHAPE=(4, 8), OP="sum", AXIS=None, KEEP=True)
    same(out, np.array([[x.sum(dtype=i32)]]))


@pytest.mark.parametrize("dtype", [bool_, *INTS], ids=name)
def test_sums_of_narrow_integers_are_32_bits_of_their_sign(target, rng, dtype):
    x = draw(rng, (8, 64), dtype)
    wide = dtype if bits(dtype) >= 32 else i32 if dtype in SIGNED else u32
    out = run(reduce, target, x, Out(8, wide), SHAPE=(8, 64), OP="sum", AXIS=1, KEEP=False)
    same(out, x.sum(1, dtype=wide))


@pytest.mark.parametrize("dtype", INTS, ids=name)
@pytest.mark.parametrize("op", ["max", "min"])
def test_extrema_of_narrow_integers_are_32_bits(target, rng, dtype, op):
    x = draw(rng, (8, 64), dtype)
    wide = dtype if bits(dtype) >= 32 else i32
    out = run(reduce, target, x, Out(8, wide), SHAPE=(8, 64), OP=op, AXIS=1, KEEP=False)
    same(out, NUMPY[op](x, axis=1).astype(wide))


@pytest.mark.parametrize("dtype", FLOATS, ids=name)
@pytest.mark.parametrize("op", ["max", "min"])
def test_extrema_of_narrow_floats_are_fp32_and_pass_over_nan(target, rng, dtype, op):
    x = draw(rng, (8, 64), dtype)
    x[2, 5:20] = np.nan
    x[3, 7] = np.inf
    x[4, 9] = -np.inf
    wide = dtype if dtype in (f32, f64) else f32
    out = run(reduce, target, x, Out(8, wide), SHAPE=(8, 64), OP=op, AXIS=1, KEEP=False)
    same(out, {"max": np.nanmax, "min": np.nanmin}[op](x.astype(wide), axis=1))


@pytest.mark.parametrize("shape,axis", [((1024,), 0), ((16, 256), 1), ((256, 16), 0)])
@pytest.mark.parametrize("dtype", [f32, f64], ids=name)
def test_a_float_sum_is_as_good_as_a_tree(target, rng, dtype, shape, axis):
    x = draw(rng, shape, dtype)
    wide = x.astype(np.longdouble)
    out = run(reduce, target, x, Out(wide.sum(axis).shape, dtype), SHAPE=shape, OP="sum", AXIS=axis, KEEP=False)
    # Any order of n additions is within n eps sum |x|; a tree or vector of partial sums is much better.
    bound = float(np.finfo(dtype).eps * 12 * np.abs(wide).sum(axis).max())
    close(out, wide.sum(axis).astype(f64), ulps=1, absolute=bound)


@pytest.mark.parametrize("dtype", [f16, bf16], ids=name)
def test_a_sum_of_narrow_floats_keeps_its_type(target, rng, dtype):
    x = rng.integers(-4, 5, (8, 32)).astype(dtype)  # every partial sum is exact
    same(
        run(reduce, target, x, Out(8, dtype), SHAPE=(8, 32), OP="sum", AXIS=1, KEEP=False),
        x.astype(f32).sum(1).astype(dtype),
    )


@tegula.jit
def sum_as(x_ptr, out_ptr, N: tl.constexpr, DTYPE: tl.constexpr):
    total = tl.sum(tl.load(x_ptr + tl.arange(0, N)), 0, dtype=DTYPE)
    tl.static_assert(total.dtype == DTYPE)
    tl.store(out_ptr, total)


@pytest.mark.parametrize("dtype,wide", [(i32, i64), (u8, u64), (f16, f32), (f32, f64)], ids=name)
def test_sum_takes_a_type(target, rng, dtype, wide):
    x = draw(rng, 512, dtype) if dtype in INTS else rng.integers(0, 1000, 512).astype(dtype)
    same(run(sum_as, target, x, Out(1, wide), N=512, DTYPE=tl_type(wide)), x.sum(dtype=wide).reshape(1))


@tegula.jit
def extremum_and_index(
    x_ptr, value_ptr, index_ptr, M: tl.constexpr, K: tl.constexpr, LEFT: tl.constexpr, MAX: tl.constexpr
):
    i = tl.arange(0, M)
    x = tl.load(x_ptr + offsets_of((M, K)))
    if MAX:
        value, index = tl.max(x, 1, return_indices=True, return_indices_tie_break_left=LEFT)
    else:
        value, index = tl.min(x, 1, return_indices=True, return_indices_tie_break_left=LEFT)
    tl.static_assert(value.dtype == value_ptr.dtype.element_ty)
    tl.static_assert(index.dtype == tl.int32)
    tl.store(value_ptr + i, value)
    tl.store(index_ptr + i, index)


@pytest.mark.parametrize("dtype", [i32, f32, f16, bf16, i8, f64], ids=name)
@pytest.mark.parametrize("largest", [True, False])
def test_return_indices_gives_the_leftmost_of_equals(target, rng, dtype, largest):
    x = rng.integers(-5, 5, (16, 64)).astype(dtype)
    wide = f32 if dtype == bf16 else dtype
    value, index = run(extremum_and_index, target, x, Out(16, wide), Out(16, i32), M=16, K=64, LEFT=True, MAX=largest)
    same(value, (x.max(1) if largest else x.min(1)).astype(wide))
    same(index, (x.argmax(1) if largest else x.argmin(1)).astype(i32))


def test_return_indices_without_tie_break_gives_one_of_equals(device, rng):
    x = rng.integers(-5, 5, (16, 64)).astype(i32)
    value, index = run(extremum_and_index, device, x, Out(16, i32), Out(16, i32), M=16, K=64, LEFT=False, MAX=True)
    same(value, x.max(1))
    same(x[np.arange(16), index], value)


@tegula.jit
def argmax_of_a_masked_row(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets, mask=offsets < n, other=float("-inf"))
    tl.store(out_ptr, tl.argmax(x, 0))
    tl.store(out_ptr + 1, tl.argmin(tl.where(offsets < n, x, float("inf")), 0))


@pytest.mark.parametrize("n", [1, 100, 1000, 1024])
def test_argmax_of_a_ragged_row(target, rng, n):
    x = draw(rng, n, f32)
    same(run(argmax_of_a_masked_row, target, x, Out(2, i32), n, BLOCK=1024), np.array([x.argmax(), x.argmin()], i32))


# ---- Combine functions ---------------------------------------------------------------------------------------------


@tegula.jit
def multiply(a, b):
    return a * b


@tegula.jit
def larger_magnitude(a, b):
    if_a = tl.abs(a) >= tl.abs(b)
    return tl.where(if_a, a, b)


@tegula.jit
def bits_and(a, b):
    return a & b


@tegula.jit
def custom(x_ptr, out_ptr, SHAPE: tl.constexpr, AXIS: tl.constexpr, COMBINE: tl.constexpr):
    x = tl.load(x_ptr + offsets_of(SHAPE))
    y = tl.reduce(x, AXIS, COMBINE)
    if len(y.shape) == 0:
        tl.store(out_ptr, y)
    else:
        tl.store(out_ptr + offsets_of(y.shape), y)


@pytest.mark.parametrize(
    "shape,axis", [((64,), 0), ((8, 32), 0), ((8, 32), 1), ((8, 32), -1), ((4, 8), None), ((2, 4, 8), 1)]
)
@pytest.mark.parametrize(
    "combine,reference", [(multiply, np.multiply), (bits_and, np.bitwise_and)], ids=["multiply", "and"]
)
def test_reduce_with_a_combine_function(target, rng, shape, axis, combine, reference):
    x = draw(rng, shape, i64) | 1
    expected = np.asarray(reference.reduce(x.ravel() if axis is None else x, axis=0 if axis is None else axis))
    same(run(custom, target, x, Out(expected.shape, i64), SHAPE=shape, AXIS=axis, COMBINE=combine), expected)


def test_reduce_with_a_combine_function_of_floats(target, rng):
    x = draw(rng, (8, 64), f32)
    expected = np.take_along_axis(x, np.abs(x).argmax(1)[:, None], 1)[:, 0]
    same(run(custom, target, x, Out(8, f32), SHAPE=(8, 64), AXIS=1, COMBINE=larger_magnitude), expected)


@tegula.jit
def merge_statistics(mean_a, m2_a, count_a, mean_b, m2_b, count_b):
    count = count_a + count_b
    delta = mean_b - mean_a
    return mean_a + delta * (count_b / count), m2_a + m2_b + delta * delta * count_a * (count_b / count), count


@tegula.jit
def welford(x_ptr, mean_ptr, variance_ptr, M: tl.constexpr, K: tl.constexpr):
    x = tl.load(x_ptr + offsets_of((M, K)))
    mean, m2, count = tl.reduce((x, tl.zeros_like(x), tl.full([M, K], 1.0, tl.float32)), 1, merge_statistics)
    tl.store(mean_ptr + tl.arange(0, M), mean)
    tl.store(variance_ptr + tl.arange(0, M), m2 / count)


def test_reduce_of_a_tuple_of_three_blocks(target, rng):
    x = draw(rng, (16, 128), f32) + np.float32(3)
    mean, variance = run(welford, target, x, Out(16, f32), Out(16, f32), M=16, K=128)
    close(mean, x.astype(f64).mean(1), ulps=16)
    close(variance, x.astype(f64).var(1), ulps=32)


@tegula.jit
def second_of_larger(a_key, a_value, b_key, b_value):
    first = (a_key > b_key) | ((a_key == b_key) & (a_value > b_value))
    return tl.where(first, a_key, b_key), tl.where(first, a_value, b_value)


@tegula.jit
def reduce_pairs(key_ptr, value_ptr, out_ptr, N: tl.constexpr):
    i = tl.arange(0, N)
    key, value = tl.reduce((tl.load(key_ptr + i), tl.load(value_ptr + i)), axis=0, combine_fn=second_of_larger)
    tl.store(out_ptr, key)
    tl.store(out_ptr + 1, value)


def test_reduce_of_pairs_of_different_types(target, rng):
    key, value = rng.integers(0, 20, 256).astype(f16), draw(rng, 256, i64) >> 20
    best = max(zip(key.tolist(), value.tolist()))
    same(run(reduce_pairs, target, key, value, Out(2, i64), N=256), np.array(best).astype(i64))


@tegula.jit
def chain(x_ptr, out_ptr, M: tl.constexpr, K: tl.constexpr):
    x = tl.load(x_ptr + offsets_of((M, K)))
    centred = x - tl.max(x, axis=1)[:, None]
    columns = tl.sum(centred, axis=0)
    total = tl.sum(columns, axis=0)
    rows = tl.sum(tl.trans(centred), axis=0)
    tl.store(out_ptr, total)
    tl.store(out_ptr + 1, tl.max(rows, 0))
    tl.store(out_ptr + 2 + tl.arange(0, K), columns)


@pytest.mark.parametrize("m,k", [(8, 16), (64, 32), (2, 128)])
def test_reductions_feed_one_another(target, rng, m, k):
    x = rng.integers(-50, 50, (m, k)).astype(i32)
    centred = x - x.max(1)[:, None]
    expected = np.concatenate([[centred.sum(), centred.sum(1).max()], centred.sum(0)]).astype(i32)
    same(run(chain, target, x, Out(k + 2, i32), M=m, K=k), expected)


@tegula.jit
def accumulate_rows(x_ptr, out_ptr, rows, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    total = 0.0
    biggest = float("-inf")
    for row in range(rows):
        x = tl.load(x_ptr + row * n + offsets, mask=offsets < n, other=0.0)
        total += tl.sum(x * x, axis=0)
        biggest = tl.maximum(biggest, tl.max(x, axis=0))
    tl.store(out_ptr, total)
    tl.store(out_ptr + 1, biggest)


@pytest.mark.parametrize("rows,n", [(1, 17), (7, 100), (0, 5)])
def test_reductions_in_a_loop(target, rng, rows, n):
    x = rng.integers(1, 9, (rows, n)).astype(f32)
    out = run(accumulate_rows, target, x, Out(2, f32), rows, n, BLOCK=128)
    same(out, np.array([(x * x).sum(), x.max(initial=-np.inf)], f32))


# ---- Scans ---------------------------------------------------------------------------------------------------------


@tegula.jit
def scan(x_ptr, out_ptr, SHAPE: tl.constexpr, AXIS: tl.constexpr, REVERSE: tl.constexpr, OP: tl.constexpr):
    at = offsets_of(SHAPE)
    x = tl.load(x_ptr + at)
    if OP == "cumsum":
        y = tl.cumsum(x, AXIS, reverse=REVERSE)
    elif OP == "cumprod":
        y = tl.cumprod(x, axis=AXIS, reverse=REVERSE)
    else:
        y = tl.associative_scan(x, AXIS, OP, reverse=REVERSE)
    tl.store(out_ptr + at, y)


@tegula.jit
def larger(a, b):
    return tl.maximum(a, b)


@pytest.mark.parametrize("shape,axis", [((64,), 0), ((1024,), 0), ((8, 32), 0), ((8, 32), 1), ((2, 4, 16), 1)])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    "op,reference", [("cumsum", np.add), ("cumprod", np.multiply), (larger, np.maximum)], ids=["sum", "product", "max"]
)
def test_scans_include_their_element(target, rng, shape, axis, reverse, op, reference):
    x = draw(rng, shape, i64) | 1
    turned = np.flip(x, axis) if reverse else x
    expected = reference.accumulate(turned, axis=axis)
    expected = np.flip(expected, axis) if reverse else expected
    same(run(scan, target, x, Out(shape, i64), SHAPE=shape, AXIS=axis, REVERSE=reverse, OP=op), expected)

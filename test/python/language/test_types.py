"""Element types: every cast, bitcasts, fp8, pointers as values, what a block tells about its type."""

import numpy as np
import pytest

import tegula
import tegula.language as tl

from .launch import (
    FLOATS,
    INTS,
    SIGNED,
    TYPES,
    UNSIGNED,
    Misaligned,
    Out,
    bf16,
    bits,
    bool_,
    close,
    draw,
    e4m3,
    e5m2,
    f16,
    f32,
    f64,
    i8,
    i16,
    i32,
    i64,
    is_float,
    name,
    poison,
    rounded,
    run,
    same,
    tl_type,
    u8,
    u16,
    u32,
    u64,
)

N = 120


@tegula.jit
def store_as(out_ptr, offsets, x, mask):
    y = x.to(out_ptr.dtype.element_ty)
    tl.static_assert(y.dtype == out_ptr.dtype.element_ty)
    tl.static_assert(y.shape == x.shape)
    tl.store(out_ptr + offsets, y, mask=mask)


@tegula.jit
def cast_to_every_type(
    x_ptr, positive_ptr, small_ptr, b, i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64, n, BLOCK: tl.constexpr
):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    positive = tl.load(positive_ptr + offsets, mask=mask)
    small = tl.load(small_ptr + offsets, mask=mask)
    store_as(b, offsets, x, mask)
    store_as(i8, offsets, x, mask)
    store_as(i16, offsets, x, mask)
    store_as(i32, offsets, x, mask)
    store_as(i64, offsets, x, mask)
    store_as(u8, offsets, positive, mask)
    store_as(u16, offsets, positive, mask)
    store_as(u32, offsets, positive, mask)
    store_as(u64, offsets, positive, mask)
    store_as(f16, offsets, small, mask)
    store_as(bf16, offsets, small, mask)
    store_as(f32, offsets, x, mask)
    store_as(f64, offsets, x, mask)


@pytest.mark.parametrize("source", TYPES, ids=name)
def test_cast_to_every_type(target, rng, source):
    if source in FLOATS:
        # Values that every integer type holds after truncation; to unsigned, none below zero.
        x = rng.uniform(-100, 100, N).astype(source)
        x[:4] = [0.0, -0.0, 0.75, -0.75]
        positive, small = np.abs(x), x
    else:
        # 16-bit floats get numbers that float32 holds exactly, so that they are rounded once on every way.
        x = draw(rng, N, source)
        x[:4] = 0
        positive, small = x, (x & source.type(0x7FFF) if bits(source) > 8 else x)
        if source in SIGNED and bits(source) > 8:
            small[::2] *= -1
    outs = [Out(N, dtype) for dtype in TYPES]
    results = run(cast_to_every_type, target, x, positive, small, *outs, N, BLOCK=128)
    for dtype, out in zip(TYPES, results):
        claim = f"{name(source)} to {name(dtype)}"
        if dtype == bool_:
            same(out, x != 0, claim)
        elif dtype in INTS:
            same(out, (x if dtype in SIGNED else positive).astype(dtype), claim)
        elif dtype in (f16, bf16):
            same(out, small if source == dtype else rounded(small.astype(f64), dtype), claim)
        else:
            same(out, x.astype(dtype), claim)


@tegula.jit
def cast_to_one_type(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    store_as(out_ptr, offsets, tl.load(x_ptr + offsets, mask=mask), mask)


FLOAT_PAIRS = [(a, b) for a in FLOATS for b in FLOATS if a != b]


@pytest.mark.parametrize("source,result", FLOAT_PAIRS, ids=name)
def test_float_casts_keep_nan_infinity_and_the_sign_of_zero(target, rng, source, result):
    import ml_dtypes

    info = ml_dtypes.finfo(source)
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, float(info.max), float(info.smallest_normal), 65504.0, 65519.0, 3.4e38],
                 f64)  # fmt: skip
    x = np.concatenate([rounded(x, source), draw(rng, 54, source)])
    x[20:40] = (x[20:40].astype(f64) * 2.0**-20).astype(source)  # subnormal in fp16
    out = run(cast_to_one_type, target, x, Out(64, result), 64, BLOCK=64)
    same(out, rounded(x.astype(f64), result))


@pytest.mark.parametrize("source", FLOATS, ids=name)
def test_a_nan_is_a_true_bool(target, source):
    x = np.array([np.nan, np.inf, 0.0, -0.0, 1e-7, -3.0, 0.0, 1.0], source)
    same(run(cast_to_one_type, target, x, Out(8, bool_), 8, BLOCK=8), x != 0)


def test_integers_beyond_float_precision_are_rounded_to_nearest_even(target, rng):
    for source, result in ((i64, f64), (u64, f64), (i64, f32), (i32, f32), (u32, f32)):
        x = draw(rng, 128, source)
        same(
            run(cast_to_one_type, target, x, Out(128, result), 128, BLOCK=128),
            x.astype(result),
            f"{name(source)} to {name(result)}",
        )


@tegula.jit
def cast_toward_zero(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, x.to(out_ptr.dtype.element_ty, fp_downcast_rounding="rtz"), mask=mask)
    tl.store(out_ptr + n + offsets, tl.cast(x, out_ptr.dtype.element_ty, fp_downcast_rounding="rtne"), mask=mask)


@pytest.mark.parametrize("result", [f16, bf16], ids=name)
def test_rounding_toward_zero_on_request(target, rng, result):
    x = draw(rng, N, f32)
    out = run(cast_toward_zero, target, x, Out((2, N), result), N, BLOCK=128)
    nearest = rounded(x.astype(f64), result)
    above = np.abs(nearest.astype(f64)) > np.abs(x)
    cut = np.where(above, (nearest.view(u16) - 1).view(result), nearest)
    same(out[0], cut, "rtz")
    same(out[1], nearest, "rtne")


# ---- Bits ----------------------------------------------------------------------------------------------------------


@tegula.jit
def reinterpret_bits(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    y = x.to(out_ptr.dtype.element_ty, bitcast=True)
    tl.static_assert(y.dtype == out_ptr.dtype.element_ty)
    tl.store(out_ptr + offsets, y, mask=mask)


BITCASTS = [(f32, i32), (i32, f32), (u32, f32), (f16, i16), (i16, f16), (bf16, u16), (u16, bf16), (f16, bf16), (f64, i64), (u64, f64),
            (i8, u8), (u8, i8), (i32, u32), (u64, i64)]  # fmt: skip


@pytest.mark.parametrize("source,result", BITCASTS, ids=name)
def test_bitcast_keeps_the_bits(target, rng, source, result):
    x = draw(rng, N, source) if is_float(source) or not is_float(result) else draw(rng, N, result).view(source)
    same(run(reinterpret_bits, target, x, Out(N, result), N, BLOCK=128), x.view(result))


@pytest.mark.parametrize("source,result", [(f32, i64), (f16, i8), (i32, f16), (bool_, i8)], ids=name)
def test_bitcast_of_different_widths_is_refused(source, result):
    with pytest.raises((tegula.CompilationError, ValueError), match="(?i)bit"):
        run(reinterpret_bits, "cpu", np.zeros(8, source), Out(8, result), 8, BLOCK=8)


@tegula.jit
def sign_of(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    pattern = tl.load(x_ptr + offsets).to(tl.uint32, bitcast=True)
    tl.store(out_ptr + offsets, (pattern >> 31).to(tl.int32))
    rebuilt = ((pattern & 0x7FFFFFFF) | 0x80000000).to(tl.float32, bitcast=True)
    tl.static_assert(rebuilt.dtype == tl.float32)
    tl.store(out_ptr + BLOCK + offsets, (rebuilt < 0).to(tl.int32))


def test_float_bits_can_be_computed_with(target, rng):
    x = draw(rng, 64, f32)
    out = run(sign_of, target, x, Out((2, 64), i32), BLOCK=64)
    same(out, np.stack([np.signbit(x), np.ones(64)]).astype(i32))


# ---- fp8 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [e4m3, e5m2], ids=name)
@pytest.mark.parametrize("result", [f16, bf16, f32], ids=name)
def test_fp8_is_widened_exactly(target, dtype, result):
    x = np.arange(256, dtype=np.uint8).view(dtype)
    same(run(cast_to_one_type, target, x, Out(256, result), 256, BLOCK=256), x.astype(f32).astype(result))


@pytest.mark.parametrize("dtype", [e4m3, e5m2], ids=name)
@pytest.mark.parametrize("source", [f16, bf16, f32], ids=name)
def test_fp8_is_narrowed_to_nearest_even_and_saturates(target, rng, dtype, source):
    if dtype == e4m3 and target == "sm_80":
        pytest.skip("conversions to fp8e4nv need sm_89")
    top = 448.0 if dtype == e4m3 else 57344.0
    x = np.concatenate([rng.uniform(-1, 1, 100), rng.uniform(-top, top, 100), rng.uniform(-0.02, 0.02, 50),
                        [np.nan, np.inf, -np.inf, 0.0, -0.0, top * 1.1]])  # fmt: skip
    x = rounded(x, source)
    with np.errstate(invalid="ignore"):
        expected = np.clip(x.astype(f32), -np.float32(top), np.float32(top)).astype(dtype)
    same(run(cast_to_one_type, target, x, Out(256, dtype), 256, BLOCK=256), expected)


def test_a_conversion_that_the_target_lacks_is_refused():
    with pytest.raises(tegula.CompilationError, match="converting to fp8e4nv needs sm_89"):
        run(cast_to_one_type, "sm_80", np.zeros(8, f32), Out(8, e4m3), 8, BLOCK=8)


# ---- What a value tells about its type -----------------------------------------------------------------------------


@tegula.jit
def ask_types(x_ptr, out_ptr, n, DTYPE: tl.constexpr, BITS: tl.constexpr, SIGNED: tl.constexpr, FLOAT: tl.constexpr):
    tl.static_assert(x_ptr.dtype.element_ty == DTYPE)
    tl.static_assert(x_ptr.dtype.is_ptr())
    tl.static_assert(x_ptr.type.element_ty == DTYPE)
    tl.static_assert(x_ptr.dtype == tl.pointer_type(DTYPE))
    x = tl.load(x_ptr + tl.arange(0, 16)[:, None] * 4 + tl.arange(0, 4)[None, :])
    tl.static_assert(x.dtype == DTYPE)
    tl.static_assert(x.dtype is DTYPE)
    tl.static_assert(x.type.element_ty == DTYPE)
    tl.static_assert(x.type.scalar == DTYPE)
    tl.static_assert(x.type.is_block())
    tl.static_assert(x.dtype.primitive_bitwidth == BITS)
    tl.static_assert(x.dtype.is_floating() == FLOAT)
    tl.static_assert(x.dtype.is_int() != FLOAT)
    tl.static_assert(x.dtype.is_int_signed() == SIGNED)
    tl.static_assert(not x.dtype.is_ptr())
    tl.static_assert(isinstance(x, tl.tensor))
    tl.static_assert(isinstance(x.dtype, tl.dtype))
    tl.static_assert(isinstance(x_ptr.dtype, tl.pointer_type))
    tl.static_assert(x.shape == [16, 4])
    tl.static_assert(x.shape[0] == 16)
    tl.static_assert(len(x.shape) == 2)
    tl.static_assert(x.numel == 64)
    tl.static_assert(n.dtype == tl.int32)
    tl.static_assert(tl.dtype("fp16") == tl.float16)
    tl.store(out_ptr, n)


@pytest.mark.parametrize("dtype", TYPES, ids=name)
def test_types_can_be_asked_at_compile_time(target, dtype):
    out = run(
        ask_types,
        target,
        np.zeros(64, dtype),
        Out(1, i32),
        7,
        tl_type(dtype),
        bits(dtype),
        dtype in SIGNED,
        dtype in FLOATS,
    )
    same(out, np.array([7], i32))


@tegula.jit
def cast_to_argument(x_ptr, out_ptr, DTYPE: tl.constexpr, ACC: tl.constexpr = tl.float32):
    offsets = tl.arange(0, 32)
    total = tl.load(x_ptr + offsets).to(ACC) * 2
    tl.store(out_ptr + offsets, tl.cast(total, DTYPE))


@pytest.mark.parametrize("dtype", [f16, i32, f64], ids=name)
def test_a_type_is_a_constexpr_argument(target, rng, dtype):
    x = rng.integers(-50, 50, 32).astype(f16)
    same(run(cast_to_argument, target, x, Out(32, dtype), DTYPE=tl_type(dtype)), (x * 2).astype(dtype))


# ---- Pointers ------------------------------------------------------------------------------------------------------


@tegula.jit
def through_addresses(table_ptr, out_ptr, n, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    offsets = tl.arange(0, BLOCK)
    x_ptr = tl.load(table_ptr + row).to(tl.pointer_type(tl.float32))
    tl.store(out_ptr + row * n + offsets, tl.load(x_ptr + offsets, mask=offsets < n), mask=offsets < n)


def test_an_integer_becomes_a_pointer(device, rng):
    from kernels import devices

    rows = [devices.put(draw(rng, 20, f32), device) for _ in range(3)]
    addresses = [row.ctypes.data if device == "cpu" else row.data_ptr() for row in rows]
    out = run(through_addresses, device, np.array(addresses, u64), Out((3, 20), f32), 20, grid=(3,), BLOCK=32)
    same(out, np.stack([devices.get(row) for row in rows]).astype(f32))


@tegula.jit
def bytes_of(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    byte_ptr = x_ptr.to(tl.pointer_type(tl.uint8))
    tl.store(out_ptr + offsets, tl.load(byte_ptr + offsets))
    tl.static_assert(byte_ptr.dtype.element_ty == tl.uint8)
    distance = (x_ptr + 3).to(tl.int64) - x_ptr.to(tl.int64)
    tl.store(out_ptr + BLOCK, distance.to(tl.uint8))


def test_a_pointer_becomes_a_pointer_to_another_type_and_an_integer(target, rng):
    x = draw(rng, 16, f32)
    out = run(bytes_of, target, x, Out(65, u8), BLOCK=64)
    same(out, np.append(x.view(u8), np.uint8(12)))

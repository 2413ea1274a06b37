"""Loads and stores: scalars and blocks, masks, strides, indices, hints, far offsets, bools, implicit casts."""

import numpy as np
import pytest

import tegula
import tegula.language as tl

from .launch import (
    TYPES,
    InOut,
    Misaligned,
    Out,
    bf16,
    bool_,
    draw,
    f16,
    f32,
    f64,
    i8,
    i32,
    i64,
    name,
    poison,
    run,
    same,
    u8,
    u32,
    u64,
)


@tegula.jit
def copy(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask=mask), mask=mask)


@pytest.mark.parametrize("dtype", TYPES, ids=name)
@pytest.mark.parametrize("n", [1, 63, 64, 1000])
def test_a_masked_copy_of_any_length_and_type(target, rng, dtype, n):
    x = draw(rng, n, dtype)
    same(run(copy, target, x, Out(n, dtype), n, grid=(-(-n // 64),), BLOCK=64), x)


@pytest.mark.parametrize("dtype", [u8, f16, f32, f64], ids=name)
def test_a_copy_between_misaligned_arrays(target, rng, dtype):
    x = draw(rng, 777, dtype)
    same(run(copy, target, Misaligned(x), Misaligned(Out(777, dtype)), 777, grid=(7,), BLOCK=128), x)


@pytest.mark.parametrize("num_warps", [1, 2, 8, 32])
def test_any_number_of_warps_copies(target, rng, num_warps):
    x = draw(rng, 5000, f16)
    same(run(copy, target, x, Out(5000, f16), 5000, grid=(5,), options={"num_warps": num_warps}, BLOCK=1024), x)


@tegula.jit
def scalars(x_ptr, out_ptr, flag, n):
    first = tl.load(x_ptr)
    last = tl.load(x_ptr + n - 1)
    tl.store(out_ptr, last)
    tl.store(out_ptr + 1, first)
    tl.store(out_ptr + 2, first, mask=flag)
    tl.store(out_ptr + 3, tl.load(x_ptr + 1, mask=flag, other=7))
    tl.store(out_ptr + 4, tl.load(x_ptr + 1, mask=flag))
    tl.store(out_ptr + 5, tl.load(x_ptr + 2, mask=True))
    tl.store(out_ptr + 6, first, mask=False)


@pytest.mark.parametrize("dtype", [i32, f16, bf16, f64, u8], ids=name)
@pytest.mark.parametrize("flag", [True, False])
def test_scalar_loads_and_stores(target, rng, dtype, flag):
    x = rng.integers(1, 100, 10).astype(dtype)
    out = run(scalars, target, x, Out(7, dtype), flag, 10)
    untouched = poison(1, dtype)[0]
    expected = [x[9], x[0], x[0] if flag else untouched, x[1] if flag else 7, x[1] if flag else 0, x[2], untouched]
    same(out, np.array(expected, dtype))


@tegula.jit
def load_masked(x_ptr, mask_ptr, out_ptr, n, OTHER: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    inside = offsets < n
    mask = tl.load(mask_ptr + offsets, mask=inside, other=False)
    x = tl.load(x_ptr + offsets, mask=mask, other=OTHER)
    tl.store(out_ptr + offsets, x, mask=inside)


@pytest.mark.parametrize("dtype", TYPES, ids=name)
def test_a_masked_off_element_is_zero(target, rng, dtype):
    x, mask = draw(rng, 100, dtype), draw(rng, 100, bool_)
    out = run(load_masked, target, x, mask, Out(100, dtype), 100, OTHER=None, BLOCK=128)
    same(out, np.where(mask, x, np.zeros(100, dtype)))


@pytest.mark.parametrize(
    "dtype,other", [(f32, float("-inf")), (f16, 2.5), (bf16, 1), (i32, -1), (u8, 255), (i64, 3), (bool_, True)]
)
def test_other_fills_in_and_takes_the_element_type(target, rng, dtype, other):
    x, mask = draw(rng, 100, dtype), draw(rng, 100, bool_)
    out = run(load_masked, target, x, mask, Out(100, dtype), 100, OTHER=other, BLOCK=128)
    same(out, np.where(mask, x, np.array(other, dtype)))


@tegula.jit
def other_block(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    y = tl.load(y_ptr + offsets)
    x = tl.load(x_ptr + offsets, offsets < n, y)  # by position; y is cast to x's type
    tl.static_assert(x.dtype == x_ptr.dtype.element_ty)
    tl.store(out_ptr + offsets, x)


def test_other_may_be_a_block_of_another_type(target, rng):
    x, y = draw(rng, 40, f32), rng.integers(-9, 9, 64).astype(i32)
    out = run(other_block, target, x, y, Out(64, f32), 40, BLOCK=64)
    same(out, np.concatenate([x, y[40:].astype(f32)]))


@tegula.jit
def other_without_mask(x_ptr):
    tl.store(x_ptr, tl.load(x_ptr + tl.arange(0, 8), other=0.0))


def test_other_without_a_mask_is_refused():
    with pytest.raises((tegula.CompilationError, ValueError), match="(?i)mask"):
        run(other_without_mask, "cpu", Out(8, f32))


@tegula.jit
def store_masked(x_ptr, mask_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets), mask=tl.load(mask_ptr + offsets))


@pytest.mark.parametrize("dtype", TYPES, ids=name)
def test_a_masked_off_store_leaves_the_element(target, rng, dtype):
    x, mask = draw(rng, 128, dtype), draw(rng, 128, bool_)
    out = run(store_masked, target, x, mask, Out(128, dtype), BLOCK=128)
    same(out.view(f"u{dtype.itemsize}"), np.where(mask, x, poison(128, dtype)).view(f"u{dtype.itemsize}"))


@tegula.jit
def wider_mask(x_ptr, out_ptr, M: tl.constexpr, K: tl.constexpr):
    i = tl.arange(0, M)[:, None]
    j = tl.arange(0, K)[None, :]
    x = tl.load(x_ptr + j, mask=i > j, other=-1)  # the mask widens the pointer
    tl.static_assert(x.shape == [M, K])
    tl.store(out_ptr + i * K + j, x)


def test_a_wider_mask_widens_the_load(target, rng):
    x = rng.integers(0, 99, 16).astype(i32)
    i, j = np.arange(8)[:, None], np.arange(16)[None, :]
    same(run(wider_mask, target, x, Out((8, 16), i32), M=8, K=16), np.where(i > j, x, -1).astype(i32))


@tegula.jit
def masks_of_fewer_dimensions(x_ptr, out_ptr, m, k, M: tl.constexpr, K: tl.constexpr):
    i = tl.arange(0, M)[:, None]
    j = tl.arange(0, K)[None, :]
    x = tl.load(x_ptr + i * k + j, mask=j < k)
    x = tl.where(i < m, x, 0)
    tl.store(out_ptr + i * k + j, x, mask=(i < m) & (j < k))


@pytest.mark.parametrize("m,k", [(8, 16), (5, 11), (8, 3), (1, 16)])
def test_two_dimensional_blocks_with_ragged_edges(target, rng, m, k):
    x = np.zeros((8, k), f32)
    x[:m] = draw(rng, (m, k), f32)
    same(run(masks_of_fewer_dimensions, target, x, Out((m, k), f32), m, k, M=8, K=16), x[:m])


@tegula.jit
def narrow_store(out_ptr, M: tl.constexpr, K: tl.constexpr):
    j = tl.arange(0, K)
    tl.store(out_ptr + tl.arange(0, M)[:, None] * K + j[None, :], j)  # the value widens to the pointers


def test_a_stored_value_is_broadcast_to_the_pointers(target):
    same(run(narrow_store, target, Out((4, 16), i32), M=4, K=16), np.tile(np.arange(16, dtype=i32), (4, 1)))


@tegula.jit
def wide_value(out_ptr):
    tl.store(out_ptr + tl.arange(0, 8), tl.zeros([4, 8], tl.float32))


def test_a_stored_value_wider_than_the_pointers_is_refused():
    with pytest.raises((tegula.CompilationError, ValueError)):
        run(wide_value, "cpu", Out(8, f32))


# ---- Addresses -----------------------------------------------------------------------------------------------------


@tegula.jit
def transpose(x_ptr, out_ptr, m, k, stride_xm, stride_xk, stride_om, stride_ok, M: tl.constexpr, K: tl.constexpr):
    i = tl.program_id(0) * M + tl.arange(0, M)
    j = tl.program_id(1) * K + tl.arange(0, K)
    mask = (i < m)[:, None] & (j < k)[None, :]
    x = tl.load(x_ptr + i[:, None] * stride_xm + j[None, :] * stride_xk, mask=mask)
    tl.store(out_ptr + i[:, None] * stride_om + j[None, :] * stride_ok, x, mask=mask)


@pytest.mark.parametrize("dtype", [u8, f16, f32, i64], ids=name)
@pytest.mark.parametrize("m,k", [(32, 64), (33, 70), (1, 5)])
def test_strided_access_transposes(target, rng, dtype, m, k):
    x = draw(rng, (m, k), dtype)
    out = run(transpose, target, x, Out((k, m), dtype), m, k, k, 1, 1, m, grid=(-(-m // 16), -(-k // 32)), M=16, K=32)
    same(out, x.T)


@tegula.jit
def every_other(x_ptr, out_ptr, n, STEP: tl.constexpr, BLOCK: tl.constexpr):
    i = tl.arange(0, BLOCK)
    mask = i < n
    tl.store(out_ptr + (n - 1 - i), tl.load(x_ptr + STEP * i, mask=mask), mask=mask)


@pytest.mark.parametrize("step", [1, 2, 3, 8])
def test_a_strided_load_and_a_reversed_store(target, rng, step):
    x = draw(rng, 100 * step, f32)
    same(run(every_other, target, x, Out(100, f32), 100, STEP=step, BLOCK=128), x[::step][::-1])


@tegula.jit
def gather_scatter(x_ptr, from_ptr, to_ptr, out_ptr, n, BLOCK: tl.constexpr):
    i = tl.arange(0, BLOCK)
    mask = i < n
    source = tl.load(from_ptr + i, mask=mask)
    place = tl.load(to_ptr + i, mask=mask)
    tl.store(out_ptr + place, tl.load(x_ptr + source, mask=mask), mask=mask)


@pytest.mark.parametrize("dtype,index", [(f32, i32), (f16, i64), (i64, i32), (u8, u32), (f32, i8)], ids=name)
def test_addresses_that_were_loaded(target, rng, dtype, index):
    x = draw(rng, 100, dtype)
    source, place = rng.integers(0, 100, 77).astype(index), rng.permutation(77).astype(index)
    out = run(gather_scatter, target, x, source, place, Out(77, dtype), 77, BLOCK=128)
    expected = np.empty(77, dtype)
    expected[place] = x[source]
    same(out, expected)


@tegula.jit
def negative_index(x_ptr, index_ptr, out_ptr, BLOCK: tl.constexpr):
    i = tl.arange(0, BLOCK)
    tl.store(out_ptr + i, tl.load(x_ptr + BLOCK + tl.load(index_ptr + i)))
    tl.store(out_ptr + BLOCK + i, tl.load((x_ptr + BLOCK) - i))


def test_signed_offsets_are_sign_extended(target, rng):
    x, index = draw(rng, 33, f32), rng.integers(-32, 0, 32).astype(i8)
    out = run(negative_index, target, x, index, Out((2, 32), f32), BLOCK=32)
    same(out, np.stack([x[32 + index.astype(int)], x[32:0:-1]]))


@tegula.jit
def unsigned_index(x_ptr, index_ptr, out_ptr, BLOCK: tl.constexpr):
    i = tl.arange(0, BLOCK)
    tl.store(out_ptr + i, tl.load(x_ptr + tl.load(index_ptr + i)))


def test_narrow_unsigned_offsets_are_zero_extended(target, rng):
    x, index = draw(rng, 256, f32), rng.integers(0, 256, 64).astype(u8)
    same(run(unsigned_index, target, x, index, Out(64, f32), BLOCK=64), x[index])


@tegula.jit
def far_apart(x_ptr, out_ptr, stride, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    offsets = tl.arange(0, BLOCK)
    tl.store(out_ptr + row * BLOCK + offsets, tl.load(x_ptr + row * stride + offsets))


def test_offsets_beyond_two_to_the_31(device, rng):
    stride = 2**31 + 48
    rows = draw(rng, (2, 64), i8)
    if device == "cpu":
        x = np.zeros(stride + 64, np.int8)  # pages that nobody touches take no memory
        x[:64], x[stride:] = rows
        out = np.zeros((2, 64), np.int8)
        far_apart[(2,)](x, out, stride, BLOCK=64)
    else:
        import torch

        x = torch.empty(stride + 64, dtype=torch.int8, device=device)
        x[:64], x[stride:] = torch.from_numpy(rows).to(device)
        out = torch.zeros((2, 64), dtype=torch.int8, device=device)
        far_apart[(2,)](x, out, stride, BLOCK=64)
        out = out.cpu().numpy()
    same(out, rows)


@tegula.jit
def annotated_stride(x_ptr, out_ptr, stride: tl.int64, n: "i64", BLOCK: tl.constexpr):
    tl.static_assert(stride.dtype == tl.int64)
    tl.static_assert(n.dtype == tl.int64)
    offsets = tl.arange(0, BLOCK)
    tl.static_assert((offsets * stride).dtype == tl.int64)
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets * stride, mask=offsets < n), mask=offsets < n)


@pytest.mark.parametrize("stride", [1, 3, 16])
def test_annotated_arguments_keep_their_type_whatever_their_value(target, rng, stride):
    x = draw(rng, 50 * stride, f16)
    same(run(annotated_stride, target, x, Out(50, f16), stride, 50, BLOCK=64), x[::stride])


@tegula.jit
def const_pointer(x_ptr: tl.const, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets) + tl.load(x_ptr))


def test_a_const_pointer_is_read(target, rng):
    x = draw(rng, 64, f32)
    same(run(const_pointer, target, x, Out(64, f32), BLOCK=64), x + x[0])


@tegula.jit
def store_to_const(x_ptr: tl.const):
    tl.store(x_ptr, 1.0)


def test_a_store_to_a_const_pointer_is_refused():
    with pytest.raises((tegula.CompilationError, ValueError), match="(?i)cannot store to a constant pointer"):
        run(store_to_const, "cpu", Out(8, f32))


# ---- Hints ---------------------------------------------------------------------------------------------------------


@tegula.jit
def hinted(
    x_ptr,
    out_ptr,
    n,
    CACHE: tl.constexpr,
    EVICT: tl.constexpr,
    VOLATILE: tl.constexpr,
    STORE: tl.constexpr,
    BLOCK: tl.constexpr,
):
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask, cache_modifier=CACHE, eviction_policy=EVICT, volatile=VOLATILE)
    tl.store(out_ptr + offsets, x, mask=mask, cache_modifier=STORE, eviction_policy=EVICT)


HINTS = [(".ca", "", False, ".wb"), (".cg", "evict_first", False, ".cg"), (".cv", "", False, ".wt"), ("", "evict_last", False, ".cs"),
         ("", "", True, ""), (".cs", "", False, "")]  # fmt: skip


@pytest.mark.parametrize("cache,evict,volatile,store", HINTS)
@pytest.mark.parametrize("dtype", [f16, f32], ids=name)
def test_cache_hints_change_no_value(target, rng, dtype, cache, evict, volatile, store):
    x = draw(rng, 1000, dtype)
    out = run(
        hinted, target, x, Out(1000, dtype), 1000, CACHE=cache, EVICT=evict, VOLATILE=volatile, STORE=store, BLOCK=1024
    )
    same(out, x)


@pytest.mark.parametrize("cache,evict,store", [(".xx", "", ""), ("", "evict_never", ""), ("", "", ".cv")])
def test_unknown_hints_are_refused(cache, evict, store):
    with pytest.raises((tegula.CompilationError, ValueError)):
        run(
            hinted,
            "cpu",
            np.zeros(8, f32),
            Out(8, f32),
            8,
            CACHE=cache,
            EVICT=evict,
            VOLATILE=False,
            STORE=store,
            BLOCK=8,
        )


@tegula.jit
def value_hints(x_ptr, out_ptr, n, stride, BLOCK: tl.constexpr):
    stride = tl.multiple_of(stride, 8)
    offsets = tl.max_contiguous(tl.multiple_of(tl.program_id(0) * BLOCK + tl.arange(0, BLOCK), BLOCK), BLOCK)
    rows = tl.max_constancy(offsets // 4, [4])
    tl.assume(stride > 0)
    mask = offsets < n
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets * 0 + rows * stride, mask=mask), mask=mask)


def test_hints_on_values_change_no_value(target, rng):
    x = draw(rng, 25 * 8, f32)
    out = run(value_hints, target, x, Out(100, f32), 100, 8, grid=(2,), BLOCK=64)
    same(out, np.repeat(x.reshape(25, 8)[:, 0], 4))


# ---- Bools and casts at the store ----------------------------------------------------------------------------------


@tegula.jit
def store_bool(x_ptr, out_ptr, byte_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    tl.store(out_ptr + offsets, x > 0)
    tl.store(byte_ptr + offsets, (x > 0).to(tl.uint8))
    tl.store(out_ptr + BLOCK + offsets, x)  # a float becomes "is it not zero"


def test_a_bool_is_one_byte_of_zero_or_one(target, rng):
    x = rng.integers(-2, 3, 64).astype(f32)
    out, raw = run(store_bool, target, x, Out((2, 64), bool_), Out(64, u8), BLOCK=64)
    same(out, np.stack([x > 0, x != 0]))
    same(raw, (x > 0).astype(u8))


@tegula.jit
def load_bool(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    tl.static_assert(x.dtype == tl.int1)
    tl.store(out_ptr + offsets, tl.where(x, 10, 20))
    tl.store(out_ptr + BLOCK + offsets, x.to(tl.int32))
    tl.store(out_ptr + 2 * BLOCK + offsets, x + 5)


def test_bools_in_memory_are_loaded(target, rng):
    x = draw(rng, 64, bool_)
    out = run(load_bool, target, x, Out((3, 64), i32), BLOCK=64)
    same(out[:2], np.stack([np.where(x, 10, 20), x]).astype(i32))


@tegula.jit
def implicit(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets))
    tl.store(out_ptr + BLOCK + offsets, 3)
    tl.store(out_ptr + 2 * BLOCK, 2.75)


@pytest.mark.parametrize(
    "source,result", [(f32, i32), (i32, f16), (f64, f32), (f32, bf16), (i64, i8), (u64, f64)], ids=name
)
def test_a_store_casts_to_the_element_type(target, rng, source, result):
    x = rng.uniform(0 if source == u64 else -100, 100, 64).astype(source)
    out = run(implicit, target, x, Out(129, result), BLOCK=64)
    same(out, np.concatenate([x.astype(result), np.full(64, 3, result), np.array([2.75]).astype(result)]))


# ---- Reading and writing one array ---------------------------------------------------------------------------------


@tegula.jit
def increment(x_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    tl.store(x_ptr + offsets, x + 1, mask=mask)
    again = tl.load(x_ptr + offsets, mask=mask)
    tl.store(x_ptr + offsets, again * 2, mask=mask)


def test_a_load_sees_the_stores_of_its_own_thread(target, rng):
    x = draw(rng, 100, i32)
    same(run(increment, target, InOut(x), 100, grid=(2,), BLOCK=64), (x + 1) * 2)


@tegula.jit
def shift_in_place(x_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + (offsets + 1) % BLOCK)
    tl.debug_barrier()
    tl.store(x_ptr + offsets, x)


@pytest.mark.parametrize("size", [64, 1024])
def test_a_load_comes_before_the_stores_behind_it(target, rng, size):
    x = draw(rng, size, f32)
    same(run(shift_in_place, target, InOut(x), BLOCK=size), np.roll(x, -1))


@tegula.jit
def through_memory(x_ptr, scratch_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    tl.store(scratch_ptr + offsets, tl.load(x_ptr + offsets))
    tl.debug_barrier()
    tl.store(out_ptr + offsets, tl.load(scratch_ptr + (BLOCK - 1 - offsets)))


def test_a_barrier_publishes_stores_to_the_block(target, rng):
    x = draw(rng, 512, f32)
    scratch, out = run(through_memory, target, x, Out(512, f32), Out(512, f32), BLOCK=512)
    same(scratch, x)
    same(out, x[::-1])


@tegula.jit
def pointer_in_place(x_ptr, out_ptr, rows, stride, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    here = x_ptr + offsets
    total = tl.zeros([BLOCK], tl.float32)
    for _ in range(rows):
        total += tl.load(here)
        here += stride
    x_ptr += 3
    tl.store(out_ptr + offsets, total)
    tl.store(out_ptr + BLOCK, tl.load(x_ptr))


def test_pointers_are_moved_by_assignment(target, rng):
    x = rng.integers(-9, 9, (5, 64)).astype(f32)
    out = run(pointer_in_place, target, x, Out(65, f32), 5, 64, BLOCK=64)
    same(out, np.append(x.sum(0), x[0, 3]))


@tegula.jit
def programs(out_ptr):
    x, y, z = tl.program_id(0), tl.program_id(1), tl.program_id(axis=2)
    width, height = tl.num_programs(0), tl.num_programs(1)
    at = (z * height + y) * width + x
    tl.store(out_ptr + at, x + 10 * y + 100 * z + 1000 * tl.num_programs(2))


def test_every_program_of_a_grid_runs_once_and_knows_its_place(target):
    out = run(programs, target, Out((4, 3, 5), i32), grid=(5, 3, 4))
    z, y, x = np.indices((4, 3, 5))
    same(out, (x + 10 * y + 100 * z + 4000).astype(i32))

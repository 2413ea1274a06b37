"""Creation and shape: every function moves each element to where NumPy's moves it."""

import numpy as np
import pytest

import tegula
import tegula.language as tl

from .launch import (
    TYPES,
    Out,
    bf16,
    bool_,
    draw,
    f16,
    f32,
    f64,
    i8,
    i16,
    i32,
    i64,
    name,
    run,
    same,
    tl_type,
    u8,
)


@tegula.jit
def offsets_2d(M: tl.constexpr, K: tl.constexpr):
    return tl.arange(0, M)[:, None] * K + tl.arange(0, K)[None, :]


@tegula.jit
def offsets_3d(A: tl.constexpr, B: tl.constexpr, C: tl.constexpr):
    return (
        tl.arange(0, A)[:, None, None] * (B * C) + tl.arange(0, B)[None, :, None] * C + tl.arange(0, C)[None, None, :]
    )


# ---- Creation ------------------------------------------------------------------------------------------------------


@tegula.jit
def ranges(out_ptr, START: tl.constexpr, END: tl.constexpr):
    x = tl.arange(START, END)
    tl.static_assert(x.dtype == tl.int32)
    tl.static_assert(x.shape == [END - START])
    tl.store(out_ptr + tl.arange(0, END - START), x)


@pytest.mark.parametrize("start,end", [(0, 1), (0, 128), (5, 13), (-8, 8), (100, 1124), (2**31 - 17, 2**31 - 1)])
def test_arange_counts_from_any_start(target, start, end):
    same(run(ranges, target, Out(end - start, i32), START=start, END=end), np.arange(start, end, dtype=i32))


@pytest.mark.parametrize("start,end", [(0, 3), (0, 0), (8, 4), (0, 100)])
def test_arange_refuses_what_is_no_power_of_two(start, end):
    with pytest.raises((tegula.CompilationError, ValueError), match="(?i)power.of.two|end|greater"):
        run(ranges, "cpu", Out(128, i32), START=start, END=end)


@tegula.jit
def filled(out_ptr, value, DTYPE: tl.constexpr, LITERAL: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.full([BLOCK], LITERAL, DTYPE)
    tl.static_assert(x.dtype == DTYPE)
    tl.store(out_ptr + offsets, x)
    tl.store(out_ptr + BLOCK + offsets, tl.full((BLOCK,), value, dtype=DTYPE))
    zeros = tl.zeros((BLOCK,), dtype=DTYPE)
    tl.static_assert(zeros.dtype == DTYPE)
    tl.store(out_ptr + 2 * BLOCK + offsets, zeros)
    same_zeros = tl.zeros_like(x)
    tl.static_assert(same_zeros.dtype == DTYPE)
    tl.static_assert(same_zeros.shape == x.shape)
    tl.store(out_ptr + 3 * BLOCK + offsets, same_zeros)
    tl.store(out_ptr + 4 * BLOCK + offsets, tl.zeros([BLOCK], out_ptr.dtype.element_ty) + 1)
    scalar = tl.full((), LITERAL, DTYPE)
    tl.static_assert(len(scalar.shape) == 0)
    tl.store(out_ptr + 5 * BLOCK, scalar)


@pytest.mark.parametrize("dtype", [d for d in TYPES if d != bool_], ids=name)
def test_full_zeros_and_zeros_like(target, dtype):
    out = run(filled, target, Out(5 * 32 + 1, dtype), 3, tl_type(dtype), LITERAL=7, BLOCK=32)
    same(out, np.concatenate([np.repeat(np.array([7, 3, 0, 0, 1]), 32), [7]]).astype(dtype))


@tegula.jit
def infinities(out_ptr):
    tl.store(out_ptr + tl.arange(0, 8), tl.full([8], float("-inf"), tl.float32))
    tl.store(out_ptr + 8 + tl.arange(0, 8), tl.full([8], float("nan"), tl.float32))


def test_full_of_infinity_and_nan(target):
    same(run(infinities, target, Out(16, f32)), np.repeat(np.array([-np.inf, np.nan], f32), 8))


@tegula.jit
def bad_shape(out_ptr, N: tl.constexpr):
    tl.store(out_ptr, tl.sum(tl.zeros([N], tl.float32), 0))


@pytest.mark.parametrize("n", [3, 2**21])
def test_a_shape_must_be_powers_of_two_and_not_too_large(n):
    with pytest.raises((tegula.CompilationError, ValueError)):
        run(bad_shape, "cpu", Out(1, f32), N=n)


# ---- Broadcasting and dimensions of one ----------------------------------------------------------------------------


@tegula.jit
def broadcasts(x_ptr, out_ptr, M: tl.constexpr, K: tl.constexpr):
    at = offsets_2d(M, K)
    row = tl.load(x_ptr + tl.arange(0, K))
    column = tl.load(x_ptr + tl.arange(0, M))
    tl.store(out_ptr + at, tl.broadcast_to(row[None, :], [M, K]))
    tl.store(out_ptr + M * K + at, column[:, None].broadcast_to(M, K))
    a, b = tl.broadcast(row, column[:, None])
    tl.static_assert(a.shape == [M, K])
    tl.static_assert(b.shape == [M, K])
    tl.store(out_ptr + 2 * M * K + at, a - b)
    tl.store(out_ptr + 3 * M * K + at, tl.broadcast_to(tl.load(x_ptr), (M, K)))


@pytest.mark.parametrize("m,k", [(4, 32), (32, 4), (1, 16), (64, 64)])
def test_broadcast_and_broadcast_to(target, rng, m, k):
    x = draw(rng, 64, i32)
    out = run(broadcasts, target, x, Out((4, m, k), i32), M=m, K=k)
    row, column = np.broadcast_to(x[:k], (m, k)), np.broadcast_to(x[:m, None], (m, k))
    same(out, np.stack([row, column, row - column, np.full((m, k), x[0])]))


@tegula.jit
def expansions(x_ptr, out_ptr, N: tl.constexpr):
    i = tl.arange(0, N)
    x = tl.load(x_ptr + i)
    tl.static_assert(x[:, None].shape == [N, 1])
    tl.static_assert(x[None, :].shape == [1, N])
    tl.static_assert(x[None].shape == [1, N])
    tl.static_assert(x[:].shape == [N])
    tl.static_assert(x[None, :, None].shape == [1, N, 1])
    tl.static_assert(tl.expand_dims(x, 0).shape == [1, N])
    tl.static_assert(tl.expand_dims(x, -1).shape == [N, 1])
    tl.static_assert(tl.expand_dims(x, [0, 2]).shape == [1, N, 1])
    tl.static_assert(x.expand_dims(1).shape == [N, 1])
    tl.static_assert(tl.unsqueeze(x, 0).shape == [1, N])
    tl.static_assert(tl.squeeze(x[:, None], 1).shape == [N])
    pairs = x[:, None] + tl.arange(0, 2)[None, :]
    tl.store(out_ptr + (i * 2)[:, None] + tl.arange(0, 2)[None, :], pairs)
    tl.store(out_ptr + 2 * N + i, tl.squeeze(x[None, :], 0))
    cube = x[None, :, None] * tl.arange(1, 3)[:, None, None] + tl.arange(0, 4)[None, None, :]
    tl.store(out_ptr + 3 * N + offsets_3d(2, N, 4), cube)


def test_dimensions_of_one_come_and_go(target, rng):
    n = 16
    x = rng.integers(-99, 99, n).astype(i32)
    out = run(expansions, target, x, Out(11 * n, i32), N=n)
    cube = x[None, :, None] * np.arange(1, 3)[:, None, None] + np.arange(4)[None, None, :]
    same(out, np.concatenate([(x[:, None] + np.arange(2)).ravel(), x, cube.ravel()]).astype(i32))


# ---- Moving elements -----------------------------------------------------------------------------------------------


@tegula.jit
def reshaped(x, HOW: tl.constexpr, M: tl.constexpr, K: tl.constexpr):
    if HOW == "tl.reshape":
        return tl.reshape(x, (K, M))
    elif HOW == "x.reshape":
        return x.reshape(K, M)
    elif HOW == "x.view":
        return x.view(K, M)
    elif HOW == "through ravel":
        return tl.reshape(tl.ravel(x), [K, M])
    elif HOW == "through three":
        return x.reshape(2, M // 2, K).reshape(K, M)
    else:
        tl.static_assert(HOW == "x.ravel")
        return x.ravel().reshape([K, M])


@tegula.jit
def reshape(x_ptr, out_ptr, HOW: tl.constexpr, M: tl.constexpr, K: tl.constexpr):
    y = reshaped(tl.load(x_ptr + offsets_2d(M, K)), HOW, M, K)
    tl.static_assert(y.shape == [K, M])
    tl.store(out_ptr + offsets_2d(K, M), y)


@pytest.mark.parametrize("how", ["tl.reshape", "x.reshape", "through ravel", "through three", "x.ravel"])
@pytest.mark.parametrize("m,k", [(8, 32), (64, 2)])
def test_reshape_keeps_row_major_order(target, rng, how, m, k):
    x = draw(rng, (m, k), f32)
    same(run(reshape, target, x, Out((k, m), f32), HOW=how, M=m, K=k), x.reshape(k, m))


def test_view_keeps_the_elements(device, rng):
    x = draw(rng, (8, 32), f32)
    same(np.sort(run(reshape, device, x, Out((32, 8), f32), HOW="x.view", M=8, K=32).ravel()), np.sort(x.ravel()))


@tegula.jit
def transposed(x, HOW: tl.constexpr):
    if HOW == "tl.trans":
        return tl.trans(x)
    elif HOW == "x.T":
        return x.T
    elif HOW == "x.trans":
        return x.trans()
    elif HOW == "tl.trans(1, 0)":
        return tl.trans(x, 1, 0)
    elif HOW == "tl.permute":
        return tl.permute(x, (1, 0))
    else:
        tl.static_assert(HOW == "x.permute")
        return x.permute(1, 0)


@tegula.jit
def transpose(x_ptr, out_ptr, HOW: tl.constexpr, M: tl.constexpr, K: tl.constexpr):
    y = transposed(tl.load(x_ptr + offsets_2d(M, K)), HOW)
    tl.static_assert(y.shape == [K, M])
    tl.store(out_ptr + offsets_2d(K, M), y)


@pytest.mark.parametrize("how", ["tl.trans", "x.T", "x.trans", "tl.trans(1, 0)", "tl.permute", "x.permute"])
def test_every_spelling_of_a_transpose(target, rng, how):
    x = draw(rng, (16, 32), f32)
    same(run(transpose, target, x, Out((32, 16), f32), HOW=how, M=16, K=32), x.T)


@pytest.mark.parametrize("dtype", [bool_, i8, f16, bf16, i64], ids=name)
@pytest.mark.parametrize("m,k", [(1, 8), (64, 4), (32, 64)])
def test_transpose_of_any_element_size(target, rng, dtype, m, k):
    x = draw(rng, (m, k), dtype)
    same(run(transpose, target, x, Out((k, m), dtype), HOW="x.T", M=m, K=k), x.T)


@tegula.jit
def permute(x_ptr, out_ptr, A: tl.constexpr, B: tl.constexpr, C: tl.constexpr, ORDER: tl.constexpr):
    x = tl.load(x_ptr + offsets_3d(A, B, C))
    y = tl.permute(x, ORDER)
    tl.store(out_ptr + offsets_3d(y.shape[0], y.shape[1], y.shape[2]), y)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_permute_of_three_dimensions(target, rng, order):
    x = draw(rng, (2, 8, 16), f32)
    y = x.transpose(order)
    same(run(permute, target, x, Out(y.shape, f32), A=2, B=8, C=16, ORDER=order), np.ascontiguousarray(y))


@tegula.jit
def trans_of_three(x_ptr, out_ptr):
    tl.store(out_ptr + offsets_3d(4, 16, 8), tl.trans(tl.load(x_ptr + offsets_3d(4, 8, 16))))


def test_trans_without_dimensions_swaps_the_last_two(target, rng):
    x = draw(rng, (4, 8, 16), i32)
    same(run(trans_of_three, target, x, Out((4, 16, 8), i32)), x.transpose(0, 2, 1))


@tegula.jit
def join_and_split(x_ptr, y_ptr, out_ptr, N: tl.constexpr):
    i = tl.arange(0, N)
    x = tl.load(x_ptr + i)
    y = tl.load(y_ptr + i)
    pairs = tl.join(x, y)
    tl.static_assert(pairs.shape == [N, 2])
    tl.store(out_ptr + offsets_2d(N, 2), pairs)
    a, b = tl.split(pairs)
    tl.static_assert(a.shape == [N])
    tl.store(out_ptr + 2 * N + i, b)
    tl.store(out_ptr + 3 * N + i, a)
    tl.store(out_ptr + 4 * N + tl.arange(0, 2 * N), tl.interleave(x, y))
    even, odd = tl.load(x_ptr + tl.arange(0, N)).reshape(N // 2, 2).split()
    half = tl.arange(0, N // 2)
    tl.store(out_ptr + 6 * N + half, even)
    tl.store(out_ptr + 6 * N + N // 2 + half, odd)


@pytest.mark.parametrize("dtype", [f32, f16, i8, i64], ids=name)
@pytest.mark.parametrize("n", [2, 64, 512])
def test_join_split_and_interleave(target, rng, dtype, n):
    x, y = draw(rng, n, dtype), draw(rng, n, dtype)
    out = run(join_and_split, target, x, y, Out(7 * n, dtype), N=n)
    pairs = np.stack([x, y], -1).ravel()
    same(out, np.concatenate([pairs, y, x, pairs, x[::2], x[1::2]]))


@tegula.jit
def join_scalars(out_ptr, a, b):
    pair = tl.join(a, b)
    tl.static_assert(pair.shape == [2])
    tl.store(out_ptr + tl.arange(0, 2), pair)
    first, second = tl.split(pair)
    tl.static_assert(len(first.shape) == 0)
    tl.store(out_ptr + 2, second)
    tl.store(out_ptr + 3, first)
    tl.store(out_ptr + 4 + tl.arange(0, 2), tl.interleave(b, a))


def test_join_and_split_of_scalars(target):
    same(run(join_scalars, target, Out(6, i32), 5, 9), np.array([5, 9, 9, 5, 9, 5], i32))


@tegula.jit
def join_2d(x_ptr, y_ptr, out_ptr, M: tl.constexpr, K: tl.constexpr):
    x = tl.load(x_ptr + offsets_2d(M, K))
    y = tl.load(y_ptr + tl.arange(0, K))
    tl.store(out_ptr + offsets_3d(M, K, 2), tl.join(x, y))  # broadcasts
    tl.store(out_ptr + 2 * M * K + offsets_2d(M, 2 * K), tl.interleave(x, tl.broadcast_to(y[None, :], (M, K))))


def test_join_broadcasts_and_interleave_merges_the_last_dimension(target, rng):
    x, y = draw(rng, (8, 16), f32), draw(rng, 16, f32)
    out = run(join_2d, target, x, y, Out((2, 8, 16, 2), f32), M=8, K=16)
    pairs = np.stack([x, np.broadcast_to(y, x.shape)], -1)
    same(out, np.stack([pairs, pairs]))


@tegula.jit
def concatenate(x_ptr, y_ptr, out_ptr, M: tl.constexpr, K: tl.constexpr, DIM: tl.constexpr):
    x = tl.load(x_ptr + offsets_2d(M, K))
    y = tl.load(y_ptr + offsets_2d(M, K))
    z = tl.cat(x, y, dim=DIM)
    tl.store(out_ptr + offsets_2d(z.shape[0], z.shape[1]), z)
    line = tl.cat(tl.ravel(x), tl.ravel(y))
    tl.store(out_ptr + 2 * M * K + tl.arange(0, 2 * M * K), line)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_cat_along_any_dimension(target, rng, dim):
    x, y = draw(rng, (8, 16), f32), draw(rng, (8, 16), f32)
    out = run(concatenate, target, x, y, Out(512, f32), M=8, K=16, DIM=dim)
    same(out, np.concatenate([np.concatenate([x, y], dim).ravel(), x.ravel(), y.ravel()]))


@tegula.jit
def concatenate_in_any_order(x_ptr, y_ptr, out_ptr, N: tl.constexpr):
    i = tl.arange(0, N)
    z = tl.cat(tl.load(x_ptr + i), tl.load(y_ptr + i), can_reorder=True)
    tl.store(out_ptr + tl.arange(0, 2 * N), z)


def test_cat_in_any_order_keeps_the_elements(device, rng):
    x, y = draw(rng, 64, f32), draw(rng, 64, f32)
    same(np.sort(run(concatenate_in_any_order, device, x, y, Out(128, f32), N=64)), np.sort(np.concatenate([x, y])))


@tegula.jit
def reverse(x_ptr, out_ptr, A: tl.constexpr, B: tl.constexpr, C: tl.constexpr, DIM: tl.constexpr):
    at = offsets_3d(A, B, C)
    tl.store(out_ptr + at, tl.flip(tl.load(x_ptr + at), DIM))


@pytest.mark.parametrize("dim", [0, 1, 2, -1, -3])
def test_flip_along_any_dimension(target, rng, dim):
    x = draw(rng, (4, 8, 16), f32)
    same(run(reverse, target, x, Out(x.shape, f32), A=4, B=8, C=16, DIM=dim), np.flip(x, dim))


@tegula.jit
def flip_line(x_ptr, out_ptr, N: tl.constexpr):
    i = tl.arange(0, N)
    tl.store(out_ptr + i, tl.load(x_ptr + i).flip(0))


@pytest.mark.parametrize("n", [1, 2, 1024])
def test_flip_of_a_line(target, rng, n):
    x = draw(rng, n, i16)
    same(run(flip_line, target, x, Out(n, i16), N=n), x[::-1])


@tegula.jit
def one_element(x_ptr, out_ptr):
    x = tl.load(x_ptr + tl.arange(0, 1))
    scalar = x.item()
    tl.static_assert(len(scalar.shape) == 0)
    tl.store(out_ptr, scalar)
    tl.store(out_ptr + 1, tl.reshape(x, []))
    tl.store(out_ptr + 2, tl.sum(x[:, None]).to(tl.float32))


def test_a_block_of_one_becomes_a_scalar(target, rng):
    x = draw(rng, 1, f32)
    same(run(one_element, target, x, Out(3, f32)), np.repeat(x, 3))


@tegula.jit
def swizzle(out_ptr, size_i, size_j, G: tl.constexpr):
    i = tl.program_id(0)
    j = tl.program_id(1)
    new_i, new_j = tl.swizzle2d(i, j, size_i, size_j, G)
    tl.store(out_ptr + i * size_j + j, new_i * size_j + new_j)


@pytest.mark.parametrize("rows,columns,group", [(4, 4, 2), (5, 3, 2), (7, 4, 4), (3, 6, 8)])
def test_swizzle2d_goes_down_groups_of_rows(target, rows, columns, group):
    expected = []
    for first in range(0, rows, group):
        height = min(group, rows - first)
        expected += [(first + k % height) * columns + k // height for k in range(height * columns)]
    out = run(swizzle, target, Out((rows, columns), i32), rows, columns, G=group, grid=(rows, columns))
    same(out, np.array(expected, i32).reshape(rows, columns))


@tegula.jit
def rotate_halves(x_ptr, out_ptr, M: tl.constexpr, K: tl.constexpr):
    x = tl.load(x_ptr + offsets_2d(M, K))
    low, high = tl.split(tl.permute(tl.reshape(x, (M, 2, K // 2)), (0, 2, 1)))
    turned = tl.reshape(tl.permute(tl.join(-high, low), (0, 2, 1)), (M, K))
    tl.store(out_ptr + offsets_2d(M, K), turned)


@pytest.mark.parametrize("dtype", [f32, f16], ids=name)
def test_shape_functions_compose_to_a_rotation_of_halves(target, rng, dtype):
    x = draw(rng, (16, 64), dtype)
    out = run(rotate_halves, target, x, Out(x.shape, dtype), M=16, K=64)
    same(out, np.concatenate([-x[:, 32:], x[:, :32]], 1))


@tegula.jit
def bad_index(x_ptr, out_ptr, HOW: tl.constexpr):
    x = tl.load(x_ptr + tl.arange(0, 8))
    if HOW == "integer":
        tl.store(out_ptr, x[3])
    else:
        tl.store(out_ptr + tl.arange(0, 4), x[0:4])


@pytest.mark.parametrize("how", ["integer", "range"])
def test_elements_of_a_block_cannot_be_indexed(how):
    with pytest.raises((tegula.CompilationError, ValueError)):
        run(bad_index, "cpu", np.zeros(8, f32), Out(8, f32), HOW=how)

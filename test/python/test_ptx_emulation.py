"""Kernels compiled for a GPU and run without one: tegulac makes PTX, ptx_emulator runs it, NumPy judges.

What the emulator refuses (races on shared memory, misaligned or stray accesses, shuffles in half a warp) fails the test as a wrong
result does.
"""

import os
import pathlib
import re
import subprocess

import numpy as np
import pytest
from ptx_emulator import Kernel, round_bf16

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEGULAC = pathlib.Path(os.environ.get("TEGULA_BUILD_DIR", ROOT / "build")) / "bin" / "tegulac"
pytestmark = pytest.mark.skipif(not TEGULAC.exists(), reason="tegulac is not built")

TARGETS = ["sm_80", "sm_90a"]
rng = np.random.default_rng(7)


def compile_kernel(source, name, signature, target, num_warps, folder):
    """The emulator's kernel and its shared memory, from a file or from text."""
    path = source
    if not isinstance(source, pathlib.Path):
        path = folder / "kernel.py"
        path.write_text("import tegula\nimport tegula.language as tl\n\n" + source)

    def emit(stage):
        command = [TEGULAC, path, "--kernel", name, "--signature", signature, "--target", target, "--num-warps",
                   str(num_warps), "--emit", stage, "-o", "-"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    shared = re.search(r"tile_gpu\.shared_bytes = (\d+)", emit("tile-gpu"))
    return Kernel(emit("ptx")), int(shared.group(1)) if shared else 0


def run(source, name, signature, arguments, grid=(1, 1, 1), target="sm_90a", num_warps=4, folder=None):
    kernel, shared = compile_kernel(source, name, signature, target, num_warps, folder)
    kernel.run(grid, arguments, shared_bytes=shared)


def from_bf16(bits):
    return (bits.astype(np.uint32) << 16).view(np.float32)


def random_of(dtype, *shape):
    values = rng.standard_normal(shape).astype(np.float32)
    return round_bf16(values).astype(np.uint16) if dtype == "bf16" else values.astype(NUMPY[dtype])


def as_float(dtype, array):
    return (from_bf16(array) if dtype == "bf16" else array).astype(np.float64)


NUMPY = {"fp16": np.float16, "bf16": np.uint16, "fp32": np.float32}
TOLERANCE = {"fp16": 2e-3, "bf16": 2e-2, "fp32": 2e-6}


# --- The project's own kernels --------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("dtype", NUMPY)
@pytest.mark.parametrize(("n", "stride", "warps"), [(1024, 1024, 4), (1000, 1008, 8), (777, 777, 2), (96, 96, 1)])
def test_rmsnorm(dtype, n, stride, warps, target):
    block = 1 << (n - 1).bit_length()
    promise = ":16" if stride % 16 == 0 else ""
    even = ":16" if n % 16 == 0 else ""
    x, w, out = random_of(dtype, 3, stride), random_of(dtype, n), np.zeros((3, stride), NUMPY[dtype])
    run(ROOT / "kernels/rmsnorm/rmsnorm.py", "rmsnorm_kernel",
        f"x_ptr: *{dtype}{promise or ':16'}, w_ptr: *{dtype}:16, out_ptr: *{dtype}:16, stride: i32{promise}, N: i32{even}, eps: fp32, "
        f"BLOCK_SIZE: {block}", [x, w, out, stride, n, 1e-5], (3, 1, 1), target, warps)
    wide = as_float(dtype, x)[:, :n]
    want = wide / np.sqrt((wide**2).mean(1, keepdims=True) + 1e-5) * as_float(dtype, w)
    np.testing.assert_allclose(as_float(dtype, out)[:, :n], want, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    assert not out[:, n:].any()


@pytest.mark.parametrize("dtype", NUMPY)
@pytest.mark.parametrize(("n", "warps"), [(512, 4), (1000, 4), (2048, 16), (33, 1)])
def test_softmax(dtype, n, warps):
    block = 1 << (n - 1).bit_length()
    x, out = random_of(dtype, 2, n), np.zeros((2, n), NUMPY[dtype])
    run(ROOT / "kernels/softmax/softmax.py", "softmax_kernel",
        f"x_ptr: *{dtype}, out_ptr: *{dtype}, x_stride: i32, out_stride: i32, N: i32, BLOCK_SIZE: {block}",
        [x, out, n, n, n], (2, 1, 1), num_warps=warps)
    wide = np.exp(as_float(dtype, x) - as_float(dtype, x).max(1, keepdims=True))
    np.testing.assert_allclose(as_float(dtype, out), wide / wide.sum(1, keepdims=True), rtol=TOLERANCE[dtype] * 4,
                               atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", NUMPY)
@pytest.mark.parametrize("n", [4096, 4000, 4001])
def test_add_relu(dtype, n):
    x, y, out = random_of(dtype, n), random_of(dtype, n), np.zeros(n, NUMPY[dtype])
    promise = ":16" if n % 16 == 0 else ""
    run(ROOT / "kernels/add_relu/add_relu.py", "add_relu_kernel",
        f"x_ptr: *{dtype}:16, y_ptr: *{dtype}:16, out_ptr: *{dtype}:16, n: i32{promise}, BLOCK_SIZE: 1024", [x, y, out, n],
        (4, 1, 1))
    want = np.maximum(as_float(dtype, x) + as_float(dtype, y), 0)
    np.testing.assert_allclose(as_float(dtype, out), want, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", NUMPY)
@pytest.mark.parametrize(("tokens", "heads", "dim"), [(2, 4, 64), (1, 3, 96)])
def test_rope(dtype, tokens, heads, dim):
    half = dim // 2
    x, out = random_of(dtype, tokens, heads, dim), np.zeros((tokens, heads, dim), NUMPY[dtype])
    cache, positions = random_of(dtype, 8, dim), rng.integers(0, 8, tokens).astype(np.int64)
    block_heads, block_half = 1 << (heads - 1).bit_length(), 1 << (half - 1).bit_length()
    run(ROOT / "kernels/rope/rope.py", "rope_kernel",
        f"x_ptr: *{dtype}:16, out_ptr: *{dtype}:16, cache_ptr: *{dtype}:16, positions_ptr: *i64:16, x_stride_token: i32:16, "
        f"x_stride_head: i32:16, out_stride_token: i32:16, out_stride_head: i32:16, cache_stride: i32:16, num_heads: i32, "
        f"HALF: {half}, BLOCK_HALF: {block_half}, BLOCK_HEADS: {block_heads}",
        [x, out, cache, positions, heads * dim, dim, heads * dim, dim, dim, heads], (tokens, 1, 1))
    cos, sin = (as_float(dtype, cache)[positions][:, None, part] for part in (slice(0, half), slice(half, dim)))
    first, second = as_float(dtype, x)[..., :half], as_float(dtype, x)[..., half:]
    want = np.concatenate([first * cos - second * sin, second * cos + first * sin], -1)
    np.testing.assert_allclose(as_float(dtype, out), want, rtol=TOLERANCE[dtype] * 4, atol=TOLERANCE[dtype] * 4)


# --- Parts of the language --------------------------------------------------------------------------------------


@pytest.mark.parametrize("num_warps", [1, 4, 8])
@pytest.mark.parametrize(("rows", "columns"), [(64, 32), (4, 256), (128, 8)])
@pytest.mark.parametrize("axis", [0, 1])
def test_reductions_and_scans_along_each_axis(rows, columns, axis, num_warps, tmp_path):
    source = """
@tegula.jit
def kernel(x_ptr, out_ptr, top_ptr, R: tl.constexpr, C: tl.constexpr, AXIS: tl.constexpr):
    offsets = tl.arange(0, R)[:, None] * C + tl.arange(0, C)[None, :]
    x = tl.load(x_ptr + offsets)
    total = tl.sum(x, axis=AXIS, keep_dims=True)
    running = tl.cumsum(x, axis=AXIS)
    tl.store(out_ptr + offsets, running + total)
    if AXIS == 0:
        tl.store(top_ptr + tl.arange(0, C), tl.argmax(x, axis=0))
    else:
        tl.store(top_ptr + tl.arange(0, R), tl.argmax(x, axis=1))
"""
    x = rng.integers(-50, 50, (rows, columns)).astype(np.int32)
    out, top = np.zeros_like(x), np.zeros(columns if axis == 0 else rows, np.int32)
    run(source, "kernel", f"x_ptr: *i32:16, out_ptr: *i32:16, top_ptr: *i32:16, R: {rows}, C: {columns}, AXIS: {axis}",
        [x, out, top], num_warps=num_warps, folder=tmp_path)
    np.testing.assert_array_equal(out, x.cumsum(axis) + x.sum(axis, keepdims=True))
    np.testing.assert_array_equal(top, x.argmax(axis))


@pytest.mark.parametrize("dtype", ["fp16", "fp32", "i8"])
@pytest.mark.parametrize(("rows", "columns"), [(64, 64), (16, 128), (128, 16)])
def test_transposition_through_shared_memory(dtype, rows, columns, tmp_path):
    source = """
@tegula.jit
def kernel(x_ptr, out_ptr, R: tl.constexpr, C: tl.constexpr):
    r, c = tl.arange(0, R), tl.arange(0, C)
    x = tl.load(x_ptr + r[:, None] * C + c[None, :])
    tl.store(out_ptr + c[:, None] * R + r[None, :], tl.trans(x))
"""
    numpy = NUMPY.get(dtype, np.int8)
    x = rng.integers(-100, 100, (rows, columns)).astype(numpy)
    out = np.zeros((columns, rows), numpy)
    run(source, "kernel", f"x_ptr: *{dtype}:16, out_ptr: *{dtype}:16, R: {rows}, C: {columns}", [x, out], folder=tmp_path)
    np.testing.assert_array_equal(out, x.T)


def test_loops_and_branches_around_reductions(tmp_path):
    source = """
@tegula.jit
def kernel(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    total = 0.0
    best = tl.full([BLOCK], -float("inf"), tl.float32)
    for start in range(0, n, BLOCK):
        offsets = start + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + offsets, mask=offsets < n, other=0.0)
        part = tl.sum(x)
        if part > 0:
            total += part
        else:
            total -= tl.max(x)
        best = tl.maximum(best, x)
    tl.store(out_ptr, total)
    tl.store(out_ptr + 1, tl.max(best))
"""
    n, block = 1500, 256
    x, out = rng.standard_normal(n).astype(np.float32), np.zeros(2, np.float32)
    run(source, "kernel", f"x_ptr: *fp32:16, out_ptr: *fp32:16, n: i32, BLOCK: {block}", [x, out, n], folder=tmp_path)
    padded = np.concatenate([x, np.zeros(-n % block, np.float32)]).reshape(-1, block)
    want = sum(part.sum() if part.sum() > 0 else -part.max() for part in padded)
    np.testing.assert_allclose(out, [want, padded.max()], rtol=1e-5)


def test_small_blocks_are_stored_once_and_scalars_by_one_thread(tmp_path):
    source = """
@tegula.jit
def kernel(x_ptr, out_ptr, flag_ptr):
    i = tl.arange(0, 8)
    x = tl.load(x_ptr + i)
    tl.store(out_ptr + i, x * 2)
    tl.store(flag_ptr, tl.sum((x > 3).to(tl.int32)) > 2)
"""
    x, out, flag = np.arange(8, dtype=np.int64), np.zeros(8, np.int64), np.zeros(1, np.uint8)
    run(source, "kernel", "x_ptr: *i64, out_ptr: *i64, flag_ptr: *i1", [x, out, flag], folder=tmp_path)
    np.testing.assert_array_equal(out, x * 2)
    assert flag[0] == 1


def test_gathers_with_ragged_masks(tmp_path):
    source = """
@tegula.jit
def kernel(x_ptr, index_ptr, out_ptr, n, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = i < n
    index = tl.load(index_ptr + i, mask=mask, other=0)
    x = tl.load(x_ptr + index, mask=mask & (index >= 0), other=-1.0)
    tl.store(out_ptr + i, x, mask=mask)
"""
    n = 333
    x, index = rng.standard_normal(50).astype(np.float16), rng.integers(-5, 50, n).astype(np.int32)
    out = np.zeros(n, np.float16)
    run(source, "kernel", "x_ptr: *fp16, index_ptr: *i32, out_ptr: *fp16, n: i32, BLOCK: 128", [x, index, out, n], (3, 1, 1),
        folder=tmp_path)
    np.testing.assert_array_equal(out, np.where(index >= 0, x[np.maximum(index, 0)], np.float16(-1)))

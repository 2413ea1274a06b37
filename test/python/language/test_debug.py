"""Assertions and prints, at compile time and at run time; libdevice's classifications."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import tegula
import tegula.language as tl

from .launch import RUNNING, Out, draw, f32, i32, run, same


@tegula.jit
def assert_at_compile_time(out_ptr, N: tl.constexpr):
    tl.static_assert(N > 0)
    tl.static_assert(N % 2 == 0, f"N must be even; got {N}")
    tl.store(out_ptr, N)


def test_static_assert_passes_and_leaves_no_trace(target):
    same(run(assert_at_compile_time, target, Out(1, i32), N=4), np.array([4], i32))


def test_static_assert_stops_the_compile_with_its_message():
    with pytest.raises(tegula.CompilationError, match="N must be even; got 5") as caught:
        run(assert_at_compile_time, "cpu", Out(1, i32), N=5)
    assert isinstance(caught.value, tegula.errors.CompileTimeAssertionFailure)


@tegula.jit
def assert_at_run_time(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets, mask=offsets < n, other=-1.0)
    tl.device_assert(x >= 0, "x must not be negative", mask=offsets < n)
    assert n > 0, "n must be positive"
    tl.store(out_ptr + offsets, x, mask=offsets < n)


@pytest.mark.parametrize("debug", [False, True])
def test_device_assert_that_holds_changes_nothing(target, rng, debug):
    x = np.abs(draw(rng, 50, f32))
    same(run(assert_at_run_time, target, x, Out(50, f32), 50, options={"debug": debug}, BLOCK=64), x)


def test_device_assert_is_nothing_without_debug(device, rng):
    x = -np.abs(draw(rng, 50, f32)) - 1
    same(run(assert_at_run_time, device, x, Out(50, f32), 50, BLOCK=64), x)


def run_apart(device, body):
    """Runs `body` in a process of its own, since a failed assertion may end it; returns what it printed and its status. It
    compiles whatever the cache holds."""
    program = f"""
    import numpy as np
    from language.launch import Out, run
    from language import test_debug as kernels
    {body.format(device=repr(device))}
    """
    root = __file__.rsplit("/language/", 1)[0]
    repository = root.rsplit("/test/", 1)[0]
    text = f"import sys; sys.path[:0] = [{root!r}, {repository!r}]\n" + textwrap.dedent(program)
    environment = {**os.environ, "TEGULA_ALWAYS_COMPILE": "1"}
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120, env=environment)
    return done.stdout + done.stderr, done.returncode


def test_device_assert_that_fails_tells_its_message(device):
    body = "run(kernels.assert_at_run_time, {device}, np.full(8, -1, np.float32), Out(8), 8, options=dict(debug=True), BLOCK=8)"
    text, status = run_apart(device, body)
    assert status != 0
    assert "x must not be negative" in text


@tegula.jit
def print_values(x_ptr, out_ptr, BLOCK: tl.constexpr):
    x = tl.load(x_ptr + tl.arange(0, BLOCK))
    tl.device_print("x is ", x)
    tl.device_print("both", x, x * 2)
    tl.device_print("scalar", BLOCK + tl.program_id(0))
    tl.store(out_ptr, 1)


def test_device_print_assembles(target):
    same(run(print_values, target, np.arange(4, dtype=i32), Out(1, i32), BLOCK=4), np.array([1], i32))


def test_device_print_writes_a_line_for_every_element(device):
    body = "run(kernels.print_values, {device}, np.array([7, -8, 9, 10], np.int32), Out(1, np.int32), BLOCK=4)"
    text, status = run_apart(device, body)
    assert status == 0, text
    lines = text.splitlines()
    for i, value in enumerate([7, -8, 9, 10]):
        assert f"pid (0, 0, 0) idx ({i}) x is: {value}" in lines
        assert f"pid (0, 0, 0) idx ({i}) both: (operand 0) {value}" in lines
        assert f"pid (0, 0, 0) idx ({i}) both: (operand 1) {2 * value}" in lines
    assert "pid (0, 0, 0) idx () scalar: 4" in lines


@tegula.jit
def print_at_compile_time(out_ptr, N: tl.constexpr):
    tl.static_print("compiled with", N)
    tl.static_print(tl.arange(0, N))
    tl.store(out_ptr, N)


def test_static_print_prints_once_while_compiling():
    text, status = run_apart("cpu", "run(kernels.print_at_compile_time, {device}, Out(1, np.int32), grid=(8,), N=16)")
    assert status == 0, text
    assert text.count("compiled with 16") == 1
    assert "int32[constexpr[16]]" in text


@tegula.jit
def hints(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    tl.assume(n > 0)
    tl.debug_barrier()
    offsets = tl.arange(0, BLOCK)
    tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask=offsets < n), mask=offsets < n)
    tl.debug_barrier()


def test_assume_and_barriers_change_nothing(target, rng):
    x = draw(rng, 50, f32)
    same(run(hints, target, x, Out(50, f32), 50, BLOCK=64), x)

"""The whole message of each mistake that a person makes in Python, from the real compiler and runtime.

What tegulac says of mistakes in a kernel is tested in test/error; here it is that the same text arrives as an exception,
and what only a launch can find out.
"""

import logging
import pathlib
import pickle
import re

import numpy as np
import pytest

import tegula
import tegula.language as tl
from tegula.compiler import library

if library.path() is None:
    pytest.skip("libtegula.so is not built", allow_module_level=True)

X = np.zeros(64, np.float32)


@tegula.jit
def scale(x, factor):
    return x * factor


@tegula.jit
def fill(x_ptr, value, BLOCK: tl.constexpr):
    tl.store(x_ptr + tl.arange(0, BLOCK), value)


@tegula.jit
def odd_length(x_ptr, N_COLS: tl.constexpr):
    offs = tl.arange(0, N_COLS)
    tl.store(x_ptr + offs, 0.0)


@tegula.jit
def missing_argument(x_ptr, n):
    tl.store(x_ptr, scale(n))


@tegula.jit
def misspelt(x_ptr, values):
    tl.store(x_ptr, value)  # noqa: F821


@tegula.jit
def stops(x_ptr, n):
    for i in range(n):
        if i == 4:
            break
        tl.store(x_ptr + i, 0.0)


@tegula.jit
def small_blocks(x_ptr, BLOCK: tl.constexpr):
    tl.static_assert(BLOCK <= 64, "blocks of 64 at most")
    tl.store(x_ptr, 0.0)


@tegula.jit
def eight_bits(x_ptr, y_ptr):
    tl.store(y_ptr, tl.load(x_ptr).to(tl.float8e4nv))


@pytest.fixture(autouse=True)
def own_cache(cache_dir):
    return cache_dir


def line_of(kernel, text):
    """Line and column (from 1) of the first place of `text` in a kernel's function, and that line."""
    for number, line in enumerate(pathlib.Path(__file__).read_text().splitlines(), 1):
        if number >= kernel.starting_line_number and text in line:
            return number, line.index(text) + 1, line
    raise AssertionError(f"no {text!r} in {kernel.__name__}")


def place(kernel, text):
    """file:line:column, and the excerpt with the caret under `text`."""
    number, column, line = line_of(kernel, text)
    excerpt = f"{number:5} | {line}\n      | {' ' * (column - 1)}^{'~' * (len(text) - 1)}\n"
    return f"{__file__}:{number}:{column}", excerpt


def refused(launch, kind=tegula.CompilationError):
    with pytest.raises(kind) as raised:
        launch()
    assert type(raised.value) is kind
    return raised.value


# ---- Compiling ------------------------------------------------------------------------------------------------


def test_a_compilation_error_shows_the_source():
    error = refused(lambda: odd_length[(1,)](X, 1000))
    where, excerpt = place(odd_length, "tl.arange(0, N_COLS)")
    bound = place(odd_length, "N_COLS: tl.constexpr")[0]
    assert str(error) == (
        f"{where}: error: arange needs a power-of-two length; got 0..1000\n{excerpt}"
        f"{bound}: note: N_COLS is bound to 1000 here\n"
        "hint: pass BLOCK = tegula.next_power_of_2(N_COLS) and mask the tail"
    )


def test_the_attributes_of_a_compilation_error():
    error = refused(lambda: odd_length[(1,)](X, 1000))
    assert error.error_message == "arange needs a power-of-two length; got 0..1000"
    (told,) = error.diagnostics
    line, column, _ = line_of(odd_length, "tl.arange(0, N_COLS)")
    assert {key: told[key] for key in ("severity", "kind", "message", "file", "line", "column", "hint")} == {
        "severity": "error",
        "kind": "non-power-of-two",
        "message": "arange needs a power-of-two length; got 0..1000",
        "file": __file__,
        "line": line,
        "column": column,
        "hint": "pass BLOCK = tegula.next_power_of_2(N_COLS) and mask the tail",
    }
    (note,) = told["notes"]
    assert note["message"] == "N_COLS is bound to 1000 here"
    assert (note["line"], note["column"]) == line_of(odd_length, "N_COLS: tl.constexpr")[:2]
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error) and copy.diagnostics == error.diagnostics
    from tegula.compiler.errors import CompilationError

    assert CompilationError is tegula.CompilationError and isinstance(error, tegula.errors.TritonError)


def test_an_undefined_name_is_suggested():
    where, excerpt = place(misspelt, "value)")
    excerpt = excerpt.replace("^~~~~~", "^~~~~")
    assert str(refused(lambda: misspelt[(1,)](X, 3.0))) == (
        f"{where}: error: the name `value` is not defined\n{excerpt}hint: did you mean `values`?"
    )


def test_a_helper_with_a_missing_argument():
    where, excerpt = place(missing_argument, "scale(n)")
    number, column, _ = line_of(scale, "scale(x, factor)")
    assert str(refused(lambda: missing_argument[(1,)](X, 3))) == (
        f"{where}: error: scale takes 2 arguments; got 1, without `factor`\n{excerpt}"
        f"{__file__}:{number}:{column}: note: scale is defined here"
    )


def test_an_unsupported_statement_has_its_own_class():
    where, excerpt = place(stops, "break")
    assert str(refused(lambda: stops[(1,)](X, 8), tegula.UnsupportedLanguageConstruct)) == (
        f"{where}: error: a `break` statement is not part of the kernel language\n{excerpt}"
        "hint: guard the work with an `if`, or use a `while` with a flag"
    )


def test_a_static_assertion_has_its_own_class():
    where, excerpt = place(small_blocks, 'tl.static_assert(BLOCK <= 64, "blocks of 64 at most")')
    bound = place(small_blocks, "BLOCK: tl.constexpr")[0]
    assert str(refused(lambda: small_blocks[(1,)](X, 128), tegula.CompileTimeAssertionFailure)) == (
        f"{where}: error: static assertion failed: blocks of 64 at most\n{excerpt}"
        f"{bound}: note: BLOCK is bound to 128 here"
    )


def test_a_dtype_that_the_target_lacks():
    source = tegula.compiler.ASTSource(eight_bits, {"x_ptr": "*fp32", "y_ptr": "*fp8e4nv"})
    where, excerpt = place(eight_bits, "tl.load(x_ptr).to(tl.float8e4nv)")
    assert str(refused(lambda: tegula.compile(source, target="sm_80"))) == (
        f"{where}: error: converting to fp8e4nv needs sm_89 or later; got sm_80\n{excerpt}".rstrip("\n")
    )


def test_a_signature_that_does_not_parse():
    def compile(signature):
        return tegula.compile(tegula.compiler.ASTSource(fill, signature, {"BLOCK": 64}), target="sm_90a")

    with pytest.raises(ValueError) as raised:
        compile({"x_ptr": "*float17", "value": "fp32"})
    assert str(raised.value) == (
        "the type of parameter 'x_ptr' is spelled '*float17'; it must be such as *fp16, *kfp16 (const), i32, u8, i1, fp32 "
        "or constexpr"
    )
    with pytest.raises(ValueError) as raised:
        compile({"x_ptr": "*fp32"})
    assert str(raised.value) == (
        "the signature says nothing of parameter 'value' of kernel 'fill': give its type, or its value in constexprs"
    )


def test_an_unknown_target():
    source = tegula.compiler.ASTSource(fill, {"x_ptr": "*fp32", "value": "fp32"}, {"BLOCK": 64})
    error = refused(lambda: tegula.compile(source, target="sm_12"))
    assert str(error) == "error: unknown target 'sm_12'; expected host, sm_80, sm_86, sm_89, sm_90a"


# ---- Launching --------------------------------------------------------------------------------------------------


def launch_error(launch):
    with pytest.raises((TypeError, ValueError, KeyError, RuntimeError)) as raised:
        launch()
    return raised.type, str(raised.value)


TAKES = "it takes (x_ptr, value, BLOCK: tl.constexpr)"


def test_a_wrong_argument_count():
    kind, message = launch_error(lambda: fill[(1,)](X))
    assert kind is TypeError
    assert message == f"kernel 'fill' misses the arguments 'value' and 'BLOCK'; {TAKES}"
    kind, message = launch_error(lambda: fill[(1,)](X, 1.0, 64, 7))
    assert kind is TypeError
    assert message == f"kernel 'fill' takes 3 arguments; got 4; {TAKES}"


def test_an_unknown_keyword():
    kind, message = launch_error(lambda: fill[(1,)](X, 1.0, BLOK=64))
    assert kind is KeyError
    assert message == "'Keyword argument BLOK was specified but unrecognised; did you mean BLOCK?'"


def test_an_argument_that_is_given_twice():
    kind, message = launch_error(lambda: fill[(1,)](X, 1.0, 64, value=2.0))
    assert kind is TypeError
    assert message == "kernel 'fill' got two values for argument 'value', by position and by name"


NO_DRIVER = r"no CUDA driver: libcuda\.so\.1: .*; install NVIDIA's driver, or compile for target host to run on the CPU"


class OnGpu:
    """What CuPy shows of an array on the GPU."""

    __cuda_array_interface__ = {"data": (4096, False), "typestr": "<f4", "shape": (64,), "version": 3}

    class device:
        id = 0


@tegula.jit
def copy(x_ptr, y_ptr):
    tl.store(y_ptr, tl.load(x_ptr))


def test_a_numpy_array_among_arrays_of_a_gpu():
    kind, message = launch_error(lambda: copy[(1,)](OnGpu(), X))
    assert kind is ValueError
    assert message == (
        "kernel 'copy': the arguments are on different devices: 'x_ptr' (test_error_messages OnGpu) on GPU 0; 'y_ptr' (NumPy "
        "array) on the CPU; move the CPU arguments to the GPU, for instance x.cuda() or torch.from_numpy(x).cuda()"
    )


def test_a_numpy_array_for_a_kernel_that_was_compiled_for_a_gpu():
    source = tegula.compiler.ASTSource(copy, {"x_ptr": "*fp32", "y_ptr": "*fp32"})
    kernel = tegula.compile(source, target="sm_90a")
    kind, message = launch_error(lambda: kernel[(1,)](X, X))
    if tegula._tegula.device_count()[0]:
        assert kind is ValueError
        assert message == "kernel 'copy' is loaded on GPU 0, but its arguments are on the CPU"
    else:
        assert kind is RuntimeError
        assert re.fullmatch(rf"cannot load kernel 'copy': {NO_DRIVER}", message)


def test_no_gpu_in_the_machine():
    if tegula._tegula.device_count()[0]:
        pytest.skip("this machine has a GPU")
    kind, message = launch_error(lambda: copy[(1,)](OnGpu(), OnGpu()))
    assert kind is RuntimeError
    assert re.fullmatch(NO_DRIVER, message)


# ---- The cache ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty"])
def test_a_damaged_cache_file_is_compiled_again_and_said(own_cache, caplog, damage):
    out = np.zeros(64, np.float32)
    fresh = lambda: tegula.jit(fill.fn)  # noqa: E731  a kernel that has compiled nothing in this process
    fresh()[(1,)](out, 1.0, 64)
    (path,) = [path for path in pathlib.Path(own_cache).rglob("*") if path.is_file()]
    whole = bytearray(path.read_bytes())
    damaged = {"truncated": whole[: len(whole) // 2], "flipped": bytes(b ^ 1 for b in whole), "empty": b""}[damage]
    path.write_bytes(damaged)
    with caplog.at_level(logging.WARNING, "tegula"):
        fresh()[(1,)](out, 2.0, 64)
    assert (out == 2).all()
    (record,) = caplog.records
    assert record.name.startswith("tegula") and str(path) in record.getMessage()
    assert len(path.read_bytes()) == len(whole)
    caplog.clear()
    fresh()[(1,)](out, 3.0, 64)
    assert (out == 3).all() and not caplog.records

"""@tegula.jit itself: source, attributes, dependencies, globals, what the compiler is told of a kernel's names."""

import collections
import math
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import tegula
import tegula as triton
import tegula.language as tl
from tegula.language.extra import libdevice

X = np.zeros(64, np.float32)
SCALE = tl.constexpr(2)
PLAIN = 3
minimum_alias = min
CHANGING = tl.constexpr(10)
Pair = collections.namedtuple("Pair", "left right")


@triton.jit
def helper(x):
    return x * SCALE


@triton.constexpr_function
def doubled(n):
    return 2 * n


@triton.constexpr_function
def failing(n):
    raise ValueError(f"no good: {n}")


def plain_function(n):
    return n


@triton.jit
def asking(x_ptr):
    # entry: nothing
    # getattr: tl.load
    # getattr: tl.math.exp
    # getattr: tl.math.tanh
    # getattr: tl.float16
    # getattr: tl.constexpr
    # getattr: tl.tensor
    # getattr: tl.PropagateNan.ALL
    # getattr: tl.nothing
    # getattr: triton.cdiv
    # getattr: triton.next_power_of_2
    # getattr: libdevice.tanh
    # getattr: tl.extra.cuda.libdevice.pow
    # getattr: tl.extra.cuda.smid
    # getattr: tl.standard._log2
    # getattr: tl.int1
    # lookup: range
    # lookup: len
    # lookup: min
    # lookup: float
    # lookup: SCALE
    # lookup: PLAIN
    # lookup: minimum_alias
    # lookup: tl
    # getattr: tl.extra.cuda
    # lookup: math
    # getattr: math.pi
    # lookup: helper
    # lookup: Pair
    # lookup: missing
    # call: doubled 21
    # call: math.sqrt 6.25
    # call: Pair 1 2
    # call: triton.next_power_of_2 1000
    # call: failing 3
    # call: plain_function 3
    # call: tl.float16.is_fp16
    # call: np.zeros 3
    pass


def test_names_mean_to_the_compiler_what_they_mean_in_python(fake):
    answers = dict(line.split(" = ", 1) for line in fake(asking[(1,)](X)) if " = " in line)
    assert answers == {
        "tl.load": "builtin load",
        "tl.math.exp": "builtin exp",
        "tl.math.tanh": "builtin extra.libdevice.tanh",
        "tl.float16": "type fp16",
        "tl.constexpr": "builtin constexpr",
        "tl.tensor": "builtin tensor",
        "tl.PropagateNan.ALL": "int 65535",
        "tl.nothing": "not found",
        "triton.cdiv": "builtin cdiv",
        "triton.next_power_of_2": "builtin next_power_of_2",
        "libdevice.tanh": "builtin extra.libdevice.tanh",
        "tl.extra.cuda.libdevice.pow": "builtin extra.libdevice.pow",
        "tl.extra.cuda.smid": "builtin extra.cuda.smid",
        "tl.standard._log2": "builtin standard._log2",
        "tl.int1": "type i1",
        "range": "not found",
        "len": "not found",
        "min": "not found",
        "float": "not found",
        "SCALE": "constexpr int 2",
        "PLAIN": "failed the global variable `PLAIN` is no constexpr; kernels read globals that are: PLAIN = tl.constexpr(3), "
        "or pass it as an argument",
        "minimum_alias": "builtin py.min",
        "tl": "builtin ",
        "tl.extra.cuda": "builtin extra.cuda",
        "math": "object",
        "math.pi": "float 3.14159",
        "helper": "function",
        "Pair": "object",
        "missing": "not found",
        "doubled 21": "int 42",
        "math.sqrt 6.25": "float 2.5",
        "Pair 1 2": "tuple(left=int 1, right=int 2)",
        "triton.next_power_of_2 1000": "int 1024",
        "failing 3": "failed ValueError: no good: 3",
        "plain_function 3": "failed a kernel cannot call `plain_function`: decorate it with @tegula.jit, or with "
        "@tegula.constexpr_function when it computes compile-time values",
        "tl.float16.is_fp16": "bool true",
        "np.zeros 3": "failed a kernel cannot call `zeros`: decorate it with @tegula.jit, or with "
        "@tegula.constexpr_function when it computes compile-time values",
    }


def test_non_constexpr_globals_by_knob(fake):

    @tegula.jit
    def kernel(x_ptr):
        # entry: nothing
        # lookup: PLAIN
        pass

    tegula.knobs.compilation.allow_non_constexpr_globals = True
    try:
        assert "PLAIN = constexpr int 3" in fake(kernel[(1,)](X))
    finally:
        del tegula.knobs.compilation.allow_non_constexpr_globals


def test_closures(fake):
    inside = tl.constexpr(11)

    @tegula.jit
    def kernel(x_ptr):
        # entry: nothing
        # lookup: inside
        # names: all
        x_ptr + inside

    report = fake(kernel[(1,)](X))
    assert "inside = constexpr int 11" in report
    assert any(line.startswith("names inside ") and " PLAIN" in line for line in report)


def test_a_compile_error_has_text_diagnostics_and_cause(fake):

    @tegula.jit
    def kernel(x_ptr):
        # error: arange needs a power-of-two length; got 0..1000
        pass

    with pytest.raises(tegula.CompilationError) as raised:
        kernel[(1,)](X)
    line = kernel.starting_line_number
    assert str(raised.value) == f"{__file__}:{line}:1: error: arange needs a power-of-two length; got 0..1000"
    assert raised.value.diagnostics == [
        {
            "severity": "error",
            "kind": "error",
            "message": "arange needs a power-of-two length; got 0..1000",
            "line": line,
        }
    ]
    assert raised.value.error_message == "arange needs a power-of-two length; got 0..1000"
    import pickle

    copy = pickle.loads(pickle.dumps(raised.value))
    assert str(copy) == str(raised.value) and copy.diagnostics == raised.value.diagnostics
    from tegula.compiler.errors import CompilationError, TritonError

    assert isinstance(raised.value, CompilationError) and isinstance(raised.value, TritonError)


def test_error_classes_by_kind(fake):
    @tegula.jit
    def asserting(x_ptr):
        # static-assert: static assertion failed: BLOCK is too large
        pass

    @tegula.jit
    def unsupported(x_ptr):
        # unsupported-construct: `try` is not part of the kernel language
        pass

    with pytest.raises(tegula.CompileTimeAssertionFailure) as raised:
        asserting[(1,)](X)
    assert raised.value.error_message == "static assertion failed: BLOCK is too large"
    with pytest.raises(tegula.UnsupportedLanguageConstruct):
        unsupported[(1,)](X)


def test_an_exception_of_a_callback_is_the_cause(fake):

    @tegula.jit
    def kernel(x_ptr):
        # call: must 3
        failing(3)

    global must
    must = failing
    with pytest.raises(tegula.CompilationError) as raised:
        kernel[(1,)](X)
    assert str(raised.value) == "ValueError: no good: 3"
    assert isinstance(raised.value.__cause__, ValueError)


def test_attributes():
    assert helper.__name__ == "helper" and helper.arg_names == ["x"] and helper.module == __name__
    assert helper.src == "def helper(x):\n    return x * SCALE\n"
    assert asking.signature.parameters["x_ptr"].name == "x_ptr"
    assert helper.constexprs == [] and helper.debug is None and helper.noinline is None
    assert repr(helper) == f"JITFunction({__name__}:helper)"

    @tegula.jit(debug=True, noinline=True, repr=lambda spec: "name", launch_metadata=lambda *a: {}, version=3)
    def other(a, b: tl.constexpr, c: tl.const, d: "*kfp16", e: tl.int64 = 4):
        pass

    assert other.debug and other.noinline and other.repr(None) == "name"
    assert other.constexprs == [1]
    assert [(p.name, p.num, p.is_constexpr, p.is_const, p.has_default, p.annotation_type) for p in other.params] == [
        ("a", 0, False, False, False, ""),
        ("b", 1, True, False, False, ""),
        ("c", 2, False, True, False, ""),
        ("d", 3, False, True, False, "*kfp16"),
        ("e", 4, False, False, True, "i64"),
    ]


def test_source_of_an_indented_decorated_function(fake):
    kernel = None
    if True:

        @tegula.jit
        def kernel(x_ptr):
            # entry: nothing
            pass

    assert kernel.src.startswith("def kernel(x_ptr):\n    # entry: nothing\n")
    assert fake(kernel[(1,)](X))[1] == f"source kernel line {kernel.starting_line_number} noinline 0"


def test_unsafe_update_src(fake):

    @tegula.jit
    def kernel(x_ptr):
        # entry: nothing
        pass

    first = kernel[(1,)](X)
    key = kernel.cache_key
    kernel._unsafe_update_src("def kernel(x_ptr):\n    # entry: nothing\n    # lookup: PLAIN\n    pass\n")
    assert kernel.cache_key != key
    second = kernel[(1,)](X)
    assert second is not first and any(line.startswith("PLAIN = ") for line in fake(second))


def test_a_changed_dependency_is_compiled_again(fake):

    @tegula.jit
    def part(x):
        return x

    @tegula.jit
    def kernel(x_ptr, FN: tl.constexpr):
        # entry: nothing
        pass

    first = kernel[(1,)](X, part)
    part._unsafe_update_src("def part(x):\n    return x + 1\n")
    assert kernel[(1,)](X, part) is not first


def test_no_source():
    namespace = {"tegula": tegula}
    with pytest.raises(ValueError) as raised:
        exec("@tegula.jit\ndef kernel(x):\n    pass\n", namespace)
    assert str(raised.value) == "the source of 'kernel' cannot be read: a kernel must be defined in a Python file"


def test_parameters_that_kernels_cannot_have():
    with pytest.raises(TypeError) as raised:

        @tegula.jit
        def kernel(a, **rest):
            pass

    assert str(raised.value) == "kernel 'kernel' has a parameter '**rest' that kernels cannot have"


def test_a_changed_global_is_refused(fake):
    global CHANGING
    CHANGING = tl.constexpr(10)

    @tegula.jit
    def kernel(x_ptr):
        # entry: nothing
        x_ptr + CHANGING

    kernel[(1,)](X)
    CHANGING = tl.constexpr(10)  # another object of the same value
    kernel[(1,)](X)
    CHANGING = tl.constexpr(12)
    with pytest.raises(RuntimeError) as raised:
        kernel[(1,)](X)
    assert str(raised.value) == (
        "Global variable CHANGING has changed since we compiled this kernel, from constexpr[10]: it is constexpr[12] now; "
        "pass it as an argument, as tl.constexpr if it must be known at compile time"
    )
    CHANGING = tl.constexpr(10)
    kernel[(1,)](X)


def test_a_changed_global_of_a_helper_is_refused(fake):
    global CHANGING
    CHANGING = tl.constexpr(10)

    @tegula.jit
    def inner(x):
        return x + CHANGING

    @tegula.jit
    def kernel(x_ptr):
        # entry: nothing
        inner(x_ptr)

    kernel[(1,)](X)
    CHANGING = tl.constexpr(11)
    with pytest.raises(RuntimeError):
        kernel[(1,)](X)
    CHANGING = tl.constexpr(10)


KEYS = """
    import tegula, tegula.language as tl
    A = tl.constexpr({a})
    B = {b}

    @tegula.constexpr_function
    def c(x):
        return x + {c}

    @tegula.jit
    def h(x):
        return x + A{d}

    @tegula.jit
    def kernel(x_ptr, UNRELATED: tl.constexpr):
        y = h(x_ptr) + c(2)
        B = 4
        tl.store(x_ptr, y)

    print(kernel.cache_key)
"""


def source_key(tmp_path, seed="0", **values):
    path = tmp_path / "keyed.py"
    path.write_text(textwrap.dedent(KEYS).format(**{"a": 1, "b": 2, "c": 3, "d": "", **values}))
    import os

    return subprocess.run(
        [sys.executable, path], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    ).stdout


def test_source_key_is_deterministic_and_covers_dependencies(tmp_path):
    base = source_key(tmp_path)
    assert source_key(tmp_path, seed="12345") == base
    assert source_key(tmp_path, b=99) == base  # B is a local name in the kernel
    assert len({base, source_key(tmp_path, a=2), source_key(tmp_path, c=4), source_key(tmp_path, d=" + 1")}) == 4


def test_recursion_has_a_key():

    @tegula.jit
    def f(x, N: tl.constexpr):
        if N > 0:
            f(x, N - 1)

    assert len(f.cache_key) == 64


def test_constexpr_function_on_the_host():
    assert doubled(4) == 8 and doubled(tl.constexpr(4)) == 8


@pytest.mark.parametrize(
    "x, y, expected",
    [
        (0, 4, 0),
        (1, 4, 1),
        (8, 4, 2),
        (9, 4, 3),
        (-9, 4, -2),
        (2**70, 2, 2**69),
        (7.0, 2, 4.0),
        (tl.constexpr(9), tl.constexpr(4), 3),
    ],
)
def test_cdiv(x, y, expected):
    assert tegula.cdiv(x, y) == expected


@pytest.mark.parametrize("n", [-3, 0, 1, 2, 3, 4, 5, 1000, 1024, 1025, 2**40 + 1, 2**62, 2**62 + 1, 2**63 + 5, 2**90])
def test_next_power_of_2(n):
    expected = 0 if n <= 0 else 1 << (n - 1).bit_length()
    assert tegula.next_power_of_2(n) == expected
    assert math.log2(expected or 1).is_integer()


def test_compile_with_ast_source(fake):
    kernel = tegula.compile(
        tegula.compiler.ASTSource(fn=asking, signature={"x_ptr": "*fp16"}, attrs={(0,): [["tt.divisibility", 16]]}),
        target="host",
        options={"num_warps": 2},
    )
    assert fake.arguments(kernel) == {"x_ptr": "*fp16:16"}
    assert (
        kernel.metadata.num_warps == 2 and kernel.metadata.target.backend == "cpu" and kernel.metadata.name == "nothing"
    )
    kernel[(1,)](np.zeros(64, np.float16)[(-X.ctypes.data % 16) :] if False else aligned(np.float16))


def aligned(dtype):
    array = np.zeros(128, dtype)
    return array[(-array.ctypes.data % 16) // array.itemsize :]


def test_compile_for_a_gpu_that_is_not_here(fake):
    source = tegula.compiler.ASTSource(asking, "*kbf16:16")
    from tegula.backends.compiler import GPUTarget

    kernel = tegula.compile(source, target=GPUTarget("cuda", 90, 32))
    assert fake(kernel)[0].startswith("target sm_90a ") and fake.arguments(kernel) == {"x_ptr": "*kbf16:16"}


@pytest.mark.parametrize(
    "signature, constexprs, message",
    [
        ({"x": "*fp16"}, {}, "kernel 'asking' has no parameter 'x'; it has x_ptr"),
        (
            {},
            {},
            "the signature says nothing of parameter 'x_ptr' of kernel 'asking': give its type, or its value in constexprs",
        ),
        (
            {"x_ptr": "*fp17"},
            {},
            "the type of parameter 'x_ptr' is spelled '*fp17'; it must be such as *fp16, *kfp16 (const), i32, u8, i1, fp32 or "
            "constexpr",
        ),
        ({"x_ptr": "*fp16:8"}, {}, "the hint of parameter 'x_ptr' must be 16 or 1; got '8'"),
    ],
)
def test_bad_signatures(signature, constexprs, message):
    with pytest.raises(ValueError) as raised:
        tegula.compile(tegula.compiler.ASTSource(asking, signature, constexprs), target="host")
    assert str(raised.value) == message


def test_asm_holds_every_stage(fake):
    kernel = asking[(1,)](X)
    assert list(kernel.asm) == ["source", "ast", "tile", "llvm", "asm", "obj", "host"]
    assert kernel.asm["source"] == asking.src
    assert kernel.asm["llvm"] == "; keep_stages 0"
    compiled = len(fake.compiles())
    assert kernel.asm["tile"] == kernel.asm["ttir"] == "the tile stage"  # made when it is asked for
    assert len(fake.compiles()) == compiled + 1
    assert kernel.asm["host"][:4] == b"\x7fELF"
    with pytest.raises(KeyError):
        kernel.asm["ptx"]
    assert "ptx" not in kernel.asm and kernel.asm.get("ptx") is None


def test_heuristics_and_autotune(fake, cache_dir):
    seen = []

    @tegula.autotune(
        [
            tegula.Config({"BLOCK": 16}),
            tegula.Config({"BLOCK": 32}, num_warps=8, pre_hook=lambda args: seen.append(args["n"])),
        ],
        key=["n"],
        do_bench=lambda call, quantiles: (call(), [1.0 / (1 + len(seen))] * 3)[1],
    )
    @tegula.heuristics({"EVEN": lambda args: args["n"] % args["BLOCK"] == 0})
    @tegula.jit
    def kernel(x_ptr, n, BLOCK: tl.constexpr, EVEN: tl.constexpr):
        # entry: nothing
        pass

    compiled = kernel[lambda meta: (tegula.cdiv(meta["n"], meta["BLOCK"]),)](X, 64)
    assert fake.arguments(compiled)["EVEN"] == "constexpr bool true"
    assert kernel.best_config.kwargs == {"BLOCK": 32} and len(kernel.cache) == 1 and seen == [64, 64]
    kernel[(1,)](X, 64)
    assert len(kernel.cache) == 1
    kernel[(1,)](X, 65)
    assert len(kernel.cache) == 2
    with pytest.raises(ValueError) as raised:
        kernel[(1,)](X, 66, BLOCK=16)
    assert (
        str(raised.value)
        == "Conflicting meta-parameters: BLOCK. Make sure that you don't re-define auto-tuned symbols."
    )


def test_do_bench_on_the_cpu():
    times = tegula.testing.do_bench_cpu(lambda: sum(range(1000)), 1, 2, [0.2, 0.5, 0.8])
    assert len(times) == 3 and 0 < times[0] <= times[1] <= times[2]


def test_import_paths_that_kernels_use():
    from tegula.backends.compiler import GPUTarget  # noqa: F401
    from tegula.compiler import ASTSource, CompiledKernel  # noqa: F401
    from tegula.language.core import _unwrap_if_constexpr  # noqa: F401
    from tegula.language.extra.cuda.libdevice import tanh
    from tegula.language.math import rsqrt
    from tegula.runtime import driver
    from tegula.runtime.autotuner import Autotuner, Heuristics  # noqa: F401
    from tegula.runtime.errors import OutOfResources
    from tegula.runtime.jit import JITFunction, KernelInterface

    assert isinstance(helper, JITFunction) and isinstance(helper, KernelInterface)
    assert rsqrt is tl.rsqrt and tanh is libdevice.tanh
    assert driver.active.get_current_target().backend in ("cpu", "cuda")
    assert str(OutOfResources(300000, 232448, "shared memory")).startswith(
        "out of resource: shared memory, required: 300000, hardware limit: 232448"
    )


def test_tl_types_on_the_host():
    assert tl.float16.itemsize == 2 and tl.int1.itemsize == 1 and tl.float8e5.is_fp8() and tl.bfloat16.is_floating()
    assert tl.dtype("fp16") is tl.float16 and eval(repr(tl.float8e5), {"tegula": tegula}) is tl.float8e5
    assert tl.uint8.get_int_max_value() == 255 and tl.int8.get_int_min_value() == -128
    assert tl.pointer_type(tl.float16).element_ty == tl.float16 and tl.pointer_type(tl.float16).is_ptr()
    assert tl.str_to_ty("*kbf16") == tl.pointer_type(tl.bfloat16, const=True) and tl.str_to_ty("u1") == tl.int1
    assert tl.block_type(tl.float32, [4, 8]).numel == 32
    with pytest.raises(ValueError):
        tl.block_type(tl.float32, [3])
    with pytest.raises(ValueError):
        tl.dtype("fp17")
    value = tl.constexpr(tl.constexpr(4))
    assert (
        value.value == 4
        and (value + 1).value == 5
        and (2**value).value == 16
        and bool(value == 4)
        and {value: 1}[tl.constexpr(4)] == 1
    )
    assert tl.constexpr("relu").startswith("re") and [*tl.constexpr((1, 2))] == [1, 2] and tl.constexpr((1, 2))[1] == 2

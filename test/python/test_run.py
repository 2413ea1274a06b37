"""Whole kernels through the real compiler, on every target of the machine: what the host side brings to them."""

import collections
import math

import numpy as np
import pytest

import tegula as triton
import tegula.language as tl
from tegula.compiler import library
from tegula.language.extra import libdevice

try:
    import torch
except ImportError:
    torch = None

pytestmark = pytest.mark.skipif(library.path() is None, reason="the compiler is not built")

GLOBAL = tl.constexpr(3)
Shape = collections.namedtuple("Shape", "rows columns")


@pytest.fixture(params=["numpy", "torch", "cuda"], autouse=True)
def put(request, cache_dir):
    """A function that hands a NumPy array to the target; `.get` brings it back."""
    if request.param == "numpy":
        put = lambda array: array.copy()
        put.get = lambda array: array
    elif torch is None:
        pytest.skip("torch is not installed")
    else:
        if request.param == "cuda" and not torch.cuda.is_available():
            pytest.skip("no GPU")
        device = "cuda" if request.param == "cuda" else "cpu"
        put = lambda array: torch.from_numpy(array.copy()).to(device)
        put.get = lambda tensor: tensor.cpu().numpy()
    return put


@triton.constexpr_function
def half(n):
    return n // 2


@triton.jit
def scaled(x, factor: tl.constexpr):
    return x * factor


@triton.jit
def doubled(x):
    return scaled(x, 2)


@triton.jit
def add_kernel(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.program_id(axis=0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, x + y, mask=mask)


@pytest.mark.parametrize("n", [1, 5, 128, 1000, 100_000])
def test_vector_add(put, n):
    x, y = np.random.rand(n).astype(np.float32), np.random.rand(n).astype(np.float32)
    out = put(np.full(n + 7, -1, np.float32))
    add_kernel[lambda meta: (triton.cdiv(n, meta["BLOCK"]),)](put(x), put(y), out, n, BLOCK=256)
    np.testing.assert_array_equal(put.get(out)[:n], x + y)
    assert (put.get(out)[n:] == -1).all()


def test_unaligned_views(put):
    x = put(np.arange(300, dtype=np.float32))
    out = put(np.zeros(300, np.float32))
    add_kernel[(2,)](x[1:257], x[3:259], out[5:261], 256, BLOCK=128)
    np.testing.assert_array_equal(put.get(out)[5:261], np.arange(1, 257) + np.arange(3, 259))


@triton.jit
def scalars_kernel(out_ptr, small, big, flag, real, double: tl.float64, short: tl.int16, huge, none, one):
    tl.store(out_ptr, small)
    tl.store(out_ptr + 1, big)
    tl.store(out_ptr + 2, flag.to(tl.float64))
    tl.store(out_ptr + 3, real)
    tl.store(out_ptr + 4, double)
    tl.store(out_ptr + 5, short)
    tl.store(out_ptr + 6, huge.to(tl.float64))
    if none is None:
        tl.store(out_ptr + 7, one)


def test_scalars_of_every_kind(put):
    out = put(np.zeros(8, np.float64))
    scalars_kernel[(1,)](out, -7, 2**40 + 1, True, 0.5, 1 / 3, -300, 2**63 + 2**40, None, 1)
    assert put.get(out).tolist() == [-7, 2**40 + 1, 1, 0.5, 1 / 3, -300, 2**63 + 2**40, 1]


@triton.jit
def names_kernel(out_ptr, SHAPE: tl.constexpr, KIND: tl.constexpr, NAME: tl.constexpr, FN: tl.constexpr):
    value = tl.full([4], SHAPE.rows * SHAPE.columns + half(7) + GLOBAL, KIND)
    if NAME.startswith("re"):
        value += math.floor(2.5)
    value = FN(value)
    tl.store(out_ptr + tl.arange(0, 4), value)


def test_names_from_outside(put):
    out = put(np.zeros(4, np.float32))
    names_kernel[(1,)](out, Shape(3, 4), tl.float32, "relu", doubled)
    assert put.get(out).tolist() == [2 * (12 + 3 + 3 + 2)] * 4


def test_a_closure(put):
    factor = tl.constexpr(5)

    @triton.jit
    def inner(x):
        return x + factor

    @triton.jit
    def kernel(out_ptr):
        offsets = tl.arange(0, 8)
        tl.store(out_ptr + offsets, inner(offsets))

    out = put(np.zeros(8, np.int32))
    kernel[(1,)](out)
    assert put.get(out).tolist() == list(range(5, 13))


@triton.jit
def math_kernel(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    tl.store(out_ptr + offsets, libdevice.tanh(x) + tl.math.exp(x))


def test_libdevice(put):
    x = np.linspace(-3, 3, 64, dtype=np.float32)
    out = put(np.zeros(64, np.float32))
    math_kernel[(1,)](put(x), out, 64)
    np.testing.assert_allclose(put.get(out), np.tanh(x) + np.exp(x), rtol=2e-6, atol=1e-6)


def test_a_helper_argument_that_changes_per_launch(put):
    out = put(np.zeros(4, np.float32))
    for fn, expected in ((doubled, 2 * 18), (half_of, 9)):
        names_kernel[(1,)](out, Shape(3, 4), tl.float32, "x", fn)
        assert put.get(out).tolist() == [expected] * 4


@triton.jit
def half_of(x):
    return x * 0.5


def test_bfloat16_in_numpy(put):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    if torch is not None and isinstance(put(np.zeros(1, np.float32)), torch.Tensor):
        pytest.skip("NumPy only")
    x = np.random.rand(512).astype(ml_dtypes.bfloat16)
    out = np.zeros(512, ml_dtypes.bfloat16)
    add_kernel[(2,)](x, x, out, 512, BLOCK=256)
    np.testing.assert_array_equal(out, x + x)
    bits = x.view(np.uint16)
    result = np.zeros(512, np.uint16)
    add_kernel[(2,)](*(triton.reinterpret(array, tl.bfloat16) for array in (bits, bits, result)), 512, BLOCK=256)
    np.testing.assert_array_equal(result, out.view(np.uint16))


def test_the_cache_gives_the_same_kernel_back(put):
    x = put(np.ones(64, np.float32))
    kernel = add_kernel[(1,)](x, x, put(np.zeros(64, np.float32)), 64, BLOCK=64)
    add_kernel._forget()
    add_kernel.device_caches.clear()
    out = put(np.zeros(64, np.float32))
    again = add_kernel[(1,)](x, x, out, 64, BLOCK=64)
    assert again is not kernel and again.image == kernel.image and (put.get(out) == 2).all()


def test_stages(put):
    x = put(np.ones(64, np.float32))
    kernel = add_kernel[(1,)](x, x, put(np.zeros(64, np.float32)), 64, BLOCK=64)
    assert "tile.load" in kernel.asm["tile"]
    assert "def add_kernel" in kernel.asm["source"]
    assert "define" in kernel.asm["llvm"] or "llvm.func" in kernel.asm["llvm"]
    assert kernel.asm["ast"].startswith("Module(")
    assert [stage for stage in kernel.asm.keys() if not kernel.asm.get(stage)] in ([], ["cubin"])


@pytest.mark.parametrize("target", ["sm_80", "sm_89", "sm_90a"])
def test_compile_for_a_gpu_that_may_not_be_here(target):
    source = triton.compiler.ASTSource(
        add_kernel,
        {"x_ptr": "*fp16:16", "y_ptr": "*fp16:16", "out_ptr": "*fp16:16", "n": "i32:16"},
        {"BLOCK": 1024},
    )
    kernel = triton.compile(source, target=target)
    assert f".target {target}" in kernel.asm["ptx"] and ".entry add_kernel" in kernel.asm["ptx"]
    assert kernel.metadata.num_warps == 4 and kernel.metadata.target.arch == int(target[3:5])


def test_an_error_names_file_line_and_cause(put):
    @triton.jit
    def kernel(x_ptr, N: tl.constexpr):
        offsets = tl.arange(0, N)
        tl.store(x_ptr + offsets, 1.0)

    with pytest.raises(triton.CompilationError) as raised:
        kernel[(1,)](put(np.zeros(8, np.float32)), 6)
    line = kernel.starting_line_number + 2
    assert str(raised.value).startswith(f"{__file__}:{line}:")
    assert raised.value.diagnostics[0]["line"] == line
    assert "power" in raised.value.error_message


def test_static_assert_has_its_class(put):
    @triton.jit
    def kernel(x_ptr, N: tl.constexpr):
        tl.static_assert(N < 4, "N is too large")
        tl.store(x_ptr, 1.0)

    with pytest.raises(triton.CompileTimeAssertionFailure) as raised:
        kernel[(1,)](put(np.zeros(8, np.float32)), 6)
    assert "N is too large" in str(raised.value)


def test_an_unsupported_statement_has_its_class(put):
    @triton.jit
    def kernel(x_ptr):
        try:
            tl.store(x_ptr, 1.0)
        except ValueError:
            pass

    with pytest.raises(triton.UnsupportedLanguageConstruct):
        kernel[(1,)](put(np.zeros(8, np.float32)))


def test_a_plain_global_is_refused(put):
    plain = 4

    @triton.jit
    def kernel(x_ptr):
        tl.store(x_ptr, plain)

    with pytest.raises(triton.CompilationError) as raised:
        kernel[(1,)](put(np.zeros(8, np.float32)))
    assert raised.value.error_message == (
        "the global variable `plain` is no constexpr; kernels read globals that are: plain = tl.constexpr(4), or pass "
        "it as an argument"
    )


@triton.constexpr_function
def failing(n):
    raise ValueError(f"no good: {n}")


def plain_function(n):
    return n


def test_what_a_constexpr_function_raises_is_the_cause(put):
    @triton.jit
    def kernel(x_ptr):
        tl.store(x_ptr, failing(3))

    with pytest.raises(triton.CompilationError) as raised:
        kernel[(1,)](put(np.zeros(8, np.float32)))
    assert raised.value.error_message == "ValueError: no good: 3"
    assert type(raised.value) is triton.CompilationError and isinstance(raised.value.__cause__, ValueError)


def test_a_plain_function_is_refused(put):
    @triton.jit
    def kernel(x_ptr):
        tl.store(x_ptr, plain_function(3))

    with pytest.raises(triton.CompilationError) as raised:
        kernel[(1,)](put(np.zeros(8, np.float32)))
    line = kernel.starting_line_number + 2
    assert str(raised.value) == (
        f"{__file__}:{line}:25: error: a kernel cannot call `plain_function`: decorate it with @tegula.jit, or with "
        "@tegula.constexpr_function when it computes compile-time values\n"
        f"{line:5} |         tl.store(x_ptr, plain_function(3))\n"
        "      |                         ^~~~~~~~~~~~~~~~~"
    )
    assert raised.value.__cause__ is None


def test_a_name_of_the_language_that_does_not_exist(put):
    @triton.jit
    def kernel(x_ptr):
        tl.store(x_ptr, tl.exq(3.0))

    with pytest.raises(triton.CompilationError) as raised:
        kernel[(1,)](put(np.zeros(8, np.float32)))
    assert raised.value.error_message == "`tl` has no attribute `exq`"
    assert "\nhint: did you mean `exp" in str(raised.value)


def test_autotune_runs_and_is_right(put):
    tuned = triton.autotune([triton.Config({"BLOCK": block}) for block in (64, 256)], key=["n"], warmup=1, rep=2)(
        add_kernel
    )
    x = np.random.rand(1000).astype(np.float32)
    out = put(np.zeros(1000, np.float32))
    tuned[lambda meta: (triton.cdiv(1000, meta["BLOCK"]),)](put(x), put(x), out, 1000)
    np.testing.assert_array_equal(put.get(out), x + x)
    assert tuned.best_config.kwargs["BLOCK"] in (64, 256)

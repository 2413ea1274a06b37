"""Launching: what arrives in the kernel, grids, options, hooks, and the whole messages of what is refused."""

import gc
import re
import struct
import subprocess
import sys
import threading

import numpy as np
import pytest

import tegula
import tegula.language as tl


@tegula.jit
def dump1(out_ptr, count: tl.int32, a):
    # entry: dump
    pass


@tegula.jit
def dump3(out_ptr, count: tl.int32, a, b, c, SKIPPED: tl.constexpr = 3):
    # entry: dump
    pass


@tegula.jit
def nothing(x_ptr, n, BLOCK: tl.constexpr):
    # entry: nothing
    pass


def bits(format, value):
    return int.from_bytes(struct.pack(format, value), "little", signed=format in "qi")


def values(kernel, *args, **kwargs):
    out = np.zeros(16, np.int64)
    kernel[kwargs.pop("grid", (1,))](out, len(args), *args, **kwargs)
    return out[3 : 3 + len(args)].tolist()


def test_values_arrive(fake):
    x = np.zeros(4, np.float16)
    assert values(dump3, x, 1 << 40, -5) == [x.ctypes.data, 1 << 40, -5]
    assert [v & 0xFFFFFFFF for v in values(dump3, 2.5, -0.1, 7.0)] == [
        bits("I", struct.unpack("I", struct.pack("f", f))[0]) for f in (2.5, -0.1, 7.0)
    ]
    assert [v & 0xFF for v in values(dump3, True, False, True)] == [1, 0, 1]
    assert values(dump1, 2**64 - 2) == [-2]


def test_folded_arguments_leave_the_abi(fake):
    out = np.zeros(16, np.int64)
    dump3[(1,)](out, 1, 1, None, 77)
    assert out[3] == 77


@pytest.mark.parametrize(
    "annotation, value, format",
    [("fp64", 1 / 3, "d"), ("fp32", 1 / 3, "f"), ("fp16", 1 / 3, "e"), ("fp16", 70000.0, None), ("bf16", 1 / 3, None)],
)
def test_float_annotations_convert(fake, annotation, value, format):
    source = dict(fp64=tl.float64, fp32=tl.float32, fp16=tl.float16, bf16=tl.bfloat16)[annotation]

    @tegula.jit
    def kernel(out_ptr, count: tl.int32, a: source):
        # entry: dump
        pass

    got = values(kernel, value)[0]
    if format:
        assert got & (2 ** (8 * struct.calcsize(format)) - 1) == int.from_bytes(struct.pack(format, value), "little")
    elif annotation == "bf16":
        assert got & 0xFFFF == (int.from_bytes(struct.pack("f", value), "little") + 0x8000) >> 16
    else:
        assert got & 0xFFFF == 0x7C00


@pytest.mark.parametrize(
    "grid, sizes",
    [
        (5, (5, 1, 1)),
        ((5,), (5, 1, 1)),
        ((2, 3), (2, 3, 1)),
        ((2, 3, 4), (2, 3, 4)),
        ([2, 3], (2, 3, 1)),
        (lambda meta: (meta["a"], meta["SKIPPED"]), (7, 3, 1)),
        (lambda meta: 6, (6, 1, 1)),
        ((np.int64(4),), (4, 1, 1)),
        (lambda meta: (meta["num_warps"],), (8, 1, 1)),
        ((tl.constexpr(3),), (3, 1, 1)),
    ],
)
def test_grids(fake, grid, sizes):
    out = np.zeros(8, np.int64)
    dump3[grid](out, 0, 7, 8, 9, num_warps=8)
    assert tuple(out[:3]) == sizes


def test_an_empty_grid_launches_nothing(fake):
    out = np.full(8, -1, np.int64)
    assert isinstance(dump3[(4, 0)](out, 0, 7, 8, 9), tegula.CompiledKernel)
    assert (out == -1).all()


@pytest.mark.parametrize(
    "grid, error, message",
    [
        ((), ValueError, "a grid has one to three sizes; got 0"),
        ((1, 2, 3, 4), ValueError, "a grid has one to three sizes; got 4"),
        ((-1,), ValueError, "size 0 of the grid is -1; it may be 0 to 2147483647"),
        ((1, 70000), ValueError, "size 1 of the grid is 70000; it may be 0 to 65535"),
        (
            (1.5,),
            TypeError,
            "a grid is a tuple of one to three ints, or a function of the arguments that returns one; got float",
        ),
        (
            None,
            TypeError,
            "a grid is a tuple of one to three ints, or a function of the arguments that returns one; got NoneType",
        ),
    ],
)
def test_bad_grids(fake, grid, error, message):
    with pytest.raises(error) as raised:
        nothing[grid](np.zeros(4), 7, 16)
    assert str(raised.value) == message


X = np.zeros(64, np.float32)
READ_ONLY = np.zeros(64, np.float32)
READ_ONLY.flags.writeable = False
TAKES = "it takes (x_ptr, n, BLOCK: tl.constexpr)"


@pytest.mark.parametrize(
    "args, kwargs, error, message",
    [
        ((X,), {}, TypeError, f"kernel 'nothing' misses the arguments 'n' and 'BLOCK'; {TAKES}"),
        ((X, 3), {}, TypeError, f"kernel 'nothing' misses the argument 'BLOCK'; {TAKES}"),
        ((X, 3, 16, 4), {}, TypeError, f"kernel 'nothing' takes 3 arguments; got 4; {TAKES}"),
        ((X, 3, 16), {"n": 4}, TypeError, "kernel 'nothing' got two values for argument 'n', by position and by name"),
        (
            (X, 3, 16),
            {"num_wraps": 4},
            KeyError,
            "'Keyword argument num_wraps was specified but unrecognised; did you mean num_warps?'",
        ),
        (
            (X, 3, 16),
            {"stream": 0},
            AssertionError,
            "stream option is deprecated; the launch goes to the device of the arguments and its current stream",
        ),
        ((X, 3, 16), {"num_warps": 3}, ValueError, "num_warps must be a power of 2 from 1 to 32; got 3"),
        ((X, 3, 16), {"num_warps": 64}, ValueError, "num_warps must be a power of 2 from 1 to 32; got 64"),
        ((X, 3, 16), {"num_stages": -1}, ValueError, "num_stages must not be negative; got -1"),
        ((X, 3, 16), {"num_ctas": 3}, ValueError, "num_ctas must be a power of 2 from 1 to 16; got 3"),
        ((X, 3, 16), {"maxnreg": 300}, ValueError, "maxnreg must be 1 to 255; got 300"),
        (
            (X, 2**70, 16),
            {},
            OverflowError,
            "argument 'n' is 1180591620717411303424, which fits neither int64 nor uint64",
        ),
        ((X, "a", 16), {}, TypeError, "argument 'n' is a str: declare the parameter as tl.constexpr to pass one"),
        (
            (X, (1, 2), 16),
            {},
            TypeError,
            "argument 'n' is a tuple: declare the parameter as tl.constexpr to pass one, or pass its elements one by one",
        ),
        ((X, np.int32(3), 16), {}, TypeError, "argument 'n' is a numpy.int32: pass a Python number, n.item()"),
        (
            (X, object(), 16),
            {},
            TypeError,
            "failed to specialize argument of type: object (argument 'n'); a kernel takes ints, floats, bools, None, torch tensors, NumPy "
            "arrays, objects with data_ptr(), __cuda_array_interface__ or __dlpack__, and constexpr values",
        ),
        (
            (READ_ONLY, 3, 16),
            {},
            ValueError,
            "argument 'x_ptr' is a read-only array: pass a copy (x.copy()), or annotate the parameter as "
            "tl.const when the kernel only reads it",
        ),
        (
            (np.zeros(4, np.complex64), 3, 16),
            {},
            TypeError,
            "argument 'x_ptr' has elements of type complex64, which kernels do not have; "
            "tegula.reinterpret(array, dtype) passes them as another type of the same size",
        ),
        (
            (X.astype(">f4"), 3, 16),
            {},
            TypeError,
            "argument 'x_ptr' has elements of type >f4, which kernels do not have; "
            "tegula.reinterpret(array, dtype) passes them as another type of the same size",
        ),
    ],
)
def test_refused_launches(fake, args, kwargs, error, message):
    with pytest.raises(error) as raised:
        nothing[(1,)](*args, **kwargs)
    assert str(raised.value) == message


def test_a_read_only_array_fits_a_const_parameter(fake):

    @tegula.jit
    def kernel(x_ptr: tl.const):
        # entry: nothing
        pass

    kernel[(1,)](READ_ONLY)


class OnGpu:
    """What CuPy shows of an array."""

    __cuda_array_interface__ = {"data": (4096, False), "typestr": "<f4", "shape": (4,), "version": 3}

    class device:
        id = 0


def test_numpy_array_among_gpu_arguments():
    with pytest.raises(ValueError) as raised:
        dump3[(1,)](OnGpu(), 1, X, 3, X)
    assert str(raised.value) == (
        "kernel 'dump3': the arguments are on different devices: 'out_ptr' (test_launch OnGpu) on GPU 0; 'a' (NumPy "
        "array), 'c' (NumPy array) on the CPU; move the CPU arguments to the GPU, for instance x.cuda() or "
        "torch.from_numpy(x).cuda()"
    )


def test_no_gpu_in_the_machine(fake):
    if tegula._tegula.device_count()[0]:
        pytest.skip("this machine has a GPU")
    with pytest.raises(RuntimeError) as raised:
        dump1[(1,)](OnGpu(), 1, 3)
    assert re.fullmatch(
        r"no CUDA driver: libcuda\.so\.1: .*; install NVIDIA's driver, or compile for target host to run on the CPU",
        str(raised.value),
    )


def test_calling_without_a_grid():
    with pytest.raises(RuntimeError) as raised:
        nothing(X, 3, 16)
    assert (
        str(raised.value)
        == "kernel 'nothing' is launched with a grid: nothing[grid](...); it is called without one only in other kernels"
    )


def test_builtin_on_the_host():
    with pytest.raises(RuntimeError) as raised:
        tl.load(X)
    assert str(raised.value) == (
        "tl.load can be called only in a kernel, a function decorated with @tegula.jit; it was called on the host"
    )


def test_options_reach_the_compiler(fake):
    kernel = nothing[(1,)](
        X, 3, 16, num_warps=8, num_stages=2, num_ctas=1, maxnreg=128, enable_fp_fusion=False, debug=True
    )
    assert fake(kernel)[0] == (
        "target host num_warps 8 num_stages 2 num_ctas 1 maxnreg 128 debug 1 disable_fp_fusion 1 keep_stages 0"
    )
    assert fake(nothing[(1,)](X, 3, 16))[0] == (
        "target host num_warps 4 num_stages 3 num_ctas 1 maxnreg 0 debug 0 disable_fp_fusion 0 keep_stages 0"
    )


def test_options_are_in_the_key_whatever_their_order(fake):
    first = nothing[(1,)](X, 3, 16, num_warps=8, num_stages=2)
    variants = nothing._num_variants
    assert nothing[(1,)](X, 3, num_stages=2, BLOCK=16, num_warps=8) is first
    assert nothing[(1,)](x_ptr=X, num_warps=8, n=3, num_stages=2, BLOCK=16) is first
    assert nothing._num_variants == variants
    assert nothing[(1,)](X, 3, 16, num_warps=4, num_stages=2) is not first
    assert nothing[(1,)](X, 3, 16, num_warps=4) is nothing[(1,)](X, 3, 16)


def test_a_kernel_parameter_may_be_called_as_an_option(fake):

    @tegula.jit
    def kernel(x_ptr, num_stages: tl.constexpr):
        # entry: nothing
        pass

    assert fake.arguments(kernel[(1,)](X, num_stages=5))["num_stages"] == "constexpr int 5"


def test_star_arguments(fake):
    args, kwargs = [X, 3], {"BLOCK": 16, "num_warps": 2}
    assert nothing[(1,)](*args, **kwargs) is nothing[(1,)](X, 3, BLOCK=16, num_warps=2)


def test_run_and_keyword_grid(fake):
    assert nothing.run(X, 3, BLOCK=16, grid=(1,), warmup=False) is nothing[(1,)](X, 3, 16)
    assert nothing.run(X, 3, BLOCK=16, grid=(1,), warmup=True) is nothing[(1,)](X, 3, 16)


def test_a_kept_launcher_can_be_called_again(fake):
    launcher = nothing[(1,)]
    others = [nothing[(2,)] for _ in range(40)]
    del others
    gc.collect()
    assert launcher(X, 3, 16) is launcher(X, 3, 16)


def test_compiled_kernel_is_launched_itself(fake):
    out = np.zeros(16, np.int64)
    kernel = dump3[(1,)](out, 3, 5, 6, 7)
    out[:] = 0
    kernel[(2, 3, 1)](out, 3, 8, 9, 10)
    assert out[:6].tolist() == [2, 3, 1, 8, 9, 10]
    kernel[(1,)](out, 3, 11, 9, 10, 3)  # with the compile-time argument, too
    assert out[3] == 11
    kernel.run(4, 1, 1, 0, out, 3, 8, 9, 10)
    assert out[0] == 4
    with pytest.raises(TypeError) as raised:
        kernel[(1,)](out, 3)
    assert str(raised.value) == "kernel 'dump' takes 5 arguments at run time (6 with the compile-time ones); got 2"
    with pytest.raises(TypeError) as raised:
        kernel[(1,)](np.zeros(4, np.float32), 3, 8, 9, 10)
    assert str(raised.value) == "argument 'out_ptr' of kernel 'dump' must be *i64; got *fp32"
    with pytest.raises(TypeError) as raised:
        kernel[(1,)](out, 3, 1.5, 9, 10)
    assert str(raised.value) == "argument 'a' of kernel 'dump' must be i32; got float"


def test_compiled_kernel_keeps_its_divisibility(fake):
    kernel = dump1[(1,)](np.zeros(16, np.int64), 1, 32)
    with pytest.raises(ValueError) as raised:
        kernel[(1,)](np.zeros(16, np.int64), 1, 33)
    assert (
        str(raised.value) == "argument 'a' of kernel 'dump' must be divisible by 16: the kernel was compiled for that"
    )


def test_hooks(fake):
    seen = []

    @tegula.jit(launch_metadata=lambda grid, metadata, args: {"n": args["n"]})
    def kernel(x_ptr, n):
        # entry: nothing
        pass

    kernel.add_pre_run_hook(lambda **args: seen.append(("pre", args["n"])))
    enter = lambda metadata: seen.append(("enter", metadata.get()["grid"], metadata.get()["n"]))
    leave = lambda metadata: seen.append(("exit", metadata.get()["name"]))
    tegula.knobs.runtime.launch_enter_hook.add(enter)
    tegula.knobs.runtime.launch_exit_hook.add(leave)
    try:
        kernel[(2, 3)](X, 5)
    finally:
        tegula.knobs.runtime.launch_enter_hook.remove(enter)
        tegula.knobs.runtime.launch_exit_hook.remove(leave)
    kernel[(1,)](X, 6)
    assert seen == [("pre", 5), ("enter", (2, 3, 1), 5), ("exit", "nothing"), ("pre", 6)]


def test_jit_cache_hook_sees_a_compile(fake):
    seen = []
    tegula.knobs.runtime.jit_cache_hook = lambda **told: seen.append(
        (told["compile"]["signature"], told["compile"]["num_warps"])
    )

    @tegula.jit
    def kernel(x_ptr, n, BLOCK: tl.constexpr):
        # entry: nothing
        pass

    try:
        kernel[(1,)](X, 3, 16, num_warps=2)
        kernel[(1,)](X, 3, 16, num_warps=2)
    finally:
        tegula.knobs.runtime.jit_cache_hook = None
    assert seen == [({"x_ptr": seen[0][0]["x_ptr"], "n": "i32", "BLOCK": "constexpr"}, 2)]


def test_many_threads_compile_a_variant_once(fake):

    @tegula.jit
    def kernel(x_ptr, n):
        # entry: nothing
        pass

    results = []
    threads = [threading.Thread(target=lambda: results.append(kernel[(1,)](X, 3))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 16 and len(set(map(id, results))) == 1
    assert fake.compiles() == ["kernel"]


def test_many_variants(fake):
    kernels = {block: nothing[(1,)](X, 3, block) for block in range(1000, 1300)}
    assert all(nothing[(1,)](X, 3, block) is kernel for block, kernel in kernels.items())


def test_launches_leak_nothing(fake):
    array = np.zeros(64, np.float32)
    options = {"num_warps": 4, "BLOCK": 123456789}
    nothing[(1,)](array, 3, **options)
    before = sys.getrefcount(array), sys.getrefcount(options["BLOCK"]), sys.getrefcount(nothing)
    for _ in range(100):
        nothing[lambda meta: (1,)](array, 3, **options)
    assert (sys.getrefcount(array), sys.getrefcount(options["BLOCK"]), sys.getrefcount(nothing)) == before


def test_a_jit_function_is_collected(fake):
    import weakref

    @tegula.jit
    def kernel(x_ptr):
        # entry: nothing
        pass

    kernel[(1,)](X)
    gone = weakref.ref(kernel)
    del kernel
    gc.collect()
    assert gone() is None


def test_launching_from_the_cache_loads_no_compiler(fake, tmp_path):
    (tmp_path / "cached_kernel.py").write_text("""
import sys, numpy as np, tegula, tegula.language as tl
@tegula.jit
def kernel(x_ptr, n):
    # entry: nothing
    pass
kernel[(1,)](np.zeros(64, np.float32), 7)
print("tegula_fake_compiler" in open("/proc/self/maps").read(), "torch" in sys.modules)
""")
    import os

    environment = {
        **os.environ,
        "TEGULA_LIBRARY": str(tegula.knobs.compilation.library),
        "TEGULA_CACHE_DIR": str(tmp_path / "cache2"),
    }
    runs = [
        subprocess.run(
            [sys.executable, tmp_path / "cached_kernel.py"], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert runs == ["True False\n", "False False\n"]

"""Compiles and runs every kernel of this folder on random data and prints how right and how fast each one is.

`tools/dev demo` runs it. On a machine without a GPU everything runs on the CPU; with one (and torch) both are shown.
"""

import os
import pathlib
import sys
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import tegula  # noqa: E402
from kernels import devices  # noqa: E402
from kernels.add_relu import reference as add_relu_reference  # noqa: E402
from kernels.add_relu.add_relu import add_relu  # noqa: E402
from kernels.rmsnorm import reference as rmsnorm_reference  # noqa: E402
from kernels.rmsnorm.rmsnorm import rmsnorm  # noqa: E402
from kernels.rope import reference as rope_reference  # noqa: E402
from kernels.rope.rope import rope  # noqa: E402
from kernels.softmax import reference as softmax_reference  # noqa: E402
from kernels.softmax.softmax import softmax  # noqa: E402
from kernels.vector_add import reference as vector_add_reference  # noqa: E402
from kernels.vector_add.vector_add import vector_add  # noqa: E402


def cases(rng):
    """(kernel, dtype, inputs, call, expected): `call(out, *inputs on the device)` runs it, `expected` is float64."""
    n = 4 * 1024 * 1024 + 13
    for dtype in ("float32", "float16"):
        x, y = devices.random(rng, n, dtype), devices.random(rng, n, dtype)
        yield "vector_add", dtype, [x, y], lambda out, x, y: vector_add(x, y, out), vector_add_reference.vector_add(x, y)
    x, y = devices.random(rng, n, "float16"), devices.random(rng, n, "float16")
    yield "add_relu", "float16", [x, y], lambda out, x, y: add_relu(x, y, out), add_relu_reference.add_relu(x, y)
    for dtype, shape in (("float32", (1024, 4096)), ("float16", (1024, 4096)), ("bfloat16", (2048, 3000))):
        x, w = devices.random(rng, shape, dtype), devices.random(rng, shape[1], dtype)
        expected = rmsnorm_reference.rmsnorm(x, w, 1e-6)
        yield "rmsnorm", dtype, [x, w], lambda out, x, w: rmsnorm(x, w, out, 1e-6), expected
    for dtype, shape in (("float32", (1024, 4096)), ("float16", (512, 10000))):
        x = devices.random(rng, shape, dtype)
        yield "softmax", dtype, [x], lambda out, x: softmax(x, out), softmax_reference.softmax(x)
    for dtype, shape in (("float16", (1024, 32, 128)), ("bfloat16", (1000, 12, 96))):
        x, cache = devices.random(rng, shape, dtype), rope_reference.cos_sin_cache(4096, shape[-1])
        positions = rng.integers(0, 4096, shape[0])
        expected = rope_reference.rope(x, cache, positions)
        yield "rope", dtype, [x, cache, positions], lambda out, x, c, p: rope(x, out, c, p), expected


def time_of(call, device, repeats=9):
    """Median seconds of one call."""
    if device == "cuda":
        return tegula.testing.do_bench(call, warmup=5, rep=20, return_mode="median") / 1e3
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        samples.append(time.perf_counter() - start)
    return float(np.median(samples))


def main():
    found = devices.available()
    rng = np.random.default_rng()
    print(f"{'kernel':<11} {'shape':<15} {'dtype':<9} {'target':<7} {'max error':>10} {'bound':>8} {'time':>10} {'GB/s':>8}")
    wrong = 0
    for kernel, dtype, inputs, call, expected in cases(rng):
        for device in found:
            on_device = [devices.put(array, device) for array in inputs]
            out = devices.poisoned(expected.shape, dtype, device)
            call(out, *on_device)
            error = devices.max_error(out, expected)
            wrong += not error <= devices.TOLERANCE[dtype]
            seconds = time_of(lambda: call(out, *on_device), device)
            data = sum(array.nbytes for array in inputs if array.size > expected.size // 64)
            data += expected.size * devices.DTYPES[dtype](0).itemsize
            shape = "x".join(map(str, expected.shape))
            print(f"{kernel:<11} {shape:<15} {dtype:<9} {device:<7} {error:>10.2e} {devices.TOLERANCE[dtype]:>8.0e} "
                  f"{seconds * 1e6:>7.0f} us {data / seconds / 1e9:>8.1f}{'' if error <= devices.TOLERANCE[dtype] else '  WRONG'}")  # fmt: skip
    threads = os.environ.get("TEGULA_NUM_THREADS") or len(os.sched_getaffinity(0))
    print(f"\nmax error is against float64, relative where the result is above 1; cpu: {threads} threads (TEGULA_NUM_THREADS).")
    if "cuda" not in found:
        print("No GPU was used: none is visible to torch here, or torch is not installed. On a machine with an NVIDIA GPU and")
        print("its driver, TEGULA_WITH_TORCH=1 tools/dev demo runs the same kernels on it and prints both.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

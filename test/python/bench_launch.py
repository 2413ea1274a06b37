"""What a launch of a ready kernel with 13 arguments costs the host, in microseconds, all in one run:

the driver from C, libtegula_runtime from C, Tegula from Python in several forms, Triton, torch.add.

    python test/python/bench_launch.py [--json FILE] [--fake]

Needs a GPU and torch; Triton's rows need Triton. --fake compiles with the tests' empty kernel instead of libtegula.so. On
a machine without a GPU only Tegula's part on the host is measured: an empty grid on CPU tensors.
"""

import argparse
import ctypes
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(os.environ.get("TEGULA_BUILD_DIR", pathlib.Path(__file__).resolve().parents[2] / "build"))

SOURCE = """
import {package}
import {package}.language as tl


@{package}.jit
def kernel(x_ptr, w_ptr, b_ptr, out_ptr, rstd_ptr, stride_x, stride_out, rows, N, eps, scale, BLOCK: tl.constexpr,
           HAS_BIAS: tl.constexpr):
    # entry: nothing
    pass
"""

ROUNDS, BATCH = 41, 200


def load_kernel(package, folder):
    import importlib.util

    path = pathlib.Path(folder) / f"launched_by_{package}.py"
    path.write_text(SOURCE.format(package=package))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.kernel


def python_loop(call):
    def measure():
        start = time.perf_counter()
        for _ in range(BATCH):
            call()
        return (time.perf_counter() - start) * 1e6 / BATCH

    return measure


def empty_loop():
    start = time.perf_counter()
    for _ in range(BATCH):
        pass
    return (time.perf_counter() - start) * 1e6 / BATCH


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", help="write the rows there")
    parser.add_argument("--fake", action="store_true", help="compile with the tests' empty kernel")
    options = parser.parse_args()
    try:
        import torch
    except ImportError:
        sys.exit("bench_launch: error: torch is not installed")
    import tegula

    if options.fake:
        tegula.knobs.compilation.library = str(BUILD / "test" / "python" / "tegula_fake_compiler.so")
        os.environ["TEGULA_FAKE_KERNELS"] = str(BUILD / "test" / "python" / "tegula_fake_kernels.so")
    folder = tempfile.mkdtemp(prefix="tegula-launch-")
    tegula.knobs.cache.dir = folder
    gpu = torch.cuda.is_available()
    device = "cuda" if gpu else "cpu"
    x, w, b, out = (torch.zeros(4096, dtype=torch.bfloat16, device=device) for _ in range(4))
    rstd = torch.zeros(4096, device=device)
    grid = (1,) if gpu else (0,)
    kernel = load_kernel("tegula", folder)
    ready = kernel[(1,)](x, w, b, out, rstd, 4096, 4096, 1000, 4000, 1e-5, 0.5, 4096, True)
    options_given = {"num_warps": 8}
    rows = {
        "tegula, 13 positional arguments": lambda: kernel[grid](
            x, w, b, out, rstd, 4096, 4096, 1000, 4000, 1e-5, 0.5, 4096, True
        ),
        "tegula, keywords and num_warps": lambda: kernel[grid](
            x, w, b, out, rstd, 4096, 4096, 1000, N=4000, eps=1e-5, scale=0.5, BLOCK=4096, HAS_BIAS=True, num_warps=8
        ),
        "tegula, grid by a function": lambda: kernel[lambda meta: (grid[0],)](
            x, w, b, out, rstd, 4096, 4096, 1000, 4000, 1e-5, 0.5, BLOCK=4096, HAS_BIAS=True, **options_given
        ),
        "tegula, the compiled kernel itself": lambda: ready[grid](
            x, w, b, out, rstd, 4096, 4096, 1000, 4000, 1e-5, 0.5
        ),
    }
    measures = {}
    if gpu:
        rows["torch.add"] = lambda: torch.add(x, w, out=out)
        try:
            triton_kernel = load_kernel("triton", folder)
            rows["triton, 13 positional arguments"] = lambda: triton_kernel[grid](
                x, w, b, out, rstd, 4096, 4096, 1000, 4000, 1e-5, 0.5, 4096, True
            )
            rows["triton, keywords and num_warps"] = lambda: triton_kernel[grid](
                x,
                w,
                b,
                out,
                rstd,
                4096,
                4096,
                1000,
                N=4000,
                eps=1e-5,
                scale=0.5,
                BLOCK=4096,
                HAS_BIAS=True,
                num_warps=8,
            )
        except ImportError:
            print("triton is not installed: its rows are left out")
        measures.update(c_loops(ready, (x, w, b, out, rstd)))
    measures.update({name: python_loop(call) for name, call in rows.items()})
    for call in rows.values():
        for _ in range(50):
            call()
    times = {name: [] for name in measures}
    empty = min(empty_loop() for _ in range(20))
    for _ in range(ROUNDS):  # interleaved, so that a slow phase of the machine hits all of them
        for name, measure in measures.items():
            if gpu:
                torch.cuda.synchronize()
            times[name].append(measure() - (0 if name.startswith("C:") else empty))
    result = {
        name: {"median_us": round(statistics.median(values), 3), "min_us": round(min(values), 3)}
        for name, values in times.items()
    }
    driver = result.get("C: the driver's own launch", {}).get("median_us")
    for name, row in result.items():
        if driver is not None:
            row["above_driver_us"] = round(row["median_us"] - driver, 3)
        print(f"{name:40} " + "  ".join(f"{key} {value:8.3f}" for key, value in row.items()))
    if options.json:
        where = torch.cuda.get_device_name() if gpu else "CPU"
        pathlib.Path(options.json).write_text(json.dumps({"device": where, "rows": result}, indent=1) + "\n")


def loaded(name):
    """Path of a library of this process."""
    for line in pathlib.Path("/proc/self/maps").read_text().splitlines():
        if line.endswith("/" + name):
            return line.split(maxsplit=5)[5]
    sys.exit(f"bench_launch: error: {name} is not loaded")


def loop_library():
    """LaunchLoop.c, built: by the project's build, or here by the system's C compiler."""
    built = BUILD / "test" / "python" / "launch_loop.so"
    if built.exists():
        return str(built)
    root = pathlib.Path(__file__).resolve().parents[2]
    library = pathlib.Path(tempfile.mkdtemp(prefix="tegula-launch-")) / "launch_loop.so"
    source = root / "test" / "python" / "LaunchLoop.c"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-I", root / "include", source, "-o", library], check=True)
    return str(library)


def c_loops(ready, tensors):
    """The launches from C: the driver alone, and libtegula_runtime, on the image that Python launches."""
    import torch

    loops = ctypes.CDLL(loop_library())
    runtime = ctypes.CDLL(loaded("libtegula_runtime.so"))
    loops.driver_loop.restype = loops.runtime_loop.restype = ctypes.c_double
    runtime.tegula_get_launcher.restype = ctypes.c_void_p
    handle = ctypes.c_void_p()
    image = ready.image
    if runtime.tegula_load(image, ctypes.c_size_t(len(image)), 0, ctypes.byref(handle)):
        sys.exit("bench_launch: error: the image does not load")
    driver_launch = ctypes.cast(ctypes.CDLL("libcuda.so.1").cuLaunchKernel, ctypes.c_void_p)
    values = [ctypes.c_void_p(tensor.data_ptr()) for tensor in tensors]
    values += [ctypes.c_int32(v) for v in (4096, 4096, 1000, 4000)] + [ctypes.c_float(v) for v in (1e-5, 0.5)]
    arguments = (ctypes.c_void_p * len(values))(*[ctypes.addressof(value) for value in values])
    launcher = ctypes.c_void_p(runtime.tegula_get_launcher(handle))
    function = ctypes.c_void_p(ready.function)
    block, shared = ctypes.c_uint(32 * ready.metadata.num_warps), ctypes.c_uint(ready.metadata.shared)
    stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
    keep = (values, arguments)

    def driver_loop(keep=keep):
        return loops.driver_loop(driver_launch, function, block, shared, stream, arguments, BATCH)

    def runtime_loop(keep=keep):
        return loops.runtime_loop(launcher, stream, arguments, BATCH)

    return {"C: the driver's own launch": driver_loop, "C: libtegula_runtime": runtime_loop}


if __name__ == "__main__":
    main()

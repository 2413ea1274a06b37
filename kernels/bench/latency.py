"""What a launch costs the host and what a cold compile costs, against the driver and Triton, in one process.

`launches()` and `compiles()` return what run.py writes into the results. Both fill the dictionary that they are given
as they go, so that what was measured before a failure is kept.
"""

import ctypes
import gc
import importlib.util
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import torch

import tegula

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("TEGULA_BUILD_DIR", ROOT / "build"))

# ---- Launches ----------------------------------------------------------------------------------------------------

# A tenth of what the queue of the GPU holds (1024 launches): a launch never waits for the GPU.
BATCH = 100
ROUNDS = 101
BLOCK = 128
INTEGERS = (4096, 4096, 1000, 4000, 16, 3, 77, 128)
EPS = 1 / 1024

THIRTEEN = """
import {package} as triton
import {package}.language as tl


@triton.jit
def thirteen(x_ptr, w_ptr, b_ptr, out_ptr, n0, n1, n2, n3, n4, n5, n6, n7, eps, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets).to(tl.float32)
    w = tl.load(w_ptr + offsets).to(tl.float32)
    b = tl.load(b_ptr + offsets).to(tl.float32)
    n = n0 + n1 + n2 + n3 + n4 + n5 + n6 + n7
    tl.store(out_ptr + offsets, (x * w + b + n * eps).to(tl.float16))
"""


def launches(result=None):
    """Median microseconds that a launch of a ready kernel with 13 arguments takes on the host, and the part above the
    driver's own.

    The driver from C, Tegula from C++ and from Python, Triton on the same source, and torch.add(out=) take turns in one
    process, on one stream. A round times a batch that fits into the GPU's queue, from an idle GPU; who begins rotates.
    Every way is checked to have computed the right values.
    """
    result = {} if result is None else result
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tegula-launch-"))
    x, w, b = (torch.randn(BLOCK, device="cuda").half() for _ in range(3))
    out = torch.empty_like(x)
    kernels = {name: load(write(folder, name, THIRTEEN.format(package=name))).thirteen for name in ("tegula", "triton")}
    ours, theirs = kernels["tegula"], kernels["triton"]
    ready = ours[(1,)](x, w, b, out, *INTEGERS, EPS, BLOCK=BLOCK, num_warps=4)
    n0, n1, n2, n3, n4, n5, n6, n7 = INTEGERS
    calls = {
        "tegula": lambda: ours[(1,)](
            x, w, b, out, n0, n1, n2, n3, n4, n5, n6, n7, EPS, BLOCK=BLOCK, num_warps=4
        ),
        "tegula, positional": lambda: ours[(1,)](x, w, b, out, n0, n1, n2, n3, n4, n5, n6, n7, EPS, BLOCK),
        "triton": lambda: theirs[(1,)](
            x, w, b, out, n0, n1, n2, n3, n4, n5, n6, n7, EPS, BLOCK=BLOCK, num_warps=4
        ),
        "triton, positional": lambda: theirs[(1,)](x, w, b, out, n0, n1, n2, n3, n4, n5, n6, n7, EPS, BLOCK),
        "torch.add": lambda: torch.add(x, w, out=out),
    }  # fmt: skip
    ways = {}
    try:
        ways.update(native_ways(folder, ready, (x, w, b, out)))
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        result["native_error"] = f"the loops in C++ are left out: {error}"
        print("   ", result["native_error"])
    ways.update({name: python_way(call) for name, call in calls.items()})
    expected = x.double() * w.double() + b.double() + sum(INTEGERS) * EPS
    for name, way in ways.items():
        out.fill_(float("nan"))
        way(1)
        torch.cuda.synchronize()
        if name != "torch.add" and not torch.allclose(out.double(), expected, rtol=2e-3):
            raise AssertionError(f"launch of '{name}': wrong values")
    times = rounds(ways)
    result.update(batch=BATCH, rounds=ROUNDS, arguments=13, median_us={}, fastest_us={}, extra_us={})
    for name, values in times.items():
        result["median_us"][name] = round(statistics.median(values), 3)
        result["fastest_us"][name] = round(min(values), 3)
    driver = result["median_us"].get("driver")
    for name, value in result["median_us"].items():
        if driver is not None and name != "driver":
            result["extra_us"][name] = round(value - driver, 3)
        print(f"    {name:20} {value:8.3f} us  {result['extra_us'].get(name, 0):+8.3f}", flush=True)
    result["launch_bench"] = launch_bench()
    return result


def rounds(ways):
    """{name: microseconds a launch, one value a round} of callables (count) -> microseconds a launch."""
    for way in ways.values():
        for _ in range(3):
            torch.cuda.synchronize()
            way(BATCH)
    times = {name: [] for name in ways}
    names = list(ways)
    gc.collect()
    gc.disable()
    try:
        for number in range(ROUNDS):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                torch.cuda.synchronize()
                times[name].append(ways[name](BATCH))
    finally:
        gc.enable()
        torch.cuda.synchronize()
    return times


def python_way(call):
    def way(count):
        start = time.perf_counter_ns()
        for _ in range(count):
            call()
        return (time.perf_counter_ns() - start) / 1e3 / count

    return way


def native_ways(folder, ready, tensors):
    """The driver's launch and the C++ API's, on the image that Python launches, from LaunchLoops.cpp built here."""
    compiler = next(filter(None, map(shutil.which, (os.environ.get("CXX") or "g++", "c++", "clang++"))), None)
    if compiler is None:
        raise RuntimeError("no C++ compiler: g++, c++ and clang++ were looked for")
    library = folder / "launch_loops.so"
    runtime = BUILD / "lib" / "libtegula_runtime.so"
    source = pathlib.Path(__file__).with_name("LaunchLoops.cpp")
    command = [compiler, "-std=c++20", "-O2", "-shared", "-fPIC", f"-I{ROOT / 'include'}", source, runtime,
               f"-Wl,-rpath,{runtime.parent}", "-o", library]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"{compiler} refused LaunchLoops.cpp: {run.stderr.strip()[:500]}")
    loops = ctypes.CDLL(str(library))
    loops.bench_load.restype = ctypes.c_void_p
    kernel = ctypes.c_void_p(loops.bench_load(ready.image, ctypes.c_size_t(len(ready.image))))
    if not kernel:
        raise RuntimeError("the image does not load from C++")
    values = [ctypes.c_void_p(tensor.data_ptr()) for tensor in tensors]
    values += [*map(ctypes.c_int32, INTEGERS), ctypes.c_float(EPS)]
    arguments = (ctypes.c_void_p * len(values))(*map(ctypes.addressof, values))
    stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)

    def way(function):
        function.restype = ctypes.c_double

        def call(count, keep=(values, tensors)):
            taken = function(kernel, stream, arguments, count)
            if taken < 0:
                raise RuntimeError(f"{function.__name__}: the launch was refused")
            return taken

        return call

    return {"driver": way(loops.bench_driver), "tegula, C++": way(loops.bench_cpp)}


def launch_bench():
    """{way: microseconds} of tools/launch-bench, a process of its own; None where it is not built."""
    program = BUILD / "bin" / "launch-bench"
    if not program.exists():
        return None
    run = subprocess.run([program], capture_output=True, text=True, timeout=120)
    rows = re.findall(r"^(driver|tegula_launch|launcher|Kernel::launch)\s+([\d.]+)\s", run.stdout, flags=re.M)
    return {name: float(value) for name, value in rows} or {"error": (run.stderr or run.stdout).strip()[-300:]}


# ---- Compiles ----------------------------------------------------------------------------------------------------

REPEATS = 9
BLOCKS = (4096, 8192, 16384, 32768, 65536, 131072)
# Above this much time spent on a peer's large blocks the rest of them is left out.
PEER_BUDGET_S = 60
ASSEMBLING = ("assemble", "assembler", "cubin", "ptxas", "link")  # stages behind the PTX


def compiles(result=None):
    """Milliseconds of cold compiles for this GPU: the source's text to a kernel that is loaded and launched.

    Each compile is of a kernel with another name, so that no cache of anyone's can know it, and Tegula's disk cache is
    a new folder each time. Triton keeps one folder: it holds the C stub of its launcher, which it would otherwise build
    with the C compiler at each signature's first compile. Both compilers' listeners confirm that no cache was hit.
    """
    result = {} if result is None else result
    watched = Listeners()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tegula-compile-"))
    before = os.environ.get("TRITON_CACHE_DIR")
    os.environ["TRITON_CACHE_DIR"] = str(folder / "triton-cache")
    try:
        bench = ColdCompiles(folder, watched)
        result["rmsnorm_4096"] = rmsnorm_compiles(bench)
        print("    rmsnorm 4096:", result["rmsnorm_4096"], flush=True)
        result["softmax_ms"] = {}
        softmax_compiles(bench, result["softmax_ms"])
        result["softmax_growth"] = {who: growth(times) for who, times in result["softmax_ms"].items()}
        print("    softmax:", result["softmax_ms"], "growth", result["softmax_growth"], flush=True)
        result["first_of_process"] = {who: first_compile(bench, who) for who in ("tegula", "triton")}
        print("    first of a process:", result["first_of_process"], flush=True)
        result["tegulac"] = tegulac(folder)
        print("    tegulac:", result["tegulac"], flush=True)
    finally:
        watched.remove()
        del tegula.knobs.cache.dir
        os.environ.pop("TRITON_CACHE_DIR")
        if before is not None:
            os.environ["TRITON_CACHE_DIR"] = before
        shutil.rmtree(folder, ignore_errors=True)
    return result


class Listeners:
    """What both compilers say about their latest compile: whether it was found in a cache, how long the stages took."""

    def __init__(self):
        import triton

        self.knobs = {"tegula": tegula.knobs.compilation, "triton": triton.knobs.compilation}
        self.hits, self.times = {}, {}
        for who, knobs in self.knobs.items():
            knobs.listener = self.listener(who)

    def listener(self, who):
        def listen(*, cache_hit, times, **ignored):
            self.hits[who], self.times[who] = cache_hit, times

        return listen

    def remove(self):
        for knobs in self.knobs.values():
            knobs.listener = None


class ColdCompiles:
    """Makes kernels that nobody compiled before and times their first launch."""

    def __init__(self, folder, watched):
        self.folder, self.watched, self.count = folder, watched, 0

    def kernel(self, who, path, name):
        """The kernel `name` of a file under a new name, for one of the compilers. Returns (kernel, its file)."""
        self.count += 1
        text = renamed(path, name, f"{name}_{os.getpid()}_{self.count}", who)
        file = write(self.folder, f"{who}_{self.count}", text)
        return getattr(load(file), f"{name}_{os.getpid()}_{self.count}"), file

    def milliseconds(self, who, path, name, args, **options):
        """Of one cold compile, loading and launch included."""
        kernel, _ = self.kernel(who, path, name)
        self.watched.hits.pop(who, None)
        tegula.knobs.cache.dir = str(self.folder / f"cache-{self.count}")
        torch.cuda.synchronize()
        start = time.perf_counter()
        kernel[(1,)](*args, **options)
        taken = (time.perf_counter() - start) * 1e3
        torch.cuda.synchronize()
        if self.watched.hits.get(who) is not False:
            raise AssertionError(f"{who}: compile {self.count} of {name} was not cold")
        return taken


def rmsnorm_compiles(bench):
    """Medians for RMSNorm over 4096 fp16 in a warm process, Tegula and Triton in turns, and the part up to PTX."""
    path = ROOT / "kernels" / "rmsnorm" / "rmsnorm.py"
    x = torch.randn(4, 4096, device="cuda").half()
    args, options = (x, x[0].clone(), torch.empty_like(x), 4096, 4096, 1e-6), {"BLOCK_SIZE": 4096, "num_warps": 4}
    samples, to_ptx = {"tegula": [], "triton": []}, {"tegula": [], "triton": []}
    stages = {}
    for repeat in range(-2, REPEATS):
        for who in samples:
            taken = bench.milliseconds(who, path, "rmsnorm_kernel", args, **options)
            if repeat < 0:
                continue
            samples[who].append(taken)
            if who == "triton":
                to_ptx[who].append(triton_to_ptx(bench.watched.times[who]))
        times = stage_times(bench, path, "rmsnorm_kernel", options)
        if repeat >= 0:
            to_ptx["tegula"].append(sum(value for stage, value in times.items() if stage not in ASSEMBLING))
            for stage, value in times.items():
                stages.setdefault(stage, []).append(value)
    result = {f"{who}_ms": round(statistics.median(values), 2) for who, values in samples.items()}
    result.update({f"{who}_fastest_ms": round(min(values), 2) for who, values in samples.items()})
    result.update({f"{who}_to_ptx_ms": median(values) for who, values in to_ptx.items()})
    result["tegula_stages_ms"] = {stage: median(values) for stage, values in stages.items()}
    result["repeats"] = REPEATS
    return result


def median(values):
    values = [value for value in values if value is not None]
    return round(statistics.median(values), 3) if values else None


def stage_times(bench, path, name, options):
    """{stage: milliseconds} as Tegula itself measures them, of one more cold compile in this process."""
    from tegula import _tegula
    from tegula.compiler import compiler, environment
    from tegula.runtime import driver

    kernel, _ = bench.kernel("tegula", path, name)
    types = {"x_ptr": "*fp16", "w_ptr": "*fp16", "out_ptr": "*fp16", "stride": "i32", "N": "i32", "eps": "fp32"}
    bindings = [
        (p.name, types[p.name], 1 if p.name == "eps" else 16, None) if p.name in types
        else (p.name, None, 1, options[p.name])
        for p in kernel.params
    ]  # fmt: skip
    target = driver.target_of_device(torch.cuda.current_device())
    compiler.library.require("sm_90a")
    ok, image, text, _, _ = _tegula.compile(
        kernel, environment.Environment(False), environment.NOT_FOUND, bindings, target, options["num_warps"], 3, 1, 0,
        False, False, False, True,
    )  # fmt: skip
    if not ok:
        raise RuntimeError(text)
    times = {}
    for line in _tegula.image_sections(image)["time"].decode().splitlines():
        stage, _, value = line.rpartition(" ")
        times[stage] = times.get(stage, 0) + float(value)
    return times


def triton_to_ptx(times):
    """Milliseconds that Triton spent until it had the PTX; None when it does not say."""
    if times is None:
        return None
    total = times.ir_initialization
    for stage, taken in times.lowering_stages:
        total += taken
        if stage == "ptx":
            return total / 1e3
    return None


def softmax_compiles(bench, result):
    """{who: {block: milliseconds}} of softmax over rows of one block, at the warps that the kernel's wrapper takes."""
    path = ROOT / "kernels" / "softmax" / "softmax.py"
    spent = 0
    for block in BLOCKS:
        x = torch.randn(1, block, device="cuda").bfloat16()
        args = (x, torch.empty_like(x), block, block, block)
        for who in ("tegula", "triton"):
            if who == "triton" and spent > PEER_BUDGET_S:
                continue
            repeats = 3 if who == "tegula" or block <= 16384 else 1
            times = [
                bench.milliseconds(who, path, "softmax_kernel", args, BLOCK_SIZE=block, num_warps=min(block // 512, 16))
                for _ in range(repeats)
            ]
            spent += sum(times) / 1e3 if who == "triton" else 0
            result.setdefault(who, {})[str(block)] = round(statistics.median(times), 2)


def growth(times):
    """The exponent of the block's size between the smallest and the largest block: 1 is linear."""
    (small, quick), (large, slow) = list(times.items())[0], list(times.items())[-1]
    return round(math.log(slow / quick) / math.log(int(large) / int(small)), 3) if large != small else None


FIRST = """
import importlib.util, sys, time
import torch
x = torch.randn(4, 4096, device="cuda").half()
w, out = x[0].clone(), torch.empty_like(x)
torch.cuda.synchronize()
spec = importlib.util.spec_from_file_location("first", sys.argv[1])
start = time.perf_counter()
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
imported = time.perf_counter()
getattr(module, sys.argv[2])[(1,)](x, w, out, 4096, 4096, 1e-6, BLOCK_SIZE=4096, num_warps=4)
print((time.perf_counter() - imported) * 1e3, (imported - start) * 1e3)
"""


def first_compile(bench, who, repeats=3):
    """Medians for the first kernel of a new process: its compile with everything that happens once, and the import."""
    compiled, imported = [], []
    for _ in range(repeats):
        kernel, file = bench.kernel(who, ROOT / "kernels" / "rmsnorm" / "rmsnorm.py", "rmsnorm_kernel")
        environment = dict(os.environ, TEGULA_CACHE_DIR=str(bench.folder / f"first-{bench.count}"))
        command = [sys.executable, "-c", FIRST, file, kernel.__name__]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        if run.returncode:
            raise RuntimeError(f"the first compile of a process failed with {who}: {run.stderr.strip()[-500:]}")
        taken, importing = map(float, run.stdout.split()[-2:])
        compiled.append(taken)
        imported.append(importing)
    return {"compile_ms": round(statistics.median(compiled), 1), "import_ms": round(statistics.median(imported), 1)}


SIGNATURE = (
    "x_ptr: *fp16:16, w_ptr: *fp16:16, out_ptr: *fp16:16, stride: i32:16, N: i32:16, eps: fp32, BLOCK_SIZE: 4096"
)


def tegulac(folder):
    """Whole milliseconds and peak memory of the command-line compiler on RMSNorm 4096; None where it is not built."""
    program = BUILD / "bin" / "tegulac"
    if not program.exists():
        return None
    command = [program, ROOT / "kernels" / "rmsnorm" / "rmsnorm.py", "--kernel", "rmsnorm_kernel", "--target", "sm_90a",
               "--num-warps", "4", "--emit", "cubin", "-o", folder / "rmsnorm.cubin",
               "--signature", SIGNATURE]  # fmt: skip
    times, peaks = [], []
    for _ in range(5):
        start = time.perf_counter()
        run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        times.append((time.perf_counter() - start) * 1e3)
        if run.returncode:
            raise RuntimeError(f"tegulac failed: {run.stderr.strip()[-500:]}")
    # The peak through a small process: a child starts with the peak of the one that it was forked from.
    measure = (
        "import os, subprocess, sys; p = subprocess.Popen(sys.argv[1:]); _, _, usage = os.wait4(p.pid, 0); "
        "print(usage.ru_maxrss)"
    )
    run = subprocess.run([sys.executable, "-S", "-c", measure, *command], stdout=subprocess.PIPE, text=True)
    peaks.append(int(run.stdout.split()[-1]) / 1024)
    return {"process_ms": round(statistics.median(times), 1), "peak_MiB": round(max(peaks), 1)}


# ---- Sources -----------------------------------------------------------------------------------------------------


def renamed(path, name, new_name, who):
    """The text of a kernel's file for one of the compilers, its kernel under another name."""
    text, found = re.subn(rf"\b{name}\b", new_name, pathlib.Path(path).read_text())
    assert found, f"{path} does not hold {name}"
    if who == "tegula":
        return text
    text, changed = re.subn(r"^import tegula as triton$", "import triton", text, flags=re.M)
    text, more = re.subn(r"^import tegula\.language as tl$", "import triton.language as tl", text, flags=re.M)
    assert changed == 1 and more == 1, f"{path} does not hold the two imports"
    return text


def write(folder, stem, text):
    path = folder / f"{stem}_source.py"
    path.write_text(text)
    return path


def load(path):
    """The module of a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""Times kernels on this machine's CPU against hand-written C loops and writes kernels/bench/results/<cpu>.json.

    build/venv/bin/python kernels/bench/cpu.py [--threads N ...] [--rounds N] [--out FOLDER] [--table]

The loops (loops.c) are compiled here with gcc -O3 -march=native -ffast-math and spread with OpenMP over as many threads
as Tegula uses; OpenMP keeps its threads between calls. Contenders take turns on the same input; a turn starts with a
pause, in which the other's threads stop polling, and an untimed call. The ratio is that of the medians over all calls;
the paired ratio is the median over the rounds, which says more on a machine that puts two threads on one core now and
then. Each number of threads is measured in a process of its own: 1, and all that the process may use.
"""

import argparse
import ctypes
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import traceback

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

FLAGS = ["-O3", "-march=native", "-ffast-math", "-fopenmp"]
ROWS, LENGTH = 1024, 4096
EPS = 1e-6
PAUSE_S, CALLS = 0.006, 5  # a turn: the pause, one untimed call, the timed ones
ALLOWED = 1.1  # issue 2: Tegula's time over the loop's


def cpu_name():
    """The processor's name as the system gives it."""
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "cpu"


def default_threads():
    """As many as Tegula takes: TEGULA_NUM_THREADS, else the processors that this process may use."""
    return int(os.environ.get("TEGULA_NUM_THREADS") or len(os.sched_getaffinity(0)))


def build_loops(folder):
    """loops.c as a library: (ctypes library, the compiler's first line of --version).

    It is linked without -ffast-math: gcc would add start-up code that makes the whole process flush denormals.
    """
    compiler = shutil.which(os.environ.get("CC") or "gcc") or shutil.which("cc")
    if compiler is None:
        sys.exit("tegula: error: the benchmark needs a C compiler: gcc and cc were looked for")
    source, obj, library = pathlib.Path(__file__).with_name("loops.c"), folder / "loops.o", folder / "loops.so"
    for command in ([compiler, *FLAGS, "-fPIC", "-c", source, "-o", obj],
                    [compiler, "-shared", "-fopenmp", obj, "-o", library, "-lm"]):  # fmt: skip
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode:
            sys.exit(f"tegula: error: {compiler} refused loops.c:\n{run.stderr}")
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return ctypes.CDLL(str(library)), version


def arguments(*values):
    """For ctypes: arrays as pointers, Python ints as long, floats as float; the last int is the number of threads."""
    *values, threads = values
    kinds = {np.ndarray: lambda a: ctypes.c_void_p(a.ctypes.data), int: ctypes.c_long, float: ctypes.c_float}
    return [kinds[type(value)](value) for value in values] + [ctypes.c_int(threads)]


def turns(calls, rounds):
    """{name: [[seconds of each timed call] for each round]} of callables that take turns; who begins rotates."""
    samples = {name: [] for name in calls}
    names = list(calls)
    for number in range(-2, rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            call, taken = calls[name], []
            time.sleep(PAUSE_S)
            call()
            for _ in range(CALLS):
                start = time.perf_counter_ns()
                call()
                taken.append((time.perf_counter_ns() - start) / 1e9)
            if number >= 0:
                samples[name].append(taken)
    return samples


def cases(loops, threads):
    """(kernel, bytes moved, {contender: call}, {contender: output}, float64 result) of every kernel that is timed."""
    from kernels.rmsnorm.rmsnorm import rmsnorm
    from kernels.softmax.softmax import softmax

    rng = np.random.default_rng()
    x = rng.standard_normal((ROWS, LENGTH), dtype=np.float32)
    w = rng.standard_normal(LENGTH, dtype=np.float32)
    out = {name: np.full_like(x, np.nan) for name in ("tegula", "c", "copy")}
    copy = arguments(x, out["copy"], ROWS, LENGTH, threads)
    c_rmsnorm = arguments(x, w, out["c"], ROWS, LENGTH, EPS, threads)
    c_softmax = arguments(x, out["c"], ROWS, LENGTH, threads)
    wide = x.astype(np.float64)
    expected = wide / np.sqrt((wide * wide).mean(axis=1, keepdims=True) + EPS) * w
    yield "rmsnorm", 2 * x.nbytes, {
        "tegula": lambda: rmsnorm(x, w, out["tegula"], EPS),
        "c": lambda: loops.rmsnorm(*c_rmsnorm),
        "copy": lambda: loops.copy(*copy),
    }, out, expected  # fmt: skip
    expected = np.exp(wide - wide.max(axis=1, keepdims=True))
    yield "softmax", 2 * x.nbytes, {
        "tegula": lambda: softmax(x, out["tegula"]),
        "c": lambda: loops.softmax(*c_softmax),
        "copy": lambda: loops.copy(*copy),
    }, out, expected / expected.sum(axis=1, keepdims=True)  # fmt: skip


def check(kernel, calls, out, expected):
    """Refuses to time a wrong kernel: the largest error relative to the largest value of the result."""
    for name in ("tegula", "c"):
        out[name].fill(np.nan)
        calls[name]()
        error = np.abs(out[name] - expected).max() / np.abs(expected).max()
        if not error <= 2e-6:
            raise AssertionError(f"{kernel}: {name} is wrong: relative error {error:.3g} against float64")


def row(kernel, threads, data, samples):
    """One row of the results, as measure.row makes them for a GPU: medians in microseconds, peers' time over ours."""
    medians = {name: statistics.median(t for taken in rounds for t in taken) for name, rounds in samples.items()}
    best = {name: min(t for taken in rounds for t in taken) for name, rounds in samples.items()}
    pairs = zip(samples["tegula"], samples["c"])
    paired = statistics.median(statistics.median(ours) / statistics.median(theirs) for ours, theirs in pairs)
    result = {
        "kernel": kernel, "shape": [ROWS, LENGTH], "dtype": "float32", "threads": threads,
        "tegula_us": round(medians["tegula"] * 1e6, 1), "peers_us": {"c": round(medians["c"] * 1e6, 1)},
        "speedup": {"c": round(medians["c"] / medians["tegula"], 4)},
        "share_of_copy": round(medians["copy"] / medians["tegula"], 4),
        "peers_share_of_copy": {"c": round(medians["copy"] / medians["c"], 4)},
        "copy_GBps": round(data / medians["copy"] / 1e9, 1),
        "time_over_c": round(medians["tegula"] / medians["c"], 4), "time_over_c_paired": round(paired, 4),
        "time_over_c_of_fastest": round(best["tegula"] / best["c"], 4),
    }  # fmt: skip
    print(f"  {kernel:8} {ROWS}x{LENGTH} fp32, {threads} thread{'s' * (threads > 1)}: tegula {result['tegula_us']} us, "
          f"C {result['peers_us']['c']} us, ratio {result['time_over_c']} (paired {result['time_over_c_paired']}, "
          f"fastest {result['time_over_c_of_fastest']}), copy {result['copy_GBps']} GB/s", flush=True)  # fmt: skip
    return result


def measure(threads, rounds):
    """The rows, and what failed, for one number of threads. TEGULA_NUM_THREADS must say the same; it is read once."""
    from kernels.bench.run import reason

    result = {"rows": [], "failures": {}}
    with tempfile.TemporaryDirectory(prefix="tegula-cpu-") as folder:
        loops, result["compiler"] = build_loops(pathlib.Path(folder))
        for kernel, data, calls, out, expected in cases(loops, threads):
            try:
                check(kernel, calls, out, expected)
                result["rows"].append(row(kernel, threads, data, turns(calls, rounds)))
            except Exception as error:
                traceback.print_exc()
                result["failures"][f"{kernel}, {threads} threads"] = reason(error)
    return result


def find_package():
    """Imports tegula, from the build folder when it is not installed."""
    try:
        import tegula
    except ImportError:
        sys.path.insert(0, str(ROOT / "build" / "python"))
        try:
            import tegula
        except ImportError as error:
            sys.exit(f"tegula: error: the package is neither installed nor built (tools/dev build): {error}")
    return tegula


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", help="numbers of threads; otherwise 1 and all")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "kernels" / "bench" / "results")
    parser.add_argument("--table", action="store_true", help="write README's table afterwards")
    parser.add_argument("--child", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    tegula = find_package()
    if options.child:
        options.child.write_text(json.dumps(measure(options.threads[0], options.rounds)))
        return 0
    from kernels.bench.run import commit

    results = {
        "device": cpu_name(), "date": datetime.date.today().isoformat(), "commit": commit(),
        "versions": {"tegula": tegula.__version__}, "flags": " ".join(FLAGS), "rows": [],
    }  # fmt: skip
    failures = {}
    print(f"{results['device']}: medians of {options.rounds} rounds of {CALLS} calls")
    for threads in options.threads or sorted({1, default_threads()}):
        with tempfile.TemporaryDirectory(prefix="tegula-cpu-") as folder:
            answer = pathlib.Path(folder) / "rows.json"
            command = [sys.executable, __file__, "--child", answer, "--threads", threads, "--rounds", options.rounds]
            environment = dict(os.environ, TEGULA_NUM_THREADS=str(threads))
            run = subprocess.run([*map(str, command)], env=environment)
            if run.returncode or not answer.exists():
                failures[f"{threads} threads"] = f"status {run.returncode}"
                continue
            told = json.loads(answer.read_text())
        results["compiler"] = told["compiler"]
        results["rows"] += told["rows"]
        failures.update(told["failures"])
    if failures:
        results["failures"] = failures
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"{'-'.join(cpu_name().lower().split())}.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    print(f"wrote {path}")
    slow = [entry for entry in results["rows"] if entry["kernel"] == "rmsnorm" and entry["time_over_c"] > ALLOWED]
    for entry in slow:
        print(f"rmsnorm on {entry['threads']} threads: {entry['time_over_c']} of the loop's time, allowed {ALLOWED}")
    if options.table:
        from kernels.bench import table

        table.write()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

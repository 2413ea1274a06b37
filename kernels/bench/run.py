"""Runs every benchmark on this machine's GPU and writes kernels/bench/results/<gpu>.json after each part.

A part that fails is recorded under "failures", the others run all the same, and the exit status says so. `--table`
writes README's table from the results (table.py). See measure.py for how things are timed; cpu.py measures the CPU.
"""

import argparse
import datetime
import importlib
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

KERNELS = ("vector_add", "add_relu", "rmsnorm", "softmax", "rope")
PARTS = (*KERNELS, "launch", "compile")


def commit():
    """The commit that was measured, with "+" when the tree was changed; a packed tree carries it in a file."""
    packed = ROOT / "COMMIT"
    if packed.exists():
        return packed.read_text().strip()
    git = lambda *a: subprocess.run(["git", *a], cwd=ROOT, capture_output=True, text=True).stdout.strip()  # noqa: E731
    return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")


def clocks():
    """The GPU's clocks, temperature and power, as nvidia-smi prints them."""
    if shutil.which("nvidia-smi") is None:
        return "unknown"
    query = ["nvidia-smi", "--query-gpu=clocks.sm,clocks.mem,temperature.gpu,power.draw", "--format=csv,noheader"]
    run = subprocess.run(query, capture_output=True, text=True)
    return run.stdout.strip().splitlines()[0] if run.returncode == 0 and run.stdout.strip() else "unknown"


def reason(error):
    """One line for the results: the error's type and the line of its text that says what is wrong."""
    lines = str(error).replace(f"{ROOT}/", "").splitlines() or [""]
    text = next((line for line in lines if "error:" in line), lines[0])
    return f"{type(error).__name__}: {text[:300]}"


def geometric_means(rows):
    """{kernel: {peer: geometric mean of the peer's time over ours}}."""
    speedups = {}
    for entry in rows:
        for peer, value in entry["speedup"].items():
            speedups.setdefault(entry["kernel"], {}).setdefault(peer, []).append(value)
    return {
        kernel: {peer: round(statistics.geometric_mean(values), 4) for peer, values in peers.items()}
        for kernel, peers in speedups.items()
    }


class Run:
    """The results, written after every part: a part that fails, or a run that is stopped, costs nothing but itself."""

    def __init__(self, path, results):
        self.path, self.results = path, results

    def write(self):
        self.results["geomean_speedup"] = geometric_means(self.results["rows"])
        self.results["clocks_after"] = clocks()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        partial.write_text(json.dumps(self.results, indent=1) + "\n")
        partial.replace(self.path)

    def part(self, name, work):
        """Does one part's work; a failure is recorded. Returns whether it went well."""
        print(name, flush=True)
        self.results["failures"].pop(name, None)
        try:
            work()
        except (Exception, SystemExit) as error:
            self.results["failures"][name] = reason(error)
            traceback.print_exc()
            print(f"  FAILED: {name}", flush=True)
        self.write()
        return name not in self.results["failures"]

    def kernel(self, name, copy):
        """The rows of one kernel, each as soon as it is measured."""
        rows = self.results["rows"]
        rows[:] = [entry for entry in rows if entry["kernel"] != name]
        for entry in importlib.import_module(f"kernels.{name}.bench").rows(copy):
            rows.append(entry)

    def latency(self, key, function):
        from kernels.bench import latency

        self.results[key] = {}
        getattr(latency, function)(self.results[key])


def context_lost(torch):
    """Whether a kernel's fault has taken the GPU's context with it: nothing works in this process from then on."""
    try:
        torch.cuda.synchronize()
        return False
    except Exception:  # torch has several types for it
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=PARTS, help="a part of the benchmarks")
    parser.add_argument("--resume", action="store_true", help="keep what the results file holds of other parts")
    parser.add_argument("--table", action="store_true", help="write README's table afterwards")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "kernels" / "bench" / "results")
    options = parser.parse_args()
    try:
        import torch
    except ImportError:
        sys.exit("tegula: error: the benchmarks need torch: TEGULA_WITH_TORCH=1 tools/dev bench")
    if not torch.cuda.is_available():
        sys.exit("tegula: error: the benchmarks need an NVIDIA GPU; torch sees none on this machine")
    import triton

    import tegula
    from kernels.bench import measure

    gpu = torch.cuda.get_device_name()
    copy = measure.copy_bandwidth()
    print(f"{gpu}: copy {copy / 1e3:.0f} GB/s; clocks {clocks()}")
    path = options.out / f"{gpu.lower().replace(' ', '-')}.json"
    results = {
        "device": gpu, "date": datetime.date.today().isoformat(), "commit": commit(),
        "versions": {"tegula": tegula.__version__, "triton": triton.__version__, "torch": torch.__version__},
        "copy_GBps": round(copy / 1e3, 1), "clocks_before": clocks(), "rows": [], "failures": {},
    }  # fmt: skip
    if options.resume and path.exists():
        results = {**results, **json.loads(path.read_text())}
    run = Run(path, results)
    wanted = [name for name in PARTS if name in (options.only or PARTS)]
    while wanted:
        name = wanted.pop(0)
        work = {
            "launch": lambda: run.latency("launch_us", "launches"),
            "compile": lambda: run.latency("cold_compile", "compiles"),
        }.get(name, lambda: run.kernel(name, copy))
        if not run.part(name, work) and wanted and context_lost(torch):
            print("the GPU's context is lost: the other parts run in a new process", flush=True)
            command = [sys.executable, __file__, "--resume", "--out", options.out, "--only", *wanted]
            status = subprocess.run(command).returncode
            results.update(json.loads(path.read_text()))
            if status < 0:
                results["failures"]["process"] = f"ended by signal {-status}"
                run.write()
            wanted = []
    print(json.dumps({key: results[key] for key in results if key not in ("rows",)}, indent=1))
    print(f"wrote {path}")
    if options.table:
        from kernels.bench import table

        table.write()
    if results["failures"]:
        sys.exit(f"tegula: error: failed: {', '.join(results['failures'])}")


if __name__ == "__main__":
    main()

"""Runs every benchmark on this machine's GPU and writes kernels/bench/results/<gpu>.json; `--table` then writes the
README's table from it. See measure.py for how things are timed."""

import argparse
import datetime
import importlib
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

KERNELS = ("vector_add", "add_relu", "rmsnorm", "softmax", "rope")


def commit():
    """The commit that was measured, with "+" when the tree was changed; a packed tree carries it in a file."""
    packed = ROOT / "COMMIT"
    if packed.exists():
        return packed.read_text().strip()
    git = lambda *a: subprocess.run(["git", *a], cwd=ROOT, capture_output=True, text=True).stdout.strip()  # noqa: E731
    return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")


def clocks():
    query = ["nvidia-smi", "--query-gpu=clocks.sm,clocks.mem,temperature.gpu,power.draw", "--format=csv,noheader"]
    run = subprocess.run(query, capture_output=True, text=True)
    return run.stdout.strip().splitlines()[0] if run.returncode == 0 and run.stdout.strip() else "unknown"


def geometric_mean(values):
    return statistics.geometric_mean(values) if values else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[*KERNELS, "launch", "compile"], help="a part of the benchmarks")
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
    from kernels.bench import latency, measure

    gpu = torch.cuda.get_device_name()
    copy = measure.copy_bandwidth()
    print(f"{gpu}: copy {copy / 1e3:.0f} GB/s; clocks {clocks()}")
    results = {
        "device": gpu, "date": datetime.date.today().isoformat(), "commit": commit(),
        "versions": {"tegula": tegula.__version__, "triton": triton.__version__, "torch": torch.__version__},
        "copy_GBps": round(copy / 1e3, 1), "clocks_before": clocks(), "rows": [],
    }  # fmt: skip
    wanted = options.only or [*KERNELS, "launch", "compile"]
    for name in KERNELS:
        if name in wanted:
            print(name, flush=True)
            results["rows"] += importlib.import_module(f"kernels.{name}.bench").rows(copy)
    results["clocks_after"] = clocks()
    speedups = {}
    for entry in results["rows"]:
        for peer, value in entry["speedup"].items():
            speedups.setdefault(entry["kernel"], {}).setdefault(peer, []).append(value)
    results["geomean_speedup"] = {
        kernel: {peer: round(geometric_mean(values), 4) for peer, values in peers.items()}
        for kernel, peers in speedups.items()
    }
    if "launch" in wanted:
        results["launch_us"] = latency.launches()
    if "compile" in wanted:
        results["cold_compile"] = latency.compiles()
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"{gpu.lower().replace(' ', '-')}.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps({key: results[key] for key in results if key not in ("rows",)}, indent=1))
    print(f"wrote {path}")


if __name__ == "__main__":
    main()

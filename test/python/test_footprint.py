"""What the compiler takes: memory, bytes on the disk, time by the size of a block.

Bounds are generous where a busy machine has its say: times are the best of several runs, and growth is judged by ratios.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TEGULA_BUILD_DIR", ROOT / "build"))
TEGULAC = BUILD / "bin" / "tegulac"
RMSNORM = "x_ptr: *fp16:16, w_ptr: *fp16:16, out_ptr: *fp16:16, stride: i32:16, N: i32:16, eps: fp32, BLOCK_SIZE: 4096"

if not TEGULAC.exists():
    pytest.skip("tegulac is not built", allow_module_level=True)


def peak_megabytes(kernel, signature, target, tmp_path):
    """The largest resident size of one tegulac, in MB."""
    command = [TEGULAC, ROOT / "kernels" / kernel / f"{kernel}.py", "--target", target, "--signature", signature]
    # Through a small process: a child starts with the peak of the one that it was forked from.
    measure = (
        "import os, subprocess, sys; p = subprocess.Popen(sys.argv[1:]); _, status, usage = os.wait4(p.pid, 0); "
        "print(usage.ru_maxrss); sys.exit(os.waitstatus_to_exitcode(status))"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", measure, *command, "-o", tmp_path / "out.tgk"], stdout=subprocess.PIPE, text=True
    )
    assert run.returncode == 0
    return int(run.stdout.split()[-1]) / 1024


@pytest.mark.parametrize("target", ["host", "sm_90a"])
def test_peak_memory_of_rmsnorm(target, tmp_path):
    assert peak_megabytes("rmsnorm", RMSNORM, target, tmp_path) <= 150


def test_size_of_the_stripped_library(tmp_path):
    strip = shutil.which("strip") or shutil.which("llvm-strip", path="/usr/lib/llvm-22/bin")
    if strip is None:
        pytest.skip("neither strip nor llvm-strip is installed")
    stripped = tmp_path / "libtegula.so"
    subprocess.run([strip, "--strip-all", "-o", stripped, BUILD / "lib" / "libtegula.so"], check=True)
    assert stripped.stat().st_size <= 80 * 1000 * 1000


def compile_seconds(block, target, runs):
    """Seconds from source to cubin of a softmax over rows of `block` elements, the best of some runs."""
    signature = (
        f"x_ptr: *fp16:16, out_ptr: *fp16:16, x_stride: i32:16, out_stride: i32:16, N: i32:16, BLOCK_SIZE: {block}"
    )
    command = [TEGULAC, ROOT / "kernels" / "softmax" / "softmax.py", "--target", target, "--signature", signature]
    command += ["--num-warps", "16", "--time", "-o", "-", "--emit", "obj" if target == "host" else "cubin"]
    best = float("inf")
    for _ in range(runs):
        said = subprocess.run(command, check=True, capture_output=True).stderr.decode()
        best = min(best, float(re.search(r"^total +([0-9.]+) ms$", said, flags=re.M).group(1)) / 1000)
    return best


@pytest.mark.parametrize("target", ["host", "sm_90a"])
def test_a_softmax_over_a_wide_block_compiles_quickly(target):
    assert compile_seconds(131072, target, runs=3) <= 2


@pytest.mark.parametrize("target", ["host", "sm_90a"])
def test_compile_time_grows_no_faster_than_the_block(target):
    small, large = compile_seconds(16384, target, runs=3), compile_seconds(131072, target, runs=3)
    assert large <= 1.5 * small * (131072 / 16384), f"{small:.3f} s for 16384, {large:.3f} s for 131072"

"""The disk cache: who shares an entry, many processes at once, damage, folders that cannot be written."""

import logging
import os
import pathlib
import stat
import subprocess
import sys

import numpy as np
import pytest

import tegula
import tegula.language as tl

X = np.zeros(64, np.float32)

MODULE = """
import sys, numpy as np, tegula, tegula.language as tl

@tegula.jit
def helper(x):
    return x + 1

@tegula.jit
def kernel(x_ptr, n, BLOCK: tl.constexpr):
    # entry: nothing
    helper(x_ptr)

kernel[(1,)](np.zeros(64, np.float32), 7, 64)
print(kernel.cache_key)
"""


def make_kernel():

    @tegula.jit
    def kernel(x_ptr, n, BLOCK: tl.constexpr):
        # entry: nothing
        pass

    return kernel


def entries(folder):
    return [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]


def test_second_process_compiles_nothing(fake, cache_dir):
    make_kernel()[(1,)](X, 7, 64)
    assert len(entries(cache_dir)) == 1
    make_kernel()[(1,)](X, 7, 64)
    assert fake.compiles() == ["kernel"]


@pytest.mark.parametrize(
    "change",
    [
        dict(num_warps=8),
        dict(num_stages=2),
        dict(BLOCK=128),
        dict(n=16),
        dict(n=1),
        dict(n=2**40),
        dict(x=np.zeros(64, np.float16)),
        dict(debug=True),
        dict(enable_fp_fusion=False),
        dict(maxnreg=64),
    ],
)
def test_what_the_code_depends_on_is_in_the_key(fake, cache_dir, change):
    make_kernel()[(1,)](X, 7, 64)
    options = {name: value for name, value in change.items() if name not in ("BLOCK", "n", "x")}
    make_kernel()[(1,)](change.get("x", X), change.get("n", 7), change.get("BLOCK", 64), **options)
    assert len(fake.compiles()) == 2


def test_debug_of_the_process_is_in_the_key(fake, cache_dir):
    make_kernel()[(1,)](X, 7, 64)
    tegula.knobs.runtime.debug = True
    try:
        make_kernel()[(1,)](X, 7, 64)
    finally:
        del tegula.knobs.runtime.debug
    assert len(fake.compiles()) == 2


def run_module(path, fake, cache, **environment):
    return subprocess.Popen(
        [sys.executable, path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "TEGULA_LIBRARY": str(tegula.knobs.compilation.library),
            "TEGULA_CACHE_DIR": str(cache),
            **environment,
        },
    )


def test_many_processes_at_once(fake, tmp_path):
    (tmp_path / "module.py").write_text(MODULE)
    cache = tmp_path / "shared"
    processes = [run_module(tmp_path / "module.py", fake, cache, PYTHONHASHSEED=str(i)) for i in range(6)]
    outputs = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, outputs
    assert len({out for out, _ in outputs}) == 1  # the source key does not depend on the process or the hash seed
    assert len(entries(cache)) == 1
    compiled = len(fake.compiles())
    again = run_module(tmp_path / "module.py", fake, cache)
    assert again.communicate() == outputs[0]
    assert len(fake.compiles()) == compiled


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "foreign"])
def test_a_damaged_file_is_compiled_again_and_said(fake, cache_dir, caplog, damage):
    make_kernel()[(1,)](X, 7, 64)
    (path,) = entries(cache_dir)
    data = bytearray(path.read_bytes())
    if damage == "truncated":
        data = data[: len(data) // 2]
    elif damage == "flipped":
        data[len(data) // 2] ^= 0x40
    elif damage == "empty":
        data = b""
    else:
        data = b"not a kernel at all" * 10
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING, "tegula"):
        make_kernel()[(1,)](X, 7, 64)
    assert fake.compiles() == ["kernel", "kernel"]
    assert len(caplog.records) == 1 and str(path) in caplog.text
    caplog.clear()
    make_kernel()[(1,)](X, 7, 64)
    assert fake.compiles() == ["kernel", "kernel"] and not caplog.records


def test_a_folder_that_cannot_be_written(fake, tmp_path, caplog):
    if os.geteuid() == 0:
        blocked = tmp_path / "file"
        blocked.write_text("a file where the folder should be")
        folder = blocked / "cache"
    else:
        blocked = tmp_path / "blocked"
        blocked.mkdir()
        blocked.chmod(stat.S_IRUSR | stat.S_IXUSR)
        folder = blocked / "cache"
    tegula.knobs.cache.dir = str(folder)
    with caplog.at_level(logging.WARNING, "tegula"):
        make_kernel()[(1,)](X, 7, 64)
        make_kernel()[(1,)](X, 7, 128)
    assert fake.compiles() == ["kernel", "kernel"]
    assert len(caplog.records) == 1 and str(folder) in caplog.text


def test_always_compile(fake, cache_dir):
    tegula.knobs.compilation.always_compile = True
    try:
        make_kernel()[(1,)](X, 7, 64)
        make_kernel()[(1,)](X, 7, 64)
    finally:
        del tegula.knobs.compilation.always_compile
    assert fake.compiles() == ["kernel", "kernel"]


def test_a_constant_that_only_this_process_knows_is_not_stored(fake, cache_dir):
    make_kernel()[(1,)](X, 7, object())
    assert entries(cache_dir) == []


def test_constant_keys():
    from tegula.compiler.compiler import constant_key

    values = [
        None,
        1,
        1.0,
        True,
        "1",
        (1,),
        (1.0,),
        tl.float16,
        tl.pointer_type(tl.float16),
        tl.exp,
        2**70,
        float("nan"),
        (),
    ]
    keys = [constant_key(value) for value in values]
    assert None not in keys and len(set(keys)) == len(values)
    assert constant_key(object()) is None and constant_key((1, object())) is None

"""Files that tegulac is given and is not expected to be given: a pipe to write to, a folder to read."""

import os
import pathlib
import stat
import subprocess
import threading

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEGULAC = pathlib.Path(os.environ.get("TEGULA_BUILD_DIR", ROOT / "build")) / "bin" / "tegulac"
pytestmark = pytest.mark.skipif(not TEGULAC.exists(), reason="tegulac is not built")


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    done = subprocess.run([TEGULAC, ROOT / "kernels/vector_add/vector_add.py", "--emit", "ast", "-o", pipe], timeout=60)
    assert done.returncode == 0
    assert stat.S_ISFIFO(os.stat(pipe).st_mode)
    reader.join(10)
    assert read and read[0].startswith("Module(")


def test_a_folder_is_no_source(tmp_path):
    done = subprocess.run([TEGULAC, tmp_path, "--kernel", "k"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == f"error: cannot read '{tmp_path}': Is a directory\n"

# compiler/library.py - Finding and opening libtegula.so.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The compiler is one shared library, opened at the first compile: a process whose kernels come from the cache never
loads it. Its identity, part of every cache key, is read from the file without loading it."""

import functools
import os
import struct
import sys

from .. import _tegula, knobs


_opened = None


def path():
    """Path of libtegula.so: $TEGULA_LIBRARY, else beside the package, else in the build tree. None when there is none."""
    return knobs.compilation.library or _installed()


@functools.lru_cache(maxsize=None)
def _installed():
    package = os.path.dirname(os.path.abspath(_tegula.__file__))
    for folder in (os.path.join(package, "lib"), os.path.join(package, "..", "..", "lib")):
        candidate = os.path.join(folder, "libtegula.so")
        if os.path.exists(candidate):
            return os.path.normpath(candidate)
    return None


def _build_id(file):
    """The GNU build id of an ELF file, in hexadecimal; None when it has none."""
    header = file.read(64)
    if len(header) < 64 or header[:4] != b"\x7fELF" or header[4] != 2:
        return None
    (offset,) = struct.unpack_from("<Q", header, 32)
    size, count = struct.unpack_from("<HH", header, 54)
    file.seek(offset)
    table = file.read(size * count)
    for i in range(count):
        kind, _, start, _, _, length = struct.unpack_from("<IIQQQQ", table, i * size)
        if kind != 4:  # PT_NOTE
            continue
        file.seek(start)
        notes = file.read(min(length, 1 << 16))
        at = 0
        while at + 12 <= len(notes):
            name_size, text_size, note = struct.unpack_from("<III", notes, at)
            text_at = at + 12 + (name_size + 3) // 4 * 4
            if note == 3 and notes[at + 12 : at + 15] == b"GNU":
                return notes[text_at : text_at + text_size].hex()
            at = text_at + (text_size + 3) // 4 * 4
    return None


def identity():
    """What tells one build of the compiler from another."""
    return _identity(path())


@functools.lru_cache(maxsize=None)
def _identity(name):
    if name is None:
        return "none"
    try:
        stat = os.stat(name)
        with open(name, "rb") as file:
            return _build_id(file) or f"{stat.st_size}.{stat.st_mtime_ns}"
    except OSError:
        return "none"


def require(target):
    """Opens the compiler unless it is open, and starts opening the assembler of a GPU target beside the compile that
    follows. Raises ImportError that says where the compiler was looked for."""
    global _opened
    name = path()
    if name == _opened and name is not None:
        return
    if name is None:
        package = os.path.dirname(os.path.abspath(_tegula.__file__))
        raise ImportError(
            f"libtegula.so, the compiler, is not installed: it is neither in {os.path.join(package, 'lib')} nor named by "
            "TEGULA_LIBRARY; without it only kernels that are in the cache run"
        )
    _tegula.open_compiler(name)
    _opened = name
    # Where this interpreter's packages are: NVIDIA's wheels among them carry the assembler.
    own = [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]
    given = [folder for folder in os.environ.get("TEGULA_SITE_PACKAGES", "").split(":") if folder and folder not in own]
    os.environ["TEGULA_SITE_PACKAGES"] = ":".join(given + own)
    if target != "host":
        _tegula.warm_up(target)

"""Fixtures of the Python tests: a cache of the test's own, and the fake compiler that reports what it was asked."""

import os
import pathlib

import pytest

BUILD = pathlib.Path(os.environ.get("TEGULA_BUILD_DIR", pathlib.Path(__file__).resolve().parents[2] / "build"))
FAKE = BUILD / "test" / "python" / "tegula_fake_compiler.so"


@pytest.fixture
def cache_dir(tmp_path):
    """The disk cache of this test alone."""
    from tegula import knobs

    knobs.cache.dir = str(tmp_path / "cache")
    yield tmp_path / "cache"
    del knobs.cache.dir


@pytest.fixture
def fake(cache_dir, tmp_path, monkeypatch):
    """Compiles with test/python/FakeCompiler.cpp: a function (compiled kernel) -> its report, and `.compiles()`, the kernels
    that were compiled."""
    from tegula import _tegula, knobs

    if not FAKE.exists():
        pytest.skip("the fake compiler is not built (TEGULA_BUILD_TESTS=OFF)")
    log = tmp_path / "compiles"
    monkeypatch.setenv("TEGULA_FAKE_KERNELS", str(FAKE.parent / "tegula_fake_kernels.so"))
    monkeypatch.setenv("TEGULA_FAKE_LOG", str(log))
    knobs.compilation.library = str(FAKE)

    def report(kernel):
        return _tegula.image_sections(kernel.image)["request"].decode().splitlines()

    report.compiles = lambda: log.read_text().split() if log.exists() else []
    report.log = log
    report.arguments = lambda kernel: {
        line.split()[1]: " ".join(line.split()[2:]) for line in report(kernel) if line.startswith("argument ")
    }
    yield report
    del knobs.compilation.library

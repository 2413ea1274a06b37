"""Fixtures of the language suite: targets that run, targets that compile, fresh random data, a cache of its own."""

import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))

from kernels import devices  # noqa: E402

from .launch import ASSEMBLING, RUNNING  # noqa: E402


def _checked(target):
    if target not in (*devices.available(), *ASSEMBLING):
        pytest.skip("no GPU on this machine (or no torch to see it)")
    return target


@pytest.fixture(params=[*RUNNING, *ASSEMBLING])
def target(request):
    """Where a kernel runs, or the GPU that it is assembled for: see launch.py."""
    return _checked(request.param)


@pytest.fixture(params=RUNNING)
def device(request):
    """Where a kernel runs, in tests that need it to."""
    return _checked(request.param)


@pytest.fixture
def rng():
    seed = int(np.random.SeedSequence().entropy % 2**32)
    print("seed", seed)
    return np.random.default_rng(seed)


@pytest.fixture(scope="session", autouse=True)
def cache_of_this_session(tmp_path_factory):
    """Every kernel is compiled in every session."""
    from tegula import knobs

    knobs.cache.dir = str(tmp_path_factory.mktemp("cache"))
    yield
    del knobs.cache.dir

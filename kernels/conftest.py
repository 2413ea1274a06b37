"""Fixtures of the kernels' tests: every device of this machine and a fresh seed, printed when a test fails."""

import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from kernels import devices  # noqa: E402


@pytest.fixture(params=["cpu", "cuda"])
def device(request):
    if request.param not in devices.available():
        pytest.skip("no GPU on this machine (or no torch to see it)")
    return request.param


@pytest.fixture
def rng():
    seed = int(np.random.SeedSequence().entropy % 2**32)
    print("seed", seed)
    return np.random.default_rng(seed)

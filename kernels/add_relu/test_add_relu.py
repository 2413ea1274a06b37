"""add_relu against float64 over dtypes, ragged sizes and special values."""

import numpy as np
import pytest

from kernels import devices
from kernels.add_relu import reference
from kernels.add_relu.add_relu import add_relu


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("n", [1, 100, 1024, 70001])
def test_matches_float64(device, rng, dtype, n):
    x, y = devices.random(rng, n, dtype), devices.random(rng, n, dtype)
    out = devices.poisoned(n, dtype, device)
    add_relu(devices.put(x, device), devices.put(y, device), out)
    assert devices.max_error(out, reference.add_relu(x, y)) <= devices.TOLERANCE[dtype]


def test_special_values(device):
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 65504.0, -3.0, 3.0], np.float16)
    y = np.array([1.0, 1.0, 1.0, 0.0, -0.0, 65504.0, 3.0, -2.0], np.float16)
    out = devices.poisoned(8, "float16", device)
    add_relu(devices.put(x, device), devices.put(y, device), out)
    np.testing.assert_array_equal(devices.get(out), [np.nan, np.inf, 0.0, 0.0, 0.0, np.inf, 0.0, 1.0])

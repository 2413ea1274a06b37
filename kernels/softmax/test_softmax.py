"""softmax against float64 over dtypes, row lengths, strides and edge cases."""

import numpy as np
import pytest

from kernels import devices
from kernels.softmax import reference
from kernels.softmax.softmax import softmax


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("rows,n", [(1, 1), (5, 2), (19, 111), (3, 1000), (99, 1024), (7, 4096), (2, 32000)])
def test_matches_float64(device, rng, dtype, rows, n):
    x = devices.random(rng, (rows, n), dtype) * devices.DTYPES[dtype](4)
    out = devices.poisoned((rows, n), dtype, device)
    softmax(devices.put(x, device), out)
    assert devices.max_error(out, reference.softmax(x)) <= devices.TOLERANCE[dtype]
    np.testing.assert_allclose(devices.get(out).sum(-1), 1.0, rtol=2e-2 if dtype == "bfloat16" else 3e-3)


def test_a_block_of_131072(device, rng):
    x = devices.random(rng, (2, 128256), "float32")
    out = devices.poisoned((2, 128256), "float32", device)
    softmax(devices.put(x, device), out, num_warps=32)
    expected = reference.softmax(x)
    assert np.abs(devices.get(out) - expected).max() <= 2e-6 * expected.max()


def test_strided_rows(device, rng):
    x = devices.random(rng, (9, 1280), "float16")
    out = devices.poisoned((9, 1100), "float16", device)
    softmax(devices.put(x, device)[:, :1000], out[:, :1000])
    assert devices.max_error(out[:, :1000], reference.softmax(x[:, :1000])) <= devices.TOLERANCE["float16"]
    assert np.isnan(devices.get(out)[:, 1000:]).all(), "something was written beyond the row"


def test_rows_of_infinities_and_nan(device):
    x = np.zeros((3, 64), np.float32)
    x[0] = -np.inf
    x[1, 5] = -np.inf
    x[2, 7] = np.nan
    out = devices.poisoned((3, 64), "float32", device)
    softmax(devices.put(x, device), out)
    assert devices.max_error(out, reference.softmax(x)) <= devices.TOLERANCE["float32"]

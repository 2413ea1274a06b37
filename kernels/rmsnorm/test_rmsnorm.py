"""rmsnorm against float64 over dtypes, row lengths, strides and edge cases."""

import numpy as np
import pytest

from kernels import devices
from kernels.rmsnorm import reference
from kernels.rmsnorm.rmsnorm import rmsnorm


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("rows,n", [(1, 1), (3, 111), (19, 500), (7, 1024), (99, 3072), (5, 4096), (2, 16384), (1, 32000)])
def test_matches_float64(device, rng, dtype, rows, n):
    x, w = devices.random(rng, (rows, n), dtype), devices.random(rng, n, dtype)
    out = devices.poisoned((rows, n), dtype, device)
    rmsnorm(devices.put(x, device), devices.put(w, device), out, 1e-6)
    assert devices.max_error(out, reference.rmsnorm(x, w, 1e-6)) <= devices.TOLERANCE[dtype]


@pytest.mark.parametrize("num_warps", [1, 2, 4, 8, 16, 32])
def test_any_number_of_warps(device, rng, num_warps):
    x, w = devices.random(rng, (5, 4000), "float16"), devices.random(rng, 4000, "float16")
    out = devices.poisoned((5, 4000), "float16", device)
    rmsnorm(devices.put(x, device), devices.put(w, device), out, 1e-5, num_warps=num_warps)
    assert devices.max_error(out, reference.rmsnorm(x, w, 1e-5)) <= devices.TOLERANCE["float16"]


def test_strided_rows(device, rng):
    x, w = devices.random(rng, (9, 1280), "float16"), devices.random(rng, 1000, "float16")
    out = devices.poisoned((9, 1280), "float16", device)
    rmsnorm(devices.put(x, device)[:, :1000], devices.put(w, device), out[:, :1000], 1e-6)
    assert devices.max_error(out[:, :1000], reference.rmsnorm(x[:, :1000], w, 1e-6)) <= devices.TOLERANCE["float16"]
    assert np.isnan(devices.get(out)[:, 1000:]).all(), "something was written beyond the row"


def test_in_place(device, rng):
    x, w = devices.random(rng, (4, 777), "float32"), devices.random(rng, 777, "float32")
    target = devices.put(x, device)
    rmsnorm(target, devices.put(w, device), target, 1e-6)
    assert devices.max_error(target, reference.rmsnorm(x, w, 1e-6)) <= devices.TOLERANCE["float32"]


def test_rows_of_zeros_and_nan(device):
    x = np.zeros((2, 256), np.float32)
    x[1, 3] = np.nan
    w = np.ones(256, np.float32)
    out = devices.poisoned((2, 256), "float32", device)
    rmsnorm(devices.put(x, device), devices.put(w, device), out, 1e-6)
    assert (devices.get(out)[0] == 0).all() and np.isnan(devices.get(out)[1]).all()

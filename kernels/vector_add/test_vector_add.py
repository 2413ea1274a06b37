"""vector_add against float64 over dtypes and ragged sizes."""

import pytest

from kernels import devices
from kernels.vector_add import reference
from kernels.vector_add.vector_add import vector_add


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64", "int32", "int64"])
@pytest.mark.parametrize("n", [1, 31, 1024, 1025, 98432, 131071])
def test_matches_float64(device, rng, dtype, n):
    x, y = devices.random(rng, n, dtype), devices.random(rng, n, dtype)
    out = devices.poisoned(n, dtype, device)
    vector_add(devices.put(x, device), devices.put(y, device), out)
    assert devices.max_error(out, reference.vector_add(x, y)) <= devices.TOLERANCE[dtype]


@pytest.mark.parametrize("block_size", [32, 128, 4096])
def test_any_block_size(device, rng, block_size):
    x, y = devices.random(rng, 5000, "float32"), devices.random(rng, 5000, "float32")
    out = devices.poisoned(5000, "float32", device)
    vector_add(devices.put(x, device), devices.put(y, device), out, block_size=block_size)
    assert devices.max_error(out, reference.vector_add(x, y)) <= devices.TOLERANCE["float32"]


def test_a_misaligned_view(device, rng):
    x, y = devices.random(rng, 4097, "float16"), devices.random(rng, 4097, "float16")
    out = devices.poisoned(4097, "float16", device)
    vector_add(devices.put(x, device)[1:], devices.put(y, device)[1:], out[1:])
    assert devices.max_error(out[1:], reference.vector_add(x, y)[1:]) <= devices.TOLERANCE["float16"]
    assert devices.get(out)[0] != devices.get(out)[0], "the element before the view was written"


def test_in_place(device, rng):
    x, y = devices.random(rng, 3000, "float32"), devices.random(rng, 3000, "float32")
    target = devices.put(x, device)
    vector_add(target, devices.put(y, device), target)
    assert devices.max_error(target, reference.vector_add(x, y)) <= devices.TOLERANCE["float32"]


def test_empty_input_writes_nothing(device):
    out = devices.poisoned(4, "float32", device)
    vector_add(out[:0], out[:0], out[:0])
    assert all(value != value for value in devices.get(out))

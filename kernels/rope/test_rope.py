"""rope against float64 over dtypes, head counts, head sizes, strides and position dtypes."""

import numpy as np
import pytest

from kernels import devices
from kernels.rope import reference
from kernels.rope.rope import rope


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("tokens,heads,dim", [(1, 1, 64), (19, 8, 128), (7, 32, 128), (5, 12, 96), (3, 40, 256), (4, 5, 2)])
def test_matches_float64(device, rng, dtype, tokens, heads, dim):
    x = devices.random(rng, (tokens, heads, dim), dtype)
    cache = reference.cos_sin_cache(512, dim)
    positions = rng.integers(0, 512, tokens).astype(np.int64 if tokens % 2 else np.int32)
    out = devices.poisoned(x.shape, dtype, device)
    rope(devices.put(x, device), out, devices.put(cache, device), devices.put(positions, device))
    assert devices.max_error(out, reference.rope(x, cache, positions)) <= devices.TOLERANCE[dtype]


def test_a_slice_of_fused_qkv_in_place(device, rng):
    qkv = devices.random(rng, (11, 12, 64), "float16")
    cache, positions = reference.cos_sin_cache(64, 64), rng.integers(0, 64, 11)
    target = devices.put(qkv, device)
    rope(target[:, :8], target[:, :8], devices.put(cache, device), devices.put(positions, device))
    assert devices.max_error(target[:, :8], reference.rope(qkv[:, :8], cache, positions)) <= devices.TOLERANCE["float16"]
    np.testing.assert_array_equal(devices.get(target)[:, 8:], qkv[:, 8:].astype(np.float64))

"""Masked loads whose bounded range begins late, ends early or is one of several, against NumPy."""

import numpy as np
import pytest

import tegula
import tegula.language as tl
from kernels import devices

SIZE = 64


@tegula.jit
def masked(x_ptr, y_ptr, out_ptr, low, high, BLOCK: tl.constexpr, CASE: tl.constexpr):
    i = tl.arange(0, BLOCK)
    if CASE == "suffix":
        x = tl.load(x_ptr + i, mask=i >= low, other=-1)
    elif CASE == "suffix without other":
        x = tl.load(x_ptr + i, mask=i > low) + 1
    elif CASE == "middle":
        x = tl.load(x_ptr + i, mask=(i >= low) & (i < high), other=-1) * 2
    elif CASE == "suffix of multiples":
        x = tl.load(x_ptr + i, mask=(i >= low) & (i % 3 == 0), other=-1)
    elif CASE == "two suffixes":
        x = tl.load(x_ptr + i, mask=i >= low, other=-1) + tl.load(y_ptr + i, mask=i >= low, other=-2)
    elif CASE == "suffix and prefix":
        x = tl.load(x_ptr + i, mask=i >= low, other=-1) + tl.load(y_ptr + i, mask=i < high, other=-2)
    elif CASE == "backwards":
        x = tl.load(x_ptr + BLOCK - 1 - i, mask=BLOCK - 1 - i >= low, other=-1)
    else:
        x = tl.load(x_ptr + i, mask=i >= low, other=i)
    tl.store(out_ptr + i, x)


def expected(x, y, low, high, case):
    i = np.arange(SIZE)
    late = i >= low
    return {
        "suffix": lambda: np.where(late, x, -1),
        "suffix without other": lambda: np.where(i > low, x, 0) + 1,
        "middle": lambda: np.where(late & (i < high), x, -1) * 2,
        "suffix of multiples": lambda: np.where(late & (i % 3 == 0), x, -1),
        "two suffixes": lambda: np.where(late, x, -1) + np.where(late, y, -2),
        "suffix and prefix": lambda: np.where(late, x, -1) + np.where(i < high, y, -2),
        "backwards": lambda: np.where(late, x, -1)[::-1],
        "suffix, other varies": lambda: np.where(late, x, i),
    }[case]()


CASES = ["suffix", "suffix without other", "middle", "suffix of multiples", "two suffixes", "suffix and prefix", "backwards",
         "suffix, other varies"]  # fmt: skip


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("case", CASES)
def test_masked_loads(case, device):
    if device not in devices.available():
        pytest.skip("no GPU on this machine (or no torch to see it)")
    x, y = np.random.default_rng(3).integers(1, 1000, (2, SIZE)).astype(np.int32)
    for low in (-3, 0, 1, 5, 63, 64, 80):
        for high in (0, 3, 40, 64, 100):
            out = devices.put(np.full(SIZE, 7777, np.int32), device)
            masked[(1,)](devices.put(x, device), devices.put(y, device), out, low, high, BLOCK=SIZE, CASE=case)
            np.testing.assert_array_equal(devices.get(out), expected(x, y, low, high, case), f"low {low}, high {high}")

"""Functions of one float that a kernel may call, float32 and float64, against NumPy."""

import numpy as np
import pytest

import tegula
import tegula.language as tl
from kernels import devices


@tegula.jit
def apply(x_ptr, out_ptr, BLOCK: tl.constexpr, NAME: tl.constexpr):
    i = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + i)
    if NAME == "rsqrt":
        y = tl.rsqrt(x)
    elif NAME == "sqrt":
        y = tl.sqrt(x)
    elif NAME == "floor":
        y = tl.floor(x)
    elif NAME == "ceil":
        y = tl.ceil(x)
    elif NAME == "fma":
        y = tl.fma(x, x, x)
    elif NAME == "exp2":
        y = tl.exp2(x)
    else:
        y = tl.log2(x)
    tl.store(out_ptr + i, y)


EXPECTED = {
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "fma": lambda x: x * x + x,
    "exp2": np.exp2,
    "log2": np.log2,
}


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", EXPECTED)
def test_float_function(name, dtype, device):
    if device not in devices.available():
        pytest.skip("no GPU on this machine (or no torch to see it)")
    x = (np.random.default_rng(5).random(256) * 20 + 0.01).astype(dtype)
    out = devices.poisoned(x.shape, dtype, device)
    apply[(1,)](devices.put(x, device), out, BLOCK=x.size, NAME=name)
    # The GPU's fast log2 is good to 2^-22 absolutely (PTX ISA, lg2.approx), which shows where the result is small.
    fast = 2.0**-22 if (name, dtype, device) == ("log2", "float32", "cuda") else 0
    np.testing.assert_allclose(devices.get(out), EXPECTED[name](x.astype(np.float64)), rtol=2e-6, atol=fast)

"""Where tests and the demo run kernels: NumPy arrays for the CPU, CUDA tensors for a GPU.

Data is always drawn with NumPy and handed to the device, so that one reference serves both. bfloat16 on the NumPy side
is ml_dtypes.bfloat16.
"""

import ml_dtypes
import numpy as np

DTYPES = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float64": np.float64,
          "int32": np.int32, "int64": np.int64}  # fmt: skip
# Largest difference from the float64 result that one rounding at the store, and float32 inside, explain.
TOLERANCE = {"float32": 2e-6, "float16": 1e-3, "bfloat16": 8e-3, "float64": 1e-14, "int32": 0, "int64": 0}


def available():
    """["cpu"], and "cuda" behind it where torch sees a GPU."""
    try:
        import torch
    except ImportError:
        return ["cpu"]
    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def put(array, device):
    """A copy of a NumPy array on the device: an array for "cpu", a torch tensor for "cuda"."""
    if device == "cpu":
        return np.array(array)
    import torch

    if array.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16).to(device)
    return torch.from_numpy(np.ascontiguousarray(array)).to(device)


def poisoned(shape, dtype, device):
    """An output array full of NaN (or of the smallest integer), so that an element that nothing wrote shows."""
    kind = DTYPES[dtype]
    value = np.iinfo(kind).min if np.issubdtype(kind, np.integer) else np.nan
    return put(np.full(shape, value, kind), device)


def get(array):
    """The values as float64 on the host."""
    if isinstance(array, np.ndarray):
        return array.astype(np.float64)
    return array.detach().double().cpu().numpy()


def random(rng, shape, dtype):
    """Standard normal values (integers: uniform in +-1000) of a dtype by name."""
    kind = DTYPES[dtype]
    if np.issubdtype(kind, np.integer):
        return rng.integers(-1000, 1000, shape).astype(kind)
    return rng.standard_normal(shape).astype(kind)


def max_error(out, expected):
    """Largest |out - expected| over max(1, |expected|); infinite where one of the two is NaN alone."""
    out = get(out)
    with np.errstate(invalid="ignore"):
        error = np.abs(out - expected) / np.maximum(1.0, np.abs(expected))
    same = (out == expected) | (np.isnan(out) & np.isnan(expected))
    error = np.where(same, 0.0, np.where(np.isnan(error), np.inf, error))
    return float(error.max()) if error.size else 0.0

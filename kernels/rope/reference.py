"""What rope must compute, in float64, and the cache that it reads."""

import numpy as np


def cos_sin_cache(max_position, dim, theta=10000.0):
    """[max_position, dim] float32: cosines, then sines, of position * theta^(-2 i / dim)."""
    angles = np.outer(np.arange(max_position), theta ** (-np.arange(0, dim, 2) / dim))
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=-1).astype(np.float32)


def rope(x, cache, positions):
    x, cache = np.asarray(x, np.float64), np.asarray(cache, np.float64)
    half = x.shape[-1] // 2
    cos, sin = cache[positions, None, :half], cache[positions, None, half:]
    first, second = x[..., :half], x[..., half:]
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)

"""What vector_add must compute, in float64."""

import numpy as np


def vector_add(x, y):
    return np.asarray(x, np.float64) + np.asarray(y, np.float64)

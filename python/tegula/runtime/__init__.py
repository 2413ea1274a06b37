# runtime/__init__.py - Kernels at run time.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Jit functions, launching, autotuning, the driver object."""

from . import driver
from .arguments import MockTensor, TensorWrapper, reinterpret
from .autotuner import Autotuner, Config, Heuristics, autotune, heuristics
from .errors import AutotunerError, InterpreterError, OutOfResources
from .jit import ConstexprFunction, JITFunction, KernelInterface  # not jit itself: tegula.runtime.jit is the module

__all__ = [
    "Autotuner",
    "AutotunerError",
    "Config",
    "ConstexprFunction",
    "Heuristics",
    "InterpreterError",
    "JITFunction",
    "KernelInterface",
    "MockTensor",
    "OutOfResources",
    "TensorWrapper",
    "autotune",
    "driver",
    "heuristics",
    "reinterpret",
]

# runtime/__init__.py - Kernels at run time.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Jit functions, launching, autotuning, the driver object."""
from . import driver
from .arguments import MockTensor, TensorWrapper, reinterpret
from .autotuner import Autotuner, Config, Heuristics, autotune, heuristics
from .errors import AutotunerError, InterpreterError, OutOfResources
from .jit import ConstexprFunction, JITFunction, KernelInterface, constexpr_function, jit

__all__ = ["Autotuner", "AutotunerError", "Config", "ConstexprFunction", "Heuristics", "InterpreterError", "JITFunction",
           "KernelInterface", "MockTensor", "OutOfResources", "TensorWrapper", "autotune", "constexpr_function", "driver", "heuristics",
           "jit", "reinterpret"]

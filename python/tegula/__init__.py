# __init__.py - Tegula, a compiler for the Triton kernel language.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tegula: write kernels over blocks of data in Python, run them compiled on the CPU or on an NVIDIA GPU.

    import tegula
    import tegula.language as tl

    @tegula.jit
    def add(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
        offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        mask = offsets < n
        tl.store(out_ptr + offsets, tl.load(x_ptr + offsets, mask) + tl.load(y_ptr + offsets, mask), mask)

    add[(tegula.cdiv(n, 1024),)](x, y, out, n, BLOCK=1024)

A source for Triton runs with `import tegula as triton` and `import tegula.language as tl` in place of its two imports.
"""

__version__ = "0.1.0"

import logging as _logging

from . import _tegula
from ._tegula import cdiv, next_power_of_2
from .errors import (
    AutotunerError,
    CompilationError,
    CompileTimeAssertionFailure,
    InterpreterError,
    OutOfResources,
    PTXASError,
    TegulaError,
    TritonError,
    UnsupportedLanguageConstruct,
)
from . import errors, knobs, language
from . import compiler, runtime
from .compiler import ASTSource, CompiledKernel, compile
from .runtime import (
    Autotuner,
    Config,
    Heuristics,
    JITFunction,
    KernelInterface,
    MockTensor,
    TensorWrapper,
    autotune,
    heuristics,
    reinterpret,
)
from .runtime.jit import constexpr_function, jit

__all__ = [
    "ASTSource",
    "Autotuner",
    "AutotunerError",
    "CompilationError",
    "CompileTimeAssertionFailure",
    "CompiledKernel",
    "Config",
    "Heuristics",
    "InterpreterError",
    "JITFunction",
    "KernelInterface",
    "MockTensor",
    "OutOfResources",
    "PTXASError",
    "TegulaError",
    "TensorWrapper",
    "TritonError",
    "UnsupportedLanguageConstruct",
    "autotune",
    "cdiv",
    "compile",
    "compiler",
    "constexpr_function",
    "errors",
    "heuristics",
    "jit",
    "knobs",
    "language",
    "next_power_of_2",
    "reinterpret",
    "runtime",
    "set_allocator",
    "testing",
]


allocator = None


def set_allocator(fn):
    """Keeps `fn(size, alignment, stream)` for sources that set one: kernels that Tegula compiles ask for no memory at launch."""
    global allocator
    allocator = fn


def _register():
    from .compiler import environment
    from .language import core
    from .runtime import arguments
    from .runtime.jit import ConstexprFunction

    statuses = {1: ValueError, 3: OSError}

    def raise_status(status, text, resource, required, limit, name):
        if status == 7:
            raise OutOfResources(required, limit, resource)
        raise statuses.get(status, RuntimeError)(f"kernel '{name}': {text}" if name is not None else text)

    _tegula.register_helpers(
        core.constexpr,
        JITFunction,
        ConstexprFunction,
        core.dtype,
        core.Builtin,
        arguments.read_stranger,
        arguments.numpy_element,
        arguments.current_stream,
        environment.resolve,
        raise_status,
        environment.lookup_builtin,
        core.str_to_ty,
    )
    _tegula.set_log_receiver(_logging.getLogger("tegula").warning)


_register()


def __getattr__(name):
    if name == "testing":
        import importlib

        return importlib.import_module(".testing", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

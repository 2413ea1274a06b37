# compiler/__init__.py - Compiling.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`tegula.compile`, `ASTSource`, `CompiledKernel` and the compiler's errors."""

from .compiler import ASTSource, CompiledKernel, compile
from .errors import CompilationError, CompileTimeAssertionFailure, TritonError, UnsupportedLanguageConstruct

__all__ = [
    "ASTSource",
    "CompilationError",
    "CompileTimeAssertionFailure",
    "CompiledKernel",
    "TritonError",
    "UnsupportedLanguageConstruct",
    "compile",
]

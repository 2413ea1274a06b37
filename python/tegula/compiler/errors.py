# compiler/errors.py - The compiler's errors under the path that Triton has.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""See tegula.errors."""

from ..errors import CompilationError, CompileTimeAssertionFailure, TritonError, UnsupportedLanguageConstruct

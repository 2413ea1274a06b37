# runtime/errors.py - The runtime's errors under the path that Triton has.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""See tegula.errors."""

from ..errors import AutotunerError, InterpreterError, OutOfResources, PTXASError, TritonError

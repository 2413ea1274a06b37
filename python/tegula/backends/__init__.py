# backends/__init__.py - The targets that there are.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`backends.compiler.GPUTarget` names a target."""

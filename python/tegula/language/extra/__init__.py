# language/extra/__init__.py - what lies outside the language proper.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`tl.extra.libdevice` (any target), `tl.extra.cuda` (NVIDIA), `tl.extra.hip` and `tl.extra.cpu` (names only)."""

from . import libdevice
from . import cuda, hip, cpu

__all__ = ["libdevice", "cuda", "hip", "cpu"]

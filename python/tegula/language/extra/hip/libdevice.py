# language/extra/hip/libdevice.py - the device library under the name that kernels import.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The same functions as `tl.extra.libdevice`."""

from ..libdevice import *
from ..libdevice import __all__

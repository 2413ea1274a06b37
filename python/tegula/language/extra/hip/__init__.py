# language/extra/hip/__init__.py - names that portable kernels import behind a test of the target.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`tl.extra.hip`: importable so that portable sources load."""

from ...core import builtin
from .. import libdevice


@builtin
def num_threads():
    """Threads of this program, constexpr."""


@builtin
def num_warps():
    """Warps of this program, constexpr."""


@builtin
def smid():
    """Number of the compute unit that runs this program, int32."""


@builtin
def memrealtime():
    """The GPU's clock, int64."""

# language/target_info.py - compile-time questions about the target.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""constexpr functions on the target that a kernel is being compiled for."""

from .core import builtin


@builtin
def current_target():
    """The target's name."""


@builtin
def is_cuda():
    """True on an NVIDIA GPU."""


@builtin
def is_hip():
    """False: Tegula has no AMD back end."""


@builtin
def is_hip_cdna3():
    """False: Tegula has no AMD back end."""


@builtin
def is_hip_cdna4():
    """False: Tegula has no AMD back end."""


@builtin
def is_hip_gfx1250():
    """False: Tegula has no AMD back end."""


@builtin
def cuda_capability_geq(major, minor=0):
    """True on an NVIDIA GPU of that compute capability or a later one."""

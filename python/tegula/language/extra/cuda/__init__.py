# language/extra/cuda/__init__.py - what only NVIDIA GPUs have.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`tl.extra.cuda`: timers, SM number, programmatic dependent launch, libdevice."""

from ...core import builtin
from .. import libdevice


@builtin
def globaltimer():
    """The GPU's nanosecond clock, int64."""


@builtin
def smid():
    """Number of the streaming multiprocessor that runs this program, int32."""


@builtin
def num_threads():
    """Threads of this program, constexpr."""


@builtin
def num_warps():
    """Warps of this program, constexpr."""


@builtin
def gdc_wait():
    """Waits for the kernel before this one (programmatic dependent launch)."""


@builtin
def gdc_launch_dependents():
    """Lets the next kernel start (programmatic dependent launch)."""


@builtin
def convert_custom_float8_sm70(arg, dst_ty, fp_downcast_rounding=None):
    """Converts to or from float8e4b15."""


@builtin
def convert_custom_float8_sm80(arg, dst_ty, fp_downcast_rounding=None):
    """Converts to or from float8e4b15."""

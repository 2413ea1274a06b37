# backends/compiler.py - The name of a target.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""GPUTarget, as Triton spells targets, and the compiler's own spelling of them."""

from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True)
class GPUTarget:
    """A target: backend "cuda" with arch 80, 86, 89 or 90 and warp_size 32, or backend "cpu"."""

    backend: str
    arch: Union[int, str]
    warp_size: int = 32


def target_name(target):
    """The compiler's name ("sm_90a", "host") of a GPUTarget or of a string: "cuda:90", "sm_90", "host", "cpu"."""
    if isinstance(target, GPUTarget):
        if target.backend == "cpu":
            return "host"
        if target.backend != "cuda":
            raise ValueError(f"the backends are cuda and cpu; got {target.backend!r}")
        target = f"sm_{str(target.arch).removeprefix('sm_').removeprefix('sm')}"
    if not isinstance(target, str):
        raise TypeError(f"a target is a GPUTarget or a string such as 'sm_90a' or 'host'; got {type(target).__name__}")
    if target in ("host", "cpu"):
        return "host"
    if target.startswith("cuda:"):
        target = "sm_" + target.split(":")[1]
    elif target.startswith("sm") and not target.startswith("sm_"):
        target = "sm_" + target[2:]
    return "sm_90a" if target == "sm_90" else target


def target_of_name(name):
    """The GPUTarget of the compiler's name."""
    if name == "host":
        return GPUTarget("cpu", "host", 1)
    return GPUTarget("cuda", int("".join(c for c in name if c.isdigit())), 32)

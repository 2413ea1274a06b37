# runtime/driver.py - The machine's devices, as Triton's driver object shows them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`driver.active`: current target, device and stream, device properties."""

import functools
import sys

from .. import _tegula, knobs
from ..backends.compiler import GPUTarget, target_name, target_of_name
from .arguments import current_stream


def _torch_cuda():
    torch = sys.modules.get("torch")
    return torch if torch is not None and torch.cuda.is_available() else None


@functools.lru_cache(maxsize=None)
def device_info(device):
    """What the CUDA driver tells of a GPU, a dict. Raises RuntimeError that names what is missing when there is none."""
    return _tegula.device_info(device)


def target_of_device(device):
    """The compiler's name of a device's target: "host" for -1, "sm_90a" for a GPU of capability 9.0."""
    if device < 0:
        return "host"
    if knobs.compilation.override_arch:
        return target_name(knobs.compilation.override_arch)
    major, minor = device_info(device)["capability"]
    return target_name(f"sm_{major}{minor}")


def default_device():
    """The device of a launch that no argument decides: the current GPU, -1 (the CPU) when there is none."""
    torch = _torch_cuda()
    if torch is not None:
        return torch.cuda.current_device()
    return _tegula.current_device() if _tegula.device_count()[0] else -1


class _Properties:
    @staticmethod
    def get_device_properties(device):
        """A GPU's limits, by Triton's names (bytes, kHz, bits)."""
        info = device_info(device)
        return {
            "max_shared_mem": info["shared_memory_per_block_optin"],
            "max_num_regs": info["registers_per_multiprocessor"],
            "multiprocessor_count": info["multiprocessors"],
            "warpSize": info["warp_size"],
            "sm_clock_rate": info["clock_khz"],
            "mem_clock_rate": info["memory_clock_khz"],
            "mem_bus_width": info["memory_bus_bits"],
        }


class Driver:
    """The devices of this machine. Devices are numbered from 0; -1 is the CPU."""

    utils = _Properties()

    def get_current_target(self):
        """The GPUTarget that a launch without tensors would compile for."""
        return target_of_name(target_of_device(default_device()))

    def get_current_device(self):
        """The current GPU's number, -1 without one."""
        return default_device()

    def set_current_device(self, device):
        """Makes GPU `device` current, through torch."""
        torch = _torch_cuda()
        if torch is None:
            raise RuntimeError("set_current_device needs torch with CUDA")
        torch.cuda.set_device(device)

    def get_current_stream(self, device=None):
        """The raw stream that launches go to."""
        return current_stream(default_device() if device is None else device)

    def get_active_torch_device(self):
        """torch.device of the current device."""
        import torch

        device = default_device()
        return torch.device("cpu") if device < 0 else torch.device("cuda", device)

    def get_device_interface(self):
        """torch.cuda with a GPU, else torch.cpu."""
        import torch

        return torch.cuda if default_device() >= 0 else torch.cpu

    def get_benchmarker(self):
        """The function that times a call: tegula.testing.do_bench."""
        from ..testing import do_bench

        return do_bench

    def get_empty_cache_for_benchmark(self):
        """A buffer larger than the GPU's L2 cache, 256 MB."""
        import torch

        return torch.empty(256 * 1024 * 1024 // 4, dtype=torch.int, device=self.get_active_torch_device())

    def clear_cache(self, cache):
        """Overwrites that buffer."""
        cache.zero_()


active = Driver()

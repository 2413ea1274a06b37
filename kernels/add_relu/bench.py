"""add_relu, fp16, 64 Mi elements, against Triton (same source) and torch's two kernels."""

import torch

from kernels.add_relu import add_relu as ours
from kernels.bench import measure


def rows(copy):
    theirs = measure.triton_twin(ours)
    n = 64 << 20
    x, y = torch.randn(n, device="cuda").half(), torch.randn(n, device="cuda").half()
    out, twin_out = torch.full_like(x, float("nan")), torch.empty_like(x)
    times = measure.interleaved({
        "tegula": lambda: ours.add_relu(x, y, out),
        "triton": lambda: theirs.add_relu(x, y, twin_out),
        "torch": lambda: torch.relu(x + y),
    })  # fmt: skip
    error = measure.check("add_relu", out, (x.double() + y.double()).clamp(min=0), 1e-3)
    yield measure.row("add_relu", [n], "float16", 3 * x.nbytes, times, copy, error=error)

"""vector_add, fp32, 64 Mi elements, against Triton (same source) and torch."""

import torch

from kernels.bench import measure
from kernels.vector_add import vector_add as ours


def rows(copy):
    theirs = measure.triton_twin(ours)
    n = 64 << 20
    x, y = torch.randn(n, device="cuda"), torch.randn(n, device="cuda")
    out, twin_out = torch.full_like(x, float("nan")), torch.empty_like(x)
    times = measure.interleaved({
        "tegula": lambda: ours.vector_add(x, y, out),
        "triton": lambda: theirs.vector_add(x, y, twin_out),
        "torch": lambda: torch.add(x, y, out=twin_out),
    })  # fmt: skip
    error = measure.check("vector_add", out, x.double() + y.double(), 1e-6)
    yield measure.row("vector_add", [n], "float32", 3 * x.nbytes, times, copy, error=error)

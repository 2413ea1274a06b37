"""softmax, bf16, 64 Mi elements, against Triton (same source) and torch."""

import torch

from kernels.bench import measure
from kernels.softmax import softmax as ours

LENGTHS = (512, 1024, 2048, 4096, 8192, 16384, 32768)


def rows(copy):
    theirs = measure.triton_twin(ours)
    for n in LENGTHS:
        m = (64 << 20) // n
        x = torch.randn(m, n, device="cuda").bfloat16()
        out, twin_out = torch.full_like(x, float("nan")), torch.empty_like(x)
        run = lambda warps: ours.softmax(x, out, num_warps=warps)  # noqa: E731
        twin = lambda warps: theirs.softmax(x, twin_out, num_warps=warps)  # noqa: E731
        warps, twin_warps = measure.best_warps(run), measure.best_warps(twin)
        run(warps)
        error = measure.check("softmax", out[:64] * n, torch.softmax(x[:64].double(), -1) * n, 8e-3)
        assert not out.isnan().any(), "an element was not written"
        times = measure.interleaved({
            "tegula": lambda: run(warps),
            "triton": lambda: twin(twin_warps),
            "torch": lambda: torch.softmax(x, -1),
        })  # fmt: skip
        yield measure.row("softmax", [m, n], "bfloat16", 2 * x.nbytes, times, copy, warps=warps,
                          triton_warps=twin_warps, error=error)  # fmt: skip

"""rmsnorm, bf16, 64 Mi elements, against Triton (same source) and torch."""

import torch

from kernels.bench import measure
from kernels.rmsnorm import rmsnorm as ours

LENGTHS = (512, 1024, 2048, 4096, 8192, 16384, 32768)


def rows(copy):
    theirs = measure.triton_twin(ours)
    for n in LENGTHS:
        m = (64 << 20) // n
        x, w = torch.randn(m, n, device="cuda").bfloat16(), torch.randn(n, device="cuda").bfloat16()
        out, twin_out = torch.full_like(x, float("nan")), torch.empty_like(x)
        run = lambda warps: ours.rmsnorm(x, w, out, num_warps=warps)  # noqa: E731
        twin = lambda warps: theirs.rmsnorm(x, w, twin_out, num_warps=warps)  # noqa: E731
        warps, twin_warps = measure.best_warps(run), measure.best_warps(twin)
        run(warps)
        some = slice(0, 64)
        xd = x[some].double()
        expected = xd * (xd.square().mean(-1, keepdim=True) + 1e-6).rsqrt() * w.double()
        error = measure.check("rmsnorm", out[some], expected, 8e-3)
        assert not out.isnan().any(), "an element was not written"
        times = measure.interleaved({
            "tegula": lambda: run(warps),
            "triton": lambda: twin(twin_warps),
            "torch": lambda: torch.nn.functional.rms_norm(x, (n,), w, 1e-6),
        })  # fmt: skip
        yield measure.row("rmsnorm", [m, n], "bfloat16", 2 * x.nbytes, times, copy, warps=warps,
                          triton_warps=twin_warps, error=error)  # fmt: skip

"""rope, bf16, 16384 tokens of 32 heads of 128, against Triton (same source)."""

import torch

from kernels.bench import measure
from kernels.rope import reference
from kernels.rope import rope as ours


def rows(copy):
    theirs = measure.triton_twin(ours)
    shape = (16384, 32, 128)
    x = torch.randn(shape, device="cuda").bfloat16()
    cache = torch.from_numpy(reference.cos_sin_cache(16384, 128)).cuda()
    positions = torch.randint(0, 16384, (shape[0],), device="cuda")
    out, twin_out = torch.full_like(x, float("nan")), torch.empty_like(x)
    run = lambda warps: ours.rope(x, out, cache, positions, num_warps=warps)  # noqa: E731
    twin = lambda warps: theirs.rope(x, twin_out, cache, positions, num_warps=warps)  # noqa: E731
    warps, twin_warps = measure.best_warps(run), measure.best_warps(twin)
    run(warps)
    cos, sin = cache[positions[:64]].double()[:, None].chunk(2, -1)
    first, second = x[:64].double().chunk(2, -1)
    expected = torch.cat([first * cos - second * sin, second * cos + first * sin], -1)
    error = measure.check("rope", out[:64], expected, 8e-3)
    assert not out.isnan().any(), "an element was not written"
    times = measure.interleaved({"tegula": lambda: run(warps), "triton": lambda: twin(twin_warps)})
    yield measure.row("rope", list(shape), "bfloat16", 2 * x.nbytes, times, copy, warps=warps,
                      triton_warps=twin_warps, error=error)  # fmt: skip

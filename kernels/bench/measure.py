"""Interleaved measurements of GPU work against its peers, in one run, on random data.

Every figure is a ratio: rounds alternate among the contenders, so that clocks and temperature are the same for all, and
medians are compared. The limit is the bandwidth of a device-to-device copy measured beside them.
"""

import importlib.util
import pathlib
import re
import statistics
import tempfile

import torch


def triton_twin(module):
    """The module of a kernel with Triton's imports in place of Tegula's two: the same source for both compilers."""
    text = pathlib.Path(module.__file__).read_text()
    text, changed = re.subn(r"^import tegula as triton$", "import triton", text, flags=re.M)
    text, more = re.subn(r"^import tegula\.language as tl$", "import triton.language as tl", text, flags=re.M)
    assert changed == 1 and more == 1, f"{module.__file__} does not hold the two imports"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tegula-bench-"))
    path = folder / pathlib.Path(module.__file__).name
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(f"triton_{path.stem}", path)
    twin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(twin)
    return twin


def once(call, launches):
    """Microseconds a launch, over several launches in a row."""
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    for _ in range(launches):
        call()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) * 1e3 / launches


def interleaved(calls, rounds=30, launches=8):
    """{name: median microseconds} of contenders that take turns; each is warmed up first."""
    samples = {name: [] for name in calls}
    for call in calls.values():
        once(call, 3)
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(once(call, launches))
    return {name: statistics.median(values) for name, values in samples.items()}


def best_warps(call, candidates=(1, 2, 4, 8, 16, 32)):
    """The number of warps with which `call(num_warps)` is fastest, and what failed with the others."""
    times = {}
    for warps in candidates:
        try:
            once(lambda: call(warps), 2)
            times[warps] = statistics.median(once(lambda: call(warps), 6) for _ in range(5))
        except Exception as error:  # a configuration that a compiler refuses is not a candidate
            print(f"    num_warps={warps}: {type(error).__name__}: {str(error).splitlines()[0][:100]}")
    return min(times, key=times.get)


def copy_bandwidth(bytes_moved=1 << 30):
    """Bytes a microsecond of a large device-to-device copy, reads and writes counted."""
    source = torch.randint(0, 255, (bytes_moved // 2,), dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    return bytes_moved / interleaved({"copy": lambda: target.copy_(source)})["copy"]


def check(name, ours, expected, tolerance):
    """Refuses to time a wrong kernel: largest |ours - expected| relative to max(1, |expected|)."""
    expected = expected.double()
    error = ((ours.double() - expected).abs() / expected.abs().clamp(min=1)).max().item()
    if not error <= tolerance:
        raise AssertionError(f"{name}: error {error:.3g} against float64, allowed {tolerance:.3g}")
    return error


def row(kernel, shape, dtype, data, times, copy, **extra):
    """One row of the results: medians in microseconds, the peers' time over ours, our share of the copy's bandwidth."""
    peers = {name: time for name, time in times.items() if name != "tegula"}
    result = {
        "kernel": kernel, "shape": shape, "dtype": dtype, "tegula_us": round(times["tegula"], 3),
        "peers_us": {name: round(time, 3) for name, time in peers.items()},
        "speedup": {name: round(time / times["tegula"], 4) for name, time in peers.items()},
        "share_of_copy": round(data / times["tegula"] / copy, 4),
        "peers_share_of_copy": {name: round(data / time / copy, 4) for name, time in peers.items()}, **extra,
    }  # fmt: skip
    print(f"  {kernel} {'x'.join(map(str, shape))}: {result['tegula_us']} us, share {result['share_of_copy']}, "
          f"speedup {result['speedup']}, {extra}", flush=True)  # fmt: skip
    return result

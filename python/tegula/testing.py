# testing.py - Timing and comparing.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""do_bench, assert_close and the benchmark helpers that kernel sources use."""

import math
import statistics
import time


def _quantile(sorted_times, q):
    """Linear interpolation between the two nearest ranks."""
    if not 0 <= q <= 1:
        raise ValueError(f"a quantile lies between 0 and 1; got {q}")
    at = q * (len(sorted_times) - 1)
    low = math.floor(at)
    high = min(low + 1, len(sorted_times) - 1)
    return sorted_times[low] + (sorted_times[high] - sorted_times[low]) * (at - low)


def _summary(times, quantiles, return_mode):
    if quantiles is not None:
        result = [_quantile(sorted(times), q) for q in quantiles]
        return result[0] if len(result) == 1 else result
    if return_mode == "all":
        return times
    return {"mean": statistics.fmean, "median": statistics.median, "min": min, "max": max}[return_mode](times)


def _cuda():
    try:
        import torch
    except ImportError:
        return None
    return torch if torch.cuda.is_available() else None


def do_bench(fn, warmup=25, rep=100, grad_to_none=None, quantiles=None, return_mode="mean"):
    """Milliseconds that `fn()` takes.

    warmup, rep: milliseconds spent before and while measuring. With a GPU (through torch) the time is the GPU's, by
    events, with the L2 cache overwritten before each run; without one it is the time on the clock. quantiles: a list of
    shares gives their times (one: a number); else return_mode "mean", "median", "min", "max" or "all". The gradients
    of the tensors in grad_to_none are dropped before each run.
    """
    if return_mode not in ("mean", "median", "min", "max", "all"):
        raise ValueError(f"return_mode is one of mean, median, min, max, all; got {return_mode!r}")
    torch = _cuda()
    if torch is None:
        return do_bench_cpu(fn, warmup, rep, quantiles, return_mode)
    fn()
    torch.cuda.synchronize()
    cache = torch.empty(256 * 1024 * 1024 // 4, dtype=torch.int, device="cuda")

    def events(count):
        return [torch.cuda.Event(enable_timing=True) for _ in range(count)]

    start, end = events(2)
    start.record()
    for _ in range(5):
        cache.zero_()
        fn()
    end.record()
    torch.cuda.synchronize()
    estimate = max(start.elapsed_time(end) / 5, 1e-4)
    runs = max(1, int(rep / estimate))
    for _ in range(max(1, int(warmup / estimate))):
        fn()
    starts, ends = events(runs), events(runs)
    for i in range(runs):
        for tensor in grad_to_none or ():
            tensor.grad = None
        cache.zero_()
        starts[i].record()
        fn()
        ends[i].record()
    torch.cuda.synchronize()
    return _summary([s.elapsed_time(e) for s, e in zip(starts, ends)], quantiles, return_mode)


def do_bench_cpu(fn, warmup=25, rep=100, quantiles=None, return_mode="mean"):
    """Milliseconds on the clock that `fn()` takes: what do_bench does without a GPU, also on a machine that has one."""
    fn()
    start = time.perf_counter()
    for _ in range(5):
        fn()
    estimate = max((time.perf_counter() - start) * 1e3 / 5, 1e-4)
    for _ in range(max(1, int(warmup / estimate))):
        fn()
    times = []
    for _ in range(max(1, int(rep / estimate))):
        start = time.perf_counter()
        fn()
        times.append((time.perf_counter() - start) * 1e3)
    return _summary(times, quantiles, return_mode)


def do_bench_cudagraph(fn, rep=20, grad_to_none=None, quantiles=None, return_mode="mean"):
    """Milliseconds that `fn()` takes on the GPU without the host's part: many calls in one CUDA graph, ten replays."""
    torch = _cuda()
    if torch is None:
        raise RuntimeError("do_bench_cudagraph needs torch and a GPU")
    with torch.cuda.stream(torch.cuda.Stream()):
        fn()
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for _ in range(5):
            fn()
        end.record()
        torch.cuda.synchronize()
        runs = max(1, int(rep / max(start.elapsed_time(end) / 5, 1e-4)))
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for _ in range(runs):
                for tensor in grad_to_none or ():
                    tensor.grad = None
                fn()
        torch.cuda.synchronize()
        times = []
        for _ in range(10):
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            graph.replay()
            end.record()
            torch.cuda.synchronize()
            times.append(start.elapsed_time(end) / runs)
    return _summary(times, quantiles, return_mode)


def assert_close(x, y, atol=None, rtol=None, err_msg=""):
    """Raises AssertionError unless |x - y| <= atol + rtol * |y| everywhere (atol 1e-2 and rtol 0 when not given). Takes NumPy
    arrays and torch tensors; NaN equals NaN."""
    import numpy as np

    def array(value):
        if hasattr(value, "detach"):
            value = value.detach()
            value = value.float() if value.is_floating_point() else value
            value = value.cpu().numpy()
        return np.asarray(value).astype(np.float64) if np.asarray(value).dtype.kind in "fV" else np.asarray(value)

    np.testing.assert_allclose(
        array(x),
        array(y),
        atol=1e-2 if atol is None else atol,
        rtol=0.0 if rtol is None else rtol,
        equal_nan=True,
        err_msg=err_msg,
    )


class Benchmark:
    """What `perf_report` runs: x_vals of x_names along the table's rows, line_vals of line_arg along its columns."""

    def __init__(
        self,
        x_names,
        x_vals,
        line_arg,
        line_vals,
        line_names,
        plot_name,
        args,
        xlabel="",
        ylabel="",
        x_log=False,
        y_log=False,
        styles=None,
    ):
        self.x_names, self.x_vals = x_names, x_vals
        self.line_arg, self.line_vals, self.line_names = line_arg, line_vals, line_names
        self.plot_name, self.args = plot_name, args
        self.xlabel, self.ylabel, self.x_log, self.y_log, self.styles = xlabel, ylabel, x_log, y_log, styles


class Mark:
    """A function with Benchmarks: `run(show_plots=False, print_data=False, save_path="")`."""

    def __init__(self, fn, benchmarks):
        self.fn = fn
        self.benchmarks = benchmarks

    def _table(self, bench):
        rows = []
        for x in bench.x_vals:
            xs = x if isinstance(x, (list, tuple)) else [x] * len(bench.x_names)
            row = list(xs)
            for line in bench.line_vals:
                value = self.fn(**dict(zip(bench.x_names, xs)), **{bench.line_arg: line}, **bench.args)
                row.append(value[0] if isinstance(value, (list, tuple)) else value)
            rows.append(row)
        return [*bench.x_names, *bench.line_names], rows

    def run(self, show_plots=False, print_data=False, save_path="", return_df=False, **kwargs):
        """Runs every benchmark; prints a table, writes <save_path>/<plot_name>.csv, returns rows (or data frames with pandas)."""
        import os

        single = isinstance(self.benchmarks, Benchmark)
        results = []
        for bench in [self.benchmarks] if single else self.benchmarks:
            head, rows = self._table(bench)
            if print_data:
                print(bench.plot_name + ":")
                print("  ".join(f"{name:>14}" for name in head))
                for row in rows:
                    print("  ".join(f"{value:14.6g}" for value in row))
            if save_path:
                os.makedirs(save_path, exist_ok=True)
                with open(os.path.join(save_path, bench.plot_name + ".csv"), "w") as file:
                    for row in [head, *rows]:
                        file.write(",".join(map(str, row)) + "\n")
            results.append(rows)
            if return_df:
                import pandas

                results[-1] = pandas.DataFrame(rows, columns=head)
        if return_df:
            return results[0] if single else results
        return None


def perf_report(benchmarks):
    """Decorator: a function that measures one point, with the Benchmark (or a list) that says which points."""
    return lambda fn: Mark(fn, benchmarks)


def get_dram_gbps(device=None):
    """The GPU memory's bandwidth by its clock and width, in GB/s."""
    from .runtime import driver

    info = driver.device_info(driver.default_device() if device is None else device)
    return info["memory_clock_khz"] * info["memory_bus_bits"] * 2 / 1e6 / 8

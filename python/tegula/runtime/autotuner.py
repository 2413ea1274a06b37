# runtime/autotuner.py - @autotune, @heuristics, Config.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Picking a kernel's compile-time values by measurement (autotune) or by a function of the arguments (heuristics)."""

import inspect
import time

from .. import knobs
from .errors import AutotunerError, OutOfResources, PTXASError
from .jit import KernelInterface


class Config:
    """One choice that the autotuner may make: values of constexpr parameters (`kwargs`) and launch options.

    pre_hook(args) is called before each run with this choice. Equal when all values and the hook are.
    """

    def __init__(self, kwargs, num_warps=4, num_stages=3, num_ctas=1, maxnreg=None, pre_hook=None, ir_override=None):
        self.kwargs = kwargs
        self.num_warps = num_warps
        self.num_stages = num_stages
        self.num_ctas = num_ctas
        self.maxnreg = maxnreg
        self.pre_hook = pre_hook
        self.ir_override = ir_override

    def all_kwargs(self):
        """Everything that a launch with this choice is given beside the caller's arguments."""
        options = (
            ("num_warps", self.num_warps),
            ("num_ctas", self.num_ctas),
            ("num_stages", self.num_stages),
            ("maxnreg", self.maxnreg),
            ("ir_override", self.ir_override),
        )
        return {**self.kwargs, **{name: value for name, value in options if value is not None}}

    def __str__(self):
        parts = [f"{name}: {value}" for name, value in self.kwargs.items()]
        parts += [
            f"num_warps: {self.num_warps}",
            f"num_ctas: {self.num_ctas}",
            f"num_stages: {self.num_stages}",
            f"maxnreg: {self.maxnreg}",
        ]
        return ", ".join(parts)

    __repr__ = __str__

    def __hash__(self):
        return hash((*self.all_kwargs().items(), self.pre_hook))

    def __eq__(self, other):
        return isinstance(other, Config) and self.all_kwargs() == other.all_kwargs() and self.pre_hook is other.pre_hook


def _on_gpu(value):
    return getattr(value, "is_cuda", False) or hasattr(value, "__cuda_array_interface__")


class Autotuner(KernelInterface):
    """A kernel with several Configs: see `autotune`. Attributes: configs, cache, best_config, configs_timings, bench_time."""

    def __init__(
        self,
        fn,
        arg_names,
        configs,
        key,
        reset_to_zero,
        restore_value,
        pre_hook=None,
        post_hook=None,
        prune_configs_by=None,
        warmup=None,
        rep=None,
        use_cuda_graph=False,
        do_bench=None,
        cache_results=False,
    ):
        self.configs = list(configs) or [Config({})]
        self.keys = list(key)
        self.cache = {}
        self._quick_keys = {}
        self._gpu_arguments = False
        self.arg_names = arg_names
        self.cache_results = cache_results
        self.reset_to_zero = list(reset_to_zero or ())
        self.restore_value = list(restore_value or ())
        self.restore_copies = {}
        self.nargs = {}
        self.best_config = None
        self.configs_timings = {}
        self.bench_time = 0.0
        self.user_defined_pre_hook = pre_hook is not None
        self.user_defined_post_hook = post_hook is not None
        self.pre_hook = pre_hook or self._reset_arguments
        self.post_hook = post_hook or self._restore_arguments
        prune_configs_by = prune_configs_by or {}
        self.perf_model = prune_configs_by.get("perf_model")
        self.configs_top_k = prune_configs_by.get("top_k", 1.0)
        self.early_config_prune = prune_configs_by.get("early_config_prune")
        self.fn = fn
        self.base_fn = fn
        while not inspect.isfunction(self.base_fn):
            self.base_fn = self.base_fn.fn
        self.num_warmups = warmup
        self.num_reps = rep
        self.use_cuda_graph = use_cuda_graph
        self._do_bench = do_bench

    @property
    def do_bench(self):
        """do_bench(call, quantiles=...) that times one configuration."""
        if self._do_bench is not None:
            return self._do_bench
        from .. import testing

        if self.use_cuda_graph:
            return lambda call, quantiles: testing.do_bench_cudagraph(call, quantiles=quantiles)
        bench = testing.do_bench if self._gpu_arguments else testing.do_bench_cpu
        warmup = 25 if self.num_warmups is None else self.num_warmups
        rep = 100 if self.num_reps is None else self.num_reps
        return lambda call, quantiles: bench(call, warmup=warmup, rep=rep, quantiles=quantiles)

    def _reset_arguments(self, kwargs, reset_only=False):
        for name in self.reset_to_zero:
            value = kwargs.get(name)
            if value is not None:
                value.zero_() if hasattr(value, "zero_") else value.fill(0)
        if not reset_only:
            self.restore_copies = {
                name: kwargs[name].clone() if hasattr(kwargs[name], "clone") else kwargs[name].copy()
                for name in self.restore_value
                if kwargs.get(name) is not None
            }

    def _restore_arguments(self, kwargs, exception=None):
        for name, saved in self.restore_copies.items():
            if hasattr(kwargs[name], "copy_"):
                kwargs[name].copy_(saved)
            else:
                kwargs[name][...] = saved
        self.restore_copies = {}

    def _bench(self, *args, config, **meta):
        from ..errors import CompileTimeAssertionFailure

        conflicts = meta.keys() & config.kwargs.keys()
        if conflicts:
            raise ValueError(
                f"Conflicting meta-parameters: {', '.join(sorted(conflicts))}. Make sure that you don't re-define auto-tuned symbols."
            )
        current = {**meta, **config.all_kwargs()}
        full = {**self.nargs, **current}

        def call():
            if config.pre_hook:
                config.pre_hook(full)
            self.pre_hook(full)
            try:
                self.fn.run(*args, **current)
            except Exception as error:
                try:
                    self.post_hook(full, exception=error)
                finally:
                    raise
            self.post_hook(full, exception=None)

        try:
            return self.do_bench(call, quantiles=(0.5, 0.2, 0.8))
        except (OutOfResources, CompileTimeAssertionFailure, PTXASError):
            return [float("inf")] * 3

    def run(self, *args, **kwargs):
        """Runs with the best configuration for these arguments; the first time for their key, times all of them."""
        self.nargs = dict(zip(self.arg_names, args))
        used_cache = True
        if len(self.configs) > 1:
            everything = {**self.nargs, **kwargs}
            # The same key as below, with the dtypes themselves: quicker to make than their names.
            quick = (
                *[everything[name] for name in self.keys if name in everything],
                *[getattr(value, "dtype", None) for value in everything.values()],
            )
            key = self._quick_keys.get(quick)
            if key is None or key not in self.cache:
                arguments = {name: value for name, value in everything.items() if name in self.arg_names}
                key = [arguments[name] for name in self.keys if name in arguments]
                key += [str(value.dtype) for value in arguments.values() if hasattr(value, "dtype")]
                key = self._quick_keys[quick] = tuple(key)
            if key not in self.cache:
                used_cache = False
                self._tune(key, args, kwargs, everything)
            config = self.cache[key]
        else:
            config = self.configs[0]
        self.best_config = config
        if not used_cache and knobs.autotuning.print:
            print(
                f"Triton autotuning for function {self.base_fn.__name__} finished after {self.bench_time:.2f}s; best config selected: {config};"
            )
        if config.pre_hook is not None:
            config.pre_hook({**self.nargs, **kwargs, **config.all_kwargs()})
        result = self.fn.run(*args, **kwargs, **config.all_kwargs())
        self.nargs = {}
        return result

    def _tune(self, key, args, kwargs, everything):
        self._gpu_arguments = any(map(_on_gpu, everything.values()))
        configs = self.prune_configs(kwargs)
        start = time.perf_counter()
        timings = {config: self._bench(*args, config=config, **kwargs) for config in configs}
        self.bench_time = time.perf_counter() - start
        timings = {
            config: timing if isinstance(timing, (list, tuple)) else [timing] for config, timing in timings.items()
        }
        self.configs_timings = timings
        self.cache[key] = min(timings, key=lambda config: list(timings[config]))
        self.pre_hook(
            {**everything, **self.cache[key].all_kwargs()},
            **({} if self.user_defined_pre_hook else {"reset_only": True}),
        )

    def prune_configs(self, kwargs):
        """The configurations that are worth timing. Raises AutotunerError when early_config_prune leaves none."""
        configs = self.configs
        if self.early_config_prune:
            configs = self.early_config_prune(configs, self.nargs, **kwargs)
            if not configs:
                raise AutotunerError(
                    "No valid autotuner configs after pruning. `early_config_prune` should return at least one config."
                )
        if self.perf_model:
            top = self.configs_top_k
            top = int(len(self.configs) * top) if isinstance(top, float) and top <= 1.0 else top
            if not isinstance(top, int):
                raise TypeError("Error while pruning configs, top_k must be either 1) a float <= 1.0 or 2) an int")
            if len(configs) > top:
                cost = {config: self.perf_model(**self.nargs, **kwargs, **config.all_kwargs()) for config in configs}
                configs = sorted(configs, key=cost.get)[: max(top, 1)]
        return configs

    def warmup(self, *args, **kwargs):
        """Compiles every configuration for these arguments; a list of CompiledKernels."""
        self.nargs = dict(zip(self.arg_names, args))
        result = [self.fn.warmup(*args, **kwargs, **config.all_kwargs()) for config in self.prune_configs(kwargs)]
        self.nargs = {}
        return result


def autotune(
    configs,
    key,
    prune_configs_by=None,
    reset_to_zero=None,
    restore_value=None,
    pre_hook=None,
    post_hook=None,
    warmup=None,
    rep=None,
    use_cuda_graph=False,
    do_bench=None,
    cache_results=False,
):
    """Decorator over @tegula.jit: times each Config of `configs` when the values of the arguments named in `key` (or the dtypes)
    are new, and runs the fastest.

    prune_configs_by: {"early_config_prune": fn(configs, named_args, **kwargs), "perf_model": fn(**all), "top_k": share or
    number}. reset_to_zero, restore_value: arguments that are zeroed before, or restored after, each timed run.
    pre_hook(args), post_hook(args, exception) around each timed run. warmup, rep: milliseconds.
    """

    def decorate(fn):
        return Autotuner(
            fn,
            fn.arg_names,
            configs,
            key,
            reset_to_zero,
            restore_value,
            pre_hook=pre_hook,
            post_hook=post_hook,
            prune_configs_by=prune_configs_by,
            warmup=warmup,
            rep=rep,
            use_cuda_graph=use_cuda_graph,
            do_bench=do_bench,
            cache_results=cache_results,
        )

    return decorate


class Heuristics(KernelInterface):
    """A kernel some of whose arguments are computed from the others: see `heuristics`."""

    def __init__(self, fn, arg_names, values):
        self.fn = fn
        self.arg_names = arg_names
        self.values = values

    def run(self, *args, **kwargs):
        """Computes the values and runs the kernel inside."""
        named = dict(zip(self.arg_names, args))
        for name, heuristic in self.values.items():
            kwargs[name] = heuristic({**named, **kwargs})
        return self.fn.run(*args, **kwargs)

    def warmup(self, *args, **kwargs):
        """Computes the values and compiles the kernel inside."""
        named = dict(zip(self.arg_names, args))
        for name, heuristic in self.values.items():
            kwargs[name] = heuristic({**named, **kwargs})
        return self.fn.warmup(*args, **kwargs)


def heuristics(values):
    """Decorator over @tegula.jit: `values` maps names of parameters to functions of the arguments' dict."""

    def decorate(fn):
        return Heuristics(fn, fn.arg_names, values)

    return decorate

# knobs.py - Settings by variable, hooks by assignment.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Settings and hooks.

    tegula.knobs.runtime.launch_enter_hook.add(fn)   # fn(metadata) before each launch
    tegula.knobs.compilation.always_compile = True   # TEGULA_ALWAYS_COMPILE

Each setting is read from TEGULA_<NAME>, else from TRITON_<NAME>; 1, true, on, yes and y in any case are true.
Assigning sets it for this process. Hooks that nobody added cost a launch nothing.
"""

import os

from . import _tegula


def _text(name):
    return os.environ.get("TEGULA_" + name, os.environ.get("TRITON_" + name))


def _truth(name):
    return (_text(name) or "").lower() in ("1", "true", "on", "yes", "y")


class _Setting:
    def __init__(self, variable, read, doc):
        self.variable, self.read, self.__doc__ = variable, read, doc

    def __get__(self, group, owner=None):
        if group is None:
            return self
        return group.__dict__.get(self.variable, self.read(self.variable))

    def __set__(self, group, value):
        group.__dict__[self.variable] = value

    def __delete__(self, group):
        group.__dict__.pop(self.variable, None)


class HookChain:
    """Functions called in turn. `add(fn)`, `remove(fn)`; calling the chain calls them all."""

    def __init__(self, changed=None):
        self.calls = []
        self._changed = changed

    def add(self, fn):
        """Adds `fn`, once."""
        if fn not in self.calls:
            self.calls.append(fn)
            if self._changed:
                self._changed()

    def remove(self, fn):
        """Removes `fn` if it is there."""
        if fn in self.calls:
            self.calls.remove(fn)
            if self._changed:
                self._changed()

    def __call__(self, *args, **kwargs):
        for fn in list(self.calls):
            fn(*args, **kwargs)

    def __bool__(self):
        return bool(self.calls)


class LaunchMetadata:
    """What launch hooks are given: `get()` is a dict with the kernel's name, grid, stream-independent metadata and,
    when the kernel has a `launch_metadata` function, what that returns."""

    def __init__(self, kernel, compiled, grid, arguments):
        self.kernel, self.compiled, self.grid, self.arguments = kernel, compiled, grid, arguments

    def get(self):
        """The dict."""
        result = {"name": self.compiled.name, "function": self.compiled.function, "grid": self.grid}
        if self.kernel.launch_metadata is not None:
            result.update(self.kernel.launch_metadata(self.grid, self.compiled.metadata, self.arguments) or {})
        return result


class _Runtime:
    debug = _Setting("DEBUG", _truth, "device asserts and overflow checks in every kernel")
    interpret = _Setting("INTERPRET", _truth, "accepted and ignored: the CPU target compiles")
    print_autotuning = _Setting("PRINT_AUTOTUNING", _truth, "the autotuner says what it chose")
    # Called with the keywords key, repr, fn, compile, is_manual_warmup, already_compiled; a true result skips the compile.
    jit_cache_hook = None
    jit_post_compile_hook = None

    def __init__(self):
        self.launch_enter_hook = HookChain(self._set_hook)
        self.launch_exit_hook = HookChain(self._set_hook)
        self.kernel_load_start_hook = HookChain()
        self.kernel_load_end_hook = HookChain()

    def _set_hook(self):
        _tegula.set_launch_hook(self._launching if self.launch_enter_hook or self.launch_exit_hook else None)

    def _launching(self, entering, kernel, compiled, grid, arguments):
        (self.launch_enter_hook if entering else self.launch_exit_hook)(
            LaunchMetadata(kernel, compiled, grid, arguments)
        )


class _Compilation:
    always_compile = _Setting("ALWAYS_COMPILE", _truth, "no disk cache look-ups")
    allow_non_constexpr_globals = _Setting("ALLOW_NON_CONSTEXPR_GLOBALS", _truth, "kernels may read any global")
    override_arch = _Setting("OVERRIDE_ARCH", _text, "compile for this GPU instead of the one at hand")
    default_fp_fusion = _Setting(
        "DEFAULT_FP_FUSION",
        lambda name: (_text(name) or "1").lower() in ("1", "true", "on", "yes", "y"),
        "contract a * b + c unless the launch says otherwise",
    )
    library = _Setting("LIBRARY", lambda name: os.environ.get("TEGULA_LIBRARY"), "path of libtegula.so")
    # Called with src, metadata, metadata_group, times, cache_hit.
    listener = None


class _Cache:
    dir = _Setting("CACHE_DIR", lambda name: None, "folder of the disk cache; None: the default one")


class _Autotuning:
    print = _Setting("PRINT_AUTOTUNING", _truth, "the autotuner says what it chose")
    cache = _Setting("CACHE_AUTOTUNING", _truth, "accepted; results are kept in memory")


runtime = _Runtime()
compilation = _Compilation()
cache = _Cache()
autotuning = _Autotuning()

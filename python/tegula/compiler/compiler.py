# compiler/compiler.py - tegula.compile, compiled kernels, launch options, cache keys.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From a function, its signature and options to a CompiledKernel, through the disk cache."""

import ast
import functools
import json
import os
import warnings
import shutil
from collections import namedtuple

from .. import _tegula, errors, knobs
from ..backends.compiler import target_name, target_of_name
from ..language import core
from . import library
from .environment import NOT_FOUND, Environment, dtype_name

# Launch options: what a launch or tegula.compile may be given beside the kernel's arguments, and their defaults.
OPTIONS = {
    "num_warps": 4,
    "num_stages": 3,
    "num_ctas": 1,
    "maxnreg": None,
    "enable_fp_fusion": None,
    "debug": None,
    "launch_cooperative_grid": False,
    "launch_pdl": False,
    "enable_reflect_ftz": True,
    "ptx_version": None,
    "ptx_options": None,
    "ir_override": None,
    "extern_libs": None,
    "sanitize_overflow": True,
    "supported_fp8_dtypes": None,
    "allowed_dot_input_precisions": None,
    "max_num_imprecise_acc_default": None,
    "default_dot_input_precision": None,
    "arch": None,
    "instrumentation_mode": "",
    "warp_size": 32,
    "num_cpu_threads": 0,
    "cluster_dims": None,
}
_UNSUPPORTED = {
    "ir_override": "Tegula has its own intermediate form; edit a stage with tegula-opt instead",
    "launch_cooperative_grid": "cooperative grids are not supported",
    "ptx_options": "options of the assembler cannot be set",
    "ptx_version": "the compiler chooses the PTX version by the target",
    "extern_libs": "only the target's own device library is linked",
    "cluster_dims": "clusters are not supported",
    "instrumentation_mode": "kernels cannot be instrumented",
}


def unknown_option(name, parameters=()):
    """The message for a keyword that is neither a parameter nor a launch option."""
    import difflib

    close = difflib.get_close_matches(name, [*OPTIONS, *parameters], 1)
    return f"Keyword argument {name} was specified but unrecognised" + (f"; did you mean {close[0]}?" if close else "")


def parse_options(given):
    """All options with their defaults, checked. Raises KeyError for an unknown one, ValueError for a bad value."""
    for name in given:
        if name not in OPTIONS:
            raise KeyError(unknown_option(name))
    options = {name: core._unwrap_if_constexpr(given.get(name, default)) for name, default in OPTIONS.items()}
    for name in ("num_warps", "num_stages", "num_ctas"):
        if options[name] is None:
            options[name] = OPTIONS[name]
        if not isinstance(options[name], int) or isinstance(options[name], bool):
            raise TypeError(f"{name} must be an int; got {options[name]!r}")
    warps = options["num_warps"]
    if warps < 1 or warps > 32 or warps & (warps - 1):
        raise ValueError(f"num_warps must be a power of 2 from 1 to 32; got {warps}")
    if options["num_stages"] < 0:
        raise ValueError(f"num_stages must not be negative; got {options['num_stages']}")
    if options["num_ctas"] not in (1, 2, 4, 8, 16):
        raise ValueError(f"num_ctas must be a power of 2 from 1 to 16; got {options['num_ctas']}")
    if options["warp_size"] != OPTIONS["warp_size"]:
        raise ValueError(f"warp_size must be 32; got {options['warp_size']!r}")
    if options["num_stages"] == 0:
        options["num_stages"] = 1  # both mean: no pipelining
    for name in ("debug", "enable_fp_fusion"):
        if options[name] not in (None, False, True):
            raise TypeError(f"{name} must be a bool; got {options[name]!r}")
    if options["maxnreg"] is not None and (
        not isinstance(options["maxnreg"], int) or isinstance(options["maxnreg"], bool)
    ):
        raise TypeError(f"maxnreg must be an int; got {options['maxnreg']!r}")
    if options["maxnreg"] is not None and not 1 <= options["maxnreg"] <= 255:
        raise ValueError(f"maxnreg must be 1 to 255; got {options['maxnreg']}")
    for name, reason in _UNSUPPORTED.items():
        if options[name]:
            raise ValueError(f"the option {name} cannot be used: {reason}")
    if options["enable_fp_fusion"] is None:
        options["enable_fp_fusion"] = knobs.compilation.default_fp_fusion
    return options


Binding = namedtuple("Binding", "name type divisibility constant")
Binding.__doc__ = "What a parameter is bound to: (name, type or None, 16 or 1, the constant when there is no type)."


def constant_key(value):
    """Text that tells compile-time values apart, the same in every process; None for one that only this process knows."""
    value = core._unwrap_if_constexpr(value)
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return f"{kind.__name__}:{value!r}"
    if kind is float:
        return f"float:{value.hex()}"
    if isinstance(value, core.dtype):
        return f"dtype:{value.mangle() if not value.is_block() else value.name}"
    if kind.__module__ == "torch" and kind.__name__ == "dtype":
        return f"dtype:{dtype_name(value)}"
    if hasattr(kind, "cache_key"):
        return f"function:{value.cache_key}"
    if isinstance(value, (tuple, list)):
        parts = [constant_key(item) for item in value]
        fields = ",".join(getattr(value, "_fields", ()))
        return None if None in parts else f"tuple:{kind.__qualname__ if fields else ''}{fields}({';'.join(parts)})"
    if isinstance(value, core.Builtin):
        return f"builtin:{value.qualified_name}"
    if isinstance(value, core.enum.Enum):
        return f"enum:{kind.__module__}.{kind.__qualname__}.{value.name}"
    if kind.__repr__ is object.__repr__:
        return None
    text = repr(value)
    return None if " at 0x" in text else f"{kind.__module__}.{kind.__qualname__}:{text}"


@functools.lru_cache(maxsize=None)
def host_cpu():
    """What tells one kind of CPU from another: the host target compiles for exactly this one."""
    try:
        with open("/proc/cpuinfo") as file:
            text = file.read().split("\n\n")[0]
    except OSError:
        text = ""
    lines = [
        line
        for line in text.splitlines()
        if line.split("\t")[0].strip() in ("model name", "flags", "cpu family", "model")
    ]
    return _tegula.digest("\n".join(lines).encode())


@functools.lru_cache(maxsize=None)
def assembler_identity():
    """What tells one PTX assembler from another without opening it: what names one, and the installed wheel's version."""
    import importlib.metadata

    parts = [f"{name}={os.environ.get(name, '')}" for name in ("TEGULA_NVJITLINK", "TEGULA_PTXAS_PATH", "CUDA_HOME")]
    toolkit = os.environ.get("CUDA_HOME") or "/usr/local/cuda"
    for path in (
        shutil.which("ptxas") or "",
        f"{toolkit}/bin/ptxas",
        f"{toolkit}/nvvm/libdevice/libdevice.10.bc",
        os.environ.get("TEGULA_LIBDEVICE_PATH", ""),
    ):
        try:
            status = os.stat(path)
            parts.append(f"{path}={status.st_size},{status.st_mtime_ns}")
        except OSError:
            pass
    for wheel in ("nvidia-nvjitlink", "nvidia-cuda-nvcc", "nvidia-nvvm"):
        try:
            parts.append(f"{wheel}={importlib.metadata.version(wheel)}")
        except importlib.metadata.PackageNotFoundError:
            pass
    return " ".join(parts)


def debugging(fn, options):
    """Whether device asserts are on: by the launch option, else by the function's, else by the knob."""
    return bool(options["debug"] if options["debug"] is not None else (fn.debug or knobs.runtime.debug))


def cache_key(fn, bindings, options, target):
    """Everything that the compiled code depends on, as bytes; None when a constant has no name outside this process."""
    constants = {}
    for binding in bindings:
        if binding.type is None:
            constants[binding.name] = constant_key(binding.constant)
            if constants[binding.name] is None:
                return None
    from .. import __version__

    parts = {
        "tegula": f"{__version__} {library.identity()}",
        "source": fn.cache_key,
        "name": fn.__name__,
        "signature": [(b.name, b.type, b.divisibility) for b in bindings],
        "constants": constants,
        "options": {name: repr(value) for name, value in options.items() if value != OPTIONS[name]},
        "debug": debugging(fn, options),
        "target": target,
        "cpu": host_cpu() if target == "host" else "",
        "assembler": "" if target == "host" else assembler_identity(),
        "allow_globals": knobs.compilation.allow_non_constexpr_globals,
    }
    return json.dumps(parts, sort_keys=True).encode()


def _pass_on(diagnostics_json):
    """Prints what `static_print` said; warnings become Python's."""
    try:
        diagnostics = json.loads(diagnostics_json)
    except ValueError:
        return
    if isinstance(diagnostics, dict):
        diagnostics = diagnostics.get("diagnostics", [])
    for diagnostic in diagnostics:
        if diagnostic.get("kind") == "static-print":
            print(diagnostic["message"])
        elif diagnostic.get("severity") == "warning":
            warnings.warn(diagnostic.get("rendered", diagnostic["message"]).rstrip("\n"), stacklevel=2)


def _raise_compilation_error(text, diagnostics_json, cause):
    try:
        diagnostics = json.loads(diagnostics_json)
    except ValueError:
        diagnostics = []
    if isinstance(diagnostics, dict):
        diagnostics = diagnostics.get("diagnostics", [])
    first = next((d for d in diagnostics if d.get("severity", "error") == "error"), {})
    named = str(first.get("kind", ""))
    kind = errors.CompilationError
    if named == "static-assert":
        kind = errors.CompileTimeAssertionFailure
    elif named.startswith("unsupported") and named != "unsupported-call":
        kind = errors.UnsupportedLanguageConstruct
    raise kind(text.rstrip("\n") or "the compiler failed without a message", diagnostics) from cause


def compile_image(fn, bindings, options, target, keep_stages=False):
    """Compiles and returns the kernel image, bytes. Raises CompilationError."""
    library.require(target)
    ok, image, text, diagnostics, cause = _tegula.compile(
        fn,
        Environment(knobs.compilation.allow_non_constexpr_globals),
        NOT_FOUND,
        [tuple(binding) for binding in bindings],
        target,
        options["num_warps"],
        options["num_stages"],
        options["num_ctas"],
        options["maxnreg"] or 0,
        debugging(fn, options),
        not options["enable_fp_fusion"],
        keep_stages,
        False,
    )
    if diagnostics:
        _pass_on(diagnostics)
    if not ok:
        _raise_compilation_error(text, diagnostics, cause)
    return image


def cached_image(fn, bindings, options, target):
    """(image, key, came from the cache): through the disk cache."""
    if options["arch"]:
        target = target_name(options["arch"])
    key = cache_key(fn, bindings, options, target)
    directory = knobs.cache.dir
    if key is not None and not knobs.compilation.always_compile:
        image = _tegula.cache_get(directory, key)
        if image is not None:
            return image, key, True
    image = compile_image(fn, bindings, options, target)
    # Code that the driver has yet to assemble is not kept: the next process may find an assembler.
    if key is not None and (target == "host" or "cubin" in _tegula.image_sections(image)):
        _tegula.cache_put(directory, key, image)
    return image, key, False


class _Asm:
    """The kernel at every stage, by name. Stages that the image does not hold are made when they are asked for."""

    STAGES = ("source", "ast", "tile", "tile-gpu", "llvm", "ptx", "cubin", "asm", "obj", "host")
    ALIASES = {"ttir": "tile", "ttgir": "tile-gpu", "llir": "llvm", "so": "host"}
    BINARY = ("cubin", "obj", "host")
    GPU_ONLY, HOST_ONLY = ("tile-gpu", "ptx", "cubin"), ("asm", "obj", "host")

    def __init__(self, kernel):
        self._kernel = kernel
        self._sections = None
        self._complete = False

    def _load(self, name):
        if self._sections is None:
            self._sections = _tegula.image_sections(self._kernel.image)
        if name not in self._sections and not self._complete:
            self._complete = True
            for section, data in self._kernel._every_stage().items():
                self._sections.setdefault(section, data)

    def __getitem__(self, name):
        stage = self.ALIASES.get(name, name)
        if stage not in self.keys():
            raise KeyError(
                f"{name!r}: a kernel for {self._kernel.metadata.target_name} has the stages {', '.join(self.keys())}"
            )
        if stage == "source":
            return self._kernel._source()
        if stage == "ast" and self._kernel.src is not None:
            # The compiler's parser makes the same tree (test/python/test_syntax_against_cpython.py).
            return ast.dump(self._kernel.src.parse(), indent=2)
        self._load(stage)
        if stage not in self._sections:
            raise KeyError(f"{name!r}: the compiler kept no such stage of this kernel")
        data = self._sections[stage]
        return data if stage in self.BINARY else data.decode("utf-8", "replace")

    def keys(self):
        """The stages of this kernel's target, in order."""
        absent = self.GPU_ONLY if self._kernel.metadata.target_name == "host" else self.HOST_ONLY
        return [stage for stage in self.STAGES if stage not in absent]

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self.keys())

    def __contains__(self, name):
        return self.ALIASES.get(name, name) in self.keys()

    def get(self, name, default=None):
        """The stage, or `default`."""
        try:
            return self[name]
        except KeyError:
            return default

    def items(self):
        """(name, stage) pairs."""
        return [(name, self[name]) for name in self.keys() if self.get(name) is not None]

    def values(self):
        """Every stage."""
        return [stage for _, stage in self.items()]


class CompiledKernel(_tegula.CompiledKernelBase):
    """A kernel compiled for one target, loaded on a device at its first launch.

    `kernel[grid](*args, stream=None)` launches it with the arguments that it has at run time (or all of the function's).
    `asm` maps stage names ("source", "ast", "tile", "tile-gpu", "llvm", "ptx", "cubin"; for the CPU "asm", "obj",
    "host") to their text or bytes; `metadata` is a named tuple (name, target, num_warps, shared, ...); `n_regs` and
    `n_spills` are the assembler's figures; `name`, `hash`, `src`, `image` (the bytes that the disk cache holds).
    """

    def __init__(self, src, bindings, options, target, image, key, device=None):
        self.src = src
        self.image = image
        self._bindings = bindings
        self._options = options
        self._target = target
        self._device = device
        self.hash = _tegula.digest(key if key is not None else image)
        self.asm = _Asm(self)
        self._metadata = None
        self._run = None

    @property
    def metadata(self):
        """Launch options and what the compiler told of the code, a named tuple: name, target, num_warps, shared (bytes), ..."""
        if self._metadata is None:
            values = dict(self._options)
            told = json.loads(_tegula.image_metadata(self.image))
            values.update({name: value for name, value in told.items() if name.isidentifier()})
            values.update(
                hash=self.hash,
                target=target_of_name(self._target),
                target_name=self._target,
                triton_version="3.5.0",
                name=told.get("name", getattr(self.src, "__name__", "kernel")),
                shared=told.get("shared", 0),
                tmem_size=0,
                global_scratch_size=0,
                global_scratch_align=1,
                profile_scratch_size=0,
                profile_scratch_align=1,
            )
            self._metadata = namedtuple("KernelMetadata", sorted(values))(**values)
        return self._metadata

    @property
    def name(self):
        """The entry point's name."""
        return self.metadata.name

    @property
    def kernel(self):
        """The code that is launched: cubin, else PTX; for the CPU the shared object."""
        sections = _tegula.image_sections(self.image)
        return sections.get("cubin") or sections.get("ptx") or sections.get("host")

    @property
    def function(self):
        """The CUfunction or the host's entry point, an int; 0 before the first launch."""
        return self._function_handle()

    @property
    def module(self):
        """The same handle as `function`: the module belongs to the runtime."""
        return self._function_handle()

    @property
    def n_regs(self):
        """Registers of a thread; None when nobody said."""
        loaded = self._describe()
        figure = loaded["registers"] if loaded else getattr(self.metadata, "registers", None)
        return None if figure is None or figure < 0 else figure

    @property
    def n_spills(self):
        """Bytes of registers spilled by a thread; None when nobody said."""
        loaded = self._describe()
        figure = loaded["spills"] if loaded else getattr(self.metadata, "spills", None)
        return None if figure is None or figure < 0 else figure

    @property
    def n_max_threads(self):
        """Threads that a block of this kernel may have."""
        self._init_handles()
        return self._describe()["max_threads"]

    def _init_handles(self, device=None):
        """Loads the kernel on `device`, on the current one when it is not given. Raises RuntimeError or OutOfResources."""
        if self._loaded:
            return
        if device is None:
            device = self._device
        if device is None:
            if self._target == "host":
                device = -1
            else:
                from ..runtime import driver

                device = max(driver.default_device(), 0)
        knobs.runtime.kernel_load_start_hook(self.function, self.name, self.metadata, self.hash)
        self._load(self.image, device, tuple(binding.name for binding in self._bindings))
        self._device = device
        knobs.runtime.kernel_load_end_hook(self.function, self.name, self.metadata, self.hash)

    @property
    def run(self):
        """run(grid_0, grid_1, grid_2, stream, *args): launches."""

        def run(grid_0, grid_1, grid_2, stream, *args):
            return self[(grid_0, grid_1, grid_2)](*args, stream=stream)

        return run

    def _source(self):
        return getattr(self.src, "src", "")

    def _every_stage(self):
        if self.src is None:
            return {}
        return _tegula.image_sections(
            compile_image(self.src, self._bindings, self._options, self._target, keep_stages=True)
        )

    def __repr__(self):
        return f"<CompiledKernel {self.name} for {self._target}>"


class ASTSource:
    """A function and what its parameters are bound to, for `tegula.compile`.

    signature: {name: type}, a type as "*fp16", "i32", "fp32", "constexpr"; order does not matter. A comma-separated string in
    parameter order is accepted, too. constexprs: {name or (index,): value}. attrs: {(index,): [["tt.divisibility", 16]]}
    or {name: 16}; a type may say it itself: "*fp16:16".
    """

    def __init__(self, fn, signature, constexprs=None, attrs=None):
        from ..runtime.jit import JITFunction

        if not isinstance(fn, JITFunction):
            raise TypeError(f"ASTSource needs a function decorated with @tegula.jit; got {type(fn).__name__}")
        self.fn = fn
        self.name = fn.__name__
        if isinstance(signature, str):
            parts = [part.strip() for part in signature.split(",")]
            names = [name for i, name in enumerate(fn.arg_names)]
            signature = dict(zip(names, parts))
        self.signature = {(fn.arg_names[k] if isinstance(k, int) else k): v for k, v in signature.items()}
        self.constants = {self._name(path): value for path, value in (constexprs or {}).items()}
        self.attrs = attrs or {}
        for name in (*self.signature, *self.constants):
            if name not in fn.arg_names:
                raise ValueError(f"kernel '{fn.__name__}' has no parameter '{name}'; it has {', '.join(fn.arg_names)}")

    constexprs = property(lambda self: self.constants)

    def _name(self, path):
        if isinstance(path, tuple):
            path = path[0]
        return self.fn.arg_names[path] if isinstance(path, int) else path

    def bindings(self):
        """One Binding a parameter, in order. Raises ValueError for a parameter that nothing is said of."""
        divisible = set()
        for path, hints in self.attrs.items():
            if hints == 16 or any(
                list(hint) == ["tt.divisibility", 16] for hint in (hints if isinstance(hints, (list, tuple)) else ())
            ):
                divisible.add(self._name(path))
        result = []
        for param in self.fn.params:
            name = param.name
            if name in self.constants:
                result.append(Binding(name, None, 1, self.constants[name]))
                continue
            spelled = self.signature.get(name)
            if spelled is None or spelled == "constexpr":
                if param.has_default:
                    result.append(Binding(name, None, 1, param.default))
                    continue
                raise ValueError(
                    f"the signature says nothing of parameter '{name}' of kernel '{self.name}': give its type, or its value "
                    "in constexprs"
                )
            spelled, _, hint = str(spelled).partition(":")
            kind = check_type(spelled, name)
            if hint not in ("", "1", "16"):
                raise ValueError(f"the hint of parameter '{name}' must be 16 or 1; got {hint!r}")
            if hint == "1" and not kind.startswith("*"):
                result.append(Binding(name, None, 1, 1))
                continue
            result.append(Binding(name, kind, 16 if hint == "16" or name in divisible else 1, None))
        return result


def check_type(spelled, name):
    """The compiler's spelling of a signature's type. Raises ValueError that names the parameter."""
    try:
        return core.str_to_ty(spelled.strip()).mangle()
    except (ValueError, IndexError):
        raise ValueError(
            f"the type of parameter '{name}' is spelled {spelled!r}; it must be such as *fp16, *kfp16 (const), i32, u8, i1, fp32 or "
            "constexpr"
        ) from None


def compile(src, target=None, options=None):
    """Compiles without launching, also for a GPU that this machine has not.

    src: an ASTSource. target: "sm_90a", "sm_80", "host", or a GPUTarget; without one, the current GPU, else the CPU.
    options: {"num_warps": 4, ...}. Returns a CompiledKernel. Raises CompilationError, KeyError, ValueError.
    """
    if not isinstance(src, ASTSource):
        raise TypeError(f"tegula.compile needs an ASTSource; got {type(src).__name__}")
    if target is None:
        from ..runtime import driver

        name = driver.target_of_device(driver.default_device())
    else:
        name = target_name(target)
    parsed = parse_options(dict(options or {}))
    bindings = src.bindings()
    image, key, hit = cached_image(src.fn, bindings, parsed, name)
    kernel = CompiledKernel(src.fn, bindings, parsed, name, image, key)
    if knobs.compilation.listener is not None:
        knobs.compilation.listener(
            src=src, metadata=kernel.metadata._asdict(), metadata_group={}, times=None, cache_hit=hit
        )
    return kernel

# runtime/jit.py - @tegula.jit: functions of the kernel language.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Kernels on the host side.

A launch of a ready kernel stays in the extension (csrc/Kernel.h); this file is what happens before the first one: the
function's source and what it depends on, its parameters, and the compile of a new variant. A variant is one
combination of argument types, facts about their values (equal to 1, divisible by 16), compile-time values, launch
options and device.
"""

import ast
import copy
import functools
import hashlib
import inspect
import re
import textwrap
import threading
import types
from collections import defaultdict
from typing import Generic, TypeVar

from .. import _tegula, knobs
from ..backends.compiler import target_name
from ..compiler import compiler as compiling
from ..compiler.environment import NOT_FOUND, find_name
from ..language import core
from . import driver
from .arguments import MockTensor, TensorWrapper, describe_devices, reinterpret

T = TypeVar("T")

_DEF = re.compile(r"^[ \t]*(?:async[ \t]+)?def\s+\w+\s*\(", re.MULTILINE)
_PACKAGE = __name__.split(".")[0]


class KernelInterface(Generic[T]):
    """What can be launched as kernel[grid](...): jit functions, and autotune and heuristics around them."""

    def __getitem__(self, grid):
        return lambda *args, **kwargs: self.run(grid=grid, warmup=False, *args, **kwargs)

    def warmup(self, *args, grid=(1,), **kwargs):
        """Compiles for these arguments without launching; dtypes stand for tensors."""
        return self.run(grid=grid, warmup=True, *map(MockTensor.wrap_dtype, args), **kwargs)


# ---- Parameters ----------------------------------------------------------------------------------------------------

_SCALAR_ANNOTATIONS = {
    "bool": "i1",
    "int": "i32",
    "float": "fp32",
    "int8_t": "i8",
    "int16_t": "i16",
    "int32_t": "i32",
    "int64_t": "i64",
    "uint8_t": "u8",
    "uint16_t": "u16",
    "uint32_t": "u32",
    "uint64_t": "u64",
    "double": "fp64",
    "half": "fp16",
    "B": "i1",
    "u1": "i1",
}


class KernelParam:
    """A parameter of a jit function: num, name, annotation, default, is_constexpr, is_const, do_not_specialize, ..."""

    def __init__(self, num, param, do_not_specialize, do_not_specialize_on_alignment):
        self.num = num
        self._param = param
        self.name = param.name
        self.do_not_specialize = do_not_specialize
        self.do_not_specialize_on_alignment = do_not_specialize_on_alignment
        self.has_default = param.default is not inspect.Parameter.empty
        self.default = param.default

    @functools.cached_property
    def annotation(self):
        """The annotation as text, "" when there is none."""
        annotation = self._param.annotation
        if annotation is inspect.Parameter.empty:
            return ""
        if isinstance(annotation, str):
            return annotation.strip("\"' ")
        if isinstance(annotation, core.dtype):
            return annotation.mangle()
        if annotation is core.constexpr:
            return "constexpr"
        if annotation is core.const:
            return "const"
        return getattr(annotation, "__name__", str(annotation))

    def __str__(self):
        """The parameter as its author may have written it, for messages."""
        annotation = {"constexpr": "tl.constexpr", "const": "tl.const"}.get(self.annotation, self.annotation)
        default = f" = {self.default!r}" if annotation else f"={self.default!r}"
        return self.name + (f": {annotation}" if annotation else "") + (default if self.has_default else "")

    @property
    def is_constexpr(self):
        return "constexpr" in self.annotation

    @property
    def is_const(self):
        return not self.is_constexpr and ("const" in self.annotation or self.annotation.startswith("*k"))

    @functools.cached_property
    def annotation_type(self):
        """The type that the annotation fixes ("i64", "*fp32"), "" when it fixes none."""
        text = self.annotation
        if not text or self.is_constexpr:
            return ""
        pointer = ""
        if text.startswith("*"):
            pointer, text = ("*k", text[2:]) if text.startswith("*k") else ("*", text[1:])
        text = text.rsplit(".", 1)[-1]
        text = _SCALAR_ANNOTATIONS.get(text, text)
        try:
            kind = core.str_to_ty(text).mangle()
        except ValueError:
            return ""
        return "" if kind == "void" else pointer + kind

    @property
    def mode(self):
        """How the launch path reads this parameter's argument."""
        if self.is_constexpr:
            return _tegula.MODE_CONSTEXPR
        kind = self.annotation_type
        mode = _tegula.MODE_ANY
        if kind.startswith("*"):
            mode = _tegula.MODE_TYPED_POINTER
        elif kind == "i1":
            mode = _tegula.MODE_TYPED_BOOL
        elif kind.startswith(("fp", "bf")):
            mode = _tegula.MODE_TYPED_FLOAT
        elif kind:
            mode = _tegula.MODE_TYPED_INT
        if self.do_not_specialize:
            mode |= _tegula.MODE_NO_ONE | _tegula.MODE_NO_ALIGN
        if self.do_not_specialize_on_alignment:
            mode |= _tegula.MODE_NO_ALIGN
        if self.is_const:
            mode |= _tegula.MODE_READ_ONLY
        return mode

    def __repr__(self):
        return f"KernelParam({self.num}, {self._param})"


def bind(param, code, value):
    """The compiler's Binding of a parameter from its argument's specialisation code (csrc/Arguments.h)."""
    if code == _tegula.CODE_CONSTANT:
        return compiling.Binding(param.name, None, 1, core._unwrap_if_constexpr(value))
    if code == _tegula.CODE_NONE:
        return compiling.Binding(param.name, None, 1, None)
    if code == _tegula.CODE_ONE:
        return compiling.Binding(param.name, None, 1, 1)
    if code >= _tegula.CODE_POINTER:
        element, aligned = divmod(code - _tegula.CODE_POINTER, 2)
        star = "*k" if param.is_const else "*"
        return compiling.Binding(param.name, star + _tegula.ELEMENTS[element], 16 if aligned else 1, None)
    if code >= _tegula.CODE_TYPED:
        return compiling.Binding(param.name, param.annotation_type, 16 if code > _tegula.CODE_TYPED else 1, None)
    if code == _tegula.CODE_FLOAT:
        return compiling.Binding(param.name, "fp32", 1, None)
    if code == _tegula.CODE_BOOL:
        return compiling.Binding(param.name, "i1", 1, None)
    kind = {_tegula.CODE_INT32: "i32", _tegula.CODE_INT64: "i64", _tegula.CODE_UINT64: "u64"}[code & ~1]
    return compiling.Binding(param.name, kind, 16 if code & 1 else 1, None)


# ---- Source and dependencies ---------------------------------------------------------------------------------------


class _Dependencies(ast.NodeVisitor):
    """Hashes what a function's source refers to: the source of jit and constexpr functions, names of the rest; collects
    the global values that it reads."""

    def __init__(self, callable_, source):
        self.callable = callable_
        self.fn = callable_.fn
        self.hasher = hashlib.sha256(source.encode())
        self.used = {}  # (name, id of the holder): (value, holder)
        self.locals = set()

    def run(self, tree):
        function = tree.body[0]
        args = function.args
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
            if arg is not None:
                self.locals.add(arg.arg)
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.locals.add(node.id)
        for statement in function.body:
            self.visit(statement)

    def _record(self, name, value, holder):
        if isinstance(value, JITCallable):
            self.hasher.update(f"{name}:{value.cache_key};".encode())
            self.used.update(value.used_global_vals)
            return
        if isinstance(value, KernelInterface):
            self._record(name, getattr(value, "fn", None), holder)
            return
        if value is None or isinstance(value, (types.ModuleType, core.dtype, core.Builtin, type)) or callable(value):
            if not isinstance(value, core.constexpr):
                return
        if holder is not None:
            frozen = (
                value
                if isinstance(core._unwrap_if_constexpr(value), (bool, int, float, str, type(None)))
                else _copied(value)
            )
            self.used[(name, id(holder))] = (frozen, holder)

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load) or node.id in self.locals:
            return None
        holder, value = find_name(self.fn, node.id)
        if value is NOT_FOUND:
            return None
        self._record(node.id, value, holder)
        return value

    def visit_Attribute(self, node):
        owner = self.visit(node.value)
        if owner is None or getattr(owner, "__name__", "").split(".")[0] == _PACKAGE:
            return None
        value = getattr(owner, node.attr, None)
        if isinstance(value, JITCallable) or isinstance(owner, types.ModuleType):
            # A module's variable is watched in the module's dictionary.
            self._record(node.attr, value, vars(owner) if isinstance(owner, types.ModuleType) else None)
        return value

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node):
        for statement in node.body:
            self.visit(statement)


def _copied(value):
    try:
        return copy.deepcopy(value)
    except Exception:  # a value that cannot be copied is compared as it is
        return value


class JITCallable:
    """Source, dependencies and identity of a decorated function."""

    def _init_source(self, fn):
        self.fn = fn
        self.__name__ = fn.__name__
        self.__qualname__ = fn.__qualname__
        self.__doc__ = fn.__doc__
        self.__module__ = self.module = fn.__module__
        self.__globals__ = fn.__globals__
        self.signature = inspect.signature(fn)
        try:
            lines, self.starting_line_number = inspect.getsourcelines(fn)
        except (OSError, TypeError):
            raise ValueError(
                f"the source of '{fn.__qualname__}' cannot be read: a kernel must be defined in a Python file"
            ) from None
        self.raw_src = lines
        self.file_name = fn.__code__.co_filename
        self._hash_lock = threading.RLock()
        self._changed_src = None
        self._reset_source()

    def _reset_source(self):
        self.hash = None
        self.used_global_vals = {}
        self._src = None

    @property
    def src(self):
        """The function's text from `def` on, dedented."""
        if self._changed_src is not None:
            return self._changed_src
        if self._src is None:
            text = textwrap.dedent("".join(self.raw_src))
            found = _DEF.search(text)
            self._src = text[found.start() :] if found else text
        return self._src

    @src.setter
    def src(self, value):
        raise AttributeError("a function's text is changed by _unsafe_update_src(text)")

    def _unsafe_update_src(self, text):
        """Replaces the text that is compiled; what was compiled from the old one is forgotten."""
        self._changed_src = text
        self._reset_source()
        _tegula.invalidate_variants()

    def parse(self):
        """Python's own syntax tree of the function, an ast.Module."""
        return ast.parse(self.src)

    @property
    def cache_key(self):
        """SHA-256 of the text, of every function it depends on, of the line where it starts and of the globals it reads.
        The same in every process."""
        with self._hash_lock:
            if self.hash is None:
                self.hash = f"recursion:{self.__name__}"  # what a recursive function sees of itself
                finder = _Dependencies(self, self.src)
                try:
                    finder.run(self.parse())
                except SyntaxError:
                    pass  # the compiler words it
                except BaseException:
                    self.hash = None
                    raise
                self.used_global_vals = finder.used
                values = sorted(
                    (name, compiling.constant_key(value) or repr(type(value)))
                    for (name, _), (value, _) in finder.used.items()
                )
                text = f"{finder.hasher.hexdigest()}:{self.starting_line_number}:{values}"
                self.hash = hashlib.sha256(text.encode()).hexdigest()
            return self.hash

    def compiler_source(self):
        """What the compiler asks for: (name, text, file name, first line, constexpr function?, noinline)."""
        text = self._changed_src if self._changed_src is not None else "".join(self.raw_src)
        return (
            self.__name__,
            text,
            self.file_name,
            self.starting_line_number,
            isinstance(self, ConstexprFunction),
            bool(getattr(self, "noinline", False)),
        )

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other


class ConstexprFunction(JITCallable):
    """See `constexpr_function`."""

    def __init__(self, fn):
        self._init_source(fn)
        functools.update_wrapper(self, fn)

    def __call__(self, *args, **kwargs):
        args = [core._unwrap_if_constexpr(arg) for arg in args]
        kwargs = {name: core._unwrap_if_constexpr(arg) for name, arg in kwargs.items()}
        return core._unwrap_if_constexpr(self.fn(*args, **kwargs))

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self.__call__, instance)

    def __repr__(self):
        return f"ConstexprFunction({self.__module__}:{self.__qualname__})"


def constexpr_function(fn):
    """Decorator: ordinary Python that kernels may call on compile-time values. It runs while a kernel is compiled; its
    result is a compile-time value. On the host it is called as any function; tl.constexpr wrappers are taken off."""
    return ConstexprFunction(fn)


# ---- Kernels -------------------------------------------------------------------------------------------------------


class JITFunction(_tegula.KernelBase, JITCallable, KernelInterface[T]):
    """A function of the kernel language: see `jit`."""

    def __init__(
        self,
        fn,
        version=None,
        do_not_specialize=None,
        do_not_specialize_on_alignment=None,
        debug=None,
        noinline=None,
        repr=None,
        launch_metadata=None,
    ):
        do_not_specialize = list(do_not_specialize or ())
        do_not_specialize_on_alignment = list(do_not_specialize_on_alignment or ())
        self._init_source(fn)
        self.version = version
        self.do_not_specialize = do_not_specialize
        self.do_not_specialize_on_alignment = do_not_specialize_on_alignment
        self.launch_metadata = launch_metadata
        self._repr = repr
        self.debug = debug
        self.noinline = noinline
        self.params = []
        for i, param in enumerate(self.signature.parameters.values()):
            if param.kind in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.KEYWORD_ONLY):
                raise TypeError(f"kernel '{fn.__name__}' has a parameter '{param}' that kernels cannot have")
            self.params.append(
                KernelParam(
                    i,
                    param,
                    i in do_not_specialize or param.name in do_not_specialize,
                    i in do_not_specialize_on_alignment or param.name in do_not_specialize_on_alignment,
                )
            )
        for param in self.params:
            if param.is_constexpr and (param.do_not_specialize or param.do_not_specialize_on_alignment):
                raise ValueError(
                    f"parameter '{param.name}' of kernel '{fn.__name__}' is constexpr and marked do_not_specialize; it can be only one"
                )
        self.arg_names = [param.name for param in self.params]
        self.constexprs = [param.num for param in self.params if param.is_constexpr]
        self.pre_run_hooks = []
        self.kernel = None
        self.device_caches = defaultdict(lambda: ({}, {}, None, None, None))
        self._lock = threading.Lock()
        self._compiling = {}
        elements = {name: i for i, name in enumerate(_tegula.ELEMENTS)}
        options = tuple(name for name in compiling.OPTIONS if name not in self.arg_names)
        self._configure(
            tuple(self.arg_names),
            bytes(param.mode for param in self.params),
            bytes(elements.get(param.annotation_type.lstrip("*k"), 0) for param in self.params),
            tuple(param.default if param.has_default else None for param in self.params),
            bytes(param.has_default for param in self.params),
            options,
        )

    # -- Launching ----------------------------------------------------------------------------------------------------

    def run(self, *args, grid, warmup=False, **kwargs):
        """Launches, as kernel[grid](*args, **kwargs); with `warmup` compiles alone. Returns the CompiledKernel."""
        if warmup:
            return self._prepare(
                tuple(map(MockTensor.wrap_dtype, args)),
                {name: MockTensor.wrap_dtype(arg) if self._is_runtime(name) else arg for name, arg in kwargs.items()},
            )
        return self[grid](*args, **kwargs)

    def _is_runtime(self, name):
        return name in self.arg_names and not self.params[self.arg_names.index(name)].is_constexpr

    def warmup(self, *args, grid=(1,), **kwargs):
        """Compiles for these arguments without launching; torch or tl dtypes stand for 16-byte-aligned tensors of theirs.
        Returns the CompiledKernel."""
        args = [
            MockTensor.wrap_dtype(arg) if i < len(self.params) and not self.params[i].is_constexpr else arg
            for i, arg in enumerate(args)
        ]
        kwargs = {name: MockTensor.wrap_dtype(arg) if self._is_runtime(name) else arg for name, arg in kwargs.items()}
        return self._prepare(tuple(args), kwargs)

    def __call__(self, *args, **kwargs):
        raise RuntimeError(
            f"kernel '{self.__name__}' is launched with a grid: {self.__name__}[grid](...); it is called without one only in "
            "other kernels"
        )

    def add_pre_run_hook(self, hook):
        """`hook(*args, **kwargs)` is called with the kernel's arguments before each launch."""
        self.pre_run_hooks.append(hook)
        self._has_pre_run_hooks = True

    def _run_pre_run_hooks(self, arguments):
        for hook in self.pre_run_hooks:
            hook(**arguments)

    def _default_device(self):
        return driver.default_device()

    # -- What a launch refuses ----------------------------------------------------------------------------------------

    def _refuse_binding(self, args, kwargs):
        takes = f"it takes ({', '.join(str(param) for param in self.params)})"
        for name in kwargs:
            if name in self.arg_names or name in compiling.OPTIONS:
                continue
            if name in ("device", "device_type", "stream"):
                raise AssertionError(
                    f"{name} option is deprecated; the launch goes to the device of the arguments and its current stream"
                )
            raise KeyError(compiling.unknown_option(name, self.arg_names))
        if len(args) > len(self.params):
            raise TypeError(f"kernel '{self.__name__}' takes {len(self.params)} arguments; got {len(args)}; {takes}")
        for i, name in enumerate(self.arg_names[: len(args)]):
            if name in kwargs:
                raise TypeError(
                    f"kernel '{self.__name__}' got two values for argument '{name}', by position and by name"
                )
        missing = [
            repr(param.name) for param in self.params[len(args) :] if param.name not in kwargs and not param.has_default
        ]
        if missing:
            listed = ", ".join(missing[:-1]) + (" and " if len(missing) > 1 else "") + missing[-1]
            raise TypeError(
                f"kernel '{self.__name__}' misses the argument{'s' if len(missing) > 1 else ''} {listed}; {takes}"
            )
        raise TypeError(f"kernel '{self.__name__}' cannot be called with these arguments; {takes}")

    def _refuse_devices(self, args, kwargs):
        runtime = [(param.name, arg) for param, arg in zip(self.params, args) if not param.is_constexpr]
        raise ValueError(f"kernel '{self.__name__}': {describe_devices(*zip(*runtime))}")

    def _refuse_changed_global(self, name, compiled_with):
        now = NOT_FOUND
        for (used, _), (value, holder) in self.used_global_vals.items():
            if used == name:
                now = (
                    holder.get(name, NOT_FOUND)
                    if isinstance(holder, dict)
                    else getattr(holder, "cell_contents", NOT_FOUND)
                )
        now = "it is gone" if now is NOT_FOUND else f"it is {now!r}"
        raise RuntimeError(
            f"Global variable {name} has changed since we compiled this kernel, from {compiled_with!r}: {now} now; pass it as an "
            "argument, as tl.constexpr if it must be known at compile time"
        )

    # -- Compiling ----------------------------------------------------------------------------------------------------

    def _compile_variant(self, args, codes, given, device):
        """Compiles and loads what the launch path found no variant of. Returns the CompiledKernel."""
        bindings = [bind(param, code, arg) for param, code, arg in zip(self.params, codes, args)]
        options = compiling.parse_options(given)
        target = driver.target_of_device(device)
        if options["arch"]:
            target = target_name(options["arch"])
        key = (
            tuple(
                (b.name, b.type, b.divisibility, _hashable(b.constant) if b.type is None else None) for b in bindings
            ),
            tuple(_hashable(value) for value in options.values()),
            target,
            compiling.debugging(self, options),
            self.cache_key,
        )
        cache = self.device_caches[f"{'cpu' if device < 0 else 'cuda'}:{max(device, 0)}"][0]
        with self._lock:
            found = cache.get(key)
            if found is not None:
                return found
            waiting = self._compiling.setdefault((device, key), threading.RLock())
        with waiting:  # another thread may be compiling the same
            found = cache.get(key)
            if found is not None:
                return found
            kernel = self._compile(bindings, options, target, device, key)
            if kernel is None:
                raise RuntimeError(f"a jit_cache_hook kept kernel '{self.__name__}' from being compiled")
            with self._lock:
                cache[key] = kernel
                self._compiling.pop((device, key), None)
        for (name, _), (value, holder) in self.used_global_vals.items():
            self._watch(holder, name, value)
        return kernel

    def _compile(self, bindings, options, target, device, key):
        hook = knobs.runtime.jit_cache_hook
        if hook is not None and self._call_hook(hook, key, bindings, options, device):
            return None
        image, disk_key, hit = compiling.cached_image(self, bindings, options, target)
        kernel = compiling.CompiledKernel(self, bindings, options, target, image, disk_key, device)
        if knobs.compilation.listener is not None:
            knobs.compilation.listener(
                src=self, metadata=kernel.metadata._asdict(), metadata_group={}, times=None, cache_hit=hit
            )
        if target == "host" or _tegula.device_count()[0]:
            kernel._init_handles(device)
        if knobs.runtime.jit_post_compile_hook is not None:
            self._call_hook(knobs.runtime.jit_post_compile_hook, key, bindings, options, device)
        return kernel

    def _call_hook(self, hook, key, bindings, options, device):
        name = f"{self.__module__}.{self.__qualname__}"
        spelled = ", ".join(f"{b.name}: {b.type or 'constexpr'}" for b in bindings)
        told = dict(
            signature={b.name: b.type or "constexpr" for b in bindings},
            device=device,
            options=options,
            constants={b.name: b.constant for b in bindings if b.type is None},
            num_warps=options["num_warps"],
            num_stages=options["num_stages"],
            num_ctas=options["num_ctas"],
            configs=[{(i,): [["tt.divisibility", 16]] for i, b in enumerate(bindings) if b.divisibility == 16}],
            key=str(key),
        )
        return hook(
            key=str(key),
            repr=f"{name}[num_warps={options['num_warps']}, num_stages={options['num_stages']}]({spelled})",
            fn=self,
            compile=told,
            is_manual_warmup=False,
            already_compiled=False,
        )

    def _unsafe_update_src(self, text):
        super()._unsafe_update_src(text)
        self.device_caches.clear()
        self._forget()

    @property
    def repr(self):
        """The function that names a variant: repr(specialization) -> str."""
        return self._repr if self._repr is not None else (lambda _: self.__name__)

    def __repr__(self):
        return f"JITFunction({self.module}:{self.fn.__qualname__})"


def _hashable(value):
    """A compile-time value as a dictionary key: with its type, since 1, 1.0 and True are three values."""
    value = core._unwrap_if_constexpr(value)
    if isinstance(value, (tuple, list)):
        return type(value), tuple(_hashable(item) for item in value)
    if isinstance(value, float):
        return float, value.hex()
    if isinstance(value, JITCallable):
        return JITCallable, value.cache_key
    try:
        hash(value)
    except TypeError:
        return type(value), repr(value)
    return type(value), value


def jit(
    fn=None,
    *,
    version=None,
    repr=None,
    launch_metadata=None,
    do_not_specialize=None,
    do_not_specialize_on_alignment=None,
    debug=None,
    noinline=None,
):
    """Decorator: makes a function of the kernel language.

        @tegula.jit
        def add(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr): ...

        add[(tegula.cdiv(n, 1024),)](x, y, out, n, BLOCK=1024)

    Arguments of a launch: NumPy arrays (the CPU), torch tensors (the CPU, or their GPU and torch's current stream),
    any object with data_ptr(), __cuda_array_interface__ or __dlpack__; ints, floats, bools, None; compile-time values for
    tl.constexpr parameters; launch options (num_warps=4, num_stages=3, num_ctas, maxnreg, enable_fp_fusion, debug, ...).
    The grid is an int, a tuple of one to three ints, or a function of the arguments' dict that returns one.

    do_not_specialize: names or indices of parameters whose value (1, divisible by 16) must not make new variants;
    do_not_specialize_on_alignment: only divisibility. debug: device asserts. noinline: a helper stays a call.
    launch_metadata: function (grid, metadata, args) for launch hooks. Raises at launch CompilationError, TypeError,
    ValueError, KeyError (unknown option), OutOfResources, RuntimeError.
    """

    def decorate(fn):
        if not callable(fn):
            raise TypeError(f"@tegula.jit decorates functions; got {type(fn).__name__}")
        return JITFunction(
            fn,
            version=version,
            do_not_specialize=do_not_specialize,
            do_not_specialize_on_alignment=do_not_specialize_on_alignment,
            debug=debug,
            noinline=noinline,
            repr=repr,
            launch_metadata=launch_metadata,
        )

    return decorate if fn is None else decorate(fn)

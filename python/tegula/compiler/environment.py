# compiler/environment.py - What a kernel's names mean: the compiler's questions, answered from Python.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The compiler parses a kernel's text itself and asks here for the names that the text takes from outside.

`Environment` answers over a function's closure and globals. A value goes over as what the compiler can compute with
(numbers, strings, tuples, types), as a builtin by its qualified name ("load", "py.range"), or as a handle (`resolve`).
"""

import builtins
import types

from .. import _tegula
from ..language import core

VALUE_TYPE, VALUE_BUILTIN, VALUE_OBJECT = 5, 7, 9

NOT_FOUND = object()
_LANGUAGE = core.__package__

_python_builtins = {
    id(value): name
    for name, value in vars(builtins).items()
    if isinstance(value, (types.BuiltinFunctionType, type))
    and not name.startswith("_")
    and not (isinstance(value, type) and issubclass(value, BaseException))
}
# Modules whose functions a kernel may call on compile-time values.
_compile_time_modules = ("math", "copy", "operator", "_operator")


def resolve(value):
    """(kind, text, instead): how a value that the extension does not know itself goes over; kind -1: convert `instead`."""
    known = core.qualified_names.get(id(value))
    if known is not None and known[0] is value:
        return VALUE_BUILTIN, known[1], None
    if isinstance(value, core.dtype):
        return (VALUE_OBJECT, None, None) if value.is_block() else (VALUE_TYPE, value.mangle(), None)
    if value is _tegula.cdiv or value is _tegula.next_power_of_2:
        return VALUE_BUILTIN, value.__name__, None
    if isinstance(value, types.ModuleType):
        # The language's modules are the compiler's own: it knows their members, and which name was meant by a wrong one.
        if value.__name__ == _LANGUAGE or value.__name__.startswith(_LANGUAGE + "."):
            return VALUE_BUILTIN, value.__name__[len(_LANGUAGE) + 1 :], None
        return VALUE_OBJECT, None, None
    name = _python_builtins.get(id(value))
    if name is not None:
        return VALUE_BUILTIN, "py." + name, None
    kind = type(value)
    if kind.__module__ == "torch" and kind.__name__ == "dtype":
        element = dtype_name(value)
        if element is not None:
            return VALUE_TYPE, element, None
    if (
        kind.__module__ == "numpy"
        and hasattr(value, "item")
        and getattr(value, "ndim", 1) == 0
        and hasattr(value, "dtype")
    ):
        return -1, None, value.item()
    from ..runtime.jit import JITFunction, KernelInterface

    if isinstance(value, KernelInterface):  # autotune and heuristics around a jit function
        inner = value
        while isinstance(inner, KernelInterface) and not isinstance(inner, JITFunction):
            inner = inner.fn
        return -1, None, inner
    return VALUE_OBJECT, None, None


def dtype_name(value):
    """The element name ("fp16", "i32", "fp8e4nv") of a dtype of tegula, torch, NumPy or ml_dtypes; None if it has none."""
    if isinstance(value, core.dtype):
        return value.mangle()
    name = str(value).rsplit(".", 1)[-1]
    name = core.dtype._ALIASES.get(name, name)
    try:
        return core.dtype(name).mangle()
    except ValueError:
        return None


def lookup_builtin(qualified_name):
    """The host's object of a builtin's qualified name."""
    if qualified_name.startswith("py."):
        return getattr(builtins, qualified_name[3:])
    found = core._builtins.get(qualified_name)
    if found is not None:
        return found
    if qualified_name in ("cdiv", "next_power_of_2"):
        return getattr(_tegula, qualified_name)
    for value, name in core.qualified_names.values():
        if name == qualified_name:
            return value
    raise LookupError(f"the language has no builtin {qualified_name}")


def unwrap(value):
    """The value without constexpr wrappers, also inside tuples and lists."""
    value = core._unwrap_if_constexpr(value)
    if type(value) in (tuple, list):
        return type(value)(unwrap(item) for item in value)
    return value


_PLAIN_DATA = (bool, int, float, complex, str, bytes, tuple, list, dict, set, type(None))


class Refused(Exception):
    """What a kernel may not use, in the words of a diagnostic."""

    is_diagnostic = True


class Environment:
    """Answers the compiler's questions while one kernel is compiled. Every method may be called from any thread."""

    def __init__(self, allow_globals=False):
        self.allow_globals = allow_globals

    def lookup(self, function, name):
        """The value of a name that `function` takes from outside its body, or NOT_FOUND. Refuses a global
        that is plain data: it could change between launches unseen."""
        _, value = find_name(function.fn, name)
        if not isinstance(value, _PLAIN_DATA) or isinstance(value, core.dtype):
            return value
        if self.allow_globals:
            return core.constexpr(value)
        raise Refused(
            f"the global variable `{name}` is no constexpr; kernels read globals that are: {name} = tl.constexpr({value!r}), "
            "or pass it as an argument"
        )

    def getattr(self, value, name):
        """An attribute of a value, or NOT_FOUND."""
        return getattr(core._unwrap_if_constexpr(value), name, NOT_FOUND)

    def call(self, function, args, kwargs):
        """Runs compile-time Python: constexpr functions, math, methods of compile-time values, classes of values."""
        from ..runtime.jit import ConstexprFunction

        function = core._unwrap_if_constexpr(function)
        args = [unwrap(arg) for arg in args]
        kwargs = {name: unwrap(arg) for name, arg in kwargs.items()}
        if isinstance(function, ConstexprFunction):
            return function(*args, **kwargs)
        if not self._may_run(function):
            name = getattr(function, "__qualname__", type(function).__name__)
            raise Refused(
                f"a kernel cannot call `{name}`: decorate it with @tegula.jit, or with @tegula.constexpr_function when it "
                "computes compile-time values"
            )
        return function(*args, **kwargs)

    @staticmethod
    def _may_run(function):
        if isinstance(function, type):
            return issubclass(function, (tuple, core.dtype, core.constexpr)) or hasattr(function, "__members__")
        if function in (_tegula.cdiv, _tegula.next_power_of_2, core.get_int_dtype, core.str_to_ty):
            return True
        owner = getattr(function, "__self__", None)
        if owner is not None and not isinstance(owner, types.ModuleType):
            return True  # a method of a compile-time value
        return getattr(function, "__module__", None) in _compile_time_modules

    def function_source(self, function):
        """(name, source, file name, first line, is a constexpr function, noinline)."""
        return function.compiler_source()

    def names(self, function):
        """The names that `function` can see."""
        fn = function.fn
        return [name for name in (*fn.__code__.co_freevars, *fn.__globals__) if not name.startswith("__")]


def find_name(fn, name):
    """(holder, value) of a free name: the cell of a closure or the dict of the module. (None, NOT_FOUND) if unbound."""
    if name in fn.__code__.co_freevars:
        cell = fn.__closure__[fn.__code__.co_freevars.index(name)]
        try:
            return cell, cell.cell_contents
        except ValueError:
            return None, NOT_FOUND
    if name in fn.__globals__:
        return fn.__globals__, fn.__globals__[name]
    return None, NOT_FOUND

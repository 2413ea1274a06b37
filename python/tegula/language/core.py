# language/core.py - Types, compile-time values and the builtins of the kernel language.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `tl` is on the host side.

A kernel's body is never executed by Python: the compiler parses its text and asks for the names that it uses. So a
builtin here is an object that carries its qualified name ("load", "math.exp") and a signature for readers and
editors; the compiler knows what the name means. Types (`tl.float16`), `constexpr` and the constants are real values:
the host uses them too (`tl.float16.itemsize`, `out.dtype == tl.float16`).
"""

import builtins
import enum
import functools
import inspect
import operator

TRITON_MAX_TENSOR_NUMEL = 1 << 20


# ---- Builtins ------------------------------------------------------------------------------------------------------


class Builtin:
    """A function of the kernel language, known to the compiler by `qualified_name`."""

    def __init__(self, fn, qualified_name):
        self.qualified_name = qualified_name
        functools.update_wrapper(self, fn)
        del self.__wrapped__
        self.__signature__ = inspect.signature(fn)

    def __call__(self, *args, **kwargs):
        raise RuntimeError(
            f"tl.{self.qualified_name} can be called only in a kernel, a function decorated with @tegula.jit; "
            "it was called on the host"
        )

    def __repr__(self):
        return f"<tegula builtin tl.{self.qualified_name}>"

    def __reduce__(self):
        return _find_builtin, (self.qualified_name,)

    def __deepcopy__(self, memo):
        return self


_builtins = {}
# Classes and other host objects that are builtins of the language, by identity: see `register`.
qualified_names = {}


def _find_builtin(qualified_name):
    return _builtins[qualified_name]


def define(qualified_name, fn):
    """Makes the builtin of that name; `fn` gives its signature and documentation and is never run."""
    if qualified_name not in _builtins:
        _builtins[qualified_name] = Builtin(fn, qualified_name)
    return _builtins[qualified_name]


def register(qualified_name):
    """Decorator: a host object that the compiler knows as the builtin of that name."""

    def wrap(value):
        qualified_names[id(value)] = (value, qualified_name)
        return value

    return wrap


def builtin(fn):
    """Declares a builtin in the language package itself: its name is the function's.

    Triton's extension point of the same name, functions that receive `_semantic` and drive the IR builder, cannot be
    carried over: such a function is refused when a kernel calls it.
    """
    module = fn.__module__
    prefix = __package__ + "."
    if not module.startswith(prefix):
        return define("core.extern:" + fn.__qualname__, fn)
    part = module[len(prefix) :]
    return define(fn.__name__ if part in ("core", "standard", "random") else f"{part}.{fn.__name__}", fn)


extern = builtin


# ---- Compile-time values -------------------------------------------------------------------------------------------


class constexpr:
    """A value known at compile time. As an annotation (`BLOCK: tl.constexpr`) it marks a parameter that the launch binds at
    compile time. Carries Python's operators; a comparison gives a constexpr again. Nested ones flatten. Hash and
    equality go by the value; attributes that it lacks itself are the value's.
    """

    def __init__(self, value):
        while isinstance(value, constexpr):
            value = value.value
        self.value = value

    @property
    def type(self):
        """constexpr_type of the value."""
        return constexpr_type(self.value)

    def __repr__(self):
        return f"constexpr[{self.value}]"

    def __hash__(self):
        return hash(self.value)

    def __index__(self):
        return operator.index(self.value)

    def __bool__(self):
        return bool(self.value)

    def __int__(self):
        return int(self.value)

    def __float__(self):
        return float(self.value)

    def __len__(self):
        return len(self.value)

    def __iter__(self):
        return iter(self.value)

    def __contains__(self, item):
        return _unwrap_if_constexpr(item) in self.value

    def __getitem__(self, index):
        return self.value[_unwrap_if_constexpr(index)]

    def __call__(self, *args, **kwargs):
        return self.value(*args, **kwargs)

    def __getattr__(self, name):
        if name.startswith("__") or name == "value":
            raise AttributeError(name)
        return getattr(self.value, name)

    def __reduce__(self):
        return constexpr, (self.value,)

    def logical_and(self, other):
        """`self and other`, as a constexpr."""
        return constexpr(self.value and _unwrap_if_constexpr(other))

    def logical_or(self, other):
        """`self or other`, as a constexpr."""
        return constexpr(self.value or _unwrap_if_constexpr(other))

    def __neg__(self):
        return constexpr(-self.value)

    def __pos__(self):
        return constexpr(+self.value)

    def __invert__(self):
        return constexpr(~self.value)

    def __not__(self):
        return constexpr(not self.value)

    def __abs__(self):
        return constexpr(builtins.abs(self.value))


def _add_constexpr_operators():

    def binary(op):
        return lambda self, other: constexpr(op(self.value, _unwrap_if_constexpr(other)))

    def reflected(op):
        return lambda self, other: constexpr(op(_unwrap_if_constexpr(other), self.value))

    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor"):
        op = getattr(operator, name + "_" if name in ("and", "or") else name)
        setattr(constexpr, f"__{name}__", binary(op))
        setattr(constexpr, f"__r{name}__", reflected(op))
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        setattr(constexpr, f"__{name}__", binary(getattr(operator, name)))


_add_constexpr_operators()


# ---- Types ---------------------------------------------------------------------------------------------------------


def _unwrap_if_constexpr(value):
    return value.value if type(value) is constexpr else value


class dtype:
    """A scalar type. `dtype("fp16")` and `tl.float16` are the same object.

    Attributes: `name`, `primitive_bitwidth`, `itemsize` (bytes in memory; a bool takes one), `int_bitwidth` and
    `int_signedness` (integers), `fp_mantissa_width` and `exponent_bias` (floats), `scalar` (itself).
    Raises ValueError for a name that is no type.
    """

    SINT_TYPES = ["int8", "int16", "int32", "int64"]
    UINT_TYPES = ["int1", "uint8", "uint16", "uint32", "uint64"]
    FP_TYPES = ["fp8e4b15", "fp8e4nv", "fp8e4b8", "fp8e5", "fp8e5b16", "fp16", "bf16", "fp32", "fp64"]
    STANDARD_FP_TYPES = ["fp16", "bf16", "fp32", "fp64"]
    OTHER_TYPES = ["void"]

    class SIGNEDNESS(enum.Enum):
        SIGNED = 0
        UNSIGNED = 1

    class KIND(enum.Enum):
        BOOLEAN = 0
        INTEGRAL = 1
        FLOATING = 2

    # name: (mantissa width, bits, exponent bias)
    _FLOATS = {
        "fp8e4b15": (3, 8, 15),
        "fp8e4nv": (3, 8, 7),
        "fp8e4b8": (3, 8, 8),
        "fp8e5": (2, 8, 15),
        "fp8e5b16": (2, 8, 16),
        "fp16": (10, 16, 15),
        "bf16": (7, 16, 127),
        "fp32": (23, 32, 127),
        "fp64": (52, 64, 1023),
    }
    _ALIASES = {
        "float16": "fp16",
        "half": "fp16",
        "bfloat16": "bf16",
        "float32": "fp32",
        "float": "fp32",
        "float64": "fp64",
        "double": "fp64",
        "float8e5": "fp8e5",
        "float8e4nv": "fp8e4nv",
        "float8_e5m2": "fp8e5",
        "float8_e4m3fn": "fp8e4nv",
        "bool": "int1",
        "short": "int16",
        "int": "int32",
        "long": "int64",
        "i1": "int1",
        "u1": "int1",
        "i8": "int8",
        "i16": "int16",
        "i32": "int32",
        "i64": "int64",
        "u8": "uint8",
        "u16": "uint16",
        "u32": "uint32",
        "u64": "uint64",
        "float8_e4m3fnuz": "fp8e4b8",
        "float8_e5m2fnuz": "fp8e5b16",
    }
    _instances = {}

    def __new__(cls, name, *args, **kwargs):
        name = getattr(name, "value", name)
        if cls is not dtype:
            return object.__new__(cls)
        known = dtype._instances.get(name)
        if known is not None:
            return known
        if name not in cls.SINT_TYPES + cls.UINT_TYPES + cls.FP_TYPES + cls.OTHER_TYPES:
            raise ValueError(
                f"no type is called {name!r}; the types are {', '.join(cls.UINT_TYPES + cls.SINT_TYPES + cls.FP_TYPES)}"
            )
        self = object.__new__(cls)
        dtype._instances[name] = self
        self.name = name
        self.int_bitwidth = self.int_signedness = self.fp_mantissa_width = self.exponent_bias = None
        if name in cls.FP_TYPES:
            self.fp_mantissa_width, self.primitive_bitwidth, self.exponent_bias = cls._FLOATS[name]
        elif name in cls.OTHER_TYPES:
            self.primitive_bitwidth = 0
        else:
            self.int_signedness = cls.SIGNEDNESS.SIGNED if name in cls.SINT_TYPES else cls.SIGNEDNESS.UNSIGNED
            self.primitive_bitwidth = self.int_bitwidth = int(name.split("int")[-1])
        return self

    @property
    def itemsize(self):
        """Bytes in memory."""
        return (self.primitive_bitwidth + 7) // 8

    @property
    def scalar(self):
        return self

    @property
    def type(self):
        return self

    @property
    def shape(self):
        return ()

    def is_fp8(self):
        return "fp8" in self.name

    def is_fp8e4nv(self):
        return self.name == "fp8e4nv"

    def is_fp8e4b8(self):
        return self.name == "fp8e4b8"

    def is_fp8e4b15(self):
        return self.name == "fp8e4b15"

    def is_fp8e5(self):
        return self.name == "fp8e5"

    def is_fp8e5b16(self):
        return self.name == "fp8e5b16"

    def is_fp16(self):
        return self.name == "fp16"

    def is_bf16(self):
        return self.name == "bf16"

    def is_fp32(self):
        return self.name == "fp32"

    def is_fp64(self):
        return self.name == "fp64"

    def is_int1(self):
        return self.name == "int1"

    def is_int8(self):
        return self.name == "int8"

    def is_int16(self):
        return self.name == "int16"

    def is_int32(self):
        return self.name == "int32"

    def is_int64(self):
        return self.name == "int64"

    def is_uint8(self):
        return self.name == "uint8"

    def is_uint16(self):
        return self.name == "uint16"

    def is_uint32(self):
        return self.name == "uint32"

    def is_uint64(self):
        return self.name == "uint64"

    def is_floating(self):
        return self.name in dtype.FP_TYPES

    def is_standard_floating(self):
        return self.name in dtype.STANDARD_FP_TYPES

    def is_int_signed(self):
        return self.name in dtype.SINT_TYPES

    def is_int_unsigned(self):
        return self.name in dtype.UINT_TYPES

    def is_int(self):
        return self.name in dtype.SINT_TYPES + dtype.UINT_TYPES

    def is_bool(self):
        return self.is_int1()

    def is_void(self):
        return self.name == "void"

    def is_dtype(self):
        return True

    def is_block(self):
        return False

    def is_tuple(self):
        return False

    def is_const(self):
        return False

    @staticmethod
    def is_ptr():
        return False

    def kind(self):
        """BOOLEAN, INTEGRAL or FLOATING, in the order of promotion."""
        if self.is_bool():
            return dtype.KIND.BOOLEAN
        if self.is_int():
            return dtype.KIND.INTEGRAL
        if self.is_floating():
            return dtype.KIND.FLOATING
        raise TypeError(f"{self.name} is neither boolean, integer nor float")

    def get_int_max_value(self):
        """The largest value of an integer type."""
        if self.is_int_signed():
            return 2 ** (self.int_bitwidth - 1) - 1
        if self.is_int_unsigned():
            return 2**self.int_bitwidth - 1
        raise TypeError(f"{self.name} is no integer type")

    def get_int_min_value(self):
        """The smallest value of an integer type."""
        if self.is_int_signed():
            return -(2 ** (self.int_bitwidth - 1))
        if self.is_int_unsigned():
            return 0
        raise TypeError(f"{self.name} is no integer type")

    def mangle(self):
        """The type's spelling in signatures: "fp16", "i32", "u8", "i1"."""
        if self.is_int():
            return ("i" if self.is_int_signed() or self.is_int1() else "u") + str(self.int_bitwidth)
        return self.name

    def __eq__(self, other):
        other = _unwrap_if_constexpr(other)
        return isinstance(other, dtype) and type(other) is type(self) and other.name == self.name

    def __hash__(self):
        return hash((self.name,))

    def __str__(self):
        return self.name

    def __repr__(self):
        name = {"fp16": "float16", "bf16": "bfloat16", "fp32": "float32", "fp64": "float64"}.get(self.name, self.name)
        return "tegula.language." + name.replace("fp8", "float8")

    def __reduce__(self):
        return dtype, (self.name,)

    def __deepcopy__(self, memo):
        return self


class pointer_type(dtype):
    """Pointer to `element_ty`; `const` makes it read-only. Usable in casts: `x.to(tl.pointer_type(tl.float16))`."""

    def __init__(self, element_ty, address_space=1, const=False):
        element_ty = _unwrap_if_constexpr(element_ty)
        if not isinstance(element_ty, dtype):
            raise TypeError(f"pointer_type needs a dtype; got {type(element_ty).__name__}")
        self.element_ty = element_ty
        self.address_space = address_space
        self.const = const
        self.name = f"pointer<{element_ty}>" if not const else f"const_pointer<{element_ty}>"
        self.primitive_bitwidth = 64
        self.int_bitwidth = self.int_signedness = self.fp_mantissa_width = self.exponent_bias = None

    def is_ptr(self):
        return True

    def is_const(self):
        return self.const

    def mangle(self):
        return ("*k" if self.const else "*") + self.element_ty.mangle()

    def __eq__(self, other):
        other = _unwrap_if_constexpr(other)
        return (
            type(other) is pointer_type
            and self.element_ty == other.element_ty
            and self.const == other.const
            and self.address_space == other.address_space
        )

    def __hash__(self):
        return hash((self.name, self.address_space))

    def __repr__(self):
        return f"tegula.language.pointer_type({self.element_ty!r}, {self.address_space}, {self.const})"

    def __reduce__(self):
        return pointer_type, (self.element_ty, self.address_space, self.const)


class block_type(dtype):
    """Block of `element_ty`. Every dimension and their product are powers of two, the product at most 2**20."""

    def __init__(self, element_ty, shape):
        shape = builtins.tuple(_unwrap_if_constexpr(d) for d in shape)
        if not shape:
            raise TypeError("block_type needs at least one dimension; got none")
        numel = 1
        for d in shape:
            if not isinstance(d, int) or d <= 0 or d & (d - 1):
                raise ValueError(f"a block's dimensions must be powers of two; got {shape}")
            numel *= d
        if numel > TRITON_MAX_TENSOR_NUMEL:
            raise ValueError(f"a block may hold at most {TRITON_MAX_TENSOR_NUMEL} elements; got {numel}")
        self.element_ty = element_ty
        self._shape = shape
        self.numel = numel
        self.name = f"<{list(shape)}, {element_ty}>"
        self.primitive_bitwidth = element_ty.primitive_bitwidth
        self.int_bitwidth = element_ty.int_bitwidth
        self.int_signedness = element_ty.int_signedness
        self.fp_mantissa_width = self.exponent_bias = None

    @property
    def shape(self):
        return self._shape

    @property
    def scalar(self):
        return self.element_ty

    def get_block_shapes(self):
        """The dimensions, a tuple."""
        return self._shape

    def is_block(self):
        return True

    def __eq__(self, other):
        return type(other) is block_type and self.element_ty == other.element_ty and self._shape == other._shape

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"tegula.language.block_type({self.element_ty!r}, {self._shape})"

    def __reduce__(self):
        return block_type, (self.element_ty, self._shape)


class tuple_type:
    """Type of a tuple: `types` of its elements, `fields` their names when it is a named one."""

    def __init__(self, types, fields=None):
        self.types = builtins.tuple(types)
        self.fields = fields

    def __eq__(self, other):
        return type(other) is tuple_type and (self.types, self.fields) == (other.types, other.fields)

    def __hash__(self):
        return hash(self.types)


class tensor_descriptor_type:
    """Type of a tensor descriptor whose block is `block_type`."""

    def __init__(self, block_type):
        self.block_type = block_type


class constexpr_type:
    """Type of a compile-time value: the value itself."""

    def __init__(self, value):
        self.value = _unwrap_if_constexpr(value)

    def __eq__(self, other):
        return type(other) is constexpr_type and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self):
        return hash(self.value)

    def __repr__(self):
        return f"constexpr_type[{self.value}]"


void = dtype("void")
int1 = dtype("int1")
int8 = dtype("int8")
int16 = dtype("int16")
int32 = dtype("int32")
int64 = dtype("int64")
uint8 = dtype("uint8")
uint16 = dtype("uint16")
uint32 = dtype("uint32")
uint64 = dtype("uint64")
float8e5 = dtype("fp8e5")
float8e5b16 = dtype("fp8e5b16")
float8e4nv = dtype("fp8e4nv")
float8e4b8 = dtype("fp8e4b8")
float8e4b15 = dtype("fp8e4b15")
float16 = dtype("fp16")
bfloat16 = dtype("bf16")
float32 = dtype("fp32")
float64 = dtype("fp64")
pi32_t = pointer_type(int32)


def get_int_dtype(bitwidth, signed):
    """The integer type of that width (1, 8, 16, 32 or 64 bits). Raises ValueError for another one."""
    bitwidth, signed = _unwrap_if_constexpr(bitwidth), _unwrap_if_constexpr(signed)
    if bitwidth == 1:
        return int1
    if bitwidth not in (8, 16, 32, 64):
        raise ValueError(f"no integer type has {bitwidth} bits; the widths are 1, 8, 16, 32 and 64")
    return dtype(("int" if signed else "uint") + str(bitwidth))


def str_to_ty(name, c=None):
    """The type that a signature's spelling names: "*fp32", "*kbf16" (const), "i32", "u1", "constexpr"."""
    if name.startswith("*"):
        const = name[1:2] == "k"
        return pointer_type(str_to_ty(name[2:] if const else name[1:]), const=const)
    if name == "constexpr":
        return constexpr_type(c)
    if name == "B":
        return int1
    return dtype(dtype._ALIASES.get(name, name))


class const:
    """Annotation of a pointer parameter that the kernel only reads: `x_ptr: tl.const`."""


class PropagateNan(enum.IntEnum):
    """What `maximum`, `minimum` and `clamp` do with a NaN: NONE returns the other operand, ALL returns the NaN."""

    NONE = 0
    ALL = 0xFFFF


class _DeviceValue:
    def __init__(self, *args, **kwargs):
        raise RuntimeError(f"tl.{type(self).__name__} values exist only in a kernel; one was made on the host")


class tensor(_DeviceValue):
    """A block or a scalar in a kernel. Exists on the host only as a name: `isinstance(x, tl.tensor)` in kernels."""


class tensor_descriptor(_DeviceValue):
    """A descriptor of a tensor in memory, made by `tl.make_tensor_descriptor`."""


class slice(_DeviceValue):
    """A slice in a kernel; only full slices and None survive on tensors."""


class condition(_DeviceValue):
    """`while tl.condition(c):` - a loop's condition with hints."""


class tuple(builtins.tuple):
    """A tuple of the kernel language. On the host it is Python's."""


class range(_DeviceValue):
    """`for i in tl.range(start, end, step, num_stages=...)`: a loop with hints: `num_stages` (loads in flight),
    `loop_unroll_factor`, `disallow_acc_multi_buffer`, `flatten`, `warp_specialize`, `disable_licm`."""


class static_range(_DeviceValue):
    """`for i in tl.static_range(start, end, step)`: unrolled while compiling; bounds and `i` are constexpr."""


for _name, _value in dict(
    dtype=dtype,
    pointer_type=pointer_type,
    block_type=block_type,
    tuple_type=tuple_type,
    tensor_descriptor_type=tensor_descriptor_type,
    constexpr_type=constexpr_type,
    constexpr=constexpr,
    const=const,
    tensor=tensor,
    tensor_descriptor=tensor_descriptor,
    slice=slice,
    condition=condition,
    tuple=tuple,
    range=range,
    static_range=static_range,
    get_int_dtype=get_int_dtype,
).items():
    register(_name)(_value)


# ---- The programming model -----------------------------------------------------------------------------------------


@builtin
def program_id(axis):
    """This program's index along grid axis 0, 1 or 2, an int32."""


@builtin
def num_programs(axis):
    """The grid's size along axis 0, 1 or 2, an int32."""


@builtin
def static_assert(cond, msg=""):
    """Stops the compile with `msg` unless the compile-time `cond` is true."""


@builtin
def static_print(*values, sep=" ", end="\n", file=None, flush=False):
    """Prints while compiling."""


@builtin
def device_print(prefix, *args, hex=False):
    """Prints every element of `args` at run time."""


@builtin
def device_assert(cond, msg="", mask=None):
    """Checks every element of `cond` at run time when the launch has debug=True."""


@builtin
def assume(cond):
    """Tells the compiler that the scalar `cond` is true."""


@builtin
def multiple_of(input, values):
    """Hint: the values (for a pointer, the address in elements) are multiples of `values`, one number a dimension."""


@builtin
def max_contiguous(input, values):
    """Hint: runs of `values` elements are consecutive."""


@builtin
def max_constancy(input, values):
    """Hint: runs of `values` elements are equal."""


@builtin
def expect_zero(input, mask):
    """Returns `input`; in debug mode checks that it is zero where `mask` is set."""


@builtin
def debug_barrier():
    """Waits until every thread of the program arrives."""


@builtin
def to_tensor(x):
    """A literal as a tensor of its own type."""


# ---- Making and shaping blocks -------------------------------------------------------------------------------------


@builtin
def arange(start, end):
    """int32 block of start, start+1, ..., end-1; the length must be a power of two."""


@builtin
def full(shape, value, dtype):
    """Block of that shape, every element `value`."""


@builtin
def cast(input, dtype, fp_downcast_rounding=None, bitcast=False):
    """`input` as another type; `bitcast` keeps the bits; rounding "rtne" (default) or "rtz" for narrowing floats."""


@builtin
def broadcast(input, other):
    """Both operands at their common shape."""


@builtin
def broadcast_to(input, *shape):
    """`input` at that shape."""


@builtin
def expand_dims(input, axis):
    """New dimensions of size 1 at `axis` of the result."""


@builtin
def reshape(input, *shape, can_reorder=False):
    """The same elements at another shape, in row-major order unless `can_reorder`."""


@builtin
def view(input, *shape):
    """Deprecated: `reshape` with can_reorder=True."""


@builtin
def trans(input, *dims):
    """Permuted dimensions; without `dims` the last two change places."""


@builtin
def permute(input, *dims):
    """Permuted dimensions."""


@builtin
def join(a, b):
    """`a` and `b` side by side in a new last dimension of size 2."""


@builtin
def split(a):
    """The two halves of a last dimension of size 2."""


@builtin
def cat(input, other, can_reorder=False, dim=0):
    """`input` followed by `other` along `dim`."""


@builtin
def unsqueeze(input, dim):
    """A new dimension of size 1 at `dim`."""


@builtin
def gather(src, index, axis):
    """Elements of `src` at `index` along `axis`."""


# ---- Memory --------------------------------------------------------------------------------------------------------


@builtin
def load(
    pointer,
    mask=None,
    other=None,
    boundary_check=(),
    padding_option="",
    cache_modifier="",
    eviction_policy="",
    volatile=False,
):
    """Reads memory at a pointer or a block of pointers. Where `mask` is false, `other` (or zero) is the result."""


@builtin
def store(pointer, value, mask=None, boundary_check=(), cache_modifier="", eviction_policy=""):
    """Writes `value` at a pointer or a block of pointers where `mask` is set."""


@builtin
def make_block_ptr(base, shape, strides, offsets, block_shape, order):
    """A block pointer into the tensor at `base`."""


@builtin
def advance(base, offsets):
    """The block pointer moved by `offsets`."""


@builtin
def make_tensor_descriptor(base, shape, strides, block_shape, padding_option="zero"):
    """A descriptor of the tensor at `base`, read and written in blocks of `block_shape`."""


@builtin
def load_tensor_descriptor(desc, offsets):
    """`desc.load(offsets)`."""


@builtin
def store_tensor_descriptor(desc, offsets, value):
    """`desc.store(offsets, value)`."""


@builtin
def atomic_add(pointer, val, mask=None, sem=None, scope=None):
    """Adds to memory and returns what was there."""


@builtin
def atomic_max(pointer, val, mask=None, sem=None, scope=None):
    """Maximum with memory; returns what was there."""


@builtin
def atomic_min(pointer, val, mask=None, sem=None, scope=None):
    """Minimum with memory; returns what was there."""


@builtin
def atomic_and(pointer, val, mask=None, sem=None, scope=None):
    """Bitwise and with memory; returns what was there."""


@builtin
def atomic_or(pointer, val, mask=None, sem=None, scope=None):
    """Bitwise or with memory; returns what was there."""


@builtin
def atomic_xor(pointer, val, mask=None, sem=None, scope=None):
    """Bitwise exclusive or with memory; returns what was there."""


@builtin
def atomic_xchg(pointer, val, mask=None, sem=None, scope=None):
    """Stores and returns what was there."""


@builtin
def atomic_cas(pointer, cmp, val, sem=None, scope=None):
    """Stores `val` where memory equals `cmp`; returns what was there."""


@builtin
def atomic_load(pointer, mask=None, sem=None, scope=None):
    """Reads atomically."""


@builtin
def atomic_store(pointer, val, mask=None, sem=None, scope=None):
    """Writes atomically."""


@builtin
def atomic_poll(pointer, expected, sem=None, scope=None):
    """Reads atomically until memory equals `expected`."""


# ---- Arithmetic ----------------------------------------------------------------------------------------------------


@builtin
def add(x, y, sanitize_overflow=True):
    """x + y."""


@builtin
def sub(x, y, sanitize_overflow=True):
    """x - y."""


@builtin
def mul(x, y, sanitize_overflow=True):
    """x * y."""


@builtin
def where(condition, x, y):
    """`x` where the condition holds, else `y`; both are evaluated."""


@builtin
def minimum(x, y, propagate_nan=PropagateNan.NONE):
    """Elementwise minimum."""


@builtin
def maximum(x, y, propagate_nan=PropagateNan.NONE):
    """Elementwise maximum."""


@builtin
def clamp(x, min, max, propagate_nan=PropagateNan.NONE):
    """`x` limited to [min, max]."""


@builtin
def dot(input, other, acc=None, input_precision=None, allow_tf32=None, max_num_imprecise_acc=None, out_dtype=float32):
    """Matrix product of blocks [M, K] and [K, N], plus `acc`."""


@builtin
def dot_scaled(
    lhs,
    lhs_scale,
    lhs_format,
    rhs,
    rhs_scale,
    rhs_format,
    acc=None,
    fast_math=False,
    lhs_k_pack=True,
    rhs_k_pack=True,
    out_dtype=float32,
):
    """Matrix product of blocks in a scaled format (microscaling)."""


# ---- Reductions, scans, own code -----------------------------------------------------------------------------------


@builtin
def reduce(input, axis, combine_fn, keep_dims=False):
    """Reduction of a block, or a tuple of them, by a jit function."""


@builtin
def associative_scan(input, axis, combine_fn, reverse=False):
    """Inclusive scan of a block, or a tuple of them, by a jit function."""


@builtin
def histogram(input, num_bins, mask=None):
    """Counts of the values 0..num_bins-1, an int32 block."""


@builtin
def map_elementwise(scalar_fn, *args, pack=1):
    """Applies a scalar jit function to each element."""


@builtin
def inline_asm_elementwise(asm, constraints, args, dtype, is_pure, pack):
    """PTX for each element (or group of `pack` elements), LLVM's constraint strings."""


@builtin
def extern_elementwise(lib_name, lib_path, args, arg_type_symbol_dict, is_pure):
    """Calls a function of a device library on each element: {(dtypes): (symbol, result dtype)}."""


@builtin
def dispatch(func, lib_name, lib_path, args, arg_type_symbol_dict, ret_shape, is_pure):
    """The general form of `extern_elementwise`."""


@builtin
def aggregate_replace(instance, **kwargs):
    """A copy of an aggregate with some fields changed."""


__all__ = sorted(
    name
    for name, value in globals().items()
    if not name.startswith("_") and (isinstance(value, (Builtin, dtype)) or id(value) in qualified_names)
)

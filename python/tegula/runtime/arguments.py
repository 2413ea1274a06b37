# runtime/arguments.py - Arguments that the launch path does not read itself, and the words for those it refuses.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The extension reads torch tensors and NumPy arrays in C. Everything else with memory comes here: objects with
`data_ptr()` (older torch, tensor subclasses, TensorWrapper), `__cuda_array_interface__` (CuPy, Numba), `__dlpack__`."""

import sys

from .. import _tegula
from ..compiler.environment import dtype_name
from ..language import core

_TYPESTR = {
    "f2": "fp16",
    "f4": "fp32",
    "f8": "fp64",
    "i1": "i8",
    "i2": "i16",
    "i4": "i32",
    "i8": "i64",
    "u1": "u8",
    "u2": "u16",
    "u4": "u32",
    "u8": "u64",
    "b1": "i1",
}
_CPU, _CUDA, _CUDA_HOST, _CUDA_MANAGED = 1, 2, 3, 13


class TensorWrapper:
    """A tensor or array seen with another element type: see `reinterpret`."""

    def __init__(self, base, dtype):
        self.base = base
        self.dtype = dtype
        self.shape = base.shape
        self.device = getattr(base, "device", "cpu")
        self.data = getattr(base, "data", None)

    def data_ptr(self):
        """Address of the first element."""
        if hasattr(self.base, "data_ptr"):
            return self.base.data_ptr()
        return self.base.ctypes.data

    def stride(self, *args):
        """Strides in elements, as the base tells."""
        if hasattr(self.base, "stride"):
            return self.base.stride(*args)
        strides = tuple(s // self.base.itemsize for s in self.base.strides)
        return strides[args[0]] if args else strides

    def numel(self):
        """Number of elements."""
        return self.base.numel() if hasattr(self.base, "numel") else self.base.size

    def element_size(self):
        """Bytes of an element."""
        return self.dtype.itemsize

    @property
    def flags(self):
        """The base's flags, of a NumPy array."""
        return getattr(self.base, "flags", None)

    def __repr__(self):
        return f"TensorWrapper[{self.dtype}]({self.base})"


def reinterpret(tensor, dtype):
    """`tensor` (a torch tensor, a NumPy array or a wrapped one) with elements of another type of the same size.

    NumPy has no bfloat16 and no float8 of its own: `tegula.reinterpret(uint16_array, tl.bfloat16)`. Raises TypeError when
    the sizes differ or `tensor` has no memory to look at.
    """
    if isinstance(tensor, TensorWrapper):
        return tensor.base if dtype_name(tensor.base.dtype) == dtype_name(dtype) else reinterpret(tensor.base, dtype)
    if not hasattr(tensor, "dtype") or not (hasattr(tensor, "data_ptr") or hasattr(tensor, "ctypes")):
        raise TypeError(f"reinterpret needs a torch tensor or a NumPy array; got {type(tensor).__name__}")
    if not isinstance(dtype, core.dtype):
        raise TypeError(f"reinterpret needs a type such as tl.bfloat16; got {dtype!r}")
    size = tensor.element_size() if hasattr(tensor, "element_size") else tensor.itemsize
    if size != dtype.itemsize:
        raise TypeError(
            f"reinterpret needs types of one size; the elements are {size} bytes each, {dtype}'s are {dtype.itemsize}"
        )
    return TensorWrapper(tensor, dtype)


class MockTensor:
    """Stands for a 16-byte-aligned tensor of that dtype when a kernel is compiled without launching (`kernel.warmup`)."""

    def __init__(self, dtype, shape=None):
        self.dtype = dtype
        self.shape = shape or [1]
        self.device = None

    @staticmethod
    def wrap_dtype(value):
        """A dtype of tegula or torch as a MockTensor; anything else as it is."""
        if isinstance(value, core.dtype) or (type(value).__module__ == "torch" and type(value).__name__ == "dtype"):
            return MockTensor(value)
        return value

    def data_ptr(self):
        """0: an address divisible by 16."""
        return 0

    def stride(self):
        strides = [1]
        for size in self.shape[:0:-1]:
            strides.append(strides[-1] * size)
        return tuple(reversed(strides))


def numpy_element(dtype):
    """The element name of a NumPy dtype, None when kernels have no such type."""
    return dtype_name(dtype)


def read_stranger(value, name, read_only_is_fine):
    """(address, element name, device) of an argument; device -1 is the CPU, DEVICE_NONE unknown. Raises TypeError or ValueError."""
    kind = type(value).__name__
    if type(value).__module__ == "numpy" and kind != "ndarray" and hasattr(value, "item"):
        raise TypeError(f"argument '{name}' is a numpy.{kind}: pass a Python number, {name}.item()")
    flags = getattr(value, "flags", None)
    if not read_only_is_fine and getattr(flags, "writeable", True) is False:
        raise ValueError(
            f"argument '{name}' is a read-only array: pass a copy (x.copy()), or annotate the parameter as tl.const when the "
            "kernel only reads it"
        )
    if hasattr(value, "data_ptr") and hasattr(value, "dtype"):
        element = dtype_name(value.dtype)
        if element is None:
            raise TypeError(f"argument '{name}' has elements of type {value.dtype}, which kernels do not have")
        return value.data_ptr(), element, _device_of(value, name)
    interface = getattr(value, "__cuda_array_interface__", None)
    if interface is not None:
        element = _TYPESTR.get(interface["typestr"][1:]) if interface["typestr"][0] in "<|=" else None
        if element is None:
            raise TypeError(f"argument '{name}' has elements of type {interface['typestr']}, which kernels do not have")
        address, read_only = interface["data"]
        if read_only and not read_only_is_fine:
            raise ValueError(
                f"argument '{name}' is a read-only array: pass a copy, or annotate the parameter as tl.const"
            )
        device = getattr(value, "device", None)
        index = getattr(device, "id", getattr(device, "index", None))
        return address, element, index if isinstance(index, int) else _tegula.current_device()
    if hasattr(value, "ctypes") and hasattr(value, "dtype"):  # NumPy arrays that C hands over, and subclasses
        element = dtype_name(value.dtype)
        if element is None:
            raise TypeError(
                f"argument '{name}' has elements of type {value.dtype}, which kernels do not have; tegula.reinterpret(array, dtype) "
                "passes them as another type of the same size"
            )
        return value.ctypes.data, element, -1
    if hasattr(value, "__dlpack__"):
        address, element, device_type, device, read_only = _tegula.read_capsule(value.__dlpack__())
        if element is None:
            raise TypeError(f"argument '{name}' has elements of a type that kernels do not have")
        if read_only and not read_only_is_fine:
            raise ValueError(f"argument '{name}' is read-only: pass a copy, or annotate the parameter as tl.const")
        if device_type in (_CUDA, _CUDA_MANAGED):
            return address, element, device
        if device_type in (_CPU, _CUDA_HOST):
            return address, element, -1
        raise ValueError(
            f"argument '{name}' is on a device of DLPack type {device_type}; kernels run on NVIDIA GPUs and the CPU"
        )
    if isinstance(value, (tuple, list)):
        raise TypeError(
            f"argument '{name}' is a {kind}: declare the parameter as tl.constexpr to pass one, or pass its elements one by one"
        )
    if isinstance(value, str):
        raise TypeError(f"argument '{name}' is a str: declare the parameter as tl.constexpr to pass one")
    raise TypeError(
        f"failed to specialize argument of type: {kind} (argument '{name}'); a kernel takes ints, floats, bools, None, torch "
        "tensors, NumPy arrays, objects with data_ptr(), __cuda_array_interface__ or __dlpack__, and constexpr values"
    )


def _device_of(value, name):
    device = getattr(value, "device", None)
    if device is None:
        return _tegula.DEVICE_NONE
    kind = getattr(device, "type", str(device).split(":")[0])
    if kind == "cpu":
        return -1
    if kind == "cuda":
        index = getattr(device, "index", None)
        if index is None and ":" in str(device):
            index = int(str(device).split(":")[1])
        return _tegula.current_device() if index is None else index
    raise ValueError(f"argument '{name}' is on device {device}; kernels run on NVIDIA GPUs (cuda) and on the CPU")


def device_name(device):
    """Words for a device number."""
    return "the CPU" if device < 0 else f"GPU {device}"


def describe_devices(names, values):
    """The message for arguments that are not all on one device."""
    places = {}
    for name, value in zip(names, values):
        if value is None or isinstance(value, (bool, int, float, str, tuple, core.constexpr)):
            continue
        try:
            device = read_stranger(value, name, True)[2]
        except (TypeError, ValueError):
            continue
        if device != _tegula.DEVICE_NONE:
            places.setdefault(device, []).append((name, value))

    def words(device):
        listed = ", ".join(f"'{name}' ({_kind(value)})" for name, value in places[device])
        return f"{listed} on {device_name(device)}"

    hint = ""
    if -1 in places:
        hint = "; move the CPU arguments to the GPU, for instance x.cuda() or torch.from_numpy(x).cuda()"
    return f"the arguments are on different devices: {'; '.join(words(device) for device in sorted(places, reverse=True))}{hint}"


def _kind(value):
    if type(value).__module__ == "numpy":
        return "NumPy array"
    return f"{type(value).__module__.split('.')[0]} {type(value).__name__}"


def current_stream(device):
    """The stream that launches on GPU `device` go to: torch's current one, else CuPy's, else the default stream."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return torch._C._cuda_getCurrentRawStream(device)
    cupy = sys.modules.get("cupy")
    if cupy is not None:
        with cupy.cuda.Device(device):
            return cupy.cuda.get_current_stream().ptr
    return 0

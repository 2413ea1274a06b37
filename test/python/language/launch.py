"""How this suite runs kernels and judges what they wrote.

A test names a target: "cpu" and "cuda" run the kernel there; "sm_80", "sm_89" and "sm_90a" compile it down to a cubin,
which needs no GPU, and have nothing to compare. So one test is one claim on every target:

    out = run(kernel, target, x, y, Out(x.shape, np.float32), N, BLOCK=64)
    same(out, x + y)

Outputs are poisoned and lie between guards; inputs must come back unchanged.
"""

import ml_dtypes
import numpy as np
import pytest
from kernels import devices

import tegula
import tegula.language as tl
from tegula.compiler.environment import dtype_name

RUNNING = ("cpu", "cuda")
ASSEMBLING = ("sm_80", "sm_89", "sm_90a")

bool_, bf16 = np.dtype(np.bool_), np.dtype(ml_dtypes.bfloat16)
e4m3, e5m2 = np.dtype(ml_dtypes.float8_e4m3fn), np.dtype(ml_dtypes.float8_e5m2)
i8, i16, i32, i64 = map(np.dtype, (np.int8, np.int16, np.int32, np.int64))
u8, u16, u32, u64 = map(np.dtype, (np.uint8, np.uint16, np.uint32, np.uint64))
f16, f32, f64 = map(np.dtype, (np.float16, np.float32, np.float64))
SIGNED, UNSIGNED, FLOATS = (i8, i16, i32, i64), (u8, u16, u32, u64), (f16, bf16, f32, f64)
INTS = SIGNED + UNSIGNED
TYPES = (bool_, *INTS, *FLOATS)
GUARD = 64  # elements; keeps 16-byte alignment


def name(dtype):
    """For test ids: "bf16", "i32"."""
    return dtype_name(np.dtype(dtype))


def tl_type(dtype):
    """The language's type of a NumPy dtype."""
    return tl.str_to_ty(name(dtype))


def is_float(dtype):
    return dtype in (*FLOATS, e4m3, e5m2)


def bits(dtype):
    """Its width; a bool's is 1."""
    return 1 if dtype == bool_ else dtype.itemsize * 8


class Out:
    """An output argument: poisoned before the launch, handed back after it."""

    def __init__(self, shape, dtype=np.float32):
        self.shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.dtype = np.dtype(dtype)


class InOut:
    """An argument that the kernel reads and writes: handed back after the launch."""

    def __init__(self, array):
        self.array = array


class Misaligned:
    """An input, or an Out, that starts one element after a 16-byte boundary."""

    def __init__(self, argument):
        self.argument = argument


class NotRun(np.ndarray):
    """What a kernel would have written that was assembled alone: `same` and `close` accept it as it is."""


def poison(shape, dtype):
    """What an element holds that nothing wrote: NaN, or a pattern that is no likely result."""
    dtype = np.dtype(dtype)
    byte = 0xFF if is_float(dtype) else 0xA5
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return np.full((int(np.prod(shape)), dtype.itemsize), byte, np.uint8).view(dtype).reshape(shape)


def _to_device(array, target):
    if target == "cpu":
        return array
    import torch

    kinds = {bf16: torch.bfloat16, e4m3: torch.float8_e4m3fn, e5m2: torch.float8_e5m2}
    if array.dtype in kinds:
        carrier = np.uint8 if array.itemsize == 1 else np.int16
        return torch.from_numpy(array.view(carrier)).to(target).view(kinds[array.dtype])
    return torch.from_numpy(array).to(target)


def _to_host(tensor, dtype):
    if isinstance(tensor, np.ndarray):
        return tensor
    import torch

    carrier = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[dtype.itemsize]
    return tensor.view(carrier).cpu().numpy().view(dtype)


class _Memory:
    """An argument's array on the device, between two guards."""

    def __init__(self, argument, target):
        shift = 1 if isinstance(argument, Misaligned) else 0
        if shift:
            argument = argument.argument
        self.written = not isinstance(argument, np.ndarray)
        values = argument.array if isinstance(argument, InOut) else argument
        if isinstance(argument, Out):
            values = poison(argument.shape, argument.dtype)
        self.shape, self.dtype, self.size = values.shape, values.dtype, values.size
        self.begin = GUARD + shift
        self.before = poison(self.size + 2 * self.begin, self.dtype)
        self.before[self.begin : self.begin + self.size] = np.ascontiguousarray(values).reshape(-1)
        self.buffer = _to_device(self.before.copy(), target)
        self.passed = self.buffer[self.begin : self.begin + self.size]

    def after(self):
        """What the array holds now; checks that nothing else was written."""
        now = _to_host(self.buffer, self.dtype)
        raw, old = now.view(np.uint8), self.before.view(np.uint8)
        begin, end = self.begin * self.dtype.itemsize, (self.begin + self.size) * self.dtype.itemsize
        assert (raw[:begin] == old[:begin]).all(), "something was written before the array"
        assert (raw[end:] == old[end:]).all(), "something was written behind the array"
        if not self.written:
            assert (raw == old).all(), "an input was changed"
        return now[self.begin : self.begin + self.size].reshape(self.shape).copy()


def _is_memory(argument):
    return isinstance(argument, (np.ndarray, Out, InOut, Misaligned))


def _signature(kernel, arguments, constants):
    """What a launch with these arguments would be specialised to, as tegula.ASTSource wants it."""
    bound = kernel.signature.bind(*arguments, **constants)
    bound.apply_defaults()
    types, values = {}, {}
    for param in kernel.params:
        value = bound.arguments[param.name]
        if _is_memory(value):
            aligned = ":16"
            if isinstance(value, Misaligned):
                value, aligned = value.argument, ""
            dtype = value.array.dtype if isinstance(value, InOut) else value.dtype
            star = "*k" if param.is_const else "*"
            types[param.name] = f"{star}{name(dtype)}{aligned}"
        elif param.is_constexpr or value is None:
            values[param.name] = value
        elif param.annotation_type:
            types[param.name] = param.annotation_type
        elif isinstance(value, bool):
            types[param.name] = "i1"
        elif isinstance(value, float):
            types[param.name] = "fp32"
        elif value == 1:
            values[param.name] = 1
        else:
            kind = "i32" if -(2**31) <= value < 2**31 else "i64" if value < 2**63 else "u64"
            types[param.name] = kind + (":16" if value % 16 == 0 else "")
    return tegula.compiler.ASTSource(kernel, types, values)


def assemble(kernel, target, arguments, constants, options):
    """Compiles for a GPU that need not be here, down to its machine code."""
    source = _signature(kernel, arguments, constants)
    compiled = tegula.compile(source, target=target, options=options)
    if not compiled.asm.get("cubin") and not getattr(compiled.metadata, "assembler", ""):
        pytest.skip("no assembler on this machine: neither nvJitLink nor ptxas")
    assert compiled.asm["cubin"], "no cubin was made"
    return compiled


def run(kernel, target, *arguments, grid=(1,), options=None, **constants):
    """Launches a kernel once. Returns what it wrote: the array of its one Out or InOut, or a tuple of them."""
    options = options or {}
    if target in ASSEMBLING:
        assemble(kernel, target, arguments, constants, options)
        results = []
        for argument in arguments:
            argument = argument.argument if isinstance(argument, Misaligned) else argument
            if isinstance(argument, (Out, InOut)):
                array = argument.array if isinstance(argument, InOut) else poison(argument.shape, argument.dtype)
                results.append(array.view(NotRun))
        return results[0] if len(results) == 1 else tuple(results)
    memory = [_Memory(argument, target) if _is_memory(argument) else None for argument in arguments]
    passed = [place.passed if place else argument for place, argument in zip(memory, arguments)]
    kernel[grid](*passed, **constants, **options)
    if target == "cuda":
        import torch

        torch.cuda.synchronize()
    results = [(place, place.after()) for place in memory if place]
    results = [array for place, array in results if place.written]
    return results[0] if len(results) == 1 else tuple(results)


# ---- Judging -------------------------------------------------------------------------------------------------------


def _complain(claim, out, expected, wrong):
    where = np.argwhere(wrong)
    lines = [f"  at {tuple(map(int, i))}: got {out[tuple(i)]!r}, expected {expected[tuple(i)]!r}" for i in where[:8]]
    raise AssertionError(f"{claim}: {len(where)} of {out.size} elements are wrong\n" + "\n".join(lines))


def same(out, expected, claim="result"):
    """Equal bit for bit, where any NaN equals any other."""
    if isinstance(out, NotRun):
        return
    expected = np.asarray(expected)
    assert out.dtype == expected.dtype, f"{claim}: this compares {out.dtype} with {expected.dtype}"
    assert out.shape == expected.shape, f"{claim}: this compares {out.shape} with {expected.shape}"
    out, expected = np.atleast_1d(out), np.atleast_1d(expected)
    carrier = f"u{out.itemsize}"
    wrong = np.ascontiguousarray(out).view(carrier) != np.ascontiguousarray(expected).view(carrier)
    if is_float(out.dtype):
        wrong &= ~(np.isnan(out.astype(np.float64)) & np.isnan(expected.astype(np.float64)))
    if wrong.any():
        _complain(claim, out, expected, wrong)


def close(out, expected, ulps=1.0, absolute=0.0, claim="result"):
    """Within so many units in the last place of out's type of `expected`, a float64 array; `absolute` comes on top."""
    if isinstance(out, NotRun):
        return
    expected = np.asarray(expected, np.float64)
    assert out.shape == expected.shape, f"{claim}: this compares {out.shape} with {expected.shape}"
    out, expected = np.atleast_1d(out), np.atleast_1d(expected)
    info = ml_dtypes.finfo(out.dtype) if out.dtype not in (f32, f64) else np.finfo(out.dtype)
    with np.errstate(all="ignore"):
        exponent = np.maximum(np.frexp(expected)[1] - 1, np.log2(float(info.smallest_normal)))
        unit = float(info.eps) * np.exp2(np.where(np.isfinite(expected), exponent, 0))
        values = out.astype(np.float64)
        error = np.abs(values - expected)
        fine = (error <= ulps * unit + absolute) | (values == expected) | (np.isnan(values) & np.isnan(expected))
        # Beyond the largest finite value both it and infinity are right.
        beyond = np.abs(expected) > float(info.max)
        fine |= beyond & (np.abs(values) >= float(info.max)) & (np.sign(values) == np.sign(expected))
    if not fine.all():
        worst = float(np.nanmax(np.where(fine, 0, error / unit)))
        _complain(f"{claim}: {worst:.3g} units in the last place off", out, expected, ~fine)


def rounded(values, dtype):
    """Numbers in float64 (or integers) rounded once, to nearest even, to a float type."""
    values = np.asarray(values, np.float64)
    if dtype != bf16:
        with np.errstate(over="ignore"):
            return values.astype(dtype)
    with np.errstate(invalid="ignore"):
        fraction, exponent = np.frexp(values)
        precision = np.minimum(8, exponent + 133)  # fewer bits for subnormal numbers
        short = np.ldexp(np.rint(np.ldexp(fraction, precision)), exponent - precision)
    return np.where(np.isfinite(values), short, values).astype(np.float32).astype(bf16)


# ---- Data ----------------------------------------------------------------------------------------------------------


def draw(rng, shape, dtype):
    """Random values of a type: integers over their whole range, normal floats."""
    dtype = np.dtype(dtype)
    if dtype == bool_:
        return rng.integers(0, 2, shape).astype(bool)
    if is_float(dtype):
        return rng.standard_normal(shape).astype(dtype)
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, shape, dtype, endpoint=True)


def nonzero(values):
    """The values with zeros replaced by ones."""
    return np.where(values == 0, np.ones_like(values), values)

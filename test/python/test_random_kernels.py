"""Random kernels over blocks of one to three dimensions, against the same program in NumPy, on every device of the machine
and, as PTX, in the emulator.

A program loads blocks at permuted strides under masks, combines, transposes, reshapes, joins, splits, broadcasts, reduces and
scans them along random axes, in and out of loops, and stores them at other strides: what layouts, exchanges between warps and fused loops
have to get right. All values are 32-bit integers that wrap, so results are exact. TEGULA_RANDOM_KERNELS says how many.
"""

import importlib.util
import os
import random

import numpy as np
import pytest
from test_ptx_emulation import TEGULAC, compile_kernel

from kernels import devices

COUNT = int(os.environ.get("TEGULA_RANDOM_KERNELS", "24"))
REGION = 4096  # elements of the output that one store may touch
INPUT = 1 << 14


class Program:
    """Lines of the kernel and of its twin in NumPy, grown side by side."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.kernel, self.numpy, self.depth = [], [], 0
        self.values, self.count, self.stores = [], 0, 0  # values: (name, shape)
        self.grow()

    def line(self, kernel, numpy=None):
        self.kernel.append("    " * (1 + self.depth) + kernel)
        self.numpy.append("    " * (1 + self.depth) + (numpy or kernel))

    def name(self):
        self.count += 1
        return f"v{self.count}"

    def add(self, shape, kernel, numpy=None):
        name = self.name()
        self.line(f"{name} = {kernel}", f"{name} = {numpy or kernel}")
        self.values.append((name, tuple(shape)))
        return name

    def shape(self):
        pick = self.random.choice
        return pick(
            [
                (pick([1, 2, 32, 128, 512, 1024]),),
                (pick([1, 4, 16, 32]), pick([1, 2, 16, 64])),
                (pick([2, 8]), pick([1, 4, 8]), pick([2, 16])),
            ]
        )

    def offsets(self, shape):
        """A block of distinct offsets below the product of the sizes, at strides of a random order of the axes."""
        axes = list(range(len(shape)))
        if self.random.random() < 0.4:
            self.random.shuffle(axes)
        stride, terms = 1, []
        for axis in reversed(axes):
            index = ", ".join(":" if i == axis else "None" for i in range(len(shape)))
            subscript = f"[{index}]" if len(shape) > 1 else ""
            terms.append(
                (
                    axis,
                    f"tl.arange(0, {shape[axis]}){subscript} * {stride}",
                    f"np.arange({shape[axis]}, dtype=np.int32){subscript} * np.int32({stride})",
                )
            )
            stride *= shape[axis]
        terms.sort()
        return " + ".join(t[1] for t in terms), " + ".join(t[2] for t in terms)

    def load(self, extra=""):
        shape = self.shape()
        kernel, numpy = self.offsets(shape)
        o = self.name()
        base = self.random.randrange(0, INPUT - REGION - 64, self.random.choice([1, 4, 16]))
        self.line(f"{o} = {kernel} + {base}{extra}", f"{o} = {numpy} + np.int32({base}){extra}")
        if self.random.random() < 0.4:
            limit, other = base + self.random.randrange(1, REGION), self.random.randrange(-9, 9)
            return self.add(
                shape,
                f"tl.load(in_ptr + {o}, mask={o} < {limit}, other={other})",
                f"np.where({o} < {limit}, source[{o}], np.int32({other}))",
            )
        return self.add(shape, f"tl.load(in_ptr + {o})", f"source[{o}]")

    def step(self):
        pick, chance = self.random.choice, self.random.random()
        if not self.values or chance < 0.15:
            return self.load()
        value, shape = pick(self.values)
        rank, axis = len(shape), self.random.randrange(len(shape))
        if chance < 0.35:
            other = pick([name for name, s in self.values if s == shape])
            kernel, numpy = pick(
                [
                    ("{a} + {b}", None),
                    ("{a} - {b} * 3", "{a} - {b} * np.int32(3)"),
                    ("{a} ^ ({b} & 1023)", "{a} ^ ({b} & np.int32(1023))"),
                    ("tl.maximum({a}, {b})", "np.maximum({a}, {b})"),
                    ("tl.where({a} < {b}, {a}, 7)", "np.where({a} < {b}, {a}, np.int32(7))"),
                    ("({a} & 4095).to(tl.float32).to(tl.int32) + {b}", "({a} & np.int32(4095)) + {b}"),
                    ("({a}.to(tl.int64) * {b}.to(tl.int64)).to(tl.int32)", "{a} * {b}"),
                    ("({a}.to(tl.int16)).to(tl.int32)", "{a}.astype(np.int16).astype(np.int32)"),
                ]
            )
            return self.add(shape, kernel.format(a=value, b=other), (numpy or kernel).format(a=value, b=other))
        if chance < 0.5:
            kind = pick(["sum", "max", "min"])
            result = shape[:axis] + shape[axis + 1 :]
            numpy = f"{value}.{kind}(axis={axis}" + (", dtype=np.int32)" if kind == "sum" else ")")
            if not result:
                other, s = pick(self.values)
                return self.add(s, f"{other} + tl.{kind}({value}, axis={axis})", f"{other} + {numpy}")
            return self.add(result, f"tl.{kind}({value}, axis={axis})", numpy)
        if chance < 0.55:
            if rank == 1:
                return None
            result = shape[:axis] + shape[axis + 1 :]
            return self.add(result, f"tl.argmax({value}, axis={axis})", f"{value}.argmax(axis={axis}).astype(np.int32)")
        if chance < 0.62:
            return self.add(shape, f"tl.cumsum({value}, axis={axis})", f"{value}.cumsum(axis={axis}, dtype=np.int32)")
        if chance < 0.72:
            if rank == 3:
                return None
            size, at = pick([1, 2, 8, 32]), self.random.randrange(rank + 1)
            result = shape[:at] + (size,) + shape[at:]
            if np.prod(result) > REGION:
                return None
            return self.add(
                result,
                f"tl.broadcast_to(tl.expand_dims({value}, {at}), {result})",
                f"np.ascontiguousarray(np.broadcast_to(np.expand_dims({value}, {at}), {result}))",
            )
        if chance < 0.8 and rank > 1:
            order = list(range(rank))
            self.random.shuffle(order)
            return self.add(
                [shape[i] for i in order],
                f"tl.permute({value}, {order})".replace("[", "(").replace("]", ")"),
                f"np.ascontiguousarray({value}.transpose({order}))",
            )
        if chance < 0.86:
            total = int(np.prod(shape))
            first = pick([n for n in (1, 2, 8, 16) if total % n == 0])
            result = pick([(total,), (first, total // first), (total // first, first)])
            return self.add(result, f"tl.reshape({value}, {result})", f"{value}.reshape({result})")
        if chance < 0.92:
            if shape[-1] == 2 and rank > 1:
                a, b = self.name(), self.name()
                self.line(f"{a}, {b} = tl.split({value})", f"{a}, {b} = {value}[..., 0], {value}[..., 1]")
                self.values += [(a, shape[:-1]), (b, shape[:-1])]
            elif rank < 3 and np.prod(shape) * 2 <= REGION:
                other = pick([name for name, s in self.values if s == shape])
                self.add(shape + (2,), f"tl.join({value}, {other})", f"np.stack([{value}, {other}], axis=-1)")
            return None
        if self.depth < 2:
            trips = pick([("range(trips)", None), ("range(0, 3)", None)])
            total = self.add(shape, f"{value} * 1", f"{value} * np.int32(1)")
            index = f"i{self.count}"
            self.line(f"for {index} in {trips[0]}:")
            outside, self.depth = list(self.values), self.depth + 1
            self.load(f" + {index}")
            for _ in range(self.random.randrange(4)):
                self.step()
            addend = pick([name for name, s in self.values if s == shape])
            self.line(f"{total} = {total} + {addend} + {index}", f"{total} = {total} + {addend} + np.int32({index})")
            self.values, self.depth = outside, self.depth - 1
        return None

    def store(self, value, shape):
        kernel, numpy = self.offsets(shape)
        o, base = self.name(), REGION * self.stores
        self.stores += 1
        self.line(f"{o} = {kernel}", f"{o} = {numpy}")
        if self.random.random() < 0.3:
            limit = self.random.randrange(1, int(np.prod(shape)) + 1)
            self.line(
                f"tl.store(out_ptr + {base} + {o}, {value}, mask={o} < {limit})",
                f"out[{base} + {o}[{o} < {limit}]] = {value}[{o} < {limit}]",
            )
        else:
            self.line(f"tl.store(out_ptr + {base} + {o}, {value})", f"out[{base} + {o}] = {value}")

    def grow(self):
        for _ in range(self.random.randrange(4, 20)):
            self.step()
        if not self.values:
            self.load()
        for value, shape in self.random.sample(self.values, min(4, len(self.values))):
            self.store(value, shape)

    def source(self):
        head = [
            "import tegula as triton",
            "import tegula.language as tl",
            "",
            "",
            "@triton.jit",
            "def kernel(in_ptr, out_ptr, trips):",
        ]
        twin = ["import numpy as np", "", "", "def twin(source, out, trips):"]
        return "\n".join(head + self.kernel) + "\n", "\n".join(twin + self.numpy) + "\n"


@pytest.fixture(params=["cpu", "cuda"])
def device(request):
    if request.param not in devices.available():
        pytest.skip("no GPU on this machine (or no torch to see it)")
    return request.param


def prepare(seed, tmp_path):
    """(path of the kernel, its input, the output that NumPy expects)"""
    program = Program(seed)
    kernel, twin = program.source()
    path = tmp_path / "random_kernel.py"
    path.write_text(kernel)
    scope = {}
    exec(twin, scope)
    source = np.random.default_rng(seed).integers(-(2**31), 2**31, INPUT, dtype=np.int64).astype(np.int32)
    expected = np.full(REGION * program.stores, -1, np.int32)
    with np.errstate(over="ignore"):
        scope["twin"](source, expected, 2)
    return path, source, expected


@pytest.mark.parametrize("seed", range(COUNT))
def test_random_kernel(device, seed, tmp_path):
    path, source, expected = prepare(seed, tmp_path)
    spec = importlib.util.spec_from_file_location("random_kernel", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for num_warps in (1, 4):
        out = devices.put(np.full(expected.shape, -1, np.int32), device)
        module.kernel[(1,)](devices.put(source, device), out, 2, num_warps=num_warps)
        np.testing.assert_array_equal(devices.get(out), expected, err_msg=path.read_text())


@pytest.mark.skipif(not TEGULAC.exists(), reason="tegulac is not built")
@pytest.mark.parametrize("seed", range(COUNT))
def test_random_kernel_emulated(seed, tmp_path):
    """The GPU's code without a GPU; races on shared memory fail, too."""
    path, source, expected = prepare(seed, tmp_path)
    aligned = ":16" if seed % 3 else ""
    signature = f"in_ptr: *i32{aligned}, out_ptr: *i32{aligned}, trips: i32"
    target, num_warps = ["sm_90a", "sm_80"][seed % 2], [4, 1, 8, 2][seed % 4]
    kernel, shared = compile_kernel(path, "kernel", signature, target, num_warps, tmp_path)
    out = np.full(expected.shape, -1, np.int32)
    kernel.run((1, 1, 1), [source, out, 2], shared_bytes=shared)
    np.testing.assert_array_equal(out, expected, err_msg=path.read_text())

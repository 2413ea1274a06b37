"""Runs PTX on the CPU, slowly and strictly: kernels are checked without a GPU.

All threads of one block run side by side as NumPy arrays; the threads with the lowest program counter go first, so that they meet again
behind a branch. What a GPU would let pass or answer with nonsense is an error here:

* an access outside of the buffers given, or not aligned to its size;
* a shuffle, a warp barrier or a block barrier that not all of its threads reach;
* two threads that touch one byte of shared memory, one of them writing, without a barrier between them (equal writes may meet);
* a register that is read before it is written.

    kernel = Kernel(ptx_text)
    kernel.run((grid_x, grid_y, grid_z), [array, array, 16, 1e-5], num_threads=128, shared_bytes=64)

Arrays are NumPy arrays, written in place (bf16 and 8-bit floats as their bits). What is known of PTX: what LLVM makes of Tegula's kernels.
"""

import re

import numpy as np

np.seterr(all="ignore")


class EmulationError(Exception):
    """The kernel did what it must not."""


_WIDTHS = {"8": 8, "16": 16, "32": 32, "64": 64, "f": 0}
_INT = {("u", 8): np.uint8, ("s", 8): np.int8, ("u", 16): np.uint16, ("s", 16): np.int16, ("u", 32): np.uint32,
        ("s", 32): np.int32, ("u", 64): np.uint64, ("s", 64): np.int64}


def _bits_of(type_name):
    if type_name == "pred":
        return 1
    if type_name == "bf16":
        return 16
    return int(re.sub(r"[a-z]", "", type_name.replace("x2", "")))


def _mask(bits):
    return np.uint64((1 << bits) - 1)


def decode(raw, type_name):
    """Raw 64-bit patterns to numbers: floats as f32 or f64 values."""
    bits = _bits_of(type_name)
    if type_name == "pred":
        return raw != 0
    if type_name == "f64":
        return raw.view(np.float64)
    if type_name == "f32":
        return raw.astype(np.uint32).view(np.float32)
    if type_name == "f16":
        return raw.astype(np.uint16).view(np.float16).astype(np.float32)
    if type_name == "bf16":
        return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
    kind = "s" if type_name[0] == "s" else "u"
    narrow = (raw & _mask(bits)).astype(_INT["u", bits])
    return narrow.view(_INT[kind, bits])


def round_bf16(values):
    """f32 to the bits of bf16, nearest even."""
    bits = values.astype(np.float32).view(np.uint32)
    rounded = (bits.astype(np.uint64) + 0x7FFF + ((bits >> 16) & 1)) >> np.uint64(16)
    return np.where(np.isnan(values), np.uint64(0x7FFF), rounded & np.uint64(0xFFFF))


def encode(values, type_name):
    """Numbers to raw patterns."""
    if type_name == "pred":
        return values.astype(np.uint64)
    if type_name == "f64":
        return values.astype(np.float64).view(np.uint64)
    if type_name == "f32":
        return values.astype(np.float32).view(np.uint32).astype(np.uint64)
    if type_name == "f16":
        return values.astype(np.float16).view(np.uint16).astype(np.uint64)
    if type_name == "bf16":
        return round_bf16(values.astype(np.float32))
    return np.asarray(values).astype(_INT["s" if type_name[0] == "s" else "u", _bits_of(type_name)]).view(
        _INT["u", _bits_of(type_name)]).astype(np.uint64)


class Memory:
    """Global memory: the arguments' buffers at addresses far apart."""

    def __init__(self):
        self.buffers = []

    def add(self, array):
        base = (len(self.buffers) + 1) << 40
        self.buffers.append((base, array.reshape(-1).view(np.uint8)))
        return base

    def find(self, address, size):
        index = (address >> 40) - 1
        if not 0 <= index < len(self.buffers):
            raise EmulationError(f"access at {address:#x}, which is no buffer")
        base, data = self.buffers[index]
        offset = address - base
        if offset + size > data.size:
            raise EmulationError(f"access at byte {offset} of argument buffer {index}, which has {data.size} bytes")
        if address % size:
            raise EmulationError(f"access of {size} bytes at byte {offset} of buffer {index} is not aligned")
        return data, offset


class Shared:
    """Shared memory that knows who touched each byte last."""

    BASE = 1 << 56

    def __init__(self, size):
        self.data = np.zeros(size, np.uint8)
        self.writer = np.full(size, -1)
        self.write_epoch = np.full((size, 2), -1)
        self.readers = [dict() for _ in range(size)]

    def check(self, thread, offset, size, epoch, writing, new=None):
        if offset < 0 or offset + size > self.data.size:
            raise EmulationError(f"thread {thread} accesses byte {offset} of {self.data.size} bytes of shared memory")
        if offset % size:
            raise EmulationError(f"thread {thread}: {size} bytes at byte {offset} of shared memory are not aligned")
        block_epoch, warp_epoch = epoch
        for i in range(offset, offset + size):
            last = self.writer[i]
            if last >= 0 and last != thread and self.write_epoch[i, 0] == block_epoch and not (
                    last // 32 == thread // 32 and self.write_epoch[i, 1] != warp_epoch):
                if not writing or self.data[i] != new[i - offset]:
                    raise EmulationError(f"race: thread {thread} {'writes' if writing else 'reads'} byte {i} of shared memory "
                                         f"that thread {last} wrote, no barrier between")
            if writing:
                for reader, (read_block, read_warp) in self.readers[i].items():
                    if reader != thread and read_block == block_epoch and not (
                            reader // 32 == thread // 32 and read_warp != warp_epoch):
                        raise EmulationError(f"race: thread {thread} writes byte {i} of shared memory that thread {reader} "
                                             "read, no barrier between")
        for i in range(offset, offset + size):
            if writing:
                self.writer[i] = thread
                self.write_epoch[i] = epoch
            else:
                # The last reader of each warp and one more is enough to know of.
                self.readers[i][thread] = epoch


class Kernel:
    """One `.entry` of a module."""

    def __init__(self, text):
        text = re.sub(r"//[^\n]*", "", text)
        match = re.search(r"\.entry\s+(\w+)\s*\((.*?)\)(.*?)\{(.*)\}", text, re.S)
        self.name, parameters, attributes, body = match.groups()
        self.parameters = [re.search(r"\.param\s+\.(\w+).*?(\w+)\s*$", p.strip(), re.S).groups()
                           for p in parameters.split(",") if p.strip()]
        required = re.search(r"\.reqntid\s+(\d+)", attributes)
        self.required_threads = int(required.group(1)) if required else None
        self.code, self.labels = [], {}
        for statement in re.split(r";|(?<=:)\s", body):
            statement = " ".join(statement.split())
            if not statement or statement.startswith("."):
                continue
            if statement.endswith(":"):
                self.labels[statement[:-1]] = len(self.code)
                continue
            match = re.match(r"(?:@(!?)(%\w+)\s+)?([\w.:]+)\s*(.*)$", statement)
            negated, predicate, opcode, operands = match.groups()
            self.code.append((predicate, bool(negated), opcode, _split(operands)))

    def run(self, grid, arguments, num_threads=None, shared_bytes=0):
        num_threads = num_threads or self.required_threads
        memory = Memory()
        values = []
        for (type_name, _), argument in zip(self.parameters, arguments, strict=True):
            if isinstance(argument, np.ndarray):
                values.append(memory.add(argument))
            elif type_name in ("f32", "f64"):
                values.append(int(encode(np.array([argument], np.float64), type_name)[0]))
            else:
                values.append(int(argument) & ((1 << _bits_of(type_name.replace("b", "u"))) - 1))
        parameters = {name: value for (_, name), value in zip(self.parameters, values)}
        for z in range(grid[2]):
            for y in range(grid[1]):
                for x in range(grid[0]):
                    _Block(self, parameters, memory, num_threads, shared_bytes, (x, y, z), grid).run()


def _split(text):
    """Operands at the commas outside of braces and brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += c in "{[("
        depth -= c in "}])"
        if c == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    if text[start:].strip():
        parts.append(text[start:].strip())
    return parts


_COMPARE = {"eq": np.equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
            "lo": np.less, "ls": np.less_equal, "hi": np.greater, "hs": np.greater_equal}


class _Block:
    def __init__(self, kernel, parameters, memory, num_threads, shared_bytes, block, grid):
        self.kernel, self.parameters, self.memory = kernel, parameters, memory
        self.n = num_threads
        self.shared = Shared(shared_bytes)
        self.registers = {}
        self.pc = np.zeros(num_threads, np.int64)
        self.waiting = np.zeros(num_threads, bool)
        self.exited = np.zeros(num_threads, bool)
        self.block_epoch = 0
        self.warp_epoch = np.zeros(num_threads, np.int64)
        self.special = {"%tid.x": np.arange(num_threads, dtype=np.uint64)}
        for i, axis in enumerate("xyz"):
            self.special["%ctaid." + axis] = np.full(num_threads, block[i], np.uint64)
            self.special["%nctaid." + axis] = np.full(num_threads, grid[i], np.uint64)
            self.special["%ntid." + axis] = np.full(num_threads, num_threads if i == 0 else 1, np.uint64)
            if i:
                self.special["%tid." + axis] = np.zeros(num_threads, np.uint64)

    def run(self):
        code = self.kernel.code
        while not self.exited.all():
            ready = ~self.exited & ~self.waiting
            if not ready.any():
                if (self.waiting | self.exited).all() and not self.exited.any():
                    if len(set(self.pc)) != 1:
                        raise EmulationError("threads wait at different barriers")
                    self.waiting[:] = False
                    self.block_epoch += 1
                    continue
                raise EmulationError("some threads have ended while others wait at a barrier")
            at = self.pc[ready].min()
            active = ready & (self.pc == at)
            if at >= len(code):
                self.exited |= active
                continue
            predicate, negated, opcode, operands = code[at]
            taken = active
            if predicate:
                condition = self.read(predicate, "pred", active)
                taken = active & (~condition if negated else condition)
            self.pc[active] = at + 1
            try:
                self.step(opcode.split("."), operands, taken)
            except EmulationError as error:
                raise EmulationError(f"{error}\n  in {self.kernel.name}: {opcode} {', '.join(operands)}") from None

    # --- Registers -------------------------------------------------------------------------------------

    def raw(self, operand, active):
        if operand in self.special:
            return self.special[operand]
        if operand.startswith("%"):
            if operand not in self.registers:
                raise EmulationError(f"{operand} is read before it is written")
            values, written = self.registers[operand]
            if not written[active].all():
                raise EmulationError(f"{operand} is read before it is written")
            return values
        if operand == "tegula_shared":
            return np.full(self.n, Shared.BASE, np.uint64)
        if operand.startswith("0f"):
            return np.full(self.n, int(operand[2:], 16), np.uint64)
        if operand.startswith("0d"):
            return np.full(self.n, int(operand[2:], 16), np.uint64)
        if operand.startswith("0x") and len(operand) == 6:
            return np.full(self.n, int(operand, 16), np.uint64)
        return np.full(self.n, int(operand.rstrip("U"), 0) & ((1 << 64) - 1), np.uint64)

    def read(self, operand, type_name, active):
        if operand.startswith("!"):
            return ~self.read(operand[1:], type_name, active)
        return decode(self.raw(operand, active), type_name)

    def write_raw(self, register, values, active, bits):
        if register == "_":
            return
        old, written = self.registers.get(register, (np.zeros(self.n, np.uint64), np.zeros(self.n, bool)))
        values = np.asarray(values).astype(np.uint64) & _mask(bits)
        self.registers[register] = (np.where(active, values, old), written | active)

    def write(self, register, values, type_name, active):
        self.write_raw(register, encode(values, type_name), active, _bits_of(type_name))

    # --- Steps ------------------------------------------------------------------------------------------

    def step(self, parts, operands, active):
        name = parts[0]
        method = getattr(self, "op_" + name, None)
        if method:
            method(parts, operands, active)
        else:
            self.arithmetic(parts, operands, active)

    def op_ret(self, parts, operands, active):
        self.exited |= active

    op_exit = op_ret

    def op_bra(self, parts, operands, active):
        self.pc[active] = self.kernel.labels[operands[0]]

    def op_trap(self, parts, operands, active):
        if active.any():
            raise EmulationError("trap")

    def whole_warps(self, active, what):
        warps = active.reshape(-1, 32)
        if not (warps.all(1) | ~warps.any(1)).all():
            raise EmulationError(f"{what} that only a part of a warp reaches")

    def op_bar(self, parts, operands, active):
        self.whole_warps(active, "a barrier")
        if parts[1] == "warp":
            self.warp_epoch[active] += 1
        else:
            self.waiting |= active

    op_barrier = op_bar

    def op_shfl(self, parts, operands, active):
        self.whole_warps(active, "a shuffle")
        destination, source, offset, clamp = operands[:4]
        destination = destination.split("|")[0]
        values = self.raw(source, active)
        lane = np.arange(self.n) % 32
        offset = self.read(offset, "u32", active).astype(np.int64)
        if parts[2] == "bfly":
            other = lane ^ offset
        elif parts[2] == "idx":
            other = offset & 31
        else:
            other = np.where(lane - offset >= 0, lane - offset, lane)
        self.write_raw(destination, values[np.arange(self.n) - lane + other], active, 32)

    def op_createpolicy(self, parts, operands, active):
        self.write_raw(operands[0], np.zeros(self.n), active, 64)

    def op_mov(self, parts, operands, active):
        bits = _bits_of(parts[1])
        if operands[0].startswith("{"):
            names = _split(operands[0][1:-1])
            part = bits // len(names)
            values = self.raw(operands[1], active)
            for i, register in enumerate(names):
                self.write_raw(register, values >> np.uint64(i * part), active, part)
        elif operands[1].startswith("{"):
            names = _split(operands[1][1:-1])
            part = bits // len(names)
            values = np.zeros(self.n, np.uint64)
            for i, register in enumerate(names):
                values |= (self.raw(register, active) & _mask(part)) << np.uint64(i * part)
            self.write_raw(operands[0], values, active, bits)
        else:
            self.write_raw(operands[0], self.raw(operands[1], active), active, bits)

    def op_cvta(self, parts, operands, active):
        self.write_raw(operands[0], self.raw(operands[1], active), active, 64)

    def op_ld(self, parts, operands, active):
        if parts[1] == "param":
            name = operands[1].strip("[]").split("+")[0]
            self.write_raw(operands[0], np.full(self.n, self.parameters[name], np.uint64), active, _bits_of(parts[-1]))
            return
        registers = _split(operands[0].strip("{}"))
        self.access(parts, registers, operands[1], active, False)

    def op_st(self, parts, operands, active):
        self.access(parts, _split(operands[1].strip("{}")), operands[0], active, True)

    def access(self, parts, registers, address, active, writing):
        bits = _bits_of(parts[-1])
        size = bits // 8 * len(registers)
        base, _, constant = address.strip("[]").partition("+")
        addresses = self.raw(base, active) + np.uint64(int(constant or "0") & ((1 << 64) - 1))
        values = np.zeros((len(registers), self.n), np.uint64)
        if writing:
            for i, register in enumerate(registers):
                values[i] = self.raw(register, active) & _mask(bits)
        element = np.dtype(f"<u{bits // 8}")
        is_shared = "shared" in parts
        if is_shared and not writing:
            pass
        for thread in np.flatnonzero(active):
            where = int(addresses[thread])
            if is_shared:
                data, offset = self.shared.data, where - Shared.BASE
                new = values[:, thread].astype(element).view(np.uint8) if writing else None
                epoch = (self.block_epoch, self.warp_epoch[thread])
                self.shared.check(int(thread), offset, size, epoch, writing, new)
            else:
                data, offset = self.memory.find(where, size)
            if writing:
                data[offset:offset + size] = values[:, thread].astype(element).view(np.uint8)
            else:
                values[:, thread] = data[offset:offset + size].view(element)
        if not writing:
            for i, register in enumerate(registers):
                if parts[-1][0] == "s":  # fills the whole register with the sign
                    self.write_raw(register, decode(values[i], parts[-1]).astype(np.int64).view(np.uint64), active, 64)
                else:
                    self.write_raw(register, values[i], active, bits)

    def op_setp(self, parts, operands, active):
        type_name = parts[-1].replace("b", "u") if parts[-1] != "bf16" else "bf16"
        a, b = (self.read(o, type_name, active) for o in operands[1:3])
        compare = parts[1]
        if compare == "ne":
            result = (a != b) & ~(np.isnan(a) | np.isnan(b)) if type_name[0] in "f" else a != b
        elif compare == "num":
            result = ~(np.isnan(a) | np.isnan(b))
        elif compare == "nan":
            result = np.isnan(a) | np.isnan(b)
        elif compare.endswith("u") and compare[:-1] in ("eq", "ne", "lt", "le", "gt", "ge"):
            base = np.not_equal if compare == "neu" else _COMPARE[compare[:-1]]
            result = base(a, b) | np.isnan(a) | np.isnan(b)
        else:
            result = _COMPARE[compare](a, b)
        self.write(operands[0], result, "pred", active)

    def op_selp(self, parts, operands, active):
        condition = self.read(operands[3], "pred", active)
        chosen = np.where(condition, self.raw(operands[1], active), self.raw(operands[2], active))
        self.write_raw(operands[0], chosen, active, _bits_of(parts[-1]))

    def op_cvt(self, parts, operands, active):
        if parts[-1] == "f32" and parts[-2] in ("f16x2", "bf16x2"):
            half = parts[-2][:-2]
            high, low = (encode(self.read(o, "f32", active), half) for o in operands[1:3])
            self.write_raw(operands[0], high << np.uint64(16) | low, active, 32)
            return
        to, source = parts[-2], parts[-1]
        values = self.read(operands[1], source, active)
        if to[0] in "us" and source[0] in "fb":
            limits = np.iinfo(_INT[to[0], _bits_of(to)])
            rounding = {"rzi": np.trunc, "rni": np.rint, "rmi": np.floor, "rpi": np.ceil}[parts[1]]
            wide = np.nan_to_num(rounding(values.astype(np.float64)), nan=0.0)
            values = np.array([min(max(int(v), limits.min), limits.max) for v in np.clip(wide, -2.0**70, 2.0**70)], object)
            values = values.astype(_INT[to[0], _bits_of(to)])
        elif source[0] in "fb" and parts[1] in ("rzi", "rni", "rmi", "rpi"):
            values = {"rzi": np.trunc, "rni": np.rint, "rmi": np.floor, "rpi": np.ceil}[parts[1]](values)
        elif parts[1] == "rz" and to in ("f16", "f32"):
            narrow = np.float16 if to == "f16" else np.float32
            near = values.astype(narrow)
            values = np.where(np.abs(near.astype(np.float64)) > np.abs(values), np.nextafter(near, narrow(0)), near)
        self.write(operands[0], values, to, active)

    def op_bfe(self, parts, operands, active):
        bits = _bits_of(parts[-1])
        value = self.raw(operands[1], active) & _mask(bits)
        start, length = (int(operand, 0) for operand in operands[2:4])
        field = value >> np.uint64(start) & _mask(length)
        if parts[-1][0] == "s" and length:
            field = np.where(field >> np.uint64(length - 1), field | _mask(bits) & ~_mask(length), field)
        self.write_raw(operands[0], field, active, bits)

    def op_prmt(self, parts, operands, active):
        a, b = self.raw(operands[1], active), self.raw(operands[2], active)
        selector = self.raw(operands[3], active)
        both = (a & _mask(32)) | (b & _mask(32)) << np.uint64(32)
        result = np.zeros(self.n, np.uint64)
        for i in range(4):
            nibble = selector >> np.uint64(4 * i) & np.uint64(15)
            byte = both >> ((nibble & np.uint64(7)) * np.uint64(8)) & np.uint64(255)
            sign = np.where(byte >> np.uint64(7), np.uint64(255), np.uint64(0))
            result |= np.where(nibble >> np.uint64(3), sign, byte) << np.uint64(8 * i)
        self.write_raw(operands[0], result, active, 32)

    def arithmetic(self, parts, operands, active):
        name, type_name = parts[0], parts[-1]
        modifiers = parts[1:-1]
        if type_name[0] == "b" and type_name != "bf16":
            type_name = "u" + type_name[1:]
        if name in ("shl", "shr"):
            value = self.read(operands[1], type_name, active)
            amount = np.minimum(self.read(operands[2], "u32", active), _bits_of(type_name) - 1).astype(value.dtype)
            over = self.read(operands[2], "u32", active) >= _bits_of(type_name)
            result = value << amount if name == "shl" else value >> amount
            if name == "shl" or type_name[0] == "u":
                result = np.where(over, 0, result).astype(value.dtype)
            self.write(operands[0], result, type_name, active)
            return
        if "wide" in modifiers:
            bits = _bits_of(type_name)
            wide = type_name[0] + str(2 * bits)
            a, b = (self.read(o, type_name, active).astype(_INT[type_name[0], 2 * bits]) for o in operands[1:3])
            result = a * b
            if name == "mad":
                result = result + self.read(operands[3], wide, active)
            self.write(operands[0], result, wide, active)
            return
        values = [self.read(o, type_name, active) for o in operands[1:]]
        if "hi" in modifiers:
            product = values[0].astype(object) * values[1].astype(object)
            high = [int(p) >> _bits_of(type_name) for p in product]
            self.write(operands[0], np.array([h & ((1 << 64) - 1) for h in high], np.uint64), type_name, active)
            return
        a = values[0]
        b = values[1] if len(values) > 1 else None
        floating = type_name in ("f16", "bf16", "f32", "f64")
        if name == "add":
            result = a + b
        elif name == "sub":
            result = a - b
        elif name == "mul":
            result = a * b
        elif name in ("fma", "mad"):
            result = (a.astype(np.float64) * b + values[2]) if floating else a * b + values[2]
        elif name == "div":
            result = a / b if floating else _truncating(a, b)[0]
        elif name == "rem":
            result = _truncating(a, b)[1]
        elif name in ("min", "max"):
            function = {("min", False): np.fmin, ("max", False): np.fmax, ("min", True): np.minimum,
                        ("max", True): np.maximum}[name, "NaN" in modifiers]
            result = function(a, b)
        elif name == "abs":
            result = np.abs(a)
        elif name == "neg":
            result = -a
        elif name == "and":
            result = a & b
        elif name == "or":
            result = a | b
        elif name == "xor":
            result = a ^ b
        elif name == "not":
            result = ~a
        elif name == "sqrt":
            result = np.sqrt(a)
        elif name == "rsqrt":
            result = 1 / np.sqrt(a)
        elif name == "rcp":
            result = 1 / a
        elif name == "ex2":
            result = np.exp2(a)
        elif name == "lg2":
            result = np.log2(a)
        elif name == "sin":
            result = np.sin(a)
        elif name == "cos":
            result = np.cos(a)
        elif name == "tanh":
            result = np.tanh(a)
        elif name == "copysign":
            result = np.copysign(b, a)
        else:
            raise EmulationError(f"'{'.'.join(parts)}' is not known to the emulator")
        self.write(operands[0], result, type_name, active)


def _truncating(a, b):
    """Quotient and remainder as in C."""
    quotient = [int(abs(int(x)) // abs(int(y))) * (1 if (x < 0) == (y < 0) else -1) if y else -1 for x, y in zip(a, b)]
    remainder = [int(x) - q * int(y) if y else int(x) for x, q, y in zip(a, quotient, b)]
    return np.array(quotient, object).astype(a.dtype), np.array(remainder, object).astype(a.dtype)

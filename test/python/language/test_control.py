"""Control flow: compile-time and run-time branches, loops, early returns, what is carried and merged."""

import numpy as np
import pytest

import tegula
import tegula.language as tl

from .launch import InOut, Out, close, draw, f16, f32, i32, i64, name, poison, run, same

UNTOUCHED = poison(1, i32)[0]

# ---- Branches ------------------------------------------------------------------------------------------------------


@tegula.jit
def static_branches(out_ptr, x, MODE: tl.constexpr, FLAG: tl.constexpr, NOTHING: tl.constexpr):
    if MODE == "first":
        y = x + 1
    elif MODE == "second":
        y = x.to(tl.int64) * 3  # another type: the other sides are not looked at
    elif MODE == "third" and FLAG:
        y = x - 1
    else:
        y = -x
    if NOTHING:
        no_such_function(x)
    if NOTHING is None:
        y += 100
    if not FLAG:
        y += 1000
    tl.store(out_ptr, y)


@pytest.mark.parametrize("mode,flag", [("first", True), ("second", False), ("third", True), ("third", False)])
def test_only_the_taken_side_of_a_static_branch_exists(target, mode, flag):
    expected = {"first": 8, "second": 21, "third": 6 if flag else -7}[mode] + 100 + (0 if flag else 1000)
    same(run(static_branches, target, Out(1, i64), 7, MODE=mode, FLAG=flag, NOTHING=None), np.array([expected]))


@tegula.jit
def runtime_branches(out_ptr, x, y):
    a = 0
    b = x
    if x > y:
        a = 1
        b = y
        c = 10
    elif x == y:
        a = 2
        c = 20
    else:
        if y > 100:
            a = 3
            c = 30
        else:
            c = 40
        b += 5
    only_here = 7
    if x < 0:
        only_here = 8
    tl.store(out_ptr, a)
    tl.store(out_ptr + 1, b)
    tl.store(out_ptr + 2, c)
    tl.store(out_ptr + 3, only_here)


@pytest.mark.parametrize("x,y", [(9, 4), (4, 4), (5, 200), (5, 50), (-3, 2)])
def test_names_merge_after_a_runtime_branch(target, x, y):
    if x > y:
        expected = [1, y, 10]
    elif x == y:
        expected = [2, x, 20]
    else:
        expected = [3, x + 5, 30] if y > 100 else [0, x + 5, 40]
    out = run(runtime_branches, target, Out(4, i32), x, y)
    same(out, np.array(expected + [8 if x < 0 else 7], i32))


@tegula.jit
def branch_over_blocks(x_ptr, out_ptr, flag, count, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    total = tl.zeros([BLOCK], tl.float32)
    if flag:
        total = x * 2
        pointer = out_ptr
    else:
        total -= x
        pointer = out_ptr + BLOCK
    if count:  # an integer is compared with zero
        total += count
    tl.store(pointer + offsets, total)
    if tl.sum(x, 0) > 0:
        tl.store(out_ptr + 2 * BLOCK, 1.0)
    else:
        tl.store(out_ptr + 2 * BLOCK, -1.0)


@pytest.mark.parametrize("flag,count", [(True, 0), (False, 3), (True, 2)])
def test_blocks_and_pointers_merge_after_a_runtime_branch(target, rng, flag, count):
    x = draw(rng, 64, f32)
    out = run(branch_over_blocks, target, x, Out(129, f32), flag, count, BLOCK=64)
    expected = poison(129, f32)
    expected[:64] if flag else expected[64:128]
    expected[slice(0, 64) if flag else slice(64, 128)] = (x * 2 if flag else 0 - x) + np.float32(count)
    expected[128] = 1 if x.astype(np.float64).sum() > 0 else -1
    same(out, expected)


@tegula.jit
def conditions(out_ptr, a, b, flag, FLAG: tl.constexpr):
    if a > 2 and b > 2:
        tl.store(out_ptr, 1)
    if a > 2 or b > 2:
        tl.store(out_ptr + 1, 1)
    if not flag:
        tl.store(out_ptr + 2, 1)
    if not (a > b):
        tl.store(out_ptr + 3, 1)
    if FLAG and a > b:
        tl.store(out_ptr + 4, 1)
    if FLAG or a > b:
        tl.store(out_ptr + 5, 1)
    if a > 2 and b > 2 and flag:
        tl.store(out_ptr + 6, 1)
    if (a > 2) & (b > 2) | flag:
        tl.store(out_ptr + 7, 1)


@pytest.mark.parametrize(
    "a,b,flag,static", [(3, 3, True, True), (3, 0, False, False), (0, 3, True, False), (5, 4, False, True)]
)
def test_and_or_not_in_conditions(target, a, b, flag, static):
    conditions_hold = [a > 2 and b > 2, a > 2 or b > 2, not flag, not a > b, static and a > b, static or a > b, a > 2 and b > 2 and flag,
                       (a > 2 and b > 2) or flag]  # fmt: skip
    out = run(conditions, target, Out(8, i32), a, b, flag, FLAG=static)
    same(out, np.where(conditions_hold, 1, UNTOUCHED).astype(i32))


@tegula.jit
def conditional_expressions(out_ptr, a, b, bias_ptr, HAS: tl.constexpr):
    tl.store(out_ptr, a if a > b else b)
    tl.store(out_ptr + 1, 5 if HAS else no_such_name)
    tl.store(out_ptr + 2, a + (b if a > 0 else -b))
    row = bias_ptr + 1 if HAS else None
    if row is not None:
        tl.store(out_ptr + 3, tl.load(row))
    else:
        tl.store(out_ptr + 3, -1)
    tl.store(out_ptr + 4, (1 if a == 1 else 2) if a < 3 else 4)


@pytest.mark.parametrize("a,b", [(2, 9), (12, 4), (-6, -5)])
def test_conditional_expressions(target, a, b):
    bias = np.array([7, 8], i32)
    out = run(conditional_expressions, target, Out(5, i32), a, b, bias, HAS=True)
    same(out, np.array([max(a, b), 5, a + (b if a > 0 else -b), 8, 4 if a >= 3 else 2], i32))


@tegula.jit
def tensors_in_logic(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    tl.store(out_ptr + offsets, (x > 0) and (x < 5))
    tl.store(out_ptr + BLOCK + offsets, (x < 0) or (x > 5))
    tl.store(out_ptr + 2 * BLOCK + offsets, not (x > 0))


def test_and_or_not_of_blocks_work_element_by_element(target, rng):
    x = rng.integers(-9, 9, 32).astype(i32)
    out = run(tensors_in_logic, target, x, Out((3, 32), np.bool_), BLOCK=32)
    same(out, np.stack([(x > 0) & (x < 5), (x < 0) | (x > 5), ~(x > 0)]))


@tegula.jit
def optional(x_ptr, y_ptr, out_ptr, scale, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    if y_ptr is not None:
        x += tl.load(y_ptr + offsets)
    if scale is None:
        x = -x
    else:
        x = x * scale
    if y_ptr is not None and tl.load(y_ptr) > 1e30:
        x += 1
    tl.store(out_ptr + offsets, x)


@pytest.mark.parametrize("with_y", [True, False])
@pytest.mark.parametrize("scale", [None, 2.0])
def test_an_argument_may_be_none(target, rng, with_y, scale):
    x, y = draw(rng, 32, f32), draw(rng, 32, f32)
    out = run(optional, target, x, y if with_y else None, Out(32, f32), scale, BLOCK=32)
    same(out, (x + y if with_y else x) * np.float32(-1 if scale is None else scale))


@tegula.jit
def truthy_pointer(x_ptr, out_ptr):
    if x_ptr:
        tl.store(out_ptr, tl.load(x_ptr))
    else:
        tl.store(out_ptr, -5)


def test_none_is_false(target):
    same(run(truthy_pointer, target, None, Out(1, i32)), np.array([-5], i32))


# ---- Loops ---------------------------------------------------------------------------------------------------------


@tegula.jit
def ranges(out_ptr, start, stop, step, HOW: tl.constexpr):
    count = 0
    total = 0
    last = -1
    if HOW == "stop":
        for i in range(stop):
            count += 1
            total += i
            last = i
    elif HOW == "start":
        for i in range(start, stop):
            count += 1
            total += i
            last = i
    elif HOW == "step":
        for i in range(start, stop, step):
            count += 1
            total += i
            last = i
    elif HOW == "down":
        for i in range(stop, start, -3):
            count += 1
            total += i
            last = i
    elif HOW == "tl":
        for i in tl.range(start, stop, step, num_stages=2, loop_unroll_factor=2, flatten=True):
            count += 1
            total += i
            last = i
    else:
        tl.static_assert(HOW == "constants")
        for i in range(2, 31, 4):
            count += 1
            total += i
            last = i
    tl.store(out_ptr, count)
    tl.store(out_ptr + 1, total)
    tl.store(out_ptr + 2, last)


@pytest.mark.parametrize("how", ["stop", "start", "step", "down", "tl", "constants"])
@pytest.mark.parametrize("start,stop,step", [(3, 20, 4), (0, 0, 2), (5, 2, 7), (-7, 6, 5), (0, 16, 16), (8, 25, 8)])
def test_range_counts_as_python_does(target, how, start, stop, step):
    values = list({"stop": range(stop), "start": range(start, stop), "step": range(start, stop, step), "down": range(stop, start, -3),
                   "tl": range(start, stop, step), "constants": range(2, 31, 4)}[how])  # fmt: skip
    expected = [len(values), sum(values), values[-1] if values else -1]
    same(run(ranges, target, Out(3, i32), start, stop, step, HOW=how), np.array(expected, i32))


@tegula.jit
def wide_range(out_ptr, start, stop):
    count = 0
    for i in range(start, stop, 2):
        tl.static_assert(i.dtype == tl.int64)
        tl.store(out_ptr + count, i)
        count += 1


def test_a_range_of_64_bit_bounds(target):
    same(run(wide_range, target, Out(3, i64), 2**40, 2**40 + 6), 2**40 + np.array([0, 2, 4]))


@tegula.jit
def reassigned(out_ptr, n):
    total = 0
    for i in range(n):
        i = i * 10  # does not change how often the loop runs
        total += i
    tl.store(out_ptr, total)


def test_the_induction_variable_may_be_reassigned(target):
    same(run(reassigned, target, Out(1, i32), 5), np.array([100], i32))


@tegula.jit
def row_sums(x_ptr, out_ptr, rows, n, BLOCK: tl.constexpr):
    for row in range(tl.program_id(0), rows, tl.num_programs(0)):
        total = tl.zeros([BLOCK], tl.float32)
        for start in range(0, n, BLOCK):
            offsets = start + tl.arange(0, BLOCK)
            total += tl.load(x_ptr + row * n + offsets, mask=offsets < n, other=0.0)
        tl.store(out_ptr + row, tl.sum(total, 0))


@pytest.mark.parametrize("rows,n", [(1, 1), (5, 300), (13, 64), (3, 0)])
def test_nested_loops_with_runtime_bounds(target, rng, rows, n):
    x = rng.integers(-50, 50, (rows, n)).astype(f32)
    out = run(row_sums, target, x if n else np.zeros(1, f32), Out(rows, f32), rows, n, grid=(4,), BLOCK=64)
    same(out, x.sum(1))


@tegula.jit
def swap_in_loop(out_ptr, n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    tl.store(out_ptr, a)
    tl.store(out_ptr + 1, b)


@pytest.mark.parametrize("n", [0, 1, 10, 40])
def test_a_loop_carries_several_names_at_once(target, n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    same(run(swap_in_loop, target, Out(2, i32), n), np.array([a, b], i32))


@tegula.jit
def branch_in_loop(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    total = tl.zeros([BLOCK], tl.int32)
    seen = 0
    for i in range(n):
        value = tl.load(x_ptr + i)
        if value > 0:
            total += offsets * value
            seen += 1
        elif value == 0:
            total = -total
    tl.store(out_ptr + offsets, total)
    tl.store(out_ptr + BLOCK, seen)


def test_branches_in_loops_carry_their_names(target, rng):
    x = rng.integers(-3, 4, 50).astype(i32)
    total, seen = np.zeros(32, i32), 0
    for value in x:
        if value > 0:
            total += np.arange(32, dtype=i32) * value
            seen += 1
        elif value == 0:
            total = -total
    same(run(branch_in_loop, target, x, Out(33, i32), 50, BLOCK=32), np.append(total, i32.type(seen)))


@tegula.jit
def collatz(out_ptr, n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    tl.store(out_ptr, steps)


@pytest.mark.parametrize("n", [2, 7, 27])
def test_while_runs_until_its_condition_fails(target, n):
    steps, value = 0, n
    while value != 1:
        value, steps = (value // 2 if value % 2 == 0 else 3 * value + 1), steps + 1
    same(run(collatz, target, Out(1, i32), n), np.array([steps], i32))


@tegula.jit
def while_with_and(x_ptr, out_ptr, n, limit):
    i = 0
    total = 0.0
    while (i < n) and (total < limit):
        total += tl.load(x_ptr + i)
        i += 1
    while i < 0:
        i += 1
    tl.store(out_ptr, total)
    tl.store(out_ptr + 1, i)


@pytest.mark.parametrize("n,limit", [(50, 10.0), (3, 1000.0), (0, 5.0)])
def test_while_with_a_compound_condition(target, n, limit):
    x = np.arange(1, 51).astype(f32)
    total, i = 0.0, 0
    while i < n and total < limit:
        total, i = total + x[i], i + 1
    same(run(while_with_and, target, x, Out(2, f32), n, limit), np.array([total, i], f32))


@tegula.jit
def unrolled(x_ptr, out_ptr, N: tl.constexpr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    total = tl.zeros([BLOCK], tl.float32)
    for i in tl.static_range(N):
        tl.static_assert(i < N)  # i is known at compile time
        if i % 2 == 0:
            total += tl.load(x_ptr + i * BLOCK + offsets)
        made_inside = i
    for i in tl.static_range(N, 0, -2):
        total += i
    for i in tl.static_range(1, 4):
        total *= i
    tl.store(out_ptr + offsets, total)
    tl.store(out_ptr + BLOCK, made_inside)


@pytest.mark.parametrize("n", [1, 4, 7])
def test_static_range_is_unrolled(target, rng, n):
    x = rng.integers(-20, 20, (n, 16)).astype(f32)
    expected = (x[::2].sum(0) + sum(range(n, 0, -2))) * 6
    same(run(unrolled, target, x, Out(17, f32), N=n, BLOCK=16), np.append(expected, f32.type(n - 1)).astype(f32))


@tegula.jit
def chosen_range(out_ptr, N: tl.constexpr):
    total = 0
    for i in (tl.static_range if N <= 4 else range)(N):
        total += i
    tl.store(out_ptr, total)


@pytest.mark.parametrize("n", [3, 9])
def test_the_kind_of_a_loop_is_chosen_by_an_expression(target, n):
    same(run(chosen_range, target, Out(1, i32), N=n), np.array([n * (n - 1) // 2], i32))


@tegula.jit
def loop_of_pointers(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    read = x_ptr + offsets
    write = out_ptr + offsets
    for i in range(0, tl.cdiv(n, BLOCK)):
        mask = offsets < n - i * BLOCK
        tl.store(write, tl.load(read, mask=mask) * 2, mask=mask)
        read += BLOCK
        write += BLOCK


@pytest.mark.parametrize("n", [1, 64, 200])
def test_a_loop_carries_blocks_of_pointers(target, rng, n):
    x = draw(rng, n, f16)
    same(run(loop_of_pointers, target, x, Out(n, f16), n, BLOCK=64), x * f16.type(2))


@tegula.jit
def zero_dimensional(x_ptr, out_ptr, n):
    total = tl.zeros((), dtype=tl.uint32)
    for i in range(n):
        total += tl.load(x_ptr + i)
    tl.store(out_ptr, total)


def test_a_zero_dimensional_accumulator(target, rng):
    x = draw(rng, 20, np.uint32)
    same(run(zero_dimensional, target, x, Out(1, np.uint32), 20), x.sum(dtype=np.uint32).reshape(1))


@tegula.jit
def online_softmax(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    biggest = float("-inf")
    total = 0.0
    for start in range(0, n, BLOCK):
        x = tl.load(x_ptr + start + offsets, mask=start + offsets < n, other=float("-inf"))
        new = tl.maximum(biggest, tl.max(x, 0))
        total = total * tl.exp(biggest - new) + tl.sum(tl.exp(x - new), 0)
        biggest = new
    for start in range(0, n, BLOCK):
        mask = start + offsets < n
        x = tl.load(x_ptr + start + offsets, mask=mask)
        tl.store(out_ptr + start + offsets, tl.exp(x - biggest) / total, mask=mask)


@pytest.mark.parametrize("n", [1, 128, 1000])
def test_a_running_maximum_and_sum(target, rng, n):
    x = draw(rng, n, f32)
    power = np.exp(x.astype(np.float64) - x.max())
    close(run(online_softmax, target, x, Out(n, f32), n, BLOCK=128), power / power.sum(), ulps=32)


# ---- Returns -------------------------------------------------------------------------------------------------------


@tegula.jit
def early_return(out_ptr, n, MODE: tl.constexpr):
    pid = tl.program_id(0)
    if MODE == "never":
        return
    if pid >= n:
        return
    tl.store(out_ptr + pid, 1)
    if pid % 2 == 0:
        if pid % 4 == 0:
            tl.store(out_ptr + pid, 2)
            return
        tl.store(out_ptr + pid, 3)
    else:
        if MODE == "odd":
            return
        tl.store(out_ptr + pid, 4)
    if pid == n - 1:
        return
    else:
        tl.store(out_ptr + 16 + pid, 5)


@pytest.mark.parametrize("mode", ["never", "odd", "all"])
@pytest.mark.parametrize("n", [0, 1, 6, 11, 16])
def test_early_returns_at_every_depth(target, mode, n):
    expected = np.full(32, UNTOUCHED, i32)
    for pid in range(0 if mode == "never" else n):
        expected[pid] = 2 if pid % 4 == 0 else 3 if pid % 2 == 0 else 1 if mode == "odd" else 4
        if pid % 4 and not (pid % 2 and mode == "odd") and pid != n - 1:
            expected[16 + pid] = 5
    same(run(early_return, target, Out(32, i32), n, MODE=mode, grid=(16,)), expected)


@tegula.jit
def return_after_loops(x_ptr, out_ptr, n, BLOCK: tl.constexpr):
    pid = tl.program_id(0)
    length = tl.load(x_ptr + pid)
    if length <= 0:
        tl.store(out_ptr + pid, -1)
        return
    total = 0
    for i in range(length):
        total += i
    if total > 10:
        tl.store(out_ptr + pid, total)
        return
    offsets = tl.arange(0, BLOCK)
    tl.store(out_ptr + pid, tl.sum(tl.where(offsets < length, 100, 0), 0))


def test_returns_between_loops_and_blocks(target):
    x = np.array([0, 3, -2, 6, 5, 16], i32)
    expected = [-1, 300, -1, 15, 500, 120]
    same(run(return_after_loops, target, x, Out(6, i32), 6, grid=(6,), BLOCK=8), np.array(expected, i32))


@tegula.jit
def return_skips(out_ptr):
    tl.store(out_ptr, 1)
    return
    tl.store(out_ptr, no_such_name)


def test_nothing_behind_a_return_is_looked_at(target):
    same(run(return_skips, target, Out(1, i32)), np.array([1], i32))


# ---- What is refused -----------------------------------------------------------------------------------------------


@tegula.jit
def return_in_loop(out_ptr, n):
    for i in range(n):
        if i == 3:
            return
        tl.store(out_ptr + i, i)


@tegula.jit
def break_in_loop(out_ptr, n):
    for i in range(n):
        tl.store(out_ptr + i, i)
        break


@tegula.jit
def carried_type_changes(out_ptr, n):
    total = 0
    for i in range(n):
        total = total + 0.5
    tl.store(out_ptr, total)


@tegula.jit
def merged_types_differ(out_ptr, n):
    if n > 3:
        x = 1
    else:
        x = 1.5
    tl.store(out_ptr, x)


@tegula.jit
def loop_local_used_outside(out_ptr, n):
    for i in range(n):
        inside = i
    tl.store(out_ptr, inside)


@tegula.jit
def block_condition(out_ptr, n):
    if tl.arange(0, 8) < n:
        tl.store(out_ptr, 1)


@tegula.jit
def try_statement(out_ptr, n):
    try:
        tl.store(out_ptr, n)
    except ValueError:
        pass


@tegula.jit
def nested_function(out_ptr, n):
    def inner():
        return n

    tl.store(out_ptr, inner())


@tegula.jit
def unknown_name(out_ptr, n):
    tl.store(out_ptr, n + undefined_thing)


@tegula.jit
def element_assignment(out_ptr, n):
    x = tl.arange(0, 8)
    x[0] = n
    tl.store(out_ptr, 1)


@pytest.mark.parametrize(
    "kernel,words",
    [
        (return_in_loop, "return"),
        (break_in_loop, "break"),
        (carried_type_changes, "total"),
        (merged_types_differ, "x"),
        (loop_local_used_outside, "inside"),
        (block_condition, "(?i)scalar|ambiguous|more than one"),
        (try_statement, "try"),
        (nested_function, "(?i)nested"),
        (unknown_name, "undefined_thing"),
        (element_assignment, "(?i)assign|subscript"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_refused_with_words_that_name_it(kernel, words):
    with pytest.raises(tegula.CompilationError, match=words):
        run(kernel, "cpu", Out(8, i32), 5)

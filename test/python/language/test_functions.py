"""Functions and compile-time values: helpers, tuples, constants, annotations, recursion, functions as values."""

import math

import numpy as np
import pytest

import tegula
import tegula.language as tl

from . import constants
from .constants import OFFSET, shifted
from .launch import Out, close, draw, f16, f32, i32, i64, name, run, same, tl_type

# ---- Helpers -------------------------------------------------------------------------------------------------------


@tegula.jit
def affine(x, scale=2, offset: tl.constexpr = 1):
    """A docstring changes nothing."""
    return x * scale + offset


@tegula.jit
def min_and_max(x, y):
    return tl.minimum(x, y), tl.maximum(x, y)


@tegula.jit
def nothing(out_ptr, value):
    tl.store(out_ptr, value)


@tegula.jit
def absolute(x):
    if x < 0:
        return -x
    else:
        return x


@tegula.jit
def sign(x):
    if x < 0:
        return -1
    if x == 0:
        return 0
    return 1


@tegula.jit
def calls(out_ptr, a, b):
    tl.store(out_ptr, affine(a))
    tl.store(out_ptr + 1, affine(a, 3))
    tl.store(out_ptr + 2, affine(a, offset=10))
    tl.store(out_ptr + 3, affine(offset=-1, scale=b, x=a))
    low, high = min_and_max(a, b)
    tl.store(out_ptr + 4, high - low)
    pair = min_and_max(b, a)
    tl.store(out_ptr + 5, pair[0])
    tl.store(out_ptr + 6, pair[1])
    nothing(out_ptr + 7, a + b)
    tl.store(out_ptr + 8, absolute(a - b))
    tl.store(out_ptr + 9, absolute(b - a))
    tl.store(out_ptr + 10, sign(a - b))
    tl.store(out_ptr + 11, affine(affine(a)))
    tl.store(out_ptr + 12, shifted(a))
    tl.store(out_ptr + 13, constants.shifted(a, by=2))


@pytest.mark.parametrize("a,b", [(7, 4), (-3, 12), (5, 5)])
def test_helpers_with_defaults_keywords_and_several_results(target, a, b):
    expected = [2 * a + 1, 3 * a + 1, 2 * a + 10, a * b - 1, abs(a - b), min(a, b), max(a, b), a + b, abs(a - b), abs(a - b),
                (a > b) - (a < b), 4 * a + 3, a + 40, a + 2]  # fmt: skip
    same(run(calls, target, Out(14, i32), a, b), np.array(expected, i32))


@tegula.jit
def helper_on_blocks(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + offsets)
    low, high = min_and_max(x, -x)
    tl.store(out_ptr + offsets, affine(low, scale=x, offset=3))
    tl.store(out_ptr + BLOCK + offsets, affine(high))
    tl.store(
        out_ptr + 2 * BLOCK + offsets,
        affine(x[:, None], x[None, :]).reshape(BLOCK * BLOCK).reshape(BLOCK, BLOCK).sum(1),
    )


def test_one_helper_serves_many_types_and_shapes(target, rng):
    x = rng.integers(-20, 20, 16).astype(i32)
    out = run(helper_on_blocks, target, x, Out((3, 16), i32), BLOCK=16)
    same(out, np.stack([-abs(x) * x + 3, abs(x) * 2 + 1, (x[:, None] * x + 1).sum(1)]).astype(i32))


@tegula.jit
def tree_sum(x):
    if x.shape[0] == 1:
        return tl.sum(x, 0)
    else:
        even, odd = tl.split(tl.reshape(x, (x.shape[0] // 2, 2)))
        return tree_sum(even + odd)


@tegula.jit
def factorial(N: tl.constexpr):
    if N <= 1:
        return 1
    else:
        return N * factorial(N - 1)


@tegula.jit
def recursive(x_ptr, out_ptr, BLOCK: tl.constexpr):
    tl.store(out_ptr, tree_sum(tl.load(x_ptr + tl.arange(0, BLOCK))))
    tl.store(out_ptr + 1, factorial(6))


@pytest.mark.parametrize("size", [1, 2, 64])
def test_recursion_that_changes_shapes_or_constants(target, rng, size):
    x = rng.integers(-99, 99, size).astype(i32)
    same(run(recursive, target, x, Out(2, i32), BLOCK=size), np.array([x.sum(), 720], i32))


@tegula.jit
def endless(x):
    return endless(x)


@tegula.jit
def endless_kernel(out_ptr):
    tl.store(out_ptr, endless(1))


def test_endless_recursion_is_refused():
    with pytest.raises(tegula.CompilationError, match="(?i)recurs|deep|depth|nest"):
        run(endless_kernel, "cpu", Out(1, i32))


@tegula.jit
def square(x):
    return x * x


@tegula.jit
def double(x):
    return x + x


@tegula.jit
def apply_twice(fn: tl.constexpr, x):
    return fn(fn(x))


@tegula.jit
def map_function(x_ptr, out_ptr, FN: tl.constexpr, BLOCK: tl.constexpr, LAST: tl.constexpr = None):
    offsets = tl.arange(0, BLOCK)
    x = apply_twice(FN, tl.load(x_ptr + offsets))
    if LAST is not None:
        x = LAST(x)
    tl.store(out_ptr + offsets, x)


@pytest.mark.parametrize("fn,last", [(square, None), (double, None), (double, square)])
def test_a_function_is_a_compile_time_argument(target, rng, fn, last):
    x = rng.integers(-9, 9, 32).astype(i32)
    expected = x**4 if fn is square else x * 4
    out = run(map_function, target, x, Out(32, i32), FN=fn, BLOCK=32, LAST=last)
    same(out, (expected**2 if last else expected).astype(i32))


@tegula.jit
def variadic_sum(first, *rest):
    total = first
    for i in tl.static_range(len(rest)):
        total += rest[i]
    return total


@tegula.jit
def star_arguments(out_ptr, a, b, c):
    tl.store(out_ptr, variadic_sum(a))
    tl.store(out_ptr + 1, variadic_sum(a, b, c))
    values = (a, b)
    tl.store(out_ptr + 2, variadic_sum(*values))
    tl.store(out_ptr + 3, affine(*values, offset=0))


def test_star_parameters_and_star_arguments(target):
    same(run(star_arguments, target, Out(4, i32), 3, 5, 7), np.array([3, 15, 8, 15], i32))


# ---- Tuples --------------------------------------------------------------------------------------------------------


@tegula.jit
def tuples(out_ptr, a, b):
    pair = (a, b)
    tl.static_assert(len(pair) == 2)
    x, y = pair
    (p, q), r = (x, y), a + b
    x, y = y, x
    longer = pair + (r,)
    tl.static_assert(len(longer) == 3)
    tl.store(out_ptr, x)
    tl.store(out_ptr + 1, y)
    tl.store(out_ptr + 2, p - q)
    tl.store(out_ptr + 3, longer[2])
    tl.store(out_ptr + 4, longer[-1] + longer[0])
    middle = longer[1:]
    tl.static_assert(len(middle) == 2)
    tl.store(out_ptr + 5, middle[0])
    nested = (a, (b, 5))
    tl.store(out_ptr + 6, nested[1][1] + nested[1][0])
    listed = [a, b, 3]
    tl.store(out_ptr + 7, listed[2] + listed[0])


@pytest.mark.parametrize("a,b", [(7, 4), (-3, 12)])
def test_tuples_are_built_unpacked_indexed_and_joined(target, a, b):
    expected = [b, a, a - b, a + b, 2 * a + b, b, b + 5, a + 3]
    same(run(tuples, target, Out(8, i32), a, b), np.array(expected, i32))


@tegula.jit
def comprehension(out_ptr, a, b, SHAPE: tl.constexpr):
    scaled = [x * 2 for x in (a, b, a + b)]
    tl.store(out_ptr, scaled[0] + scaled[1] + scaled[2])
    sizes: tl.constexpr = [size // 2 for size in SHAPE]
    tl.static_assert(sizes[0] == SHAPE[0] // 2)
    x = tl.full(sizes, 1, tl.int32)
    tl.static_assert(x.shape == [4, 8])
    tl.store(out_ptr + 1, tl.sum(x))


def test_list_comprehensions_over_tuples(target):
    same(run(comprehension, target, Out(2, i32), 3, 5, SHAPE=(8, 16)), np.array([32, 32], i32))


@tegula.jit
def constexpr_tuple(out_ptr, VALUES: tl.constexpr):
    for i in tl.static_range(len(VALUES)):
        tl.store(out_ptr + i, VALUES[i])


def test_a_tuple_is_a_compile_time_argument(target):
    same(run(constexpr_tuple, target, Out(4, f32), VALUES=(1, 2.5, -3, True)), np.array([1, 2.5, -3, 1], f32))


# ---- Compile-time values -------------------------------------------------------------------------------------------

LIMIT = tl.constexpr(1000)
NEGATIVE = tl.constexpr(-7)
RATIO: tl.constexpr = tl.constexpr(0.25)


@tegula.constexpr_function
def next_multiple(x, y):
    return -(-x // y) * y


@tegula.jit
def constant_arithmetic(out_ptr, N: tl.constexpr, NAME: tl.constexpr):
    tl.store(out_ptr, N // 2)
    tl.store(out_ptr + 1, NEGATIVE // 2)  # Python's floor division
    tl.store(out_ptr + 2, NEGATIVE % 4)
    tl.store(out_ptr + 3, N**2)
    tl.store(out_ptr + 4, LIMIT + 1)
    tl.store(out_ptr + 5, int(N * RATIO))
    tl.store(out_ptr + 6, next_multiple(N, 16))
    tl.store(out_ptr + 7, 1 if NAME == "relu" else 0)
    tl.store(out_ptr + 8, len(NAME))
    tl.store(out_ptr + 9, min(N, 5, 9) + max(N, 5))
    tl.store(out_ptr + 10, (N << 3) | 1)
    tl.store(out_ptr + 11, ~N ^ 0xF)
    tl.store(out_ptr + 12, 7 if 2 <= N else 8)
    tl.store(out_ptr + 13, tl.cdiv(N, 4))
    tl.store(out_ptr + 14, math.ceil(math.log2(N)))
    tl.store(out_ptr + 15, tegula.next_power_of_2(N))
    tl.store(out_ptr + 16, 1 if NAME.startswith("re") else 0)
    tl.store(out_ptr + 17, N and 5)
    tl.store(out_ptr + 18, 0 or N)
    tl.store(out_ptr + 19, OFFSET + constants.OFFSET)


def test_constants_follow_python(target):
    n = 11
    expected = [5, -4, 1, 121, 1001, 2, 16, 1, 4, 5 + 11, 89, ~n ^ 15, 7, 3, 4, 16, 1, 5, 11, 80]
    same(run(constant_arithmetic, target, Out(20, i32), N=n, NAME="relu"), np.array(expected, i32))


@tegula.jit
def local_constants(out_ptr, N: tl.constexpr):
    HALF: tl.constexpr = N // 2
    x = tl.zeros([HALF], tl.int32) + 1
    if N > 4:
        STEP: tl.constexpr = 2
    else:
        STEP: tl.constexpr = 1
    total = 0
    for i in tl.static_range(0, HALF, STEP):
        total += i
    kind: tl.constexpr = tl.float16 if N > 4 else tl.float32
    y = x.to(kind)
    tl.static_assert(y.dtype == tl.float16)
    tl.store(out_ptr, tl.sum(x) + total)
    word: tl.constexpr = "ab" + "c"
    tl.static_assert(word == "abc")
    text: tl.constexpr = f"{word}-{N}"
    tl.static_assert(text == "abc-16", f"text is {text}")


def test_constexpr_locals(target):
    same(run(local_constants, target, Out(1, i32), N=16), np.array([8 + 0 + 2 + 4 + 6], i32))


@tegula.jit
def walrus(out_ptr, n):
    if (half := n // 2) > 3:
        tl.store(out_ptr, half)
    tl.store(out_ptr + 1, (y := n + 1) * y)


def test_walrus_binds_a_name(target):
    same(run(walrus, target, Out(2, i32), 10), np.array([5, 121], i32))


@tegula.jit
def augmented(out_ptr, a, f):
    x = a
    x += 3
    x *= 2
    x -= 1
    x //= 3
    x <<= 4
    x >>= 1
    x |= 1
    x &= 0xFF
    x ^= 5
    x %= 50
    tl.store(out_ptr, x)
    f /= 4
    tl.store(out_ptr + 1, f)
    y: tl.uint32 = 0
    y += 5
    tl.store(out_ptr + 2, y)


def test_augmented_assignment(target):
    a = 9
    x = ((((a + 3) * 2 - 1) // 3 << 4) >> 1 | 1) & 0xFF ^ 5
    same(run(augmented, target, Out(3, f32), a, 6.0), np.array([x % 50, 1.5, 5], f32))


@tegula.jit
def scalar_annotations(out_ptr, a: "i64", b: tl.int32, c: float, d: bool, e: int, f: tl.uint8):
    tl.static_assert(a.dtype == tl.int64)
    tl.static_assert(b.dtype == tl.int32)
    tl.static_assert(c.dtype == tl.float32)
    tl.static_assert(d.dtype == tl.int1)
    tl.static_assert(e.dtype == tl.int32)
    tl.static_assert(f.dtype == tl.uint8)
    tl.store(out_ptr, a + b)
    tl.store(out_ptr + 1, c.to(tl.int64))
    tl.store(out_ptr + 2, d)
    tl.store(out_ptr + 3, e + f)


def test_annotations_fix_the_type_of_an_argument(target):
    same(run(scalar_annotations, target, Out(4, i64), 1, 1, 2.0, True, 1, 255), np.array([2, 2, 1, 256]))


@tegula.jit
def one_is_a_constant(out_ptr, n, stride):
    if stride == 1:
        tl.store(out_ptr, n)
    else:
        tl.store(out_ptr, -n)
    tl.store(out_ptr + 1, n * stride)


@pytest.mark.parametrize("stride", [1, 2, 16])
def test_an_argument_of_one_is_a_constant(target, stride):
    same(run(one_is_a_constant, target, Out(2, i32), 6, stride), np.array([6 if stride == 1 else -6, 6 * stride], i32))


@tegula.jit
def annotated_helper(x: tl.tensor, n: tl.constexpr = 3) -> tl.tensor:
    return x * n


@tegula.jit
def uses_annotated_helper(out_ptr, a):
    tl.store(out_ptr, annotated_helper(a))


def test_annotations_of_helpers_change_nothing(target):
    same(run(uses_annotated_helper, target, Out(1, i32), 5), np.array([15], i32))


# ---- Names ---------------------------------------------------------------------------------------------------------

exponential = tl.exp
load = tl.load


class Holder:
    @staticmethod
    @tegula.jit
    def kernel(out_ptr, x):
        tl.store(out_ptr, exponential(x) + tl.math.sqrt(x))


def test_aliases_of_functions_and_kernels_in_classes(target):
    close(run(Holder.kernel, target, Out(1, f32), 2.25), np.array([math.exp(2.25) + 1.5]), ulps=4)


if tegula is not None:

    @tegula.jit
    def softplus(x):
        return tl.log(1 + tl.exp(x))

else:

    @tegula.jit
    def softplus(x):
        return x


@tegula.jit
def uses_softplus(out_ptr, x):
    tl.store(out_ptr, softplus(x))


def test_functions_defined_under_a_condition(target):
    close(run(uses_softplus, target, Out(1, f32), 0.5), np.array([math.log(1 + math.exp(0.5))]), ulps=8)


def make_kernel(constant):
    scale = tl.constexpr(constant)

    @tegula.jit
    def closure(out_ptr, x):
        tl.store(out_ptr, x * scale)

    return closure


@pytest.mark.parametrize("constant", [3, 10])
def test_a_kernel_reads_the_constants_around_it(target, constant):
    same(run(make_kernel(constant), target, Out(1, i32), 7), np.array([7 * constant], i32))


@tegula.jit
def with_launch_option_names(out_ptr, num_warps: tl.constexpr, num_stages: tl.constexpr):
    tl.store(out_ptr, num_warps * 10 + num_stages)


def test_parameters_named_like_launch_options_get_the_value(target):
    out = run(with_launch_option_names, target, Out(1, i32), num_warps=8, num_stages=2)
    same(out, np.array([82], i32))


@tegula.jit
def keywords_of_builtins(x_ptr, out_ptr, BLOCK: tl.constexpr):
    offsets = tl.arange(start=0, end=BLOCK)
    x = tl.load(pointer=x_ptr + offsets, mask=offsets < BLOCK, other=0.0)
    tl.store(pointer=out_ptr + offsets, value=tl.where(condition=x > 0, x=x, y=0.0))


def test_builtins_take_keywords(target, rng):
    x = draw(rng, 32, f32)
    same(run(keywords_of_builtins, target, x, Out(32, f32), BLOCK=32), np.where(x > 0, x, np.float32(0)))


@tegula.jit
def wrong_calls(out_ptr, HOW: tl.constexpr):
    if HOW == "too many":
        tl.store(out_ptr, square(1, 2))
    elif HOW == "unknown keyword":
        tl.store(out_ptr, affine(1, factor=2))
    elif HOW == "missing":
        tl.store(out_ptr, min_and_max(1)[0])
    else:
        tl.store(out_ptr, len.count(1))


@pytest.mark.parametrize("how,words", [("too many", "square"), ("unknown keyword", "factor"), ("missing", "y")])
def test_wrong_calls_of_helpers_are_refused(how, words):
    with pytest.raises(tegula.CompilationError, match=words):
        run(wrong_calls, "cpu", Out(1, i32), HOW=how)

# standard.py - Functions of the kernel language that are written in it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# ruff: noqa: A001, A002, F821
#
# Bare names are the language's own (`reduce` is `tl.reduce`). Each public function's
# first line of documentation goes to the reference.


@tensor_member
@jit
def cdiv(x, div):
    """x divided by div, rounded up."""
    return (x + div - 1) // div


@tensor_member
@jit
def sigmoid(x):
    """One over one plus exp(-x)."""
    return 1 / (1 + exp(-x))


@tensor_member
@jit
def softmax(x, dim=None, keep_dims=False, ieee_rounding=False):
    """exp(x) over its sum along a dimension, the first by default."""
    if dim is None:
        axis: constexpr = 0
    else:
        axis: constexpr = dim
    numerator = exp(x - max(x, axis, keep_dims=keep_dims))
    return fdiv(numerator, sum(numerator, axis, keep_dims=keep_dims), ieee_rounding)


@jit
def zeros_like(input):
    """A block of zeros of the shape and type of another."""
    return zeros(input.shape, input.dtype)


# Reductions. Narrow integers widen to 32 bits of their sign; sums of floats keep their type.


@jit
def _widened(input, dtype):
    if dtype is not None:
        return input.to(dtype)
    elif input.dtype.is_int_signed() and input.dtype.primitive_bitwidth < 32:
        return input.to(int32)
    elif input.dtype.is_int_unsigned() and input.dtype.primitive_bitwidth < 32:
        return input.to(uint32)
    else:
        return input


@jit
def _for_extremum(input):
    if input.dtype.primitive_bitwidth >= 32:
        return input
    elif input.dtype.is_floating():
        return input.to(float32)
    else:
        return input.to(int32)


@jit
def _bf16_to_fp32(input):
    if input.dtype.is_bf16():
        return input.to(float32)
    else:
        return input


@jit
def _add(a, b):
    return a + b


@jit
def _multiply(a, b):
    return a * b


@jit
def _larger(a, b):
    return maximum(a, b)


@jit
def _smaller(a, b):
    return minimum(a, b)


@jit
def _xor(a, b):
    return a ^ b


@jit
def _or(a, b):
    return a | b


@jit
def _argmax_left(value1, index1, value2, index2):
    first = value1 > value2 or (value1 == value2 and index1 < index2)
    return where(first, value1, value2), where(first, index1, index2)


@jit
def _argmax_any(value1, index1, value2, index2):
    first = value1 > value2
    return where(first, value1, value2), where(first, index1, index2)


@jit
def _argmin_left(value1, index1, value2, index2):
    first = value1 < value2 or (value1 == value2 and index1 < index2)
    return where(first, value1, value2), where(first, index1, index2)


@jit
def _argmin_any(value1, index1, value2, index2):
    first = value1 < value2
    return where(first, value1, value2), where(first, index1, index2)


@jit
def _with_indices(input, axis, combine_fn, keep_dims):
    if axis is None:
        flat = ravel(input)
        value, index = reduce((flat, _index_along(flat, 0)), 0, combine_fn)
        if keep_dims:
            return expand_dims(value, [0] * len(input.shape)), expand_dims(index, [0] * len(input.shape))
        else:
            return value, index
    else:
        return reduce((input, _index_along(input, axis)), axis, combine_fn, keep_dims=keep_dims)


@tensor_member
@jit
def sum(input, axis=None, keep_dims=False, dtype=None):
    """The sum along an axis, or of all elements."""
    return reduce(_widened(input, dtype), axis, _add, keep_dims=keep_dims)


@tensor_member
@jit
def max(input, axis=None, return_indices=False, return_indices_tie_break_left=True, keep_dims=False):
    """The largest element along an axis, or of all; NaN is passed over. With return_indices also where it is."""
    if return_indices:
        if return_indices_tie_break_left:
            return _with_indices(_bf16_to_fp32(input), axis, _argmax_left, keep_dims)
        else:
            return _with_indices(_bf16_to_fp32(input), axis, _argmax_any, keep_dims)
    else:
        return reduce(_for_extremum(input), axis, _larger, keep_dims=keep_dims)


@tensor_member
@jit
def min(input, axis=None, return_indices=False, return_indices_tie_break_left=True, keep_dims=False):
    """The smallest element along an axis, or of all; NaN is passed over. With return_indices also where it is."""
    if return_indices:
        if return_indices_tie_break_left:
            return _with_indices(_bf16_to_fp32(input), axis, _argmin_left, keep_dims)
        else:
            return _with_indices(_bf16_to_fp32(input), axis, _argmin_any, keep_dims)
    else:
        return reduce(_for_extremum(input), axis, _smaller, keep_dims=keep_dims)


@tensor_member
@jit
def argmax(input, axis, tie_break_left=True, keep_dims=False):
    """Where the largest element along an axis is; the leftmost of equals."""
    value, index = max(input, axis, return_indices=True, return_indices_tie_break_left=tie_break_left, keep_dims=keep_dims)
    return index


@tensor_member
@jit
def argmin(input, axis, tie_break_left=True, keep_dims=False):
    """Where the smallest element along an axis is; the leftmost of equals."""
    value, index = min(input, axis, return_indices=True, return_indices_tie_break_left=tie_break_left, keep_dims=keep_dims)
    return index


@tensor_member
@jit
def xor_sum(input, axis=None, keep_dims=False):
    """The exclusive or along an axis, or of all elements."""
    static_assert(input.dtype.is_int(), "xor_sum takes integers")
    return reduce(input, axis, _xor, keep_dims=keep_dims)


@tensor_member
@jit
def reduce_or(input, axis, keep_dims=False):
    """The inclusive or along an axis, or of all elements."""
    static_assert(input.dtype.is_int(), "reduce_or takes integers")
    return reduce(input, axis, _or, keep_dims=keep_dims)


@tensor_member
@jit
def cumsum(input, axis=0, reverse=False, dtype=None):
    """The running sum along an axis."""
    return associative_scan(_widened(_bf16_to_fp32(input), dtype), axis, _add, reverse)


@tensor_member
@jit
def cumprod(input, axis=0, reverse=False):
    """The running product along an axis."""
    return associative_scan(_bf16_to_fp32(input), axis, _multiply, reverse)


# Shapes.


@tensor_member
@jit
def ravel(x, can_reorder=False):
    """The elements in one dimension."""
    return reshape(x, [x.numel], can_reorder=can_reorder)


@jit
def squeeze(x, dim: constexpr):
    """The block without a dimension of size one."""
    static_assert(x.shape[dim] == 1, "squeeze takes a dimension of size one")
    axis: constexpr = dim + len(x.shape) if dim < 0 else dim
    return reshape(x, x.shape[:axis] + x.shape[axis + 1:])


@jit
def unsqueeze(x, dim: constexpr):
    """The block with a dimension of size one inserted."""
    return expand_dims(x, dim)


@jit
def interleave(a, b):
    """Elements of a and b in turn along the last dimension."""
    pairs = join(a, b)
    if len(pairs.shape) == 1:
        return pairs
    else:
        return reshape(pairs, pairs.shape[:-2] + (2 * pairs.shape[-2],))


@jit
def cat(input, other, can_reorder=False, dim=0):
    """The second block after the first along a dimension."""
    static_assert(input.shape == other.shape, "cat takes two blocks of one shape")
    rank: constexpr = len(input.shape)
    axis: constexpr = dim + rank if dim < 0 else dim
    order: constexpr = [i for i in _count(axis)] + [rank] + [i + axis for i in _count(rank - axis)]
    pairs = permute(join(input, other), order)
    return reshape(pairs, input.shape[:axis] + (2 * input.shape[axis],) + input.shape[axis + 1:])


@tensor_member
@jit
def flip(x, dim=None):
    """The elements in reverse along a dimension."""
    static_assert(dim is not None, "flip needs a dimension")
    axis: constexpr = dim + len(x.shape) if dim < 0 else dim
    outer: constexpr = _product(x.shape[:axis])
    inner: constexpr = _product(x.shape[axis + 1:])
    result = x
    # Reversing an index turns each of its bits: exchange the halves of every bit's dimension.
    for bit in static_range(x.shape[axis].bit_length() - 1):
        result = _exchange_halves(result, outer * (x.shape[axis] >> (bit + 1)), inner << bit)
    return reshape(result, x.shape)


@jit
def _exchange_halves(x, outer: constexpr, inner: constexpr):
    first, second = split(permute(reshape(x, [outer, 2, inner]), 0, 2, 1))
    return reshape(permute(join(second, first), 0, 2, 1), x.shape)


# Order of programs.


@jit
def swizzle2d(i, j, size_i, size_j, size_g):
    """Where program (i, j) of a row-major grid works when rows are taken in groups of size_g."""
    position = i * size_j + j
    group_size = size_g * size_j
    group = position // group_size
    first_row = group * size_g
    # The last group may have fewer rows.
    rows = minimum(size_i - first_row, size_g)
    within = position % group_size
    return first_row + within % rows, within // rows

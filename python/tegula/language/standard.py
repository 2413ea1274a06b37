# language/standard.py - tl's library: reductions, scans, ordering, small helpers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The part of the language that is written in the language; the compiler carries its source (lib/Frontend/std)."""

from .core import builtin


@builtin
def cdiv(x, div):
    """(x + div - 1) // div."""


@builtin
def sigmoid(x):
    """1 / (1 + exp(-x)), fp32 or fp64."""


@builtin
def softmax(x, dim=None, keep_dims=False, ieee_rounding=False):
    """Softmax along `dim`, 0 when it is not given."""


@builtin
def ravel(x, can_reorder=False):
    """`x` as a block of one dimension."""


@builtin
def zeros(shape, dtype):
    """Block of zeros."""


@builtin
def zeros_like(input):
    """Zeros of the shape and type of `input`."""


@builtin
def interleave(a, b):
    """a0, b0, a1, b1, ... along the last dimension."""


@builtin
def flip(x, dim):
    """`x` backwards along `dim`."""


@builtin
def squeeze(x, dim):
    """`x` without its dimension `dim`, whose size must be 1."""


@builtin
def swizzle2d(i, j, size_i, size_j, size_g):
    """Indices of a row-major grid visited in groups of `size_g` rows."""


@builtin
def sum(input, axis=None, keep_dims=False, dtype=None):
    """Sum along `axis`, or of all elements; integers narrower than 32 bits widen to 32."""


@builtin
def max(input, axis=None, return_indices=False, return_indices_tie_break_left=True, keep_dims=False):
    """Maximum along `axis`; with `return_indices` also where it is."""


@builtin
def min(input, axis=None, return_indices=False, return_indices_tie_break_left=True, keep_dims=False):
    """Minimum along `axis`; with `return_indices` also where it is."""


@builtin
def argmax(input, axis, tie_break_left=True, keep_dims=False):
    """int32 index of the maximum along `axis`."""


@builtin
def argmin(input, axis, tie_break_left=True, keep_dims=False):
    """int32 index of the minimum along `axis`."""


@builtin
def xor_sum(input, axis=None, keep_dims=False):
    """Bitwise exclusive or along `axis`, integers."""


@builtin
def reduce_or(input, axis, keep_dims=False):
    """Bitwise or along `axis`, integers."""


@builtin
def cumsum(input, axis=0, reverse=False, dtype=None):
    """Running sum along `axis`."""


@builtin
def cumprod(input, axis=0, reverse=False):
    """Running product along `axis`."""


@builtin
def sort(x, dim=None, descending=False):
    """Sorted along the last dimension."""


@builtin
def topk(x, k, dim=None, descending=True):
    """The `k` largest (or smallest) along the last dimension, sorted."""


@builtin
def bitonic_merge(x, dim=None, descending=False):
    """Merges a bitonic sequence along the last dimension."""


def _private(name, signature):
    from .core import define

    return define("standard." + name, signature)


# Names with an underscore that sampling code reaches for.
_log2 = _private("_log2", lambda i: None)
_is_power_of_two = _private("_is_power_of_two", lambda i: None)
_indicator = _private("_indicator", lambda n_dims, j: None)
_compare_and_swap = _private("_compare_and_swap", lambda x, flip, i: None)
_bitonic_merge_hypercube = _private("_bitonic_merge_hypercube", lambda x, stage, order: None)
_get_flip_dim = _private("_get_flip_dim", lambda dim, shape: None)
_sum_combine = _private("_sum_combine", lambda a, b: None)
_elementwise_max = _private("_elementwise_max", lambda a, b: None)
_elementwise_min = _private("_elementwise_min", lambda a, b: None)
_argmax_combine = _private("_argmax_combine", lambda value1, index1, value2, index2, tie_break_left: None)
_argmin_combine = _private("_argmin_combine", lambda value1, index1, value2, index2, tie_break_left: None)
_xor_combine = _private("_xor_combine", lambda a, b: None)
_or_combine = _private("_or_combine", lambda x, y: None)

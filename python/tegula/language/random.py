# language/random.py - tl's counter-based random numbers (Philox-4x32-10).
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random numbers from a seed and a block of offsets: the same two give the same numbers on every target."""

from .core import builtin


@builtin
def philox(seed, c0, c1, c2, c3, n_rounds=10):
    """The four words of a Philox block for the counter c0..c3."""


@builtin
def philox_impl(c0, c1, c2, c3, k0, k1, n_rounds=10):
    """Philox with the key given as two words."""


@builtin
def randint4x(seed, offset, n_rounds=10):
    """Four blocks of random int32."""


@builtin
def randint(seed, offset, n_rounds=10):
    """One block of random int32."""


@builtin
def rand4x(seed, offsets, n_rounds=10):
    """Four blocks of uniform fp32 in [0, 1)."""


@builtin
def rand(seed, offset, n_rounds=10):
    """One block of uniform fp32 in [0, 1)."""


@builtin
def randn4x(seed, offset, n_rounds=10):
    """Four blocks of normal fp32."""


@builtin
def randn(seed, offset, n_rounds=10):
    """One block of normal fp32."""


@builtin
def pair_uniform_to_normal(u1, u2):
    """Two normal numbers from two uniform ones (Box-Muller)."""


@builtin
def uint_to_uniform_float(x):
    """A random integer as a uniform fp32 in [0, 1)."""

# language/math.py - tl.math: elementwise functions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Elementwise mathematics. The transcendental functions take fp32 and fp64 only; cast 16-bit values up first."""

from .core import define


def _unary(name, does):

    def fn(x):
        pass

    fn.__doc__ = does
    fn.__name__ = fn.__qualname__ = name
    return define(name, fn)


exp = _unary("exp", "e to the power x, fp32 or fp64; the fast form on a GPU.")
exp2 = _unary("exp2", "2 to the power x, fp32 or fp64; the fast form on a GPU.")
log = _unary("log", "Natural logarithm, fp32 or fp64; the fast form on a GPU.")
log2 = _unary("log2", "Logarithm to base 2, fp32 or fp64; the fast form on a GPU.")
sqrt = _unary("sqrt", "Square root, fp32 or fp64; the fast form on a GPU.")
sqrt_rn = _unary("sqrt_rn", "Square root rounded to nearest as IEEE 754 says, fp32.")
rsqrt = _unary("rsqrt", "1 / sqrt(x), fp32 or fp64; the fast form on a GPU.")
sin = _unary("sin", "Sine, fp32 or fp64.")
cos = _unary("cos", "Cosine, fp32 or fp64.")
erf = _unary("erf", "Error function, fp32 or fp64.")
floor = _unary("floor", "Largest whole number not above x, fp32 or fp64.")
ceil = _unary("ceil", "Smallest whole number not below x, fp32 or fp64.")
abs = _unary("abs", "Absolute value, any type.")


def _fma(x, y, z):
    """x * y + z with one rounding, any float."""


def _fdiv(x, y, ieee_rounding=False):
    """x / y of floats; `ieee_rounding` rounds to nearest."""


def _div_rn(x, y):
    """x / y rounded to nearest as IEEE 754 says, fp32."""


def _umulhi(x, y):
    """The high half of the integer product x * y."""


fma, fdiv, div_rn, umulhi = (
    define("fma", _fma),
    define("fdiv", _fdiv),
    define("div_rn", _div_rn),
    define("umulhi", _umulhi),
)


def __getattr__(name):
    # Older kernels reach libdevice through tl.math: tl.math.tanh, tl.math.log1p, tl.math.pow.
    from .extra import libdevice

    if name in libdevice.__all__:
        return getattr(libdevice, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

# RUN: tegulac %s --kernel kernel --signature "p: *fp32, n: i32, B: 64" --emit tile -o - | FileCheck %s
# Helpers are inlined for each call's types and compile-time values; constexpr functions run at compile time.
import tegula as triton
import tegula.language as tl

LIMIT = tl.constexpr(3)


@triton.constexpr_function
def log2(n):
    result = 0
    while n > 1:
        n //= 2
        result += 1
    return result


@triton.jit
def scaled(x, factor=2, *, double: tl.constexpr = False):
    if double:
        return scaled(x, factor * 2)
    else:
        return x * factor


@triton.jit
def apply(function: tl.constexpr, x):
    return function(x)


@triton.jit
def kernel(p, n, B: tl.constexpr):
    tl.static_assert(log2(B) == 6)
    tl.store(p, apply(scaled, n))
    tl.store(p + 1, scaled(n, 5, double=True))
    if LIMIT == 3:
        tl.store(p + tl.arange(0, 1 << log2(B)), 1.0)


# CHECK-NOT: func.call
# CHECK-DAG: arith.constant 2 : i32
# CHECK-DAG: arith.constant 10 : i32
# CHECK: tile.arange 0, 64

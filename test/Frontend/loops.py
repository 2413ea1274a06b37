# RUN: tegulac %s --kernel carried --signature "p: *fp32, n: i32" --emit tile -o - | FileCheck %s --check-prefix=CARRIED
# RUN: tegulac %s --kernel mirrored --signature "p: *fp32, n: i32" --emit tile -o - | FileCheck %s --check-prefix=MIRRORED
# RUN: tegulac %s --kernel unrolled --signature "p: *fp32, N: 3" --emit tile -o - | FileCheck %s --check-prefix=UNROLLED
# RUN: tegulac %s --kernel conditional --signature "p: *fp32, n: i32" --emit tile -o - | FileCheck %s --check-prefix=WHILE
import tegula as triton
import tegula.language as tl


@triton.jit
def carried(p, n):
    total = 0.0
    for i in tl.range(0, n, num_stages=3):
        total += tl.load(p + i)
    tl.store(p, total)


# CARRIED: %[[R:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}) -> (f32)
# CARRIED: scf.yield
# CARRIED: tile.num_stages = 3
# CARRIED: tile.store %{{.*}}, %[[R]]


@triton.jit
def mirrored(p, n):
    for i in range(n - 1, -1, -1):
        tl.store(p + i, i)


# MIRRORED: scf.for %[[I:.*]] = %c-1_i32 to
# MIRRORED: arith.subi %{{.*}}, %[[I]]


@triton.jit
def unrolled(p, N: tl.constexpr):
    for i in tl.static_range(N):
        tl.store(p + i, tl.sum(tl.arange(0, 2 << i), axis=0))


# UNROLLED-NOT: scf.for
# UNROLLED: tile.arange 0, 2
# UNROLLED: tile.arange 0, 4
# UNROLLED: tile.arange 0, 8


@triton.jit
def conditional(p, n):
    i = 0
    while i < n and tl.load(p + i) > 0:
        i += 1
    tl.store(p, i)


# WHILE: scf.while
# WHILE: scf.condition

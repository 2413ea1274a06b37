# RUN: tegulac %s --kernel kernel --signature "p: *bf16, q: *i8, B: 64" --emit tile -o - | FileCheck %s
# RUN: tegulac %s --kernel kernel --signature "p: *bf16, q: *i8, B: 64" --no-fp-fusion --emit tile -o - | FileCheck %s --check-prefix=EXACT
# Sums of floats may be reordered and keep their type, small integers widen, the largest is found as fp32 past NaNs.
import tegula as triton
import tegula.language as tl


@triton.jit
def keep_order(a, b):
    return a + b


@triton.jit
def kernel(p, q, B: tl.constexpr):
    offsets = tl.arange(0, B)
    x = tl.load(p + offsets)
    tl.store(p, tl.sum(x))
    tl.store(p + 1, tl.max(x, axis=0))
    tl.store(p + 2, tl.sum(tl.load(q + offsets)))
    tl.store(p + 3, tl.reduce(x, 0, keep_order))
    tl.store(p + 4, tl.argmax(x, 0))


# CHECK: arith.addf {{.*}} fastmath<reassoc,nsz,contract> : bf16
# CHECK: arith.maxnumf {{.*}} : f32
# CHECK: arith.extsi {{.*}} : tensor<64xi8> to tensor<64xi32>
# CHECK: arith.addi {{.*}} : i32
# CHECK: arith.addf {{.*}} fastmath<contract> : bf16
# CHECK: tile.reduce{{.*}} : (tensor<64xf32>, tensor<64xi32>) -> (f32, i32)

# EXACT: arith.addf {{.*}} fastmath<reassoc,nsz> : bf16
# EXACT-NOT: contract

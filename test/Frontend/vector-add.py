# RUN: tegulac %s --kernel add --signature "x: *fp32:16, y: *fp32:16, out: *fp32:16, n: i32:16, BLOCK: 128" --emit tile -o - | FileCheck %s
# A load through a block of pointers keeps its mask; arguments carry their names and what is known of them.
import tegula as triton
import tegula.language as tl


@triton.jit
def add(x, y, out, n, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n
    tl.store(out + offsets, tl.load(x + offsets, mask=mask) + tl.load(y + offsets, mask=mask), mask=mask)


# CHECK: func.func @add(%[[X:.*]]: !tile.ptr<f32> {tile.divisibility = 16 : i64, tile.name = "x"}
# CHECK-SAME: %[[N:.*]]: i32 {tile.divisibility = 16 : i64, tile.name = "n"}) attributes {tile.kernel}
# CHECK: %[[M:.*]] = arith.cmpi slt
# CHECK: tile.load %{{.*}} mask %[[M]] : tensor<128x!tile.ptr<f32>> -> tensor<128xf32>
# CHECK: arith.addf {{.*}} fastmath<contract> : tensor<128xf32>
# CHECK: tile.store {{.*}} mask %[[M]]

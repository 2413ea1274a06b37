// RUN: tegula-opt %s --assign-layouts --tile-gpu-verify-layouts | FileCheck %s
// Golden assignments: one layout a row, 16 bytes an access, no conversion.

// CHECK-DAG: #[[ADD:.*]] = #tile_gpu.layout<[1024] register=[{{\[}}1], [2], [4]] lane=[{{\[}}8], [16], [32], [64], [128]] warp=[{{\[}}256], [512]]>
// CHECK-DAG: #[[MIXED:.*]] = #tile_gpu.layout<[1024] register=[{{\[}}1], [2], [512]] lane=[{{\[}}4], [8], [16], [32], [64]] warp=[{{\[}}128], [256]]>
// CHECK-DAG: #[[ROW:.*]] = #tile_gpu.layout<[4096] register=[{{\[}}1], [2], [4], [1024], [2048]] lane=[{{\[}}8], [16], [32], [64], [128]] warp=[{{\[}}256], [512]]>

// CHECK-LABEL: func.func @add
// CHECK-SAME: tile_gpu.num_warps = 4 : i32
// CHECK-NOT: convert_layout
// CHECK: tile.load %{{.*}} mask %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<1024x!tile.ptr<f16>, #[[ADD]]>
// CHECK: tile.load %{{.*}} mask %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<1024x!tile.ptr<f16>, #[[ADD]]>
// CHECK: tile.store %{{.*}}, %{{.*}} mask %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<1024x!tile.ptr<f16>, #[[ADD]]>
func.func @add(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %y: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %o: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %n: i32 {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %block = arith.constant 1024 : i32
  %start = arith.muli %pid, %block : i32
  %r = tile.arange 0, 1024 : tensor<1024xi32>
  %s = tile.splat %start : i32 -> tensor<1024xi32>
  %offs = arith.addi %s, %r : tensor<1024xi32>
  %nb = tile.splat %n : i32 -> tensor<1024xi32>
  %m = arith.cmpi slt, %offs, %nb : tensor<1024xi32>
  %xb = tile.splat %x : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>>
  %xp = tile.addptr %xb, %offs : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
  %xv = tile.load %xp mask %m : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
  %yb = tile.splat %y : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>>
  %yp = tile.addptr %yb, %offs : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
  %yv = tile.load %yp mask %m : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
  %v = arith.addf %xv, %yv : tensor<1024xf16>
  %ob = tile.splat %o : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>>
  %op = tile.addptr %ob, %offs : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
  tile.store %op, %v mask %m : tensor<1024x!tile.ptr<f16>>
  return
}

// Stores of f32 decide: 16 bytes of them are four, and the f16 loads are still whole lines.
// CHECK-LABEL: func.func @widens
// CHECK-NOT: convert_layout
// CHECK: tile.load %{{.*}} {tile_gpu.vector = 4 : i32} : tensor<1024x!tile.ptr<f16>, #[[MIXED]]>
// CHECK: tile.store %{{.*}} {tile_gpu.vector = 4 : i32} : tensor<1024x!tile.ptr<f32>, #[[MIXED]]>
func.func @widens(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %o: !tile.ptr<f32> {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %r = tile.arange 0, 1024 : tensor<1024xi32>
  %xb = tile.splat %x : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>>
  %xp = tile.addptr %xb, %r : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
  %xv = tile.load %xp : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
  %f = arith.extf %xv : tensor<1024xf16> to tensor<1024xf32>
  %ob = tile.splat %o : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %op = tile.addptr %ob, %r : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  tile.store %op, %f : tensor<1024x!tile.ptr<f32>>
  return
}

// CHECK-LABEL: func.func @rmsnorm
// CHECK-NOT: convert_layout
// CHECK-COUNT-2: tile.load %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<4096x!tile.ptr<f16>, #[[ROW]]>
// CHECK: tile.reduce(%{{.*}}) axis 0 : (tensor<4096xf32, #[[ROW]]>) -> f32
// CHECK: tile.store %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<4096x!tile.ptr<f16>, #[[ROW]]>
func.func @rmsnorm(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %w: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %y: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %stride: i32 {tile.divisibility = 16 : i64}, %n: i32 {tile.divisibility = 16 : i64}, %eps: f32) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %row = arith.extsi %pid : i32 to i64
  %s64 = arith.extsi %stride : i32 to i64
  %start = arith.muli %row, %s64 : i64
  %offs = tile.arange 0, 4096 : tensor<4096xi32>
  %nb = tile.splat %n : i32 -> tensor<4096xi32>
  %mask = arith.cmpi slt, %offs, %nb : tensor<4096xi32>
  %xrow = tile.addptr %x, %start : !tile.ptr<f16>, i64
  %xb = tile.splat %xrow : !tile.ptr<f16> -> tensor<4096x!tile.ptr<f16>>
  %xp = tile.addptr %xb, %offs : tensor<4096x!tile.ptr<f16>>, tensor<4096xi32>
  %z = arith.constant dense<0.0> : tensor<4096xf16>
  %xv = tile.load %xp mask %mask other %z : tensor<4096x!tile.ptr<f16>> -> tensor<4096xf16>
  %xf = arith.extf %xv : tensor<4096xf16> to tensor<4096xf32>
  %wb = tile.splat %w : !tile.ptr<f16> -> tensor<4096x!tile.ptr<f16>>
  %wp = tile.addptr %wb, %offs : tensor<4096x!tile.ptr<f16>>, tensor<4096xi32>
  %wv = tile.load %wp mask %mask other %z : tensor<4096x!tile.ptr<f16>> -> tensor<4096xf16>
  %wf = arith.extf %wv : tensor<4096xf16> to tensor<4096xf32>
  %sq = arith.mulf %xf, %xf fastmath<contract> : tensor<4096xf32>
  %sum = tile.reduce (%sq) axis 0 : (tensor<4096xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b fastmath<reassoc,contract> : f32
    tile.yield %c : f32
  }
  %nf = arith.sitofp %n : i32 to f32
  %var = arith.divf %sum, %nf fastmath<afn> : f32
  %ve = arith.addf %var, %eps : f32
  %sd = math.sqrt %ve fastmath<afn> : f32
  %one = arith.constant 1.0 : f32
  %r = arith.divf %one, %sd fastmath<afn> : f32
  %rb = tile.splat %r : f32 -> tensor<4096xf32>
  %t = arith.mulf %xf, %rb : tensor<4096xf32>
  %u = arith.mulf %t, %wf : tensor<4096xf32>
  %o = arith.truncf %u : tensor<4096xf32> to tensor<4096xf16>
  %yrow = tile.addptr %y, %start : !tile.ptr<f16>, i64
  %yb = tile.splat %yrow : !tile.ptr<f16> -> tensor<4096x!tile.ptr<f16>>
  %yp = tile.addptr %yb, %offs : tensor<4096x!tile.ptr<f16>>, tensor<4096xi32>
  tile.store %yp, %o mask %mask : tensor<4096x!tile.ptr<f16>>
  return
}

// CHECK-LABEL: func.func @softmax
// CHECK-NOT: convert_layout
// CHECK: tile.load %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<4096x!tile.ptr<bf16>, #[[ROW]]>
// CHECK-COUNT-2: tile.reduce(%{{.*}}) axis 0 : (tensor<4096xf32, #[[ROW]]>) -> f32
// CHECK: tile.store %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<4096x!tile.ptr<bf16>, #[[ROW]]>
func.func @softmax(%x: !tile.ptr<bf16> {tile.divisibility = 16 : i64}, %y: !tile.ptr<bf16> {tile.divisibility = 16 : i64}, %stride: i32 {tile.divisibility = 16 : i64}, %n: i32 {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %start = arith.muli %pid, %stride : i32
  %offs = tile.arange 0, 4096 : tensor<4096xi32>
  %nb = tile.splat %n : i32 -> tensor<4096xi32>
  %mask = arith.cmpi slt, %offs, %nb : tensor<4096xi32>
  %xrow = tile.addptr %x, %start : !tile.ptr<bf16>, i32
  %xb = tile.splat %xrow : !tile.ptr<bf16> -> tensor<4096x!tile.ptr<bf16>>
  %xp = tile.addptr %xb, %offs : tensor<4096x!tile.ptr<bf16>>, tensor<4096xi32>
  %low = arith.constant dense<0xFF80> : tensor<4096xbf16>
  %xv = tile.load %xp mask %mask other %low : tensor<4096x!tile.ptr<bf16>> -> tensor<4096xbf16>
  %xf = arith.extf %xv : tensor<4096xbf16> to tensor<4096xf32>
  %max = tile.reduce (%xf) axis 0 : (tensor<4096xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.maxnumf %a, %b : f32
    tile.yield %c : f32
  }
  %maxb = tile.splat %max : f32 -> tensor<4096xf32>
  %d = arith.subf %xf, %maxb : tensor<4096xf32>
  %e = math.exp %d : tensor<4096xf32>
  %sum = tile.reduce (%e) axis 0 : (tensor<4096xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    tile.yield %c : f32
  }
  %sumb = tile.splat %sum : f32 -> tensor<4096xf32>
  %q = arith.divf %e, %sumb : tensor<4096xf32>
  %o = arith.truncf %q : tensor<4096xf32> to tensor<4096xbf16>
  %yrow = tile.addptr %y, %start : !tile.ptr<bf16>, i32
  %yb = tile.splat %yrow : !tile.ptr<bf16> -> tensor<4096x!tile.ptr<bf16>>
  %yp = tile.addptr %yb, %offs : tensor<4096x!tile.ptr<bf16>>, tensor<4096xi32>
  tile.store %yp, %o mask %mask : tensor<4096x!tile.ptr<bf16>>
  return
}

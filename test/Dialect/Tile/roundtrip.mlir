// RUN: tegula-opt %s | tegula-opt | FileCheck %s

// CHECK-LABEL: func.func @masked_row
func.func @masked_row(%x: !tile.ptr<f16> {tile.name = "x", tile.divisibility = 16 : i64}, %n: i32) attributes {tile.kernel} {
  // CHECK: tile.program_id 0
  %pid = tile.program_id 0
  // CHECK: tile.num_programs 2
  %np = tile.num_programs 2
  // CHECK: tile.arange 0, 128 : tensor<128xi32>
  %offs = tile.arange 0, 128 : tensor<128xi32>
  // CHECK: tile.splat %{{.*}} : i32 -> tensor<128xi32>
  %ns = tile.splat %n : i32 -> tensor<128xi32>
  %m = arith.cmpi slt, %offs, %ns : tensor<128xi32>
  %zero = arith.constant dense<0.0> : tensor<128xf16>
  %ps = tile.splat %x : !tile.ptr<f16> -> tensor<128x!tile.ptr<f16>>
  // CHECK: tile.addptr %{{.*}}, %{{.*}} : tensor<128x!tile.ptr<f16>>, tensor<128xi32>
  %p = tile.addptr %ps, %offs : tensor<128x!tile.ptr<f16>>, tensor<128xi32>
  // CHECK: tile.load %{{.*}} mask %{{.*}} other %{{.*}} cache = cg evict = evict_first : tensor<128x!tile.ptr<f16>> -> tensor<128xf16>
  %v = tile.load %p mask %m other %zero cache = cg evict = evict_first : tensor<128x!tile.ptr<f16>> -> tensor<128xf16>
  // CHECK: tile.load %{{.*}} volatile : !tile.ptr<f16> -> f16
  %s = tile.load %x volatile : !tile.ptr<f16> -> f16
  // CHECK: tile.reduce(%{{.*}}) axis 0 : (tensor<128xf16>) -> f16
  %r = tile.reduce (%v) axis 0 : (tensor<128xf16>) -> f16 {
  ^bb0(%a: f16, %b: f16):
    %c = arith.addf %a, %b : f16
    // CHECK: tile.yield %{{.*}} : f16
    tile.yield %c : f16
  }
  // CHECK: tile.scan(%{{.*}}) axis 0 reverse : tensor<128xf16>
  %sc = tile.scan (%v) axis 0 reverse : tensor<128xf16> {
  ^bb0(%a: f16, %b: f16):
    %c = arith.addf %a, %b : f16
    tile.yield %c : f16
  }
  // CHECK: tile.store %{{.*}}, %{{.*}} mask %{{.*}} cache = wb : tensor<128x!tile.ptr<f16>>
  tile.store %p, %sc mask %m cache = wb : tensor<128x!tile.ptr<f16>>
  // CHECK: tile.barrier
  tile.barrier
  // CHECK: tile.assert %{{.*}}, "in range" mask %{{.*}} : tensor<128xi1>, : tensor<128xi1>
  tile.assert %m, "in range" mask %m : tensor<128xi1>, : tensor<128xi1>
  // CHECK: tile.print "v: " hex = false, signed = [0](%{{.*}}) : tensor<128xf16>
  tile.print "v: " hex = false, signed = [0] (%v) : tensor<128xf16>
  return
}

// CHECK-LABEL: func.func @shapes
func.func @shapes(%a: tensor<64x32xf32>, %b: tensor<64xf32>, %i: i64) -> tensor<2048xf32> {
  // CHECK: tile.expand_dims %{{.*}} 1 : tensor<64xf32> -> tensor<64x1xf32>
  %e = tile.expand_dims %b 1 : tensor<64xf32> -> tensor<64x1xf32>
  // CHECK: tile.broadcast
  %c = tile.broadcast %e : tensor<64x1xf32> -> tensor<64x32xf32>
  %s = arith.addf %a, %c : tensor<64x32xf32>
  // CHECK: tile.trans %{{.*}} [1, 0] : tensor<64x32xf32> -> tensor<32x64xf32>
  %t = tile.trans %s [1, 0] : tensor<64x32xf32> -> tensor<32x64xf32>
  // CHECK: tile.join
  %j = tile.join %t, %t : tensor<32x64xf32> -> tensor<32x64x2xf32>
  // CHECK: tile.split
  %l, %r = tile.split %j : tensor<32x64x2xf32> -> tensor<32x64xf32>
  // CHECK: tile.reshape %{{.*}} allow_reorder : tensor<32x64xf32> -> tensor<2048xf32>
  %f = tile.reshape %l allow_reorder : tensor<32x64xf32> -> tensor<2048xf32>
  // CHECK: tile.int_to_ptr
  %p = tile.int_to_ptr %i : i64 -> !tile.ptr<f16, const>
  // CHECK: tile.ptr_cast
  %q = tile.ptr_cast %p : !tile.ptr<f16, const> -> !tile.ptr<i16>
  // CHECK: tile.ptr_to_int
  %k = tile.ptr_to_int %q : !tile.ptr<i16> -> i64
  // CHECK: tile.fp_to_fp %{{.*}} rounding = rtz : tensor<2048xf32> -> tensor<2048xf16>
  %h = tile.fp_to_fp %f rounding = rtz : tensor<2048xf32> -> tensor<2048xf16>
  // CHECK: tile.extern_elementwise "__nv_tanhf"(%{{.*}}) pure : (tensor<2048xf32>) -> tensor<2048xf32>
  %y = tile.extern_elementwise "__nv_tanhf" (%f) pure : (tensor<2048xf32>) -> tensor<2048xf32>
  return %y : tensor<2048xf32>
}

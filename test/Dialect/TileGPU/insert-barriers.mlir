// RUN: tegula-opt %s --tile-gpu-allocate-shared-memory --tile-gpu-insert-barriers | FileCheck %s

#wide = #tile_gpu.layout<[1024] register=[[1], [2], [4]] lane=[[8], [16], [32], [64], [128]] warp=[[256], [512]]>
#strided = #tile_gpu.layout<[1024] register=[[128], [256], [512]] lane=[[1], [2], [4], [8], [16]] warp=[[32], [64]]>

// CHECK-LABEL: func.func @none_between_reductions
// CHECK-NOT: tile_gpu.barrier
// CHECK: return
func.func @none_between_reductions(%x: tensor<1024xf32, #wide>) -> (f32, f32) attributes {tile_gpu.num_warps = 4 : i32} {
  %s = tile.reduce (%x) axis 0 : (tensor<1024xf32, #wide>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    tile.yield %c : f32
  }
  %m = tile.reduce (%x) axis 0 : (tensor<1024xf32, #wide>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.maximumf %a, %b : f32
    tile.yield %c : f32
  }
  return %s, %m : f32, f32
}

// CHECK-LABEL: func.func @before_shared_scratch
// CHECK: convert_layout
// CHECK-NEXT: tile_gpu.barrier
// CHECK-NEXT: convert_layout
func.func @before_shared_scratch(%x: tensor<1024xf64, #wide>, %y: tensor<1024xf64, #wide>) -> (tensor<1024xf64, #strided>, tensor<1024xf64, #strided>) attributes {tile_gpu.num_warps = 4 : i32} {
  %a = tile_gpu.convert_layout %x : tensor<1024xf64, #wide> -> tensor<1024xf64, #strided>
  %b = tile_gpu.convert_layout %y : tensor<1024xf64, #wide> -> tensor<1024xf64, #strided>
  return %a, %b : tensor<1024xf64, #strided>, tensor<1024xf64, #strided>
}

// The next iteration writes what this one reads.
// CHECK-LABEL: func.func @one_reduction_in_a_loop
// CHECK: scf.for
// CHECK: tile_gpu.barrier
// CHECK-NEXT: tile.reduce
// CHECK-NOT: tile_gpu.barrier
// CHECK: return
func.func @one_reduction_in_a_loop(%x: tensor<1024xf32, #wide>, %n: i32) -> f32 attributes {tile_gpu.num_warps = 4 : i32} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %z = arith.constant 0.0 : f32
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %z) -> (f32) : i32 {
    %s = tile.reduce (%x) axis 0 : (tensor<1024xf32, #wide>) -> f32 {
    ^bb0(%a: f32, %b: f32):
      %c = arith.addf %a, %b : f32
      tile.yield %c : f32
    }
    scf.yield %s : f32
  }
  return %r : f32
}

// Each one's own barrier frees the other's scratch.
// CHECK-LABEL: func.func @two_reductions_in_a_loop
// CHECK-NOT: tile_gpu.barrier
// CHECK: return
func.func @two_reductions_in_a_loop(%x: tensor<1024xf32, #wide>, %n: i32) -> f32 attributes {tile_gpu.num_warps = 4 : i32} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %z = arith.constant 0.0 : f32
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %z) -> (f32) : i32 {
    %s = tile.reduce (%x) axis 0 : (tensor<1024xf32, #wide>) -> f32 {
    ^bb0(%a: f32, %b: f32):
      %c = arith.addf %a, %b : f32
      tile.yield %c : f32
    }
    %m = tile.reduce (%x) axis 0 : (tensor<1024xf32, #wide>) -> f32 {
    ^bb0(%a: f32, %b: f32):
      %c = arith.maximumf %a, %b : f32
      tile.yield %c : f32
    }
    %t = arith.addf %s, %m : f32
    scf.yield %t : f32
  }
  return %r : f32
}

// A barrier of the program's own serves as well.
// CHECK-LABEL: func.func @program_has_one
// CHECK-NOT: tile_gpu.barrier
// CHECK: return
func.func @program_has_one(%x: tensor<1024xf64, #wide>, %y: tensor<1024xf64, #wide>) -> (tensor<1024xf64, #strided>, tensor<1024xf64, #strided>) attributes {tile_gpu.num_warps = 4 : i32} {
  %a = tile_gpu.convert_layout %x : tensor<1024xf64, #wide> -> tensor<1024xf64, #strided>
  tile.barrier
  %b = tile_gpu.convert_layout %y : tensor<1024xf64, #wide> -> tensor<1024xf64, #strided>
  return %a, %b : tensor<1024xf64, #strided>, tensor<1024xf64, #strided>
}

// CHECK-LABEL: func.func @after_a_branch
// CHECK: scf.if
// CHECK: }
// CHECK: tile_gpu.barrier
// CHECK-NEXT: convert_layout
func.func @after_a_branch(%x: tensor<1024xf64, #wide>, %y: tensor<1024xf64, #strided>, %p: i1) -> (tensor<1024xf64, #strided>, tensor<1024xf64, #wide>) attributes {tile_gpu.num_warps = 4 : i32} {
  %a = scf.if %p -> tensor<1024xf64, #strided> {
    %t = tile_gpu.convert_layout %x : tensor<1024xf64, #wide> -> tensor<1024xf64, #strided>
    scf.yield %t : tensor<1024xf64, #strided>
  } else {
    scf.yield %y : tensor<1024xf64, #strided>
  }
  %b = tile_gpu.convert_layout %y : tensor<1024xf64, #strided> -> tensor<1024xf64, #wide>
  return %a, %b : tensor<1024xf64, #strided>, tensor<1024xf64, #wide>
}

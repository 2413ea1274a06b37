// RUN: tegula-opt %s --tile-gpu-allocate-shared-memory | FileCheck %s
// RUN: not tegula-opt %s --tile-gpu-allocate-shared-memory=limit=1000 2>&1 | FileCheck %s --check-prefix=LIMIT

#wide = #tile_gpu.layout<[1024] register=[[1], [2], [4]] lane=[[8], [16], [32], [64], [128]] warp=[[256], [512]]>
#strided = #tile_gpu.layout<[1024] register=[[128], [256], [512]] lane=[[1], [2], [4], [8], [16]] warp=[[32], [64]]>
#rows = #tile_gpu.layout<[4, 32] lane=[[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]] warp=[[1, 0], [2, 0]]>
#row = #tile_gpu.layout<[4] lane=[[0], [0], [0], [0], [0]] warp=[[1], [2]]>

// CHECK-LABEL: func.func @places_of_their_own
// CHECK-SAME: tile_gpu.shared_bytes = 256 : i32
// CHECK: tile.reduce{{.*}} {tile_gpu.shared_offset = 0 : i32}
// CHECK: tile.reduce{{.*}} {tile_gpu.shared_offset = 128 : i32}
func.func @places_of_their_own(%x: tensor<1024xf32, #wide>) -> (f32, f32) attributes {tile_gpu.num_warps = 4 : i32} {
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

// CHECK-LABEL: func.func @nothing_within_a_warp
// CHECK-SAME: tile_gpu.shared_bytes = 0 : i32
// CHECK: tile.reduce(%{{.*}}) axis 1 :
func.func @nothing_within_a_warp(%x: tensor<4x32xf32, #rows>) -> tensor<4xf32, #row> attributes {tile_gpu.num_warps = 4 : i32} {
  %s = tile.reduce (%x) axis 1 : (tensor<4x32xf32, #rows>) -> tensor<4xf32, #row> {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    tile.yield %c : f32
  }
  return %s : tensor<4xf32, #row>
}

// Large ones share a place.
// CHECK-LABEL: func.func @reuses
// CHECK-SAME: tile_gpu.shared_bytes = [[BYTES:[0-9]+]] : i32
// CHECK: convert_layout {{.*}} {tile_gpu.shared_offset = 0 : i32}
// CHECK: convert_layout {{.*}} {tile_gpu.shared_offset = 0 : i32}
// LIMIT: error: expected at most 1000 bytes of shared memory, got
// LIMIT: note: {{[0-9]+}} bytes are for tile_gpu.convert_layout
func.func @reuses(%x: tensor<1024xf64, #wide>) -> (tensor<1024xf64, #strided>, tensor<1024xf64, #strided>) attributes {tile_gpu.num_warps = 4 : i32} {
  %n = arith.negf %x : tensor<1024xf64, #wide>
  %a = tile_gpu.convert_layout %x : tensor<1024xf64, #wide> -> tensor<1024xf64, #strided>
  %b = tile_gpu.convert_layout %n : tensor<1024xf64, #wide> -> tensor<1024xf64, #strided>
  return %a, %b : tensor<1024xf64, #strided>, tensor<1024xf64, #strided>
}

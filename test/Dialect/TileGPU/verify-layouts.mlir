// RUN: tegula-opt %s --tile-gpu-verify-layouts | FileCheck %s

#x = #tile_gpu.layout<[16, 64] register=[[0, 1], [0, 2], [0, 4], [8, 0]] lane=[[0, 8], [0, 16], [0, 32], [1, 0], [2, 0]] warp=[[4, 0]]>
#row = #tile_gpu.layout<[64] register=[[1], [2], [4]] lane=[[8], [16], [32], [0], [0]] warp=[[0]]>
#col = #tile_gpu.layout<[16] register=[[8]] lane=[[0], [0], [0], [1], [2]] warp=[[4]]>
#col1 = #tile_gpu.layout<[16, 1] register=[[8, 0]] lane=[[0, 0], [0, 0], [0, 0], [1, 0], [2, 0]] warp=[[4, 0]]>
#xt = #tile_gpu.layout<[64, 16] register=[[1, 0], [2, 0], [4, 0], [0, 8]] lane=[[8, 0], [16, 0], [32, 0], [0, 1], [0, 2]] warp=[[0, 4]]>
#flat = #tile_gpu.layout<[1024] register=[[1], [2], [4], [512]] lane=[[8], [16], [32], [64], [128]] warp=[[256]]>
#pairs = #tile_gpu.layout<[16, 2] register=[[0, 1], [8, 0]] lane=[[0, 0], [0, 0], [0, 0], [1, 0], [2, 0]] warp=[[4, 0]]>

// CHECK-LABEL: func.func @accepts_every_rule
func.func @accepts_every_rule(%x: tensor<16x64xf32, #x>) -> f32 attributes {tile_gpu.num_warps = 2 : i32} {
  // A reduced row goes back into its block without movement.
  %s = tile.reduce (%x) axis 1 : (tensor<16x64xf32, #x>) -> tensor<16xf32, #col> {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    tile.yield %c : f32
  }
  %e = tile.expand_dims %s 1 : tensor<16xf32, #col> -> tensor<16x1xf32, #col1>
  %b = tile.broadcast %e : tensor<16x1xf32, #col1> -> tensor<16x64xf32, #x>
  %d = arith.divf %x, %b : tensor<16x64xf32, #x>
  %t = tile.trans %d [1, 0] : tensor<16x64xf32, #x> -> tensor<64x16xf32, #xt>
  %r = tile.reshape %d : tensor<16x64xf32, #x> -> tensor<1024xf32, #flat>
  %j = tile.join %s, %s : tensor<16xf32, #col> -> tensor<16x2xf32, #pairs>
  %l, %h = tile.split %j : tensor<16x2xf32, #pairs> -> tensor<16xf32, #col>
  %m = tile.reduce (%l) axis 0 : (tensor<16xf32, #col>) -> f32 {
  ^bb0(%a: f32, %b2: f32):
    %c = arith.maximumf %a, %b2 : f32
    tile.yield %c : f32
  }
  return %m : f32
}

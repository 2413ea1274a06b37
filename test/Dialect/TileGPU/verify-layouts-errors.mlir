// RUN: tegula-opt %s --tile-gpu-verify-layouts --split-input-file --verify-diagnostics

func.func @without_layout(%a: tensor<32xf32>) {
  // expected-error@+1 {{expected a layout on every block, got 'tensor<32xf32>'}}
  %0 = arith.negf %a : tensor<32xf32>
  return
}
// -----
#x = #tile_gpu.layout<[16, 2] register=[[0, 1]] lane=[[1, 0], [2, 0], [4, 0], [8, 0], [0, 0]]>
#r = #tile_gpu.layout<[16] lane=[[0], [1], [2], [4], [8]]>
func.func @reduction_moves(%x: tensor<16x2xf32, #x>) {
  // expected-error@+1 {{expected result 0 in layout #tile_gpu.layout<[16] lane=[[1], [2], [4], [8], [0]]>, got #tile_gpu.layout<[16] lane=[[0], [1], [2], [4], [8]]>}}
  %s = tile.reduce (%x) axis 1 : (tensor<16x2xf32, #x>) -> tensor<16xf32, #r> {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    tile.yield %c : f32
  }
  return
}
// -----
#a = #tile_gpu.layout<[32] lane=[[1], [2], [4], [8], [16]]>
#b = #tile_gpu.layout<[32] lane=[[2], [1], [4], [8], [16]]>
func.func @cast_moves(%x: tensor<32xf16, #a>) {
  // expected-error@+1 {{expected operand 0 in layout #tile_gpu.layout<[32] lane=[[2], [1], [4], [8], [16]]>, got}}
  %0 = tile.fp_to_fp %x : tensor<32xf16, #a> -> tensor<32xf32, #b>
  return
}
// -----
#x = #tile_gpu.layout<[16, 2] lane=[[0, 1], [1, 0], [2, 0], [4, 0], [8, 0]]>
#r = #tile_gpu.layout<[16] lane=[[0], [1], [2], [4], [8]]>
func.func @split_across_lanes(%x: tensor<16x2xf32, #x>) {
  // expected-error@+1 {{expected the last axis on a register column, got}}
  %l, %h = tile.split %x : tensor<16x2xf32, #x> -> tensor<16xf32, #r>
  return
}
// -----
#x = #tile_gpu.layout<[64] lane=[[2], [4], [8], [16], [32]] warp=[[1]]>
func.func @scan_through_warps_then_lanes(%x: tensor<64xi32, #x>) {
  // expected-error@+1 {{expected registers and lanes, then warps, then registers along the axis, got}}
  %s = tile.scan (%x) axis 0 : tensor<64xi32, #x> {
  ^bb0(%a: i32, %b: i32):
    %c = arith.addi %a, %b : i32
    tile.yield %c : i32
  }
  return
}

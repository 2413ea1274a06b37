// RUN: tegula-opt %s --split-input-file --verify-diagnostics

// LayoutAttr C1
func.func private @lanes(tensor<16xf32, #tile_gpu.layout<[16] lane=[[1], [2], [4], [8]]>>) // expected-error {{expected 5 lane columns, got 4}}
// -----
// LayoutAttr C1
// expected-error@+1 {{a layout of registers has no offset columns}}
func.func private @memory(tensor<32xf32, #tile_gpu.layout<[32] lane=[[1], [2], [4], [8], [16]] offset=[[0]]>>)
// -----
// LayoutAttr C2
// expected-error@+1 {{no thread holds some elements: the columns do not span the shape}}
func.func private @holes(tensor<64xf32, #tile_gpu.layout<[64] lane=[[1], [2], [4], [8], [16]]>>)
// -----
// LayoutAttr C2
// expected-error@+1 {{expected columns of at most one bit, each bit once}}
func.func private @swizzle(tensor<32xf32, #tile_gpu.layout<[32] lane=[[1], [3], [4], [8], [16]]>>)
// -----
// LayoutAttr C2
// expected-error@+1 {{expected columns of at most one bit, each bit once}}
func.func private @twice(tensor<32xf32, #tile_gpu.layout<[32] lane=[[1], [2], [4], [8], [16]] warp=[[1]]>>)
// -----
// LayoutAttr C3
// expected-error@+1 {{a register column is zero: a thread would hold an element twice}}
func.func private @repeats(tensor<32xf32, #tile_gpu.layout<[32] register=[[0]] lane=[[1], [2], [4], [8], [16]]>>)
// -----
// LayoutAttr C4
// expected-error@+1 {{the layout is of shape [32], the tensor of shape [64]}}
func.func private @shape(tensor<64xf32, #tile_gpu.layout<[32] lane=[[1], [2], [4], [8], [16]]>>)
// -----
// LayoutAttr C5
#two_warps = #tile_gpu.layout<[64] lane=[[1], [2], [4], [8], [16]] warp=[[32]]>
// expected-error@+1 {{expected a layout over 4 warps, got 'tensor<64xf32, #tile_gpu.layout}}
func.func @warps(%a: tensor<64xf32, #two_warps>) attributes {tile_gpu.num_warps = 4 : i32} {
  return
}
// -----
// expected-error@+1 {{expected a shape of powers of two}}
func.func private @text_shape(tensor<48xf32, #tile_gpu.layout<[48] lane=[[1], [2], [4], [8], [16]]>>)
// -----
// expected-error@+1 {{expected register, lane, warp or block, got 'thread'}}
func.func private @text_dimension(tensor<32xf32, #tile_gpu.layout<[32] thread=[[1], [2], [4], [8], [16]]>>)
// -----
// expected-error@+1 {{'lane' is given twice}}
func.func private @text_twice(tensor<32xf32, #tile_gpu.layout<[32] lane=[[1]] lane=[[1]]>>)
// -----
// expected-error@+1 {{expected 2 coordinates, got 1}}
func.func private @text_rank(tensor<32x1xf32, #tile_gpu.layout<[32, 1] lane=[[1]]>>)
// -----
// expected-error@+1 {{coordinate 32 is not below 32}}
func.func private @text_coordinate(tensor<32xf32, #tile_gpu.layout<[32] lane=[[32]]>>)
// -----
// ConvertLayoutOp C1
#a = #tile_gpu.layout<[32] lane=[[1], [2], [4], [8], [16]]>
#b = #tile_gpu.layout<[64] register=[[1]] lane=[[2], [4], [8], [16], [32]]>
func.func @convert_shape(%a: tensor<32xf32, #a>) {
  // expected-error@+1 {{expected one shape and element type}}
  %0 = tile_gpu.convert_layout %a : tensor<32xf32, #a> -> tensor<64xf32, #b>
  return
}
// -----
// ConvertLayoutOp C2
#a = #tile_gpu.layout<[32] lane=[[1], [2], [4], [8], [16]]>
func.func @convert_without_layout(%a: tensor<32xf32, #a>) {
  // expected-error@+1 {{expected a type with a layout, got 'tensor<32xf32>'}}
  %0 = tile_gpu.convert_layout %a : tensor<32xf32, #a> -> tensor<32xf32>
  return
}
// -----
// expected-error@+1 {{expected 'tile_gpu.num_warps' to be a power of two of at most 32, got 3}}
func.func private @three_warps() attributes {tile_gpu.num_warps = 3 : i32}
// -----
// expected-error@+1 {{expected 'tile_gpu.shared_bytes' to be a non-negative i32, got -1 : i32}}
func.func private @negative_bytes() attributes {tile_gpu.shared_bytes = -1 : i32}
// -----
// expected-error@+1 {{expected 'tile_gpu.target' to be a string, got 90 : i64}}
module attributes {tile_gpu.target = 90} {}
// -----
// expected-error@+1 {{has an unknown attribute 'tile_gpu.warps'}}
module attributes {tile_gpu.warps = 4 : i32} {}

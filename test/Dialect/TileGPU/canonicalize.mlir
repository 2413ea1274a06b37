// RUN: tegula-opt %s --canonicalize | FileCheck %s

#a = #tile_gpu.layout<[64] register=[[1]] lane=[[2], [4], [8], [16], [32]]>
#b = #tile_gpu.layout<[64] register=[[32]] lane=[[1], [2], [4], [8], [16]]>
#c = #tile_gpu.layout<[64] register=[[2]] lane=[[1], [4], [8], [16], [32]]>

// CHECK-LABEL: func.func @drops_conversion_to_the_same_layout
// CHECK-SAME: (%[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @drops_conversion_to_the_same_layout(%x: tensor<64xf32, #a>) -> tensor<64xf32, #a> {
  %0 = tile_gpu.convert_layout %x : tensor<64xf32, #a> -> tensor<64xf32, #a>
  return %0 : tensor<64xf32, #a>
}

// CHECK-LABEL: func.func @joins_chain
// CHECK-SAME: (%[[X:.*]]: tensor
// CHECK-NEXT: %[[Y:.*]] = tile_gpu.convert_layout %[[X]]
// CHECK-NEXT: return %[[Y]]
func.func @joins_chain(%x: tensor<64xf32, #a>) -> tensor<64xf32, #c> {
  %0 = tile_gpu.convert_layout %x : tensor<64xf32, #a> -> tensor<64xf32, #b>
  %1 = tile_gpu.convert_layout %0 : tensor<64xf32, #b> -> tensor<64xf32, #c>
  return %1 : tensor<64xf32, #c>
}

// CHECK-LABEL: func.func @drops_there_and_back
// CHECK-SAME: (%[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @drops_there_and_back(%x: tensor<64xf32, #a>) -> tensor<64xf32, #a> {
  %0 = tile_gpu.convert_layout %x : tensor<64xf32, #a> -> tensor<64xf32, #b>
  %1 = tile_gpu.convert_layout %0 : tensor<64xf32, #b> -> tensor<64xf32, #a>
  return %1 : tensor<64xf32, #a>
}

// CHECK-LABEL: func.func @makes_constant_in_place
// CHECK-NEXT: %[[C:.*]] = arith.constant dense<1.000000e+00> : tensor<64xf32, #[[B:.*]]>
// CHECK-NEXT: return %[[C]] : tensor<64xf32, #[[B]]>
func.func @makes_constant_in_place() -> tensor<64xf32, #b> {
  %0 = arith.constant dense<1.0> : tensor<64xf32, #a>
  %1 = tile_gpu.convert_layout %0 : tensor<64xf32, #a> -> tensor<64xf32, #b>
  return %1 : tensor<64xf32, #b>
}

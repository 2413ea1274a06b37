// RUN: tegula-opt %s --tile-gpu-narrow-conversions | FileCheck %s

#a = #tile_gpu.layout<[64] register=[[1]] lane=[[2], [4], [8], [16], [32]]>
#b = #tile_gpu.layout<[64] register=[[32]] lane=[[1], [2], [4], [8], [16]]>

// CHECK-LABEL: func.func @converts_before_widening
// CHECK: %[[C:.*]] = tile_gpu.convert_layout %{{.*}} : tensor<64xf16, #{{.*}}> -> tensor<64xf16, #{{.*}}>
// CHECK-NEXT: arith.extf %[[C]]
func.func @converts_before_widening(%x: tensor<64xf16, #a>) -> tensor<64xf32, #b> {
  %f = arith.extf %x : tensor<64xf16, #a> to tensor<64xf32, #a>
  %c = tile_gpu.convert_layout %f : tensor<64xf32, #a> -> tensor<64xf32, #b>
  return %c : tensor<64xf32, #b>
}

// CHECK-LABEL: func.func @converts_after_narrowing
// CHECK: %[[T:.*]] = arith.truncf %{{.*}} : tensor<64xf32, #{{.*}}> to tensor<64xf16, #{{.*}}>
// CHECK-NEXT: tile_gpu.convert_layout %[[T]]
func.func @converts_after_narrowing(%x: tensor<64xf32, #a>) -> tensor<64xf16, #b> {
  %c = tile_gpu.convert_layout %x : tensor<64xf32, #a> -> tensor<64xf32, #b>
  %t = arith.truncf %c : tensor<64xf32, #b> to tensor<64xf16, #b>
  return %t : tensor<64xf16, #b>
}

// CHECK-LABEL: func.func @keeps_wide_value_that_is_needed
// CHECK: arith.extf
// CHECK-NEXT: tile_gpu.convert_layout %{{.*}} : tensor<64xf32
func.func @keeps_wide_value_that_is_needed(%x: tensor<64xf16, #a>) -> (tensor<64xf32, #a>, tensor<64xf32, #b>) {
  %f = arith.extf %x : tensor<64xf16, #a> to tensor<64xf32, #a>
  %c = tile_gpu.convert_layout %f : tensor<64xf32, #a> -> tensor<64xf32, #b>
  return %f, %c : tensor<64xf32, #a>, tensor<64xf32, #b>
}

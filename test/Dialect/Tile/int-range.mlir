// RUN: tegula-opt %s --int-range-optimizations --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @a_mask_that_an_arange_cannot_leave_folds
func.func @a_mask_that_an_arange_cannot_leave_folds(%p: tensor<32x64x!tile.ptr<f32>>) -> tensor<32x64xf32> {
  %half = arith.constant dense<64> : tensor<64xi32>
  %dims = tile.arange 0, 64 : tensor<64xi32>
  %in = arith.cmpi slt, %dims, %half : tensor<64xi32>
  %row = tile.expand_dims %in 0 : tensor<64xi1> -> tensor<1x64xi1>
  %mask = tile.broadcast %row : tensor<1x64xi1> -> tensor<32x64xi1>
  // CHECK: %[[V:.*]] = tile.load %{{[^ ]*}} :
  // CHECK-NEXT: return %[[V]]
  %v = tile.load %p mask %mask : tensor<32x64x!tile.ptr<f32>> -> tensor<32x64xf32>
  return %v : tensor<32x64xf32>
}

// CHECK-LABEL: func.func @a_ragged_mask_stays
func.func @a_ragged_mask_stays(%p: tensor<64x!tile.ptr<f32>>) -> tensor<64xf32> {
  %n = arith.constant dense<63> : tensor<64xi32>
  %dims = tile.arange 0, 64 : tensor<64xi32>
  // CHECK: arith.cmpi
  %mask = arith.cmpi slt, %dims, %n : tensor<64xi32>
  // CHECK: tile.load %{{.*}} mask
  %v = tile.load %p mask %mask : tensor<64x!tile.ptr<f32>> -> tensor<64xf32>
  return %v : tensor<64xf32>
}

// CHECK-LABEL: func.func @a_program_id_is_not_negative
func.func @a_program_id_is_not_negative() -> i1 {
  %zero = arith.constant 0 : i32
  %pid = tile.program_id 0
  // CHECK: %[[TRUE:.*]] = arith.constant true
  // CHECK: return %[[TRUE]]
  %c = arith.cmpi sge, %pid, %zero : i32
  return %c : i1
}

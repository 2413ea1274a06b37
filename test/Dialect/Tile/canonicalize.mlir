// RUN: tegula-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @a_splat_of_a_constant_is_a_constant
// CHECK-NEXT: %[[C:.*]] = arith.constant dense<2.000000e+00> : tensor<8x4xf32>
// CHECK-NEXT: return %[[C]]
func.func @a_splat_of_a_constant_is_a_constant() -> tensor<8x4xf32> {
  %c = arith.constant 2.0 : f32
  %s = tile.splat %c : f32 -> tensor<8xf32>
  %e = tile.expand_dims %s 1 : tensor<8xf32> -> tensor<8x1xf32>
  %b = tile.broadcast %e : tensor<8x1xf32> -> tensor<8x4xf32>
  return %b : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @a_broadcast_splat_is_one_splat
// CHECK-NEXT: %[[S:.*]] = tile.splat %{{.*}} : f32 -> tensor<8x4xf32>
// CHECK-NEXT: return %[[S]]
func.func @a_broadcast_splat_is_one_splat(%x: f32) -> tensor<8x4xf32> {
  %s = tile.splat %x : f32 -> tensor<8x1xf32>
  %b = tile.broadcast %s : tensor<8x1xf32> -> tensor<8x4xf32>
  return %b : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @a_true_mask_goes
// CHECK: tile.load %{{[^ ]*}} : tensor<8x!tile.ptr<f32>>
// CHECK: tile.store %{{[^ ]*}}, %{{[^ ]*}} : tensor<8x!tile.ptr<f32>>
func.func @a_true_mask_goes(%p: tensor<8x!tile.ptr<f32>>, %o: tensor<8xf32>) {
  %m = arith.constant dense<true> : tensor<8xi1>
  %v = tile.load %p mask %m other %o : tensor<8x!tile.ptr<f32>> -> tensor<8xf32>
  tile.store %p, %v mask %m : tensor<8x!tile.ptr<f32>>
  return
}

// CHECK-LABEL: func.func @a_false_mask_takes_the_access_with_it
// CHECK-NEXT: return %arg1
func.func @a_false_mask_takes_the_access_with_it(%p: tensor<8x!tile.ptr<f32>>, %o: tensor<8xf32>) -> tensor<8xf32> {
  %m = arith.constant dense<false> : tensor<8xi1>
  %v = tile.load %p mask %m other %o : tensor<8x!tile.ptr<f32>> -> tensor<8xf32>
  tile.store %p, %v mask %m : tensor<8x!tile.ptr<f32>>
  return %v : tensor<8xf32>
}

// CHECK-LABEL: func.func @what_is_joined_splits
// CHECK-NEXT: return %arg1, %arg0
func.func @what_is_joined_splits(%a: tensor<8xf32>, %b: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %j = tile.join %a, %b : tensor<8xf32> -> tensor<8x2xf32>
  %l, %r = tile.split %j : tensor<8x2xf32> -> tensor<8xf32>
  return %r, %l : tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func.func @an_identity_goes
// CHECK-NEXT: return %arg0, %arg1
func.func @an_identity_goes(%a: tensor<8x4xf32>, %p: !tile.ptr<f32>) -> (tensor<8x4xf32>, !tile.ptr<f32>) {
  %zero = arith.constant 0 : i32
  %t = tile.trans %a [0, 1] : tensor<8x4xf32> -> tensor<8x4xf32>
  %r = tile.reshape %t : tensor<8x4xf32> -> tensor<32xf32>
  %s = tile.reshape %r : tensor<32xf32> -> tensor<8x4xf32>
  %q = tile.addptr %p, %zero : !tile.ptr<f32>, i32
  return %s, %q : tensor<8x4xf32>, !tile.ptr<f32>
}

// CHECK-LABEL: func.func @one_element_of_a_splat_is_the_scalar
// CHECK-NEXT: return %arg0
func.func @one_element_of_a_splat_is_the_scalar(%x: f32) -> f32 {
  %s = tile.splat %x : f32 -> tensor<1x1xf32>
  %u = tile.unsplat %s : tensor<1x1xf32> -> f32
  return %u : f32
}

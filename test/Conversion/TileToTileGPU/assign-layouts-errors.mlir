// RUN: tegula-opt %s --assign-layouts --split-input-file --verify-diagnostics --allow-unregistered-dialect

// expected-error@+1 {{expected scalars as arguments of a kernel, got 'tensor<32xf32>'}}
func.func @block_argument(%x: tensor<32xf32>) attributes {tile.kernel} {
  return
}
// -----
func.func @unknown_operation() attributes {tile.kernel} {
  %r = tile.arange 0, 32 : tensor<32xi32>
  // expected-error@+1 {{no rule says which layouts its blocks may have on a GPU}}
  %0 = "other.op"(%r) : (tensor<32xi32>) -> tensor<32xi32>
  return
}
// -----
func.func @odd_shape() attributes {tile.kernel} {
  // expected-error@+1 {{expected powers of two as the sizes of a block, got 'tensor<48xi32>'}}
  %r = tile.arange 0, 48 : tensor<48xi32>
  return
}

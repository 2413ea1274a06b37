// RUN: tegula-opt %s --split-input-file --verify-diagnostics

// ArangeOp C1
func.func @length() { // expected-error@+1 {{expected a result of 4 elements, got 'tensor<8xi32>'}}
  %0 = tile.arange 0, 4 : tensor<8xi32>
  return
}
// -----
// ArangeOp C2
func.func @empty_range() { // expected-error@+1 {{expected start below end, got 4 and 4}}
  %0 = tile.arange 4, 4 : tensor<4xi32>
  return
}
// -----
// SplatOp C1
func.func @element(%a: f32) { // expected-error@+1 {{expected an operand of type 'f16', got 'f32'}}
  %0 = tile.splat %a : f32 -> tensor<4xf16>
  return
}
// -----
// UnsplatOp C1
func.func @one_element(%a: tensor<2xf32>) { // expected-error@+1 {{expected an operand of one element}}
  %0 = tile.unsplat %a : tensor<2xf32> -> f32
  return
}
// -----
// BroadcastOp C1
func.func @ranks(%a: tensor<4xf32>) { // expected-error@+1 {{expected equal ranks}}
  %0 = tile.broadcast %a : tensor<4xf32> -> tensor<4x4xf32>
  return
}
// -----
// BroadcastOp C2
func.func @only_ones_repeat(%a: tensor<2x1xf32>) { // expected-error@+1 {{cannot broadcast a dimension of 2 to 4}}
  %0 = tile.broadcast %a : tensor<2x1xf32> -> tensor<4x4xf32>
  return
}
// -----
// ExpandDimsOp C1
func.func @one_at_axis(%a: tensor<4xf32>) { // expected-error@+1 {{with a 1 at axis 0}}
  %0 = tile.expand_dims %a 0 : tensor<4xf32> -> tensor<4x1xf32>
  return
}
// -----
func.func @axis_in_range(%a: tensor<4xf32>) { // expected-error@+1 {{expected an axis of at most 1, got 3}}
  %0 = tile.expand_dims %a 3 : tensor<4xf32> -> tensor<4x1xf32>
  return
}
// -----
// ReshapeOp C1
func.func @same_count(%a: tensor<4xf32>) { // expected-error@+1 {{expected 4 elements}}
  %0 = tile.reshape %a : tensor<4xf32> -> tensor<4x2xf32>
  return
}
// -----
// TransOp C1
func.func @permutation(%a: tensor<4x2xf32>) { // expected-error@+1 {{expected a permutation of 2 dimensions}}
  %0 = tile.trans %a [0, 0] : tensor<4x2xf32> -> tensor<4x2xf32>
  return
}
// -----
// TransOp C2
func.func @permuted_shape(%a: tensor<4x2xf32>) { // expected-error@+1 {{expected dimension 0 to be 2, got 4}}
  %0 = tile.trans %a [1, 0] : tensor<4x2xf32> -> tensor<4x2xf32>
  return
}
// -----
// JoinOp C1
func.func @two_appended(%a: tensor<4xf32>) { // expected-error@+1 {{with a 2 appended}}
  %0 = tile.join %a, %a : tensor<4xf32> -> tensor<2x4xf32>
  return
}
// -----
// SplitOp C1
func.func @last_is_two(%a: tensor<2x4xf32>) { // expected-error@+1 {{the last of size 2}}
  %0, %1 = tile.split %a : tensor<2x4xf32> -> tensor<2xf32>
  return
}
// -----
// AddPtrOp C1
func.func @one_shape(%p: tensor<4x!tile.ptr<f32>>, %i: i32) { // expected-error@+1 {{expected one shape}}
  %0 = tile.addptr %p, %i : tensor<4x!tile.ptr<f32>>, i32
  return
}
// -----
// LoadOp C1
func.func @pointee(%p: !tile.ptr<f32>) { // expected-error@+1 {{expected a value of type 'f32', got 'f16'}}
  %0 = tile.load %p : !tile.ptr<f32> -> f16
  return
}
// -----
// LoadOp C4
func.func @other_needs_mask(%p: !tile.ptr<f32>, %o: f32) { // expected-error@+1 {{other needs a mask}}
  %0 = tile.load %p other %o : !tile.ptr<f32> -> f32
  return
}
// -----
// StoreOp C3
func.func @const_pointer(%p: !tile.ptr<f32, const>, %v: f32) { // expected-error@+1 {{cannot store through '!tile.ptr<f32, const>'}}
  tile.store %p, %v : !tile.ptr<f32, const>
  return
}
// -----
// FpToFpOp C3
func.func @narrowing_needs_rounding(%a: f32) { // expected-error@+1 {{needs a rounding}}
  %0 = tile.fp_to_fp %a : f32 -> f16
  return
}
// -----
// ReduceOp C2
func.func @reduce_axis(%a: tensor<4xf32>) { // expected-error@+1 {{expected an axis below 1, got 1}}
  %0 = tile.reduce (%a) axis 1 : (tensor<4xf32>) -> f32 {
  ^bb0(%x: f32, %y: f32):
    tile.yield %x : f32
  }
  return
}
// -----
// ReduceOp C3
func.func @reduce_result(%a: tensor<4x2xf32>) { // expected-error@+1 {{without axis 0}}
  %0 = tile.reduce (%a) axis 0 : (tensor<4x2xf32>) -> tensor<4xf32> {
  ^bb0(%x: f32, %y: f32):
    tile.yield %x : f32
  }
  return
}
// -----
// ReduceOp C4
func.func @reduce_arguments(%a: tensor<4xf32>) { // expected-error@+1 {{expected a region of 2 arguments, got 1}}
  %0 = tile.reduce (%a) axis 0 : (tensor<4xf32>) -> f32 {
  ^bb0(%x: f32):
    tile.yield %x : f32
  }
  return
}
// -----
// ScanOp C3
func.func @scan_argument_type(%a: tensor<4xf32>) { // expected-error@+1 {{expected region argument 0 of type 'f32', got 'f16'}}
  %0 = tile.scan (%a) axis 0 : tensor<4xf32> {
  ^bb0(%x: f16, %y: f16):
    %z = arith.extf %x : f16 to f32
    tile.yield %z : f32
  }
  return
}
// -----
// PrintOp C1
func.func @signedness(%a: f32) { // expected-error@+1 {{expected one signedness an operand: 1, got 2}}
  tile.print "x" hex = false, signed = [0, 1] (%a) : f32
  return
}

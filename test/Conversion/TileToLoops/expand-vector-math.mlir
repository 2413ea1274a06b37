// RUN: tegula-opt %s --expand-vector-math | FileCheck %s

// CHECK-LABEL: func.func @single(
// CHECK-NOT: math.
// CHECK: arith.mulf
// CHECK: return
func.func @single(%x: f32) -> f32 {
  %a = math.exp %x : f32
  %b = math.log %a : f32
  %c = math.tanh %b : f32
  %d = math.sin %c : f32
  return %d : f32
}

// Other types and functions without an expansion stay.
// CHECK-LABEL: func.func @others(
// CHECK: math.exp {{.*}} : f64
// CHECK: math.atan {{.*}} : f32
func.func @others(%x: f64, %y: f32) -> (f64, f32) {
  %a = math.exp %x : f64
  %b = math.atan %y : f32
  return %a, %b : f64, f32
}

// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

// CHECK-LABEL: llvm.func @approximate_forms(
// CHECK: llvm.fmul %{{.*}}, %{{.*}} : f32
// CHECK-NEXT: llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz.f"
// CHECK-NEXT: llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz.f"
// CHECK-NEXT: llvm.call_intrinsic "llvm.nvvm.lg2.approx.f"
// CHECK-NEXT: llvm.fmul
// CHECK-NEXT: llvm.call_intrinsic "llvm.nvvm.lg2.approx.f"
// CHECK-NEXT: llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.f"
// CHECK-NEXT: llvm.call_intrinsic "llvm.nvvm.sqrt.approx.f"
// CHECK-NEXT: llvm.call_intrinsic "llvm.nvvm.div.full"
func.func @approximate_forms(%p: !tile.ptr<f32>, %x: f32) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %0 = math.exp %x : f32
  %1 = math.exp2 %0 : f32
  %2 = math.log %1 : f32
  %3 = math.log2 %2 : f32
  %4 = math.rsqrt %3 : f32
  %5 = math.sqrt %4 fastmath<afn> : f32
  %6 = arith.divf %5, %x fastmath<afn> : f32
  tile.store %p, %6 : !tile.ptr<f32>
  return
}

// CHECK-LABEL: llvm.func @ieee_forms(
// CHECK: llvm.intr.sqrt
// CHECK-NEXT: llvm.fdiv
func.func @ieee_forms(%p: !tile.ptr<f32>, %x: f32) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %0 = math.sqrt %x : f32
  %1 = arith.divf %0, %x : f32
  tile.store %p, %1 : !tile.ptr<f32>
  return
}

// CHECK-LABEL: llvm.func @the_rest_by_libdevice(
// CHECK: llvm.call @__nv_erff(%{{.*}}) : (f32) -> f32
// CHECK: llvm.call @__nv_erf(%{{.*}}) : (f64) -> f64
// CHECK: llvm.call @__nv_tanhf
func.func @the_rest_by_libdevice(%p: !tile.ptr<f32>, %q: !tile.ptr<f64>, %x: f32, %y: f64) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %0 = math.erf %x : f32
  %1 = math.erf %y : f64
  %2 = tile.extern_elementwise "__nv_tanhf" (%0) pure : (f32) -> f32
  tile.store %p, %2 : !tile.ptr<f32>
  tile.store %q, %1 : !tile.ptr<f64>
  return
}

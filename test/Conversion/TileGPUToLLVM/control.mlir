// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

#two = #tile_gpu.layout<[64] register=[[1]] lane=[[2], [4], [8], [16], [32]] warp=[]>

// A carried block is one argument for each of its registers.
// CHECK-LABEL: llvm.func @loops_carry_registers(
// CHECK: llvm.br ^[[HEAD:.*]](%{{.*}}, %[[Z:.*]], %[[Z]] : i32, f32, f32)
// CHECK: ^[[HEAD]](%[[I:.*]]: i32, %[[A:.*]]: f32, %[[B:.*]]: f32):
// CHECK: %[[MORE:.*]] = llvm.icmp "slt" %[[I]]
// CHECK: llvm.cond_br %[[MORE]], ^[[BODY:.*]], ^[[EXIT:.*]]
// CHECK: ^[[BODY]]:
// CHECK: llvm.fadd %[[A]]
// CHECK: llvm.fadd %[[B]]
// CHECK: llvm.br ^[[HEAD]]
// CHECK: ^[[EXIT]]:
func.func @loops_carry_registers(%p: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %n: i32, %x: f32) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %z = arith.constant dense<0.0> : tensor<64xf32, #two>
  %xs = tile.splat %x : f32 -> tensor<64xf32, #two>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %z) -> (tensor<64xf32, #two>) : i32 {
    %s = arith.addf %a, %xs : tensor<64xf32, #two>
    scf.yield %s : tensor<64xf32, #two>
  }
  %o = tile.arange 0, 64 : tensor<64xi32, #two>
  %s = tile.splat %p : !tile.ptr<f32> -> tensor<64x!tile.ptr<f32>, #two>
  %q = tile.addptr %s, %o : tensor<64x!tile.ptr<f32>, #two>, tensor<64xi32, #two>
  tile.store %q, %r : tensor<64x!tile.ptr<f32>, #two>
  return
}

// CHECK-LABEL: llvm.func @branches_meet(
// CHECK: llvm.cond_br %{{.*}}, ^[[YES:.*]], ^[[NO:.*]]
// CHECK: ^[[YES]]:
// CHECK: llvm.br ^[[REST:.*]](%{{.*}} : i32)
// CHECK: ^[[NO]]:
// CHECK: llvm.br ^[[REST]](%{{.*}} : i32)
func.func @branches_meet(%p: !tile.ptr<i32>, %c: i1, %x: i32) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %r = scf.if %c -> (i32) {
    %y = arith.muli %x, %x : i32
    scf.yield %y : i32
  } else {
    scf.yield %x : i32
  }
  tile.store %p, %r : !tile.ptr<i32>
  return
}

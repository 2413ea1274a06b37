// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

#lanes = #tile_gpu.layout<[32] register=[] lane=[[1], [2], [4], [8], [16]] warp=[]>

// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("pid (%d, %d, %d) idx (%d) x%%: %d\0A\00")
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}assertion failed: too big

// CHECK-LABEL: llvm.func @messages(
// CHECK: llvm.cond_br %{{.*}}, ^[[REPORT:.*]], ^[[REST:.*]]
// CHECK: ^[[REPORT]]:
// CHECK: llvm.call @vprintf
// CHECK: llvm.call_intrinsic "llvm.trap"
// CHECK: ^[[REST]]:
// CHECK: llvm.call @vprintf
// CHECK: nvvm.barrier0
func.func @messages(%n: i32) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %i = tile.arange 0, 32 : tensor<32xi32, #lanes>
  %b = tile.splat %n : i32 -> tensor<32xi32, #lanes>
  %ok = arith.cmpi slt, %i, %b : tensor<32xi32, #lanes>
  tile.assert %ok, "too big" : tensor<32xi1, #lanes>
  tile.print "x%: " hex = false, signed = [1] (%i) : tensor<32xi32, #lanes>
  tile.barrier
  return
}

// CHECK-LABEL: llvm.func @grid(
// CHECK-DAG: nvvm.read.ptx.sreg.ctaid.y
// CHECK-DAG: nvvm.read.ptx.sreg.nctaid.z
func.func @grid(%p: !tile.ptr<i32>) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %y = tile.program_id 1
  %z = tile.num_programs 2
  %s = arith.addi %y, %z : i32
  tile.store %p, %s : !tile.ptr<i32>
  return
}

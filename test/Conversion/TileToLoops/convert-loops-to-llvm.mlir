// RUN: tegula-opt %s --convert-tile-to-loops --convert-loops-to-llvm | FileCheck %s

// A failing assert leaves its message, and the program.
// CHECK: llvm.mlir.global external @check.failure() {{.*}} : !llvm.ptr
// CHECK-LABEL: llvm.func internal @check.program(
// CHECK: llvm.cond_br %{{.*}}, ^[[REST:.*]], ^[[FAIL:.*]]
// CHECK: ^[[REST]]:
// CHECK: llvm.store
// CHECK: ^[[FAIL]]:
// CHECK: llvm.call @dprintf
// CHECK: llvm.cmpxchg
// CHECK: llvm.return
// CHECK-LABEL: llvm.func @check(
func.func @check(%x: !tile.ptr<i32>, %n: i32) attributes {tile.kernel} {
  %zero = arith.constant 0 : i32
  %ok = arith.cmpi sgt, %n, %zero : i32
  tile.assert %ok, "n must be positive" : i1
  tile.store %x, %n : !tile.ptr<i32>
  return
}

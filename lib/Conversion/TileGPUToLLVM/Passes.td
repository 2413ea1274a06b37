//===- Passes.td - From tile_gpu to llvm ---------------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_CONVERSION_TILE_GPU_TO_LLVM_PASSES
#define TEGULA_CONVERSION_TILE_GPU_TO_LLVM_PASSES

include "mlir/Pass/PassBase.td"

def ConvertTileGPUToLLVMPass : Pass<"convert-tile-gpu-to-llvm", "::mlir::ModuleOp"> {
  let summary = "one thread's instructions for each kernel, in the llvm and nvvm dialects";
  let description = [{
    Each `func.func` becomes an `llvm.func` with `nvvm.kernel`; a block becomes the list of the values that one thread has of it, `scf`
    becomes blocks, loads and stores become accesses of up to 16 bytes, predicated by their masks.

    Before:
    ```mlir
    func.func @copy(%in: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %out: !tile.ptr<f32> {tile.divisibility = 16 : i64})
        attributes {tile.kernel, tile_gpu.num_warps = 1 : i32, tile_gpu.target = "sm_90a"} {
      %i = tile.arange 0, 128 : tensor<128xi32, #l>
      %p = tile.splat %in : !tile.ptr<f32> -> tensor<128x!tile.ptr<f32>, #l>
      %q = tile.addptr %p, %i : tensor<128x!tile.ptr<f32>, #l>, tensor<128xi32, #l>
      %v = tile.load %q : tensor<128x!tile.ptr<f32>, #l> -> tensor<128xf32, #l>
      ...
    ```
    After:
    ```mlir
    llvm.func @copy(%in: !llvm.ptr<1>, %out: !llvm.ptr<1>) attributes {nvvm.kernel, nvvm.reqntid = array<i32: 32, 1, 1>} {
      %t = nvvm.read.ptx.sreg.tid.x : i32
      %i = llvm.shl %t, %two : i32
      %p = llvm.getelementptr %in[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
      %v = llvm.load %p {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
      ...
    ```
    Relies on a layout on every block, on `tile_gpu.shared_offset` where data crosses warps, and on `tile_gpu.barrier` between two uses of one
    scratch. Guarantees that no operation of another dialect is left. Fails, with a diagnostic, on a chip that it does not know or that
    lacks something which the kernel needs.
  }];
  let options = [
    Option<"targetChip", "target", "std::string", "\"\"", "the chip, where no attribute says it">,
    Option<"maxRegisters", "maxnreg", "int64_t", "0", "most registers of a thread; 0 = no limit">,
    Option<"flushDenormals", "ftz", "bool", "false", "treat denormal f32 as zero">,
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif

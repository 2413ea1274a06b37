//===- Passes.td - Passes on tile_gpu ------------------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_GPU_PASSES
#define TEGULA_TILE_GPU_PASSES

include "mlir/Pass/PassBase.td"

def VerifyLayoutsPass : Pass<"tile-gpu-verify-layouts", "::mlir::func::FuncOp"> {
  let summary = "check that every block has a layout and that each operation's layouts follow its rule";
  let description = [{
    Reports the first operation that breaks a rule of `IR/LayoutRules.h`. Changes nothing. Runs between phases.
  }];
}

def NarrowConversionsPass : Pass<"tile-gpu-narrow-conversions", "::mlir::func::FuncOp"> {
  let summary = "move blocks between layouts while their elements are small";
  let description = [{
    Before:
    ```mlir
    %f = arith.extf %h : tensor<64x64xf16, #a> to tensor<64x64xf32, #a>
    %c = tile_gpu.convert_layout %f : tensor<64x64xf32, #a> -> tensor<64x64xf32, #b>
    ```
    After:
    ```mlir
    %c = tile_gpu.convert_layout %h : tensor<64x64xf16, #a> -> tensor<64x64xf16, #b>
    %f = arith.extf %c : tensor<64x64xf16, #b> to tensor<64x64xf32, #b>
    ```
    and the reverse for a conversion that only a truncation uses. Does nothing where the wide value has other uses.
  }];
}

def ReorderLoadsPass : Pass<"tile-gpu-reorder-loads", "::mlir::func::FuncOp"> {
  let summary = "issue independent loads before the first of them is waited for";
  let description = [{
    A load is asynchronous until its result is used; a barrier or a shuffle that comes first makes the next load wait for it. Each load of a
    block moves, with the arithmetic that makes its address, up to the first use of an earlier load's result.

    Before:
    ```mlir
    %x = tile.load %p
    %s = tile.reduce (%x) ...
    %w = tile.load %q
    ```
    After:
    ```mlir
    %x = tile.load %p
    %w = tile.load %q
    %s = tile.reduce (%x) ...
    ```
    Does nothing for volatile loads, past anything that may write memory or synchronise, and when what is in flight would take more than
    `max-registers` 32-bit registers of a thread.
  }];
  let options = [
    Option<"maxRegisters", "max-registers", "int64_t", "64", "32-bit registers of a thread for results in flight">,
  ];
}

def AllocateSharedMemoryPass : Pass<"tile-gpu-allocate-shared-memory", "::mlir::func::FuncOp"> {
  let summary = "place the scratch of exchanges between warps";
  let description = [{
    Sets `tile_gpu.shared_offset` on each operation that needs scratch and `tile_gpu.shared_bytes` on the kernel; see
    lib/Analysis/SharedMemoryPlan.h for how places are chosen. Nothing may change layouts afterwards. Fails when the kernel needs
    more than `limit` bytes; the error lists who takes how much.
  }];
  let options = [
    Option<"limit", "limit", "int64_t", "101376", "bytes of shared memory that a program may have">,
  ];
  let dependentDialects = ["::tegula::tile_gpu::TileGPUDialect"];
}

def InsertBarriersPass : Pass<"tile-gpu-insert-barriers", "::mlir::func::FuncOp"> {
  let summary = "wait where scratch is written again";
  let description = [{
    Puts `tile_gpu.barrier` before each operation whose scratch another warp may still be reading for an earlier one (or for the same one
    in the last iteration of a loop). Relies on `tile-gpu-allocate-shared-memory`. Does nothing where scratch is not shared.
  }];
  let dependentDialects = ["::tegula::tile_gpu::TileGPUDialect"];
}

#endif

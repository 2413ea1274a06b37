//===- Passes.td - From tile to tile_gpu ---------------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_CONVERSION_TILE_TO_TILE_GPU_PASSES
#define TEGULA_CONVERSION_TILE_TO_TILE_GPU_PASSES

include "mlir/Pass/PassBase.td"

def AssignLayoutsPass : Pass<"assign-layouts", "::mlir::func::FuncOp"> {
  let summary = "give every block the layout under which the kernel costs least";
  let description = [{
    Operations with an opinion (accesses to memory, reductions, scans) propose layouts; each proposal is spread over the kernel along
    the rules that need no movement of data; the assignment with the least total cost, after local improvement, is carried out.
    Where neighbours still disagree a `tile_gpu.convert_layout` is put; values that are cheap to compute (ranges, constants, splats and
    arithmetic on them) are computed once for each layout instead.

    Before:
    ```mlir
    %o = tile.arange 0, 1024 : tensor<1024xi32>
    %p = tile.addptr %base, %o : tensor<1024x!tile.ptr<f16>>, tensor<1024xi32>
    %v = tile.load %p : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
    ```
    After, with four warps:
    ```mlir
    #layout = #tile_gpu.layout<[1024] register=[[1], [2], [4]] lane=[[8], [16], [32], [64], [128]] warp=[[256], [512]]>
    %v = tile.load %p {tile_gpu.vector = 8 : i32} : tensor<1024x!tile.ptr<f16>, #layout> -> tensor<1024xf16, #layout>
    ```
    Raises `tile_gpu.num_warps` where a thread would have to hold too much of a block. Does nothing to a function without blocks.
  }];
  let options = [
    Option<"numWarps", "num-warps", "int64_t", "0", "warps of one program; 0 = what the function's attribute says, else 4">,
    Option<"targetChip", "target", "std::string", "\"\"", "the chip, where no attribute says it">,
    Option<"maxRegisters", "max-registers", "int64_t", "128",
           "a block may take this many 32-bit registers of a thread before warps are added; 0 = never add">,
    Option<"remarks", "remarks", "bool", "false", "say what was chosen, and what could not be and why">,
  ];
  let dependentDialects = ["::tegula::tile_gpu::TileGPUDialect"];
}

#endif

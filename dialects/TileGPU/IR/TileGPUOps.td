//===- TileGPUOps.td - Operations of the tile_gpu dialect ----*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_GPU_OPS
#define TEGULA_TILE_GPU_OPS

include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/Tile/IR/TileTypes.td"
include "dialects/TileGPU/IR/TileGPUDialect.td"
include "dialects/TileGPU/IR/LayoutAttr.td"

class TileGPU_Op<string mnemonic, list<Trait> traits = []> : Op<TileGPU_Dialect, mnemonic, traits>;

def TileGPU_ConvertLayoutOp : TileGPU_Op<"convert_layout", [Pure]> {
  let summary = "the same block held by other threads";
  let description = [{
    Moves elements between registers, lanes and warps so that the result has its type's layout. What it costs follows
    from the two layouts: nothing, a renaming of registers, shuffles within a warp, or an exchange through shared memory.
    (C1) equal shapes and element types; (C2) both types have a layout.

    Example:
    ```mlir
    %b = tile_gpu.convert_layout %a
      : tensor<64xf32, #tile_gpu.layout<[64] register=[[1]] lane=[[2], [4], [8], [16], [32]]>>
      -> tensor<64xf32, #tile_gpu.layout<[64] register=[[32]] lane=[[1], [2], [4], [8], [16]]>>
    ```
  }];
  let arguments = (ins Tile_Block:$src);
  let results = (outs Tile_Block:$result);
  let assemblyFormat = "$src attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def TileGPU_BarrierOp : TileGPU_Op<"barrier"> {
  let summary = "all warps of the program have left the shared memory that is to be written again";
  let description = [{
    Set by `tile-gpu-insert-barriers` before an operation whose scratch overlaps one that a slower warp may still be
    reading. The barriers within one exchange, between its writes and its reads, belong to the operation itself.

    Example:
    ```mlir
    tile_gpu.barrier
    ```
  }];
  let assemblyFormat = "attr-dict";
}

#endif

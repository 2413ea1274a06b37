//===- TileOps.td - Operations of the tile dialect -----------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One file an op family, as in the lowerings: Program, Shape, Memory, Elementwise, Reduce.

#ifndef TEGULA_TILE_OPS
#define TEGULA_TILE_OPS

include "mlir/Interfaces/InferIntRangeInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "dialects/Tile/IR/TileDialect.td"
include "dialects/Tile/IR/TileTypes.td"
include "dialects/Tile/IR/TileEnums.td"

class Tile_Op<string mnemonic, list<Trait> traits = []> : Op<Tile_Dialect, mnemonic, traits>;

// The operation knows the range of its integers: comparisons of what it makes against constants fold.
def Tile_KnownRange : DeclareOpInterfaceMethods<InferIntRangeInterface, ["inferResultRanges"]>;

// Memory of the program as a whole, as the side-effect interfaces see it.
def Tile_GlobalMemory : Resource<"::tegula::tile::GlobalMemory">;

include "dialects/Tile/IR/ProgramOps.td"
include "dialects/Tile/IR/ShapeOps.td"
include "dialects/Tile/IR/MemoryOps.td"
include "dialects/Tile/IR/ElementwiseOps.td"
include "dialects/Tile/IR/ReduceOps.td"

#endif

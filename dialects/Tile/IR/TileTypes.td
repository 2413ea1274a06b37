//===- TileTypes.td - Types of the tile dialect --------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_TYPES
#define TEGULA_TILE_TYPES

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinTypeInterfaces.td"
include "dialects/Tile/IR/TileDialect.td"

def Tile_PointerType : TypeDef<Tile_Dialect, "Pointer"> {
  let mnemonic = "ptr";
  let summary = "an address of elements of one type in global memory";
  let description = [{
    `!tile.ptr<f16>` points at elements of type `f16`; `!tile.ptr<f16, const>` may only be read through. A block of
    pointers is a tensor with this element type.
  }];
  let parameters = (ins "::mlir::Type":$pointee, DefaultValuedParameter<"bool", "false">:$isConst);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let builders = [TypeBuilderWithInferredContext<(ins "::mlir::Type":$pointee, CArg<"bool", "false">:$isConst), [{
    return $_get(pointee.getContext(), pointee, isConst);
  }]>];
}

def Tile_ElementFloat : AnyTypeOf<[F16, BF16, F32, F64, F8E5M2, F8E4M3FN], "float">;
def Tile_ElementInt : AnyTypeOf<[I1, I8, I16, I32, I64], "integer">;
def Tile_Element : AnyTypeOf<[Tile_ElementFloat, Tile_ElementInt, Tile_PointerType], "element">;

def Tile_PointerBlock : RankedTensorOf<[Tile_PointerType]>;
def Tile_Block : RankedTensorOf<[Tile_Element]>;
def Tile_BoolLike : TypeOrValueSemanticsContainer<I1, "i1 scalar or block">;
def Tile_I32Like : AnyTypeOf<[I32, RankedTensorOf<[I32]>], "i32 scalar or block">;
def Tile_IntLike : AnyTypeOf<[Tile_ElementInt, RankedTensorOf<[Tile_ElementInt]>], "integer scalar or block">;
def Tile_FloatLike : AnyTypeOf<[Tile_ElementFloat, RankedTensorOf<[Tile_ElementFloat]>], "float scalar or block">;
def Tile_PointerLike : AnyTypeOf<[Tile_PointerType, Tile_PointerBlock], "pointer scalar or block">;
def Tile_Any : AnyTypeOf<[Tile_Element, Tile_Block], "scalar or block">;

#endif

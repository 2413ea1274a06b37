//===- MemoryOps.td - Pointers, loads and stores -------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_MEMORY_OPS
#define TEGULA_TILE_MEMORY_OPS

def Tile_AddPtrOp : Tile_Op<"addptr", [Pure, AllTypesMatch<["ptr", "result"]>]> {
  let summary = "move pointers by a number of elements";
  let description = [{
    The offset counts elements and is signed; an unsigned offset of the language arrives extended to i64.
    A pointer to i1 moves by bytes. (C1) pointer and offset are both scalars or blocks of one shape.

    Example:
    ```mlir
    %q = tile.addptr %p, %offsets : tensor<128x!tile.ptr<f16>>, tensor<128xi32>
    ```
  }];
  let arguments = (ins Tile_PointerLike:$ptr, Tile_IntLike:$offset);
  let results = (outs Tile_PointerLike:$result);
  let assemblyFormat = "$ptr `,` $offset attr-dict `:` type($result) `,` type($offset)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tile_IntToPtrOp : Tile_Op<"int_to_ptr", [Pure]> {
  let summary = "an address from an integer";
  let description = [{
    (C1) same shape.

    Example:
    ```mlir
    %p = tile.int_to_ptr %i : i64 -> !tile.ptr<f16>
    ```
  }];
  let arguments = (ins AnyTypeOf<[I64, RankedTensorOf<[I64]>]>:$src);
  let results = (outs Tile_PointerLike:$result);
  let assemblyFormat = "$src attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_PtrToIntOp : Tile_Op<"ptr_to_int", [Pure]> {
  let summary = "the integer value of an address";
  let description = [{
    (C1) same shape.

    Example:
    ```mlir
    %i = tile.ptr_to_int %p : !tile.ptr<f16> -> i64
    ```
  }];
  let arguments = (ins Tile_PointerLike:$src);
  let results = (outs AnyTypeOf<[I64, RankedTensorOf<[I64]>]>:$result);
  let assemblyFormat = "$src attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_PtrCastOp : Tile_Op<"ptr_cast", [Pure]> {
  let summary = "the same address seen as elements of another type";
  let description = [{
    (C1) same shape.

    Example:
    ```mlir
    %q = tile.ptr_cast %p : !tile.ptr<f16> -> !tile.ptr<i16>
    ```
  }];
  let arguments = (ins Tile_PointerLike:$src);
  let results = (outs Tile_PointerLike:$result);
  let assemblyFormat = "$src attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tile_LoadOp : Tile_Op<"load", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "read the elements that pointers name";
  let description = [{
    Where `mask` is false nothing is read and the result is `other`, or zero when there is no `other`. i1 elements are
    bytes in memory.
    (C1) the result has the pointee type and the pointer's shape; (C2) `mask` is i1 of that shape; (C3) `other` has the
    result's type; (C4) `other` needs `mask`.

    Example:
    ```mlir
    %v = tile.load %p mask %m other %z cache = cg evict = evict_first : tensor<128x!tile.ptr<f16>> -> tensor<128xf16>
    ```
  }];
  let arguments = (ins Tile_PointerLike:$ptr, Optional<Tile_BoolLike>:$mask, Optional<Tile_Any>:$other,
                       DefaultValuedAttr<Tile_CacheModifier, "::tegula::tile::CacheModifier::None">:$cache,
                       DefaultValuedAttr<Tile_EvictionPolicy, "::tegula::tile::EvictionPolicy::Normal">:$evict,
                       UnitAttr:$is_volatile);
  let results = (outs Tile_Any:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$ptr, CArg<"::mlir::Value", "{}">:$mask,
                                 CArg<"::mlir::Value", "{}">:$other)>];
}

def Tile_StoreOp : Tile_Op<"store", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "write elements where pointers say";
  let description = [{
    Where `mask` is false nothing is written. i1 elements are bytes in memory.
    (C1) `value` has the pointee type and the pointer's shape; (C2) `mask` is i1 of that shape; (C3) the pointer is
    not const.

    Example:
    ```mlir
    tile.store %p, %v mask %m cache = wb : tensor<128x!tile.ptr<f16>>
    ```
  }];
  let arguments = (ins Tile_PointerLike:$ptr, Tile_Any:$value, Optional<Tile_BoolLike>:$mask,
                       DefaultValuedAttr<Tile_CacheModifier, "::tegula::tile::CacheModifier::None">:$cache,
                       DefaultValuedAttr<Tile_EvictionPolicy, "::tegula::tile::EvictionPolicy::Normal">:$evict);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

#endif

//===- ReduceOps.td - Reductions and scans -------------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_REDUCE_OPS
#define TEGULA_TILE_REDUCE_OPS

def Tile_ReduceOp : Tile_Op<"reduce", [RecursiveMemoryEffects, SingleBlock, SameVariadicOperandSize]> {
  let summary = "combine all elements along one axis";
  let description = [{
    The region takes two values of each operand, as scalars (first all left ones, then all right ones), and yields their
    combination; it must be associative and commutative. A result is its operand without `axis`, a scalar when that
    leaves none.
    (C1) operands have one shape; (C2) `axis` is one of its dimensions; (C3) results follow operands;
    (C4) the region has two scalar arguments an operand, of its element type; (C5) it yields one of each.

    Example:
    ```mlir
    %s = tile.reduce (%x) axis 0 : (tensor<128xf32>) -> f32 {
    ^bb0(%a: f32, %b: f32):
      %c = arith.addf %a, %b : f32
      tile.yield %c : f32
    }
    ```
  }];
  let arguments = (ins Variadic<Tile_Block>:$operands, ConfinedAttr<I32Attr, [IntNonNegative]>:$axis);
  let results = (outs Variadic<Tile_Any>:$results);
  let regions = (region SizedRegion<1>:$combiner);
  let assemblyFormat = "`(` $operands `)` `axis` $axis attr-dict `:` functional-type($operands, $results) $combiner";
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Tile_ScanOp : Tile_Op<"scan", [RecursiveMemoryEffects, SingleBlock, AllTypesMatch<["operands", "results"]>]> {
  let summary = "running combination along one axis, each element included";
  let description = [{
    With `reverse` it runs from the last element to the first. The region is as in `tile.reduce`, associative; its
    left argument is the running value.
    (C1) operands have one shape; (C2) `axis` is one of its dimensions; (C3) two scalar arguments an operand; (C4) it
    yields one of each.

    Example:
    ```mlir
    %s = tile.scan (%x) axis 0 : tensor<128xf32> {
    ^bb0(%a: f32, %b: f32):
      %c = arith.addf %a, %b : f32
      tile.yield %c : f32
    }
    ```
  }];
  let arguments = (ins Variadic<Tile_Block>:$operands, ConfinedAttr<I32Attr, [IntNonNegative]>:$axis, UnitAttr:$reverse);
  let results = (outs Variadic<Tile_Block>:$results);
  let regions = (region SizedRegion<1>:$combiner);
  let assemblyFormat = "`(` $operands `)` `axis` $axis (`reverse` $reverse^)? attr-dict `:` type($operands) $combiner";
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Tile_YieldOp : Tile_Op<"yield", [Pure, Terminator, ReturnLike, ParentOneOf<["ReduceOp", "ScanOp"]>]> {
  let summary = "the value that a combine region gives back";
  let description = [{
    Example:
    ```mlir
    %s = tile.reduce (%x) axis 0 : (tensor<128xi32>) -> i32 {
    ^bb0(%a: i32, %b: i32):
      %c = arith.maxsi %a, %b : i32
      tile.yield %c : i32
    }
    ```
  }];
  let arguments = (ins Variadic<Tile_Element>:$values);
  let assemblyFormat = "$values `:` type($values) attr-dict";
}

#endif

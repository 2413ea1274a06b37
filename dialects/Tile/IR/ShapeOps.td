//===- ShapeOps.td - Making blocks and changing their shape --*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_SHAPE_OPS
#define TEGULA_TILE_SHAPE_OPS

def Tile_ArangeOp : Tile_Op<"arange", [Pure, Tile_KnownRange]> {
  let summary = "the numbers start, start + 1, ..., end - 1";
  let description = [{
    (C1) the result has one dimension of `end - start` elements of type i32; (C2) `start` is below `end`.

    Example:
    ```mlir
    %offsets = tile.arange 0, 128 : tensor<128xi32>
    ```
  }];
  let arguments = (ins I32Attr:$start, I32Attr:$end);
  let results = (outs RankedTensorOf<[I32]>:$result);
  let assemblyFormat = "$start `,` $end attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Tile_SplatOp : Tile_Op<"splat", [Pure, Tile_KnownRange]> {
  let summary = "a block whose every element is one scalar";
  let description = [{
    (C1) the operand has the result's element type.

    Example:
    ```mlir
    %b = tile.splat %s : f32 -> tensor<128xf32>
    ```
  }];
  let arguments = (ins Tile_Element:$src);
  let results = (outs Tile_Block:$result);
  let assemblyFormat = "$src attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tile_UnsplatOp : Tile_Op<"unsplat", [Pure]> {
  let summary = "the element of a block that has one";
  let description = [{
    (C1) the operand has exactly one element.

    Example:
    ```mlir
    %s = tile.unsplat %b : tensor<1x1xf32> -> f32
    ```
  }];
  let arguments = (ins Tile_Block:$src);
  let results = (outs Tile_Element:$result);
  let assemblyFormat = "$src attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tile_BroadcastOp : Tile_Op<"broadcast", [Pure, Tile_KnownRange]> {
  let summary = "repeat a block along its dimensions of size one";
  let description = [{
    (C1) same rank and element type; (C2) each dimension is equal, or one in the operand.

    Example:
    ```mlir
    %b = tile.broadcast %a : tensor<64x1xf32> -> tensor<64x32xf32>
    ```
  }];
  let arguments = (ins Tile_Block:$src);
  let results = (outs Tile_Block:$result);
  let assemblyFormat = "$src attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Tile_ExpandDimsOp : Tile_Op<"expand_dims", [Pure, Tile_KnownRange]> {
  let summary = "insert a dimension of size one";
  let description = [{
    `axis` counts in the result. (C1) the result is the operand's shape with a 1 at `axis`.

    Example:
    ```mlir
    %b = tile.expand_dims %a 1 : tensor<64xf32> -> tensor<64x1xf32>
    ```
  }];
  let arguments = (ins Tile_Block:$src, ConfinedAttr<I32Attr, [IntNonNegative]>:$axis);
  let results = (outs Tile_Block:$result);
  let assemblyFormat = "$src $axis attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tile_ReshapeOp : Tile_Op<"reshape", [Pure, Tile_KnownRange]> {
  let summary = "the same elements in row-major order under another shape";
  let description = [{
    With `allow_reorder` the compiler may choose another order. (C1) equal element types and counts.

    Example:
    ```mlir
    %b = tile.reshape %a : tensor<64x32xf32> -> tensor<2048xf32>
    ```
  }];
  let arguments = (ins Tile_Block:$src, UnitAttr:$allow_reorder);
  let results = (outs Tile_Block:$result);
  let assemblyFormat = "$src (`allow_reorder` $allow_reorder^)? attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tile_TransOp : Tile_Op<"trans", [Pure, Tile_KnownRange]> {
  let summary = "permute the dimensions";
  let description = [{
    Dimension i of the result is dimension `order[i]` of the operand. (C1) `order` is a permutation;
    (C2) the result's shape follows it.

    Example:
    ```mlir
    %b = tile.trans %a [1, 0] : tensor<64x32xf32> -> tensor<32x64xf32>
    ```
  }];
  let arguments = (ins Tile_Block:$src, DenseI32ArrayAttr:$order);
  let results = (outs Tile_Block:$result);
  let assemblyFormat = "$src $order attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tile_JoinOp : Tile_Op<"join", [Pure, AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "two blocks side by side in a new last dimension";
  let description = [{
    (C1) the result's shape is the operands' with a 2 appended.

    Example:
    ```mlir
    %c = tile.join %a, %b : tensor<64xf32> -> tensor<64x2xf32>
    ```
  }];
  let arguments = (ins Tile_Block:$lhs, Tile_Block:$rhs);
  let results = (outs Tile_Block:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_SplitOp : Tile_Op<"split", [Pure, AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "the two halves of a last dimension of size two";
  let description = [{
    (C1) the operand has at least two dimensions, the last of size 2; (C2) the results have its shape without it.

    Example:
    ```mlir
    %a, %b = tile.split %c : tensor<64x2xf32> -> tensor<64xf32>
    ```
  }];
  let arguments = (ins Tile_Block:$src);
  let results = (outs Tile_Block:$lhs, Tile_Block:$rhs);
  let assemblyFormat = "$src attr-dict `:` type($src) `->` type($lhs)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif

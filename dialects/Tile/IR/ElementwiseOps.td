//===- ElementwiseOps.td - Elementwise work that arith lacks -*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_ELEMENTWISE_OPS
#define TEGULA_TILE_ELEMENTWISE_OPS

def Tile_FpToFpOp : Tile_Op<"fp_to_fp", [Pure, Elementwise]> {
  let summary = "convert between floats where rounding or saturation matters";
  let description = [{
    For narrowing with a rounding mode, and for every conversion from or to an 8-bit float; all others are
    `arith.extf` and `arith.truncf`. Narrowing to an 8-bit float saturates to the largest finite value, infinities
    included; NaN stays NaN. (C1) same shape; (C2) float elements; (C3) `rounding` is given when narrowing.

    Example:
    ```mlir
    %h = tile.fp_to_fp %f rounding = rtz : tensor<128xf32> -> tensor<128xf16>
    ```
  }];
  let arguments = (ins Tile_FloatLike:$src, OptionalAttr<Tile_Rounding>:$rounding);
  let results = (outs Tile_FloatLike:$result);
  let assemblyFormat = "$src (`rounding` `=` $rounding^)? attr-dict `:` type($src) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_ExternElementwiseOp : Tile_Op<"extern_elementwise", [ConditionallySpeculatable,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "a function of the target's device library, element by element";
  let description = [{
    `symbol` is the library's own name (`__nv_tanhf`); the host target knows the same names.
    (C1) operands and result have one shape.

    Example:
    ```mlir
    %y = tile.extern_elementwise "__nv_tanhf" (%x) pure : (tensor<128xf32>) -> tensor<128xf32>
    ```
  }];
  let arguments = (ins StrAttr:$symbol, Variadic<Tile_Any>:$args, UnitAttr:$pure);
  let results = (outs Tile_Any:$result);
  let assemblyFormat = "$symbol `(` $args `)` (`pure` $pure^)? attr-dict `:` functional-type($args, $result)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::Speculation::Speculatability getSpeculatability() {
      return getPure() ? ::mlir::Speculation::Speculatable : ::mlir::Speculation::NotSpeculatable;
    }
  }];
}

#endif

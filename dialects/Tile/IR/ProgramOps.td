//===- ProgramOps.td - The program's place in the grid -------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_PROGRAM_OPS
#define TEGULA_TILE_PROGRAM_OPS

def Tile_ProgramIdOp : Tile_Op<"program_id", [Pure, Tile_KnownRange]> {
  let summary = "index of this program along one axis of the grid";
  let description = [{
    (C1) `axis` is 0, 1 or 2.

    Example:
    ```mlir
    %pid = tile.program_id 0
    ```
  }];
  let arguments = (ins ConfinedAttr<I32Attr, [IntNonNegative, IntMaxValue<2>]>:$axis);
  let results = (outs I32:$result);
  let assemblyFormat = "$axis attr-dict";
}

def Tile_NumProgramsOp : Tile_Op<"num_programs", [Pure, Tile_KnownRange]> {
  let summary = "number of programs along one axis of the grid";
  let description = [{
    (C1) `axis` is 0, 1 or 2.

    Example:
    ```mlir
    %n = tile.num_programs 0
    ```
  }];
  let arguments = (ins ConfinedAttr<I32Attr, [IntNonNegative, IntMaxValue<2>]>:$axis);
  let results = (outs I32:$result);
  let assemblyFormat = "$axis attr-dict";
}

def Tile_BarrierOp : Tile_Op<"barrier"> {
  let summary = "all threads of the program wait for each other";
  let description = [{
    Orders every memory access before it against every one after it, within the program (`debug_barrier`).

    Example:
    ```mlir
    tile.barrier
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Tile_AssertOp : Tile_Op<"assert"> {
  let summary = "stop with a message where a condition is false";
  let description = [{
    Lanes where `mask` is false pass. Reports `message` with the operation's location.

    Example:
    ```mlir
    tile.assert %ok, "index out of range" : i1
    ```
  }];
  let arguments = (ins Tile_BoolLike:$condition, StrAttr:$message, Optional<Tile_BoolLike>:$mask);
  let assemblyFormat = "$condition `,` $message (`mask` $mask^ `:` type($mask) `,`)? `:` type($condition) attr-dict";
}

def Tile_PrintOp : Tile_Op<"print"> {
  let summary = "print every element of the operands at run time";
  let description = [{
    One line an element: `pid (x, y, z) idx (i, j) prefix: value`, with `(operand k)` when there are several operands.
    (C1) `is_signed` has one entry an operand; it says how an integer operand prints.

    Example:
    ```mlir
    tile.print "x: " hex = false, signed = [1] (%x) : tensor<128xi32>
    ```
  }];
  let arguments = (ins StrAttr:$prefix, BoolAttr:$hex, DenseI32ArrayAttr:$is_signed, Variadic<Tile_Any>:$args);
  let assemblyFormat = "$prefix `hex` `=` $hex `,` `signed` `=` $is_signed `(` $args `)` (`:` type($args)^)? attr-dict";
  let hasVerifier = 1;
}

def Tile_AssumeOp : Tile_Op<"assume"> {
  let summary = "promise that a scalar condition holds";
  let description = [{
    Later passes may rely on it; it has no effect of its own at run time.

    Example:
    ```mlir
    tile.assume %is_positive
    ```
  }];
  let arguments = (ins I1:$condition);
  let assemblyFormat = "$condition attr-dict";
}

#endif

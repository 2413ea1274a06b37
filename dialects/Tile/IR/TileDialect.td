//===- TileDialect.td - The tile dialect ---------------------*- tablegen -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef TEGULA_TILE_DIALECT
#define TEGULA_TILE_DIALECT

include "mlir/IR/OpBase.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::tegula::tile";
  let summary = "what the kernel language means, for any target";
  let description = [{
    One program works on blocks of data. A block is a ranked tensor whose dimensions are powers of two; a scalar is
    a plain scalar, never a tensor of rank 0. Arithmetic on blocks is `arith` and `math` elementwise, control flow is
    `scf`, a kernel is a `func.func` with the unit attribute `tile.kernel`. This dialect adds what those lack:
    pointers, memory accesses, shape changes, reductions, scans and matrix products.

    Attributes of a kernel's arguments: `tile.name` (string) is the parameter's name in the source,
    `tile.divisibility` (i64) says that the value, or the address, is a multiple of that many units (bytes for a
    pointer). The attributes `tile.divisibility`, `tile.contiguity` and `tile.constancy` (each `array<i64>`, one entry
    a dimension) on any operation with one result are the hints of `multiple_of`, `max_contiguous` and `max_constancy`.
  }];
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let hasOperationAttrVerify = 0;
}

#endif

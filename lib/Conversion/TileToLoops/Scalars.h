//===- Scalars.h - One element's arithmetic ----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits for one element what an operation of the tile IR means for a block, with the language's semantics on a CPU:
//
//   bf16, fp8       are integers of their bits in SSA values; arithmetic happens in f32 and rounds back
//   f16             stays f16 (converted by F16C or AVX512-FP16); arithmetic happens in f32 as well
//   pointers        are !llvm.ptr
//   i1              is i1 in SSA values and a byte in memory, false where it is zero
//   x / 0, MIN / -1 give 0 / x and MIN instead of a trap: masked-off lanes may hold anything
//   shifts          by the width or more give 0 or the sign, as PTX does
//   float to int    saturates; NaN gives 0
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_CONVERSION_TILETOLOOPS_SCALARS_H
#define TEGULA_LIB_CONVERSION_TILETOLOOPS_SCALARS_H

#include "dialects/Tile/IR/Tile.h"

#include "mlir/IR/Builders.h"

namespace tegula::loops {

/// The type of an element in SSA values, and in memory.
mlir::Type ssaType(mlir::Type element);
mlir::Type memoryType(mlir::Type element);
/// Bytes of an element in memory.
int64_t sizeOf(mlir::Type element);

/// A value loaded with memoryType as an ssaType, and the reverse.
mlir::Value fromMemory(mlir::OpBuilder &b, mlir::Location loc, mlir::Value loaded, mlir::Type element);
mlir::Value toMemory(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value, mlir::Type element);

/// A constant of an element type: `value` is an IntegerAttr or FloatAttr; anything else (poison) gives zero.
mlir::Value emitConstant(mlir::OpBuilder &b, mlir::Location loc, mlir::Attribute value, mlir::Type element);
/// Zero of an element type; a null pointer for pointers.
mlir::Value emitZero(mlir::OpBuilder &b, mlir::Location loc, mlir::Type element);

/// float -> float; `to` narrower rounds.
mlir::Value emitFloatCast(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value, mlir::Type from, mlir::Type to,
                          tile::Rounding rounding = tile::Rounding::NearestEven);

/// Can `emitElementwise` do this operation, as a scalar or for an element of a block?
bool isElementwise(mlir::Operation *op);
/// One element of a result of an operation, from its operands' elements. Null (with a diagnostic) if it cannot.
mlir::Value emitElementwise(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange operands, unsigned result = 0);

/// How much work an element of it is, in simple instructions.
unsigned costOf(mlir::Operation *op);

} // namespace tegula::loops

#endif

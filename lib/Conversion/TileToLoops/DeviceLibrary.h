//===- DeviceLibrary.h - libdevice's functions on the CPU --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tile.extern_elementwise names a function of NVIDIA's device library (`__nv_tanhf`). On the host it becomes an
// operation of the math or arith dialect where there is one (those vectorise), and else a call of the C library.
#ifndef TEGULA_LIB_CONVERSION_TILETOLOOPS_DEVICELIBRARY_H
#define TEGULA_LIB_CONVERSION_TILETOLOOPS_DEVICELIBRARY_H

#include "dialects/Tile/IR/Tile.h"

#include "mlir/IR/Builders.h"

namespace tegula::loops {

/// One call on scalars; null with a diagnostic when the host has no such function.
mlir::Value emitDeviceFunction(mlir::OpBuilder &b, tile::ExternElementwiseOp op, mlir::ValueRange operands);

/// Declares `name` in the module around the builder and calls it.
mlir::Value emitLibraryCall(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name, mlir::Type result,
                            mlir::ValueRange operands);

} // namespace tegula::loops

#endif

//===- TileGPU.h - The tile_gpu dialect: layouts on blocks -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "dialects/Tile/IR/Tile.h"
#include "lib/Layout/LinearLayout.h"
#include "mlir/IR/TensorEncoding.h"
#include "llvm/ADT/Hashing.h"

namespace tegula {
/// For the uniquing of attributes that hold a layout.
inline llvm::hash_code hash_value(const LinearLayout &layout) { return layout.hash(); }
} // namespace tegula

#include "dialects/TileGPU/IR/TileGPUDialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/TileGPU/IR/TileGPUAttributes.h.inc"
#define GET_OP_CLASSES
#include "dialects/TileGPU/IR/TileGPUOps.h.inc"

namespace tegula::tile_gpu {

/// Names of the attributes that the dialect's description lists.
inline constexpr llvm::StringLiteral kTargetAttr = "tile_gpu.target";
inline constexpr llvm::StringLiteral kNumWarpsAttr = "tile_gpu.num_warps";
inline constexpr llvm::StringLiteral kSharedBytesAttr = "tile_gpu.shared_bytes";
inline constexpr llvm::StringLiteral kSharedOffsetAttr = "tile_gpu.shared_offset";

inline constexpr llvm::StringLiteral kVectorAttr = "tile_gpu.vector";

inline constexpr int kLaneBits = 5;
inline constexpr int64_t kMaxWarps = 32;

/// The layout of a block; null for a scalar or a block that has none yet.
LayoutAttr layoutOf(mlir::Type type);
inline LayoutAttr layoutOf(mlir::Value value) { return layoutOf(value.getType()); }
/// The same shape and elements in another layout.
mlir::RankedTensorType withLayout(mlir::RankedTensorType type, LayoutAttr layout);

/// Warps of the program that `op` belongs to: the attribute of the nearest operation around it that has one; 4 where
/// none has.
int64_t numWarps(mlir::Operation *op);
/// Chip of the program that `op` belongs to, e.g. "sm_90a"; empty where nothing says.
llvm::StringRef target(mlir::Operation *op);
/// Elements that a load or store may access in one instruction.
int64_t accessVector(mlir::Operation *op);
/// First byte of an operation's scratch in shared memory; nothing where it needs none.
std::optional<int64_t> sharedOffset(mlir::Operation *op);

} // namespace tegula::tile_gpu

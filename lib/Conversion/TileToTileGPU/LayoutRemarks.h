//===- LayoutRemarks.h - What the assignment tells the author ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every remark reads `name: what`, a missed one `name: what; hint: remedy`, at the operation's place in the source.
#pragma once

#include "lib/Conversion/TileToTileGPU/LayoutGraph.h"
#include "llvm/ADT/StringRef.h"

namespace tegula::tile_gpu {

/// The names, stable from release to release.
namespace remarks {
inline constexpr llvm::StringLiteral kLayouts = "layouts-assigned";      // passed, on the kernel
inline constexpr llvm::StringLiteral kMoreWarps = "more-warps";          // passed, on the kernel
inline constexpr llvm::StringLiteral kVectorWidth = "vector-width";      // passed, on an access
inline constexpr llvm::StringLiteral kConversion = "layout-conversion";  // missed, on the value that moves
inline constexpr llvm::StringLiteral kContiguity = "unknown-contiguity"; // missed, on an access
inline constexpr llvm::StringLiteral kAlignment = "unknown-alignment";   // missed, on an access
inline constexpr llvm::StringLiteral kMask = "ragged-mask";              // missed, on an access
inline constexpr llvm::StringLiteral kConflict = "narrow-layout";        // missed, on an access
} // namespace remarks

/// The width of an access under its layout, or why it is narrow and what would widen it.
void remarkAccess(const MemoryAccess &access, const LinearLayout &layout);
/// A conversion that is left.
void remarkConversion(ConvertLayoutOp op);

} // namespace tegula::tile_gpu

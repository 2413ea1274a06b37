//===- Features.h - What each NVIDIA chip can do -------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one table of chips: limits, instruction forms and the names that LLVM and the assemblers have for them.
// Everything that depends on the chip asks here; nothing else in Tegula compares compute capabilities.
//===----------------------------------------------------------------------===//
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tegula::nvptx {

struct Features {
  std::string_view name; ///< as users write it and as `-arch` takes it: "sm_90a"
  int capability;        ///< 10 * major + minor
  int ptxVersion;        ///< 10 * major + minor of the PTX language that we emit
  int maxSharedPerBlock; ///< bytes a block may have, after opting in
  int maxSharedPerSM;    ///< bytes of an SM; each resident block takes reservedShared more than it asks for
  int reservedShared;    ///< bytes that the system takes of each block
  int maxThreadsPerBlock;
  int maxThreadsPerSM;
  int maxBlocksPerSM;
  int registersPerSM; ///< 32-bit registers
  int maxRegistersPerThread;
  bool fp8Conversions;     ///< cvt between f16x2/f32 and e4m3x2/e5m2x2
  bool bf16Arithmetic;     ///< add/mul of bf16 (fma alone exists from 80 on)
  bool tensorMemoryAccess; ///< TMA, mbarrier transactions, clusters
  bool wgmma;
  bool stmatrix;

  /// "+ptx80", as LLVM's TargetMachine takes it.
  std::string llvmFeatures() const;
  /// "-arch=sm_90a".
  std::string archOption() const;
};

/// The chip of that name; null when Tegula does not know it. "sm_90" means sm_90a: code for it is not portable to later
/// chips anyhow, and nothing is gained by leaving its matrix units idle.
const Features *findFeatures(std::string_view target);

/// All names, for messages.
std::vector<std::string_view> knownTargets();

} // namespace tegula::nvptx

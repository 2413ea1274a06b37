//===- Assemble.h - PTX to cubin -----------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In process by nvJitLink (12-20 ms for a small kernel), else by a ptxas process (10 ms more), else not at all: the
// kernel then ships as PTX and the driver assembles it when it is loaded. Thread-safe: kernels assemble in parallel.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Target/NVPTX/Features.h"
#include <string>
#include <string_view>
#include <vector>

namespace tegula::nvptx {

/// Which assemblers may be used; tests and `tegulac` narrow it.
enum class AssemblerChoice { Any, NvJitLink, Ptxas };

struct AssembleOptions {
  const Features *features = nullptr;
  int optLevel = 3;      ///< 0 or 3
  bool lineInfo = false; ///< keep `.loc` lines
  AssemblerChoice choice = AssemblerChoice::Any;
};

struct Assembly {
  enum Status { Ok, NoAssembler, Failed };
  Status status = NoAssembler;
  std::string cubin;
  std::string assembler; ///< "nvJitLink 13.0", "ptxas 13.0.88"; empty when there is none
  int registers = -1;    ///< per thread; the largest of the module's kernels
  int spillBytes = 0;    ///< stores and loads together
  int stackBytes = 0;    ///< local memory of a thread
  int sharedBytes = 0;   ///< static shared memory
  /// Lines that say that the assembler gave up an intended schedule (C75xx). Any is a bug of Tegula's.
  std::vector<std::string> warnings;
  std::string log; ///< everything it said; with Failed, why
};

Assembly assemble(std::string_view ptx, const AssembleOptions &options);

/// Name and version of the assembler that assemble() will use first, for cache keys; "driver" when there is none.
std::string assemblerIdentity();

/// Finds and opens the assembler on a background thread: opening it takes 7 ms, from a cold disk up to 300.
void warmUpAssembler();

} // namespace tegula::nvptx

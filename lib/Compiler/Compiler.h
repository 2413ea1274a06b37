//===- Compiler.h - One kernel from its source to an image -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole flow of one compile, for every entrance (Python, tegulac, C++): front end, the phases of Pipelines.h, code
// generation for the target, the kernel image. One compile owns its MLIRContext; compiles run in parallel from any
// thread.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Frontend.h"
#include "lib/Runtime/KernelImage.h"
#include "tegula/Target.h"

namespace tegula {

/// Where a compile stops; each stage holds the ones before it.
enum class Stage { Tile, TileGPU, LLVM, Code };

struct CompileRequest {
  Environment *environment = nullptr;
  void *function = nullptr; ///< handle of the kernel in the environment
  std::vector<ArgumentBinding> arguments;
  Target target;
  int numWarps = 4;
  int numStages = 3;
  int numCtas = 1;
  int maxRegisters = 0; ///< 0: no limit
  bool debug = false;   ///< device asserts on
  bool fpFusion = true; ///< a * b + c may become one fma
  bool remarks = false; ///< report what was decided, as diagnostics of severity remark
  bool keepStages = false;
  bool quick = false; ///< a shorter pass list for trial compiles
  Stage stopAfter = Stage::Code;
};

/// What a compile took, in order: stage and milliseconds.
using StageTimes = std::vector<std::pair<std::string, double>>;

/// Compiles; nothing after reporting errors. With keepStages the image holds the text of each stage as a section
/// ("tile", "tile-gpu", "llvm", ...); the last stage's text is always there when `stopAfter` is not Code.
std::optional<runtime::KernelImage> compileKernel(const CompileRequest &request, SourceManager &sources,
                                                  DiagnosticEngine &diagnostics, StageTimes *times = nullptr);

/// "0.1.0+<build id>": part of every cache key.
const char *compilerVersion();

} // namespace tegula

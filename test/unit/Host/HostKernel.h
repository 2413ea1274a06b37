//===- HostKernel.h - Tile IR text to a running function ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tegula::testing {

/// One compiled kernel, loaded into this process.
class HostKernel {
public:
  using Entry = void (*)(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch);

  /// `text` holds one kernel. On failure `error` says why and the result is null.
  static std::unique_ptr<HostKernel> compile(const std::string &text, std::string &error);
  ~HostKernel();

  /// Runs all programs of the grid, one range after another.
  void run(std::vector<void *> args, int32_t x, int32_t y = 1, int32_t z = 1);
  /// The message of the assert that failed since the last call, if any.
  std::string takeFailure();

  Entry entry = nullptr;
  int64_t scratchBytes = 0;
  std::string name, loops, llvmIR, assembly; ///< loops: after convert-tile-to-loops
  double milliseconds = 0;                   ///< of the whole compile

private:
  void *library = nullptr;
  int file = -1;
  std::vector<char> scratch;
};

} // namespace tegula::testing

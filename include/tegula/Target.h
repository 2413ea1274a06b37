//===- tegula/Target.h - What a kernel is compiled for -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <string_view>

namespace tegula {

/// A chip by name: "sm_80", "sm_86", "sm_89", "sm_90a", or "host", the processor of this machine.
struct Target {
  std::string name;

  bool isHost() const { return name == "host"; }

  /// The target of that name. "sm_90" is sm_90a. False, with `error` said, when Tegula does not know it.
  static bool parse(std::string_view text, Target &result, std::string &error);
};

} // namespace tegula

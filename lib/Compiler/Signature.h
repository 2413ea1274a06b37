//===- Signature.h - What tegulac's --signature says -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   x_ptr: *fp16:16, stride: i32:16, N: i32, eps: fp32, BLOCK_SIZE: 4096, ACT: 'relu', bias_ptr: None
//
// One entry a parameter, by name and in any order; parameters with a default value may be left out. A value is
//   TYPE          a run-time argument: *fp16, *kbf16 (const), i32, u8, i1, fp32, ...
//   TYPE:16       ... whose value or address is a multiple of 16
//   TYPE:1        ... an integer that is 1: it becomes a constant
//   a literal     a constant: 4096, -1.5, True, 'relu', None, (64, 32)
// A type given to a parameter that is annotated constexpr is itself the constant.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Frontend.h"
#include "lib/Frontend/ModuleEnvironment.h"
#include "lib/Syntax/SourceManager.h"

namespace tegula {

struct SignatureEntry {
  std::string name;
  SourceRange range;
  Type type;      ///< valid for a type
  Value constant; ///< valid for a literal
  unsigned divisibility = 1;
};

/// Parses a signature; false after reporting an error of kind "signature" that points into the text.
bool parseSignature(std::string_view text, SourceManager &sources, DiagnosticEngine &diagnostics,
                    std::vector<SignatureEntry> &entries);

/// Binds the entries to the parameters of a kernel, in the parameters' order; false after reporting parameters that
/// are missing, unknown or given twice. Defaults are evaluated in the kernel's module.
bool bindSignature(const std::vector<SignatureEntry> &entries, const ast::FunctionDef &kernel, std::string_view file,
                   ModuleEnvironment &environment, DiagnosticEngine &diagnostics,
                   std::vector<ArgumentBinding> &bindings);

} // namespace tegula

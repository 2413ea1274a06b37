//===- Reference.h - The page of the language's functions -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

namespace tegula {

/// Markdown: every function of the language, from the builtin table and the library's own documentation strings.
std::string languageReference();

} // namespace tegula

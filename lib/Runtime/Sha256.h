//===- Sha256.h - Names for contents ----------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_LIB_RUNTIME_SHA256_H
#define TEGULA_LIB_RUNTIME_SHA256_H

#include <string>
#include <string_view>

namespace tegula::runtime {

/// FIPS 180-4, as 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

} // namespace tegula::runtime

#endif

//===- LastError.h - The failure that C callers ask for ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_LIB_RUNTIME_LASTERROR_H
#define TEGULA_LIB_RUNTIME_LASTERROR_H

#include "tegula/Status.h"

#include <cstdint>

namespace tegula::runtime {

/// What ran out, beside the text of a TEGULA_ERROR_OUT_OF_RESOURCES.
struct Shortage {
  const char *resource = ""; ///< a literal
  int64_t required = 0;
  int64_t limit = 0;
};

/// Keeps the text for this thread's tegula_last_error and returns the code.
tegula_status setLastError(const Status &status);
const char *lastErrorText();

/// Notes the numbers for this thread; call it where the Status is made.
void setLastShortage(const Shortage &shortage);
const Shortage &lastShortage();

} // namespace tegula::runtime

#endif

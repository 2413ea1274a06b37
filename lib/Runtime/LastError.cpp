//===- LastError.cpp - The failure that C callers ask for -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/LastError.h"

namespace tegula::runtime {

namespace {
thread_local std::string text;
thread_local Shortage shortage;
} // namespace

tegula_status setLastError(const Status &status) {
  if (!status.ok())
    text = status.message();
  return status.code();
}

const char *lastErrorText() { return text.c_str(); }

void setLastShortage(const Shortage &value) { shortage = value; }

const Shortage &lastShortage() { return shortage; }

} // namespace tegula::runtime

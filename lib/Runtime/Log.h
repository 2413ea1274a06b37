//===- Log.h - Warnings of the runtime --------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_LIB_RUNTIME_LOG_H
#define TEGULA_LIB_RUNTIME_LOG_H

#include "tegula-c/Runtime.h"

#include <string>

namespace tegula::runtime {

/// One line without its newline: "tegula: warning: <message>" on stderr, or the bare message to the callback.
void logWarning(const std::string &message);

/// As logWarning, but once in this process for each `topic`.
void logWarningOnce(const std::string &topic, const std::string &message);

void setLogCallback(tegula_log_callback callback, void *user);

} // namespace tegula::runtime

#endif

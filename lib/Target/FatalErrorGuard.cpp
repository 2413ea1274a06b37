//===- FatalErrorGuard.cpp - LLVM's fatal errors as values ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM has one process-wide handler, which may not return but may throw: its packaged libraries carry unwind tables.
// The handler throws only on threads that are under a guard; elsewhere LLVM's own behaviour (print and abort) stays.
// The one file of the compiler that is built for exceptions.
//===----------------------------------------------------------------------===//

#include "lib/Target/FatalErrorGuard.h"
#include "llvm/Support/ErrorHandling.h"
#include <mutex>

namespace tegula {
namespace {

struct FatalError {
  std::string reason;
};

thread_local int guards = 0;

void throwFatalError(void *, const char *reason, bool) {
  if (guards > 0)
    throw FatalError{reason};
}

} // namespace

std::optional<std::string> catchFatalErrors(llvm::function_ref<void()> work) {
  static std::once_flag installed;
  std::call_once(installed, [] {
    // A handler that the embedding program has installed would make this a fatal error of its own.
    llvm::remove_fatal_error_handler();
    llvm::install_fatal_error_handler(throwFatalError);
  });
  struct Guarded {
    Guarded() { ++guards; }
    ~Guarded() { --guards; }
  } guarded;
  try {
    work();
  } catch (FatalError &error) {
    return std::move(error.reason);
  }
  return std::nullopt;
}

} // namespace tegula

//===- FatalErrorGuard.h - LLVM's fatal errors as values ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's code generators end the process on what they cannot select ("Cannot select", "no libcall available"). A
// compiler that lives in somebody's Python process must not: work that may meet one runs under this guard.
//
//   if (std::optional<std::string> reason = catchFatalErrors([&] { passes.run(module); }))
//     return error("the code generator failed: " + *reason);
//
// After a caught error the objects that `work` was changing (module, TargetMachine) may only be destroyed.
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>
#include <string>

namespace tegula {

/// Runs `work`. When LLVM reports a fatal error inside it, on this thread, unwinds and returns the reason. May be
/// called from any number of threads, and from within itself.
std::optional<std::string> catchFatalErrors(llvm::function_ref<void()> work);

} // namespace tegula

//===- tegula/Status.h - What a call of the runtime came to -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime throws nothing. A function that may fail returns a Status, or a
// Result<T> that holds either the value or the Status:
//
//   Result<Kernel> kernel = Kernel::load("rmsnorm.tgk");
//   if (!kernel)
//     return report(kernel.status().message());
//   kernel->launch({rows}, nullptr, x, w, out, stride, n, eps);
//===----------------------------------------------------------------------===//
#ifndef TEGULA_STATUS_H
#define TEGULA_STATUS_H

#include "tegula-c/Runtime.h"

#include <optional>
#include <string>
#include <utility>

namespace tegula::runtime {

/// Success, or an error code with a text for people. Texts are lower case, without a final stop, and say what
/// was expected and what was found.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(tegula_status code, std::string message) : errorCode(code), text(std::move(message)) {}

  bool ok() const { return errorCode == TEGULA_OK; }
  explicit operator bool() const { return ok(); }
  tegula_status code() const { return errorCode; }
  const std::string &message() const { return text; }

  /// The status of the C call that failed last on this thread.
  static Status last(tegula_status code) { return Status(code, tegula_last_error()); }

private:
  tegula_status errorCode = TEGULA_OK;
  std::string text;
};

/// A T, or the Status that says why there is none.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : held(std::move(value)) {}
  Result(Status status) : failure(std::move(status)) {}

  bool ok() const { return held.has_value(); }
  explicit operator bool() const { return ok(); }
  const Status &status() const { return failure; }

  T &operator*() { return *held; }
  const T &operator*() const { return *held; }
  T *operator->() { return &*held; }
  const T *operator->() const { return &*held; }

private:
  std::optional<T> held;
  Status failure;
};

} // namespace tegula::runtime

#endif

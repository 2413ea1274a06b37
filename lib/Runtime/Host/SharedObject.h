//===- SharedObject.h - An ELF shared object from memory --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_LIB_RUNTIME_HOST_SHAREDOBJECT_H
#define TEGULA_LIB_RUNTIME_HOST_SHAREDOBJECT_H

#include "tegula/Status.h"

#include <string>
#include <string_view>

namespace tegula::runtime::host {

/// Code that is mapped into the process until the object dies. No file stays behind.
class SharedObject {
public:
  /// Through an anonymous file in memory, or where that is not allowed through a temporary file.
  static Result<SharedObject> load(std::string_view elf);

  SharedObject(SharedObject &&other) noexcept : handle(other.handle) { other.handle = nullptr; }
  SharedObject &operator=(SharedObject &&) = delete;
  ~SharedObject();

  /// Null when there is no such symbol.
  void *symbol(const std::string &name) const;

private:
  explicit SharedObject(void *handle) : handle(handle) {}
  void *handle;
};

} // namespace tegula::runtime::host

#endif

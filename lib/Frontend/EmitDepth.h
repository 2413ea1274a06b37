//===- EmitDepth.h - Bounds the recursion of the emitter --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "lib/Frontend/Emitter.h"

namespace tegula {

/// Counts one level of recursion while it lives; false once there are too many for the stack.
struct EmitDepth {
  static constexpr unsigned limit = 900;
  explicit EmitDepth(Emitter &emitter) : emitter(emitter) { ++emitter.depth; }
  ~EmitDepth() { --emitter.depth; }
  EmitDepth(const EmitDepth &) = delete;

  explicit operator bool() const {
    if (emitter.depth < limit)
      return true;
    if (emitter.depth == limit)
      emitter.error("too-deeply-nested", "the kernel nests calls and expressions too deeply");
    return false;
  }

  Emitter &emitter;
};

} // namespace tegula

//===- Unsupported.cpp - Names that are known but not supported yet ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// They resolve, so that a module that mentions them compiles its other kernels, and
// are refused by name when a kernel calls them.
#include "lib/Frontend/Builtins.h"

using namespace llvm;

namespace tegula {

ArrayRef<Builtin> unsupportedBuiltins() {
  constexpr StringLiteral any = "(*args)";
#define REFUSED(name, hint)                                                                                            \
  {                                                                                                                    \
    name, any, hint, nullptr, Builtin::Unsupported                                                                     \
  }
  static const Builtin table[] = {
      REFUSED("dot", ""),
      REFUSED("dot_scaled", ""),
      REFUSED("sort", ""),
      REFUSED("topk", ""),
      REFUSED("bitonic_merge", ""),
      REFUSED("histogram", ""),
      REFUSED("gather", ""),
      REFUSED("map_elementwise", ""),
      REFUSED("make_block_ptr", "add a block of offsets to a pointer and mask the access"),
      REFUSED("advance", "add to the block of pointers"),
      REFUSED("make_tensor_descriptor", "add a block of offsets to a pointer and mask the access"),
      REFUSED("load_tensor_descriptor", ""),
      REFUSED("store_tensor_descriptor", ""),
      REFUSED("tensor_descriptor", ""),
      REFUSED("atomic_add", ""),
      REFUSED("atomic_max", ""),
      REFUSED("atomic_min", ""),
      REFUSED("atomic_xchg", ""),
      REFUSED("atomic_cas", ""),
      REFUSED("atomic_and", ""),
      REFUSED("atomic_or", ""),
      REFUSED("atomic_xor", ""),
      REFUSED("atomic_load", ""),
      REFUSED("atomic_store", ""),
      REFUSED("atomic_poll", ""),
      REFUSED("inline_asm_elementwise", ""),
      REFUSED("extern_elementwise", ""),
      REFUSED("aggregate_replace", ""),
      REFUSED("extra.cuda.globaltimer", ""),
      REFUSED("extra.cuda.smid", ""),
      REFUSED("extra.cuda.gdc_wait", ""),
      REFUSED("extra.cuda.gdc_launch_dependents", ""),
  };
#undef REFUSED
  return table;
}

} // namespace tegula

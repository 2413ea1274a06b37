// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Debian's LLVMLTO, which lld's library links, asks for Polly's plug-in. Kernels never go through link-time
// optimisation, so this stands in for it and registers nothing.
#include "llvm/Plugins/PassPlugin.h"

llvm::PassPluginLibraryInfo getPollyPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "no-polly", "", [](llvm::PassBuilder &) {}};
}

//===- Cache.h - Compiled kernels on disk -----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A folder of kernel images named by the SHA-256 of all that they depend on:
//
//   <directory>/v1/3f/3fa4…c2.tgk        (v1: the format of the images)
//
// Entries are written whole or not at all and are never changed, so readers need no lock and any number of
// processes may share the folder, also over a network file system. Each entry carries its own checksum: a damaged one
// is a miss, is removed and is named in the log. No failure of the cache is a failure of the caller.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_RUNTIME_CACHE_H
#define TEGULA_LIB_RUNTIME_CACHE_H

#include "tegula/Status.h"

#include <optional>
#include <string>
#include <string_view>

namespace tegula::runtime {

class Cache {
public:
  /// An empty directory: a cache that holds nothing.
  explicit Cache(std::string directory) : directory(std::move(directory)) {}

  /// $TEGULA_CACHE_DIR, else $TRITON_CACHE_DIR/tegula, else $XDG_CACHE_HOME/tegula, else $HOME/.cache/tegula; empty
  /// when none is set. Asks the environment each time.
  static std::string defaultDirectory();

  /// The whole image, or nothing.
  std::optional<std::string> get(std::string_view key) const;

  /// Replaces what is there. A folder that cannot be written is said once in the log.
  Status put(std::string_view key, std::string_view image) const;

  /// Where the key's entry is or would be.
  std::string pathOf(std::string_view key) const;

private:
  std::string directory;
};

} // namespace tegula::runtime

#endif

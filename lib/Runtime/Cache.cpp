//===- Cache.cpp - Compiled kernels on disk -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/Cache.h"
#include "lib/Runtime/Files.h"
#include "lib/Runtime/KernelImage.h"
#include "lib/Runtime/Log.h"
#include "lib/Runtime/Sha256.h"

#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace fs = std::filesystem;

namespace tegula::runtime {

std::string Cache::defaultDirectory() {
  auto variable = [](const char *name) -> std::string {
    const char *value = std::getenv(name);
    return value ? value : "";
  };
  if (std::string own = variable("TEGULA_CACHE_DIR"); !own.empty())
    return own;
  if (std::string triton = variable("TRITON_CACHE_DIR"); !triton.empty())
    return triton + "/tegula";
  // The XDG specification says that a relative path there is to be ignored.
  if (std::string xdg = variable("XDG_CACHE_HOME"); !xdg.empty() && xdg[0] == '/')
    return xdg + "/tegula";
  if (std::string home = variable("HOME"); !home.empty())
    return home + "/.cache/tegula";
  return "";
}

std::string Cache::pathOf(std::string_view key) const {
  std::string name = sha256(key);
  return directory + "/v" + std::to_string(KernelImage::formatVersion) + "/" + name.substr(0, 2) + "/" + name + ".tgk";
}

std::optional<std::string> Cache::get(std::string_view key) const {
  if (directory.empty())
    return std::nullopt;
  std::string path = pathOf(key);
  // Mostly a miss is a file that is not there: no text is made for it. A network file system may lose a file between
  // any two steps; that too is a plain miss.
  if (access(path.c_str(), F_OK) != 0)
    return std::nullopt;
  Result<std::string> bytes = readWholeFile(path);
  if (!bytes) {
    if (access(path.c_str(), F_OK) == 0)
      logWarningOnce(path, bytes.status().message() + "; compiling again");
    return std::nullopt;
  }
  if (Status status = KernelImage::verify(*bytes, path); !status) {
    logWarning("damaged cache file: " + status.message() + "; removed, compiling again");
    unlink(path.c_str());
    return std::nullopt;
  }
  return std::move(*bytes);
}

Status Cache::put(std::string_view key, std::string_view image) const {
  if (directory.empty())
    return Status();
  std::string path = pathOf(key);
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  Status status = error ? Status(TEGULA_ERROR_IO, "cannot create the folder '" + fs::path(path).parent_path().string() +
                                                      "': " + error.message())
                        : writeFileAtomically(path, image);
  if (!status)
    logWarningOnce("cache " + directory, "cannot write to the cache folder '" + directory + "': " + status.message() +
                                             "; compiled kernels are not kept");
  return status;
}

} // namespace tegula::runtime

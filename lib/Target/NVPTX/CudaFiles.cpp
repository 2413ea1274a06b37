//===- CudaFiles.cpp - Where the pieces of CUDA are ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Target/NVPTX/CudaFiles.h"
#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <string_view>
#include <unistd.h>

namespace fs = std::filesystem;

namespace tegula::nvptx {
namespace {

std::string environment(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

std::vector<std::string> splitPath(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    size_t end = std::min(text.find(':'), text.size());
    if (end)
      parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool isFile(const fs::path &path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool isProgram(const fs::path &path) { return isFile(path) && access(path.c_str(), X_OK) == 0; }

/// Adds <prefix>/lib*/python3*/{site,dist}-packages, newest Python first.
void addPackagesOf(const fs::path &prefix, std::vector<fs::path> &roots) {
  std::error_code error;
  std::vector<fs::path> found;
  for (const char *lib : {"lib", "lib64", "local/lib"})
    for (fs::directory_iterator it(prefix / lib, error), end; !error && it != end; it.increment(error))
      if (std::string_view(it->path().filename().native()).starts_with("python3"))
        for (const char *packages : {"site-packages", "dist-packages"})
          if (fs::is_directory(it->path() / packages / "nvidia", error))
            found.push_back(it->path() / packages);
  std::sort(found.rbegin(), found.rend());
  roots.insert(roots.end(), found.begin(), found.end());
}

/// The library or program that this code is in.
fs::path ownFile() {
  Dl_info info;
  std::error_code error;
  if (dladdr(reinterpret_cast<void *>(&ownFile), &info) && info.dli_fname) {
    fs::path path = fs::canonical(info.dli_fname, error);
    if (!error)
      return path;
  }
  return fs::read_symlink("/proc/self/exe", error);
}

std::vector<fs::path> wheelRoots() {
  std::vector<fs::path> roots;
  for (const std::string &root : splitPath(environment("TEGULA_SITE_PACKAGES")))
    roots.emplace_back(root);
  fs::path own = ownFile();
  for (fs::path folder = own.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    if (folder.filename() == "site-packages" || folder.filename() == "dist-packages")
      roots.push_back(folder);
    addPackagesOf(folder / "venv", roots);
  }
  std::string venv = environment("VIRTUAL_ENV");
  if (!venv.empty())
    addPackagesOf(venv, roots);
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error && std::string_view(program.filename().native()).starts_with("python"))
    addPackagesOf(program.parent_path().parent_path(), roots);
  return roots;
}

std::vector<fs::path> toolkits() {
  std::vector<fs::path> found;
  for (const char *name : {"CUDA_HOME", "CUDA_PATH"})
    if (std::string value = environment(name); !value.empty())
      found.emplace_back(value);
  found.emplace_back("/usr/local/cuda");
  return found;
}

} // namespace

std::vector<std::string> nvJitLinkCandidates() {
  std::vector<std::string> candidates;
  if (std::string own = environment("TEGULA_NVJITLINK"); !own.empty())
    candidates.push_back(own);
  auto addFrom = [&](const fs::path &folder) {
    for (const char *name : {"libnvJitLink.so.13", "libnvJitLink.so.12"})
      if (isFile(folder / name))
        candidates.push_back(folder / name);
  };
  for (const fs::path &root : wheelRoots())
    for (const char *folder : {"nvidia/cu13/lib", "nvidia/nvjitlink/lib"})
      addFrom(root / folder);
  for (const fs::path &toolkit : toolkits())
    for (const char *folder : {"lib64", "targets/x86_64-linux/lib"})
      addFrom(toolkit / folder);
  candidates.push_back("libnvJitLink.so.13");
  candidates.push_back("libnvJitLink.so.12");
  return candidates;
}

std::string findPtxas() {
  if (std::string own = environment("TEGULA_PTXAS_PATH"); !own.empty() && isProgram(own))
    return own;
  for (const fs::path &root : wheelRoots())
    for (const char *folder : {"nvidia/cu13/bin", "nvidia/cuda_nvcc/bin"})
      if (isProgram(root / folder / "ptxas"))
        return root / folder / "ptxas";
  for (const fs::path &toolkit : toolkits())
    if (isProgram(toolkit / "bin/ptxas"))
      return toolkit / "bin/ptxas";
  for (const std::string &folder : splitPath(environment("PATH")))
    if (isProgram(fs::path(folder) / "ptxas"))
      return fs::path(folder) / "ptxas";
  return "";
}

std::string findLibdevice() {
  if (std::string own = environment("TEGULA_LIBDEVICE_PATH"); !own.empty() && isFile(own))
    return own;
  constexpr const char *kName = "nvvm/libdevice/libdevice.10.bc";
  for (const fs::path &root : wheelRoots())
    for (const char *folder : {"nvidia/cu13", "nvidia/cuda_nvcc"})
      if (isFile(root / folder / kName))
        return root / folder / kName;
  // Triton's wheel brings the same file along.
  for (const fs::path &root : wheelRoots())
    if (isFile(root / "triton/backends/nvidia/lib/libdevice.10.bc"))
      return root / "triton/backends/nvidia/lib/libdevice.10.bc";
  for (const fs::path &toolkit : toolkits())
    if (isFile(toolkit / kName))
      return toolkit / kName;
  return "";
}

} // namespace tegula::nvptx

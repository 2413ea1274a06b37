//===- SharedObject.cpp - An ELF shared object from memory ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dynamic linker takes a path, so the bytes get one: /proc/self/fd/N of an anonymous file. It also remembers
// every object under the path that it was opened by and answers with the old object when it sees the path again. N is
// used again as soon as the descriptor is closed, so N alone would hand out the wrong kernel. Each load therefore
// spells the path in its own way: a counter's bits become "//" and "/./" between the components, which mean the same
// folder.
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Host/SharedObject.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace tegula::runtime::host {

namespace {

/// "/proc/self/fd/7", spelled as no other call of this process spells it.
std::string uniquePath(int fd) {
  static std::atomic<uint64_t> counter{0};
  std::string path = "/proc/self/fd";
  for (uint64_t number = counter.fetch_add(1); number != 0; number >>= 1)
    path += number & 1 ? "/." : "//.";
  return path + "/" + std::to_string(fd);
}

bool writeAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t put = write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return false;
    bytes.remove_prefix(size_t(put));
  }
  return true;
}

void *open(const std::string &path, std::string &error) {
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *text = dlerror();
    error = text ? text : "unknown error";
  }
  return handle;
}

void *openFromMemory(std::string_view elf, std::string &error) {
  int fd = memfd_create("tegula-kernel", MFD_CLOEXEC);
  if (fd < 0) {
    error = std::string("memfd_create: ") + std::strerror(errno);
    return nullptr;
  }
  void *handle = nullptr;
  if (writeAll(fd, elf))
    handle = open(uniquePath(fd), error);
  else
    error = std::string("memfd: ") + std::strerror(errno);
  close(fd);
  return handle;
}

void *openFromTemporaryFile(std::string_view elf, std::string &error) {
  std::vector<std::string> folders;
  for (const char *variable : {"TMPDIR", "XDG_RUNTIME_DIR"})
    if (const char *folder = std::getenv(variable); folder && *folder)
      folders.push_back(folder);
  folders.insert(folders.end(), {"/tmp", "/dev/shm"});
  for (const std::string &folder : folders) {
    std::string path = folder + "/tegula-kernel-XXXXXX";
    int fd = mkstemp(path.data());
    if (fd < 0) {
      error += "; " + folder + ": " + std::strerror(errno);
      continue;
    }
    void *handle = nullptr;
    std::string why;
    if (writeAll(fd, elf))
      handle = open(path, why);
    else
      why = std::strerror(errno);
    close(fd);
    unlink(path.c_str());
    if (handle)
      return handle;
    error += "; " + why;
  }
  return nullptr;
}

} // namespace

Result<SharedObject> SharedObject::load(std::string_view elf) {
  if (!elf.starts_with("\177ELF"))
    return Status(TEGULA_ERROR_IMAGE, "the host section is not an ELF shared object");
  std::string error;
  void *handle = openFromMemory(elf, error);
  if (!handle)
    handle = openFromTemporaryFile(elf, error);
  if (!handle)
    return Status(TEGULA_ERROR_HOST, "cannot map the kernel's code: " + error);
  return SharedObject(handle);
}

SharedObject::~SharedObject() {
  if (handle)
    dlclose(handle);
}

void *SharedObject::symbol(const std::string &name) const { return dlsym(handle, name.c_str()); }

} // namespace tegula::runtime::host

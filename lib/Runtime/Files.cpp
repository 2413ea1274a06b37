//===- Files.cpp - Whole files, read and written at once ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/Files.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tegula::runtime {

namespace {

/// Why an operation on a file failed, with what the caller can do about the common reasons.
Status ioError(const std::string &what, const std::string &path, int error) {
  std::string text = what + " '" + path + "': ";
  switch (error) {
  case ENOSPC:
    text += "no space is left on the disk";
    break;
  case EDQUOT:
    text += "the disk quota is used up";
    break;
  case EACCES:
  case EPERM:
    text += "permission denied";
    break;
  case EROFS:
    text += "the file system is read-only";
    break;
  case ENOENT:
    text += "no such file or folder";
    break;
  default:
    text += std::strerror(error);
  }
  return Status(TEGULA_ERROR_IO, std::move(text));
}

/// Closes the descriptor, and removes the file unless it was renamed.
struct TemporaryFile {
  std::string path;
  int fd = -1;
  bool keep = false;
  ~TemporaryFile() {
    if (fd >= 0)
      close(fd);
    if (!keep && !path.empty())
      unlink(path.c_str());
  }
};

std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace

Result<std::string> readWholeFile(const std::string &path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return ioError("cannot open", path, errno);
  struct stat info;
  if (fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    int error = S_ISDIR(info.st_mode) ? EISDIR : errno;
    close(fd);
    return ioError("cannot read", path, error);
  }
  // The size is a hint: a file may grow, and /proc says 0.
  std::string content(info.st_size > 0 ? size_t(info.st_size) + 1 : 4096, '\0');
  size_t used = 0;
  while (true) {
    ssize_t got = read(fd, content.data() + used, content.size() - used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      int error = errno;
      close(fd);
      return ioError("cannot read", path, error);
    }
    if (got == 0)
      break;
    used += size_t(got);
    if (used == content.size())
      content.resize(content.size() * 2);
  }
  close(fd);
  content.resize(used);
  return content;
}

Status writeFileAtomically(const std::string &path, std::string_view content, bool durable) {
  static std::atomic<uint64_t> counter{0};
  TemporaryFile file;
  // The name differs between threads and processes; O_EXCL settles what a reused process id might collide with.
  for (int attempt = 0; attempt < 100 && file.fd < 0; ++attempt) {
    file.path = path + ".tmp-" + std::to_string(getpid()) + "-" + std::to_string(counter.fetch_add(1));
    file.fd = open(file.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file.fd < 0 && errno != EEXIST && errno != EINTR)
      break;
  }
  if (file.fd < 0) {
    int error = errno;
    file.path.clear();
    std::string folder = folderOf(path);
    struct stat info;
    if (stat(folder.c_str(), &info) != 0)
      return Status(TEGULA_ERROR_IO, "cannot write '" + path + "': the folder '" + folder + "' does not exist");
    if (!S_ISDIR(info.st_mode))
      return Status(TEGULA_ERROR_IO, "cannot write '" + path + "': '" + folder + "' is not a folder");
    if (error == EACCES || error == EPERM || error == EROFS)
      return ioError("cannot write '" + path + "' into the folder", folder, error);
    return ioError("cannot write", path, error);
  }
  for (size_t done = 0; done < content.size();) {
    ssize_t put = write(file.fd, content.data() + done, content.size() - done);
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return ioError("cannot write", path, put == 0 ? ENOSPC : errno);
    done += size_t(put);
  }
  if (durable && fsync(file.fd) != 0)
    return ioError("cannot write", path, errno);
  int closed = close(file.fd);
  file.fd = -1;
  if (closed != 0) // where a quota or a network file system reports what it could not store
    return ioError("cannot write", path, errno);
  if (rename(file.path.c_str(), path.c_str()) != 0)
    return ioError("cannot write", path, errno);
  file.keep = true;
  return Status();
}

} // namespace tegula::runtime

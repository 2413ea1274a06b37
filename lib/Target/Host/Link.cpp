//===- Link.cpp - A relocatable object to a shared object -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lld as a library takes and gives file names. Memory files (memfd) have names below /proc/self/fd, so nothing touches
// a disk; lld writes its output beside a name of its own, so that one is a temporary file.
#include "lib/Target/Host/Host.h"

#include "lib/Target/FatalErrorGuard.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>
#include <sys/mman.h>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

namespace tegula::host {

static llvm::Error failure(const llvm::Twine &message) { return llvm::createStringError(message); }

llvm::Expected<std::string> linkSharedObject(llvm::StringRef object) {
  int input = memfd_create("tegula-object", MFD_CLOEXEC);
  if (input < 0)
    return failure("no memory file could be made: " + llvm::Twine(strerror(errno)));
  llvm::scope_exit closeInput([&] { close(input); });
  for (size_t done = 0; done < object.size();) {
    ssize_t count = write(input, object.data() + done, object.size() - done);
    if (count < 0)
      return failure("a memory file could not be written: " + llvm::Twine(strerror(errno)));
    done += count;
  }
  llvm::SmallString<128> output;
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("tegula", "so", output))
    return failure("no temporary file could be made: " + error.message());
  llvm::scope_exit removeOutput([&] { llvm::sys::fs::remove(output); });

  std::string inputName = "/proc/self/fd/" + std::to_string(input);
  const char *arguments[] = {"ld.lld",
                             "-shared",
                             "--gc-sections",
                             "--build-id=none",
                             "--hash-style=gnu",
                             "--threads=1",
                             "-z",
                             "noseparate-code",
                             "-s",
                             "--eh-frame-hdr",
                             "--allow-shlib-undefined",
                             inputName.c_str(),
                             "-o",
                             output.c_str()};
  std::string log;
  llvm::raw_string_ostream stream(log);
  bool linked = false;
  {
    static std::mutex oneAtATime;
    std::lock_guard<std::mutex> lock(oneAtATime);
    std::optional<std::string> fatal = catchFatalErrors([&] {
      const lld::DriverDef drivers[] = {{lld::Gnu, &lld::elf::link}};
      lld::Result result = lld::lldMain(arguments, stream, stream, drivers);
      linked = result.retCode == 0;
    });
    if (fatal)
      return failure("the linker failed: " + *fatal);
  }
  if (!linked)
    return failure("the linker failed: " + llvm::StringRef(log).trim());
  auto bytes = llvm::MemoryBuffer::getFile(output, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!bytes)
    return failure("the linked file could not be read: " + bytes.getError().message());
  return (*bytes)->getBuffer().str();
}

} // namespace tegula::host

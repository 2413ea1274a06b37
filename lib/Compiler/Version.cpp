//===- Version.cpp - Which compiler this is ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A cache must never serve what another build of the compiler made, so the version carries the linker's build id of the
// library that this code is in: the same bytes, the same version.
#include "lib/Compiler/Compiler.h"

#include <elf.h>
#include <link.h>

using namespace tegula;

namespace {
struct Search {
  uintptr_t address; // anything in the library that is meant
  std::string id;
};
} // namespace

/// Called for each loaded library: reads the build id of the one that holds `address`.
static int findBuildId(dl_phdr_info *info, size_t, void *data) {
  auto &search = *static_cast<Search *>(data);
  bool inside = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &segment = info->dlpi_phdr[i];
    uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    inside |= segment.p_type == PT_LOAD && search.address >= begin && search.address < begin + segment.p_memsz;
  }
  if (!inside)
    return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE)
      continue;
    uintptr_t at = info->dlpi_addr + segment.p_vaddr, end = at + segment.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      const auto *note = reinterpret_cast<const ElfW(Nhdr) *>(at);
      const auto *name = reinterpret_cast<const char *>(note + 1);
      const auto *bytes = reinterpret_cast<const uint8_t *>(name) + (note->n_namesz + 3) / 4 * 4;
      if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && !memcmp(name, "GNU", 4))
        for (unsigned k = 0; k < note->n_descsz && k < 8; ++k) {
          static const char digits[] = "0123456789abcdef";
          search.id += digits[bytes[k] >> 4];
          search.id += digits[bytes[k] & 15];
        }
      at = reinterpret_cast<uintptr_t>(bytes) + (note->n_descsz + 3) / 4 * 4;
    }
  }
  return 1;
}

const char *tegula::compilerVersion() {
  static const std::string version = [] {
    Search search{reinterpret_cast<uintptr_t>(&compilerVersion), {}};
    dl_iterate_phdr(findBuildId, &search);
    return std::string(TEGULA_VERSION) + "+" + (search.id.empty() ? "unknown" : search.id);
  }();
  return version.c_str();
}

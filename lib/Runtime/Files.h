//===- Files.h - Whole files, read and written at once ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_LIB_RUNTIME_FILES_H
#define TEGULA_LIB_RUNTIME_FILES_H

#include "tegula/Status.h"

#include <string>
#include <string_view>

namespace tegula::runtime {

Result<std::string> readWholeFile(const std::string &path);

/// Writes a temporary file in the same folder and renames it over `path`: a reader sees the old content
/// or the new, never a part, however many write at the same time. `durable` also survives a power cut (fsync).
Status writeFileAtomically(const std::string &path, std::string_view content, bool durable = false);

} // namespace tegula::runtime

#endif

//===- KernelImage.h - The container of one compiled kernel -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one form in which a compiled kernel travels: the compiler makes it,
// tegulac writes it (.tgk), the disk cache stores it, the runtime loads it.
// It holds the metadata that a launch needs and named sections of bytes:
//
//   "cubin"  GPU machine code               "host"  an ELF shared object
//   "ptx"    for the driver's own compiler  "ast", "tile", "tile-gpu", "llvm",
//                                           "asm", "obj", "time": stages, optional
//
// On disk, all numbers little-endian:
//
//   offset  size  what
//        0     8  magic  89 'T' 'G' 'K' 0D 0A 1A 0A   (shows a transfer in text mode)
//        8     4  format version
//       12     4  number of sections
//       16     8  size of the whole image
//       24     8  checksum of everything else
//       32     8  size of the metadata
//       40     n  metadata: one JSON object
//        …        each section: name size (8), data size (8), name, data, one NUL
//
// A reader believes nothing: a truncated, damaged or foreign file gives a Status
// that says what is wrong with it.
//
// Standard library only, so that every part of Tegula may include it.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_RUNTIME_KERNELIMAGE_H
#define TEGULA_LIB_RUNTIME_KERNELIMAGE_H

#include "tegula/Status.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tegula::runtime {

/// A parameter of the compiled kernel (constexpr ones are gone), in the order of the ABI.
struct KernelArgument {
  std::string name;
  std::string type;          ///< as in a signature: "*fp16", "*kbf16" (const), "i32", "fp32", "i1"
  unsigned divisibility = 1; ///< 16 when the code relies on the value or address being divisible by 16
};

/// A parameter that was bound at compile time.
struct KernelConstant {
  std::string name;
  std::string value; ///< as Python prints it: "4096", "True", "'relu'"
};

struct KernelMetadata {
  std::string name;                  ///< of the entry point: the PTX .entry or the ELF symbol
  std::string target;                ///< "sm_80", "sm_90a", ..., "host"
  std::string cpu;                   ///< host: the processor compiled for, "znver3"
  std::vector<std::string> features; ///< host: what the code needs, "avx2", "fma", "avx512f"; checked at load
  int numWarps = 4;
  int numStages = 3;
  int numCtas = 1;
  int64_t shared = 0;  ///< GPU: bytes of dynamic shared memory
  int64_t scratch = 0; ///< host: bytes of scratch per thread
  std::vector<KernelArgument> arguments;
  std::vector<KernelConstant> constants;
  int registers = -1;    ///< per thread, as the assembler said; -1: unknown
  int spills = -1;       ///< bytes of spill stores and loads; -1: unknown
  std::string assembler; ///< "nvjitlink 13.0", "ptxas 13.0.88", "driver"; empty on the host
  std::string version;   ///< of the compiler

  bool isHost() const { return target == "host"; }

  std::string toJson() const;
  static Result<KernelMetadata> fromJson(std::string_view text);
};

class KernelImage {
public:
  struct Section {
    std::string name;
    std::string data;
  };
  static constexpr uint32_t formatVersion = 1;

  KernelMetadata metadata;

  const std::vector<Section> &sections() const { return allSections; }
  /// Null when there is none of that name.
  const std::string *section(std::string_view name) const;
  /// Adds the section, or replaces it.
  void setSection(std::string_view name, std::string data);

  std::string serialize() const;
  /// `origin` names the image in error texts: a file, or "kernel image".
  static Result<KernelImage> parse(std::string_view bytes, std::string_view origin = "kernel image");
  /// As parse, but keeps nothing: magic, version, size and checksum.
  static Status verify(std::string_view bytes, std::string_view origin = "kernel image");

  /// Whole or not at all: see writeFileAtomically.
  Status writeFile(const std::string &path) const;
  static Result<KernelImage> readFile(const std::string &path);

private:
  std::vector<Section> allSections;
};

} // namespace tegula::runtime

#endif

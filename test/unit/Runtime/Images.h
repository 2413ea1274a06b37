//===- Images.h - Kernel images made for tests ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_TEST_UNIT_RUNTIME_IMAGES_H
#define TEGULA_TEST_UNIT_RUNTIME_IMAGES_H

#include "lib/Runtime/Files.h"
#include "lib/Runtime/KernelImage.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <unistd.h>

namespace tegula::runtime::test {

/// "x_ptr: *fp16:16, n: i32" as tegulac's signatures are written.
inline std::vector<KernelArgument> arguments(const std::string &signature) {
  std::vector<KernelArgument> result;
  for (size_t at = 0; at < signature.size();) {
    size_t end = std::min(signature.find(", ", at), signature.size());
    std::string one = signature.substr(at, end - at);
    size_t colon = one.find(": "), divisor = one.find(':', colon + 1);
    KernelArgument &argument = result.emplace_back();
    argument.name = one.substr(0, colon);
    argument.type = one.substr(colon + 2, divisor == std::string::npos ? divisor : divisor - colon - 2);
    argument.divisibility = divisor == std::string::npos ? 1 : unsigned(std::stoul(one.substr(divisor + 1)));
    at = end + 2;
  }
  return result;
}

/// An image of one of the kernels of HostKernels.c.
inline KernelImage hostImage(const std::string &name, const std::string &signature, int64_t scratch = 0,
                             const char *object = TEGULA_TEST_HOST_KERNELS) {
  KernelImage image;
  image.metadata.name = name;
  image.metadata.target = "host";
  image.metadata.scratch = scratch;
  image.metadata.arguments = arguments(signature);
  auto elf = readWholeFile(object);
  EXPECT_TRUE(elf.ok()) << elf.status().message();
  image.setSection("host", *elf);
  return image;
}

/// An image that a fake GPU takes.
inline KernelImage gpuImage(const std::string &target = "sm_90a") {
  KernelImage image;
  image.metadata.name = "add";
  image.metadata.target = target;
  image.metadata.arguments = arguments("n: i32");
  image.setSection("cubin", "\177ELF of a GPU");
  image.setSection("ptx", ".version 8.0\n.visible .entry add() { ret; }\n");
  return image;
}

inline std::span<const std::byte> bytesOf(const std::string &text) { return std::as_bytes(std::span(text)); }

/// A folder that goes away with the test.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tegula-test-XXXXXX").string();
    root = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::permissions(root, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(root, ignored);
  }
  std::string operator/(const std::string &name) const { return (root / name).string(); }
  std::string path() const { return root.string(); }

private:
  std::filesystem::path root;
};

} // namespace tegula::runtime::test

#endif

//===- KernelImageTest.cpp ------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Images.h"

#include <csignal>
#include <cstring>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>

using namespace tegula::runtime;
using namespace tegula::runtime::test;

namespace {

KernelImage sample() {
  KernelImage image;
  KernelMetadata &m = image.metadata;
  m.name = "rms_norm";
  m.target = "sm_90a";
  m.numWarps = 8;
  m.numStages = 2;
  m.shared = 1024;
  m.arguments = arguments("x_ptr: *fp16:16, n: i32:16, eps: fp32");
  m.constants = {{"BLOCK_SIZE", "4096"}, {"ACT", "'relu'"}};
  m.registers = 27;
  m.spills = 0;
  m.assembler = "nvjitlink 13.0";
  m.version = "0.1.0+abc";
  image.setSection("ptx", ".version 8.0\n");
  image.setSection("cubin", std::string("\177ELF\0\1\2\3", 8));
  image.setSection("tile", "");
  return image;
}

TEST(KernelImage, RoundTripKeepsEverything) {
  KernelImage image = sample();
  auto read = KernelImage::parse(image.serialize());
  ASSERT_TRUE(read.ok()) << read.status().message();
  const KernelMetadata &m = read->metadata;
  EXPECT_EQ(m.toJson(), image.metadata.toJson());
  EXPECT_EQ(m.name, "rms_norm");
  EXPECT_EQ(m.numWarps, 8);
  ASSERT_EQ(m.arguments.size(), 3u);
  EXPECT_EQ(m.arguments[0].type, "*fp16");
  EXPECT_EQ(m.arguments[0].divisibility, 16u);
  EXPECT_EQ(m.constants[1].value, "'relu'");
  ASSERT_EQ(read->sections().size(), 3u);
  EXPECT_EQ(*read->section("cubin"), std::string("\177ELF\0\1\2\3", 8));
  EXPECT_EQ(*read->section("tile"), "");
  EXPECT_EQ(read->section("sass"), nullptr);
  EXPECT_EQ(read->serialize(), image.serialize());
}

TEST(KernelImage, SettingASectionTwiceReplacesIt) {
  KernelImage image = sample();
  image.setSection("ptx", "other");
  EXPECT_EQ(image.sections().size(), 3u);
  EXPECT_EQ(*image.section("ptx"), "other");
}

TEST(KernelImage, MetadataThatIsNotUtf8IsStillWritten) {
  KernelImage image = sample();
  image.metadata.constants = {{"S", "\xff\xfe"}};
  auto read = KernelImage::parse(image.serialize());
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->metadata.constants[0].name, "S");
}

TEST(KernelImage, EveryTruncationIsRefused) {
  std::string bytes = sample().serialize();
  for (size_t size = 0; size < bytes.size(); ++size) {
    auto read = KernelImage::parse(bytes.substr(0, size), "file.tgk");
    ASSERT_FALSE(read.ok()) << size;
    EXPECT_EQ(read.status().code(), TEGULA_ERROR_IMAGE);
    EXPECT_TRUE(read.status().message().starts_with("file.tgk: ")) << read.status().message();
  }
  EXPECT_EQ(KernelImage::parse(bytes.substr(0, 100), "a").status().message(),
            "a: kernel image is truncated: expected " + std::to_string(bytes.size()) + " bytes; got 100");
}

TEST(KernelImage, EverySingleBitFlipIsRefused) {
  std::string bytes = sample().serialize();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] ^= char(1 << bit % 8);
    ASSERT_FALSE(KernelImage::parse(damaged).ok()) << bit;
    ASSERT_FALSE(KernelImage::verify(damaged).ok()) << bit;
  }
}

TEST(KernelImage, RandomDamageIsRefused) {
  std::string bytes = sample().serialize();
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = bytes;
    for (int n = 1 + int(random() % 16); n > 0; --n)
      damaged[random() % damaged.size()] = char(random());
    if (random() % 4 == 0)
      damaged.resize(random() % (2 * damaged.size()));
    if (damaged != bytes)
      ASSERT_FALSE(KernelImage::parse(damaged).ok());
  }
}

/// Damage under a checksum that fits: the reader may not trust sizes or JSON either.
std::string withNewChecksum(std::string bytes) {
  // The checksum of any image is what a reader complains about last; take it from a writer instead: only the
  // bytes after the header are changed here, and verify() tells when it fits. See KernelImage.cpp for the function.
  auto mix = [](uint64_t state, uint64_t word) {
    state = (state ^ word) * 0x9E3779B97F4A7C15ull;
    return state ^ (state >> 29);
  };
  auto sum = [&](std::string_view part, uint64_t state) {
    size_t at = 0;
    for (; at + 8 <= part.size(); at += 8) {
      uint64_t word;
      std::memcpy(&word, part.data() + at, 8);
      state = mix(state, word);
    }
    uint64_t tail = 0;
    std::memcpy(&tail, part.data() + at, part.size() - at);
    return mix(mix(state, tail), part.size());
  };
  uint64_t checksum = sum(std::string_view(bytes).substr(32), sum(std::string_view(bytes).substr(0, 24), 1));
  std::memcpy(bytes.data() + 24, &checksum, 8);
  EXPECT_TRUE(KernelImage::verify(bytes).ok());
  return bytes;
}

TEST(KernelImage, ForgedImagesNeverCrashTheReader) {
  std::string bytes = sample().serialize();
  std::mt19937 random(11);
  for (int round = 0; round < 20000; ++round) {
    std::string forged = bytes;
    for (int n = 1 + int(random() % 8); n > 0; --n) {
      size_t at = 32 + random() % (forged.size() - 32);
      forged[at] = char(random() % 3 == 0 ? random() : "{}[]\":,0\xff"[random() % 9]);
    }
    if (random() % 4 == 0) { // the count of sections
      uint32_t count = random();
      std::memcpy(forged.data() + 12, &count, 4);
    }
    auto read = KernelImage::parse(withNewChecksum(forged));
    if (!read.ok()) {
      EXPECT_NE(read.status().message(), "");
    }
  }
}

TEST(KernelImage, ForeignFilesAreNamed) {
  EXPECT_EQ(KernelImage::parse("\177ELF\2\1\1 and so on, a shared object", "k.tgk").status().message(),
            "k.tgk: not a kernel image");
  EXPECT_EQ(KernelImage::parse("", "k.tgk").status().message(), "k.tgk: not a kernel image: it is empty");
  std::string other = sample().serialize();
  other[8] = 9;
  EXPECT_EQ(KernelImage::parse(other, "k.tgk").status().message(),
            "k.tgk: kernel image has format version 9; this runtime reads version 1; compile the kernel again");
}

TEST(KernelMetadata, WrongTypesAreNamed) {
  auto message = [](const char *json) { return KernelMetadata::fromJson(json).status().message(); };
  EXPECT_EQ(message("{"), "metadata is not JSON");
  EXPECT_EQ(message("[1]"), "metadata must be a JSON object; got array");
  EXPECT_EQ(message(R"({"target": "host"})"), "metadata key 'name' is missing");
  EXPECT_EQ(message(R"({"name": "k", "target": 3})"), "metadata key 'target' must be a string; got number");
  EXPECT_EQ(message(R"({"name": "k", "target": "host", "num_warps": "4"})"),
            "metadata key 'num_warps' must be an integer; got string");
  EXPECT_EQ(message(R"({"name": "k", "target": "host", "num_warps": 1e9})"),
            "metadata key 'num_warps' must be an integer; got number");
  EXPECT_EQ(message(R"({"name": "k", "target": "host", "shared": -1})"),
            "metadata key 'shared' must be an integer from 0 to 2147483647; got number");
  EXPECT_EQ(message(R"({"name": "k", "target": "host", "arguments": [{"name": "x"}]})"),
            "metadata key 'arguments[0].type' is missing");
  EXPECT_EQ(message(R"({"name": "k", "target": "host", "arguments": 5})"),
            "metadata key 'arguments' must be an array; got number");
}

TEST(KernelMetadata, UnknownKeysAreIgnored) {
  auto read = KernelMetadata::fromJson(R"({"name": "k", "target": "host", "from_the_future": [1, {"a": 2}]})");
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->name, "k");
}

TEST(KernelImageFile, WritesAndReads) {
  TemporaryFolder folder;
  KernelImage image = sample();
  ASSERT_TRUE(image.writeFile(folder / "k.tgk").ok());
  auto read = KernelImage::readFile(folder / "k.tgk");
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->serialize(), image.serialize());
  // Nothing else was left.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(KernelImageFile, ErrorsNameTheFile) {
  TemporaryFolder folder;
  EXPECT_EQ(KernelImage::readFile(folder / "no.tgk").status().message(),
            "cannot open '" + folder / "no.tgk" + "': no such file or folder");
  EXPECT_EQ(KernelImage::readFile(folder.path()).status().message(),
            "cannot read '" + folder.path() + "': Is a directory");
  EXPECT_EQ(sample().writeFile(folder / "no/k.tgk").message(),
            "cannot write '" + folder / "no/k.tgk" + "': the folder '" + folder / "no" + "' does not exist");
  ASSERT_TRUE(writeFileAtomically(folder / "file", "x").ok());
  EXPECT_EQ(sample().writeFile(folder / "file/k.tgk").message(),
            "cannot write '" + folder / "file/k.tgk" + "': '" + folder / "file" + "' is not a folder");
}

TEST(KernelImageFile, FolderThatCannotBeWritten) {
  TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) { // root may write everywhere: be nobody
    if (geteuid() == 0 && setuid(65534) != 0)
      _exit(2);
    Status status = sample().writeFile(folder / "k.tgk");
    _exit(status.message() ==
                  "cannot write '" + folder / "k.tgk" + "' into the folder '" + folder.path() + "': permission denied"
              ? 0
              : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(KernelImageFile, AWriteThatFailsLeavesNothing) {
  TemporaryFolder folder;
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) { // a limit on the size of files stands in for a full disk
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit = {1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    Status status = writeFileAtomically(folder / "k.tgk", std::string(5000, 'x'));
    _exit(status.message() == "cannot write '" + folder / "k.tgk" + "': File too large" ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

} // namespace

//===- KernelImage.cpp - The container of one compiled kernel -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The checksum covers the header before it and everything after it. Each step of it is a
// bijection of the state for a given word and of the word for a given state, so that any
// damage within one 8-byte word is found for certain; it is no defence against forgery.
//===----------------------------------------------------------------------===//
#include "lib/Runtime/KernelImage.h"
#include "lib/Runtime/Files.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

namespace tegula::runtime {

namespace {

static_assert(std::endian::native == std::endian::little, "the image is read in place");

constexpr char magic[8] = {char(0x89), 'T', 'G', 'K', '\r', '\n', 0x1a, '\n'};

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t numSections;
  uint64_t totalSize;
  uint64_t checksum;
  uint64_t metadataSize;
};
static_assert(sizeof(Header) == 40);
constexpr size_t checksumEnd = offsetof(Header, checksum) + sizeof(uint64_t);

uint64_t mix(uint64_t state, uint64_t word) {
  state = (state ^ word) * 0x9E3779B97F4A7C15ull;
  return state ^ (state >> 29);
}

uint64_t checksumOf(std::string_view bytes, uint64_t state) {
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, 8);
    state = mix(state, word);
  }
  uint64_t tail = 0;
  std::memcpy(&tail, bytes.data() + at, bytes.size() - at);
  return mix(mix(state, tail), bytes.size());
}

uint64_t imageChecksum(std::string_view image) {
  return checksumOf(image.substr(checksumEnd), checksumOf(image.substr(0, offsetof(Header, checksum)), 1));
}

/// Takes values from the front of a span, never past its end.
class Cursor {
public:
  explicit Cursor(std::string_view rest) : rest(rest) {}
  bool take(uint64_t size, std::string_view &out) {
    if (size > rest.size())
      return false;
    out = rest.substr(0, size);
    rest.remove_prefix(size);
    return true;
  }
  bool take(uint64_t &out) {
    std::string_view bytes;
    if (!take(sizeof(out), bytes))
      return false;
    std::memcpy(&out, bytes.data(), sizeof(out));
    return true;
  }
  bool empty() const { return rest.empty(); }

private:
  std::string_view rest;
};

void append(std::string &to, uint64_t number) { to.append(reinterpret_cast<const char *>(&number), sizeof(number)); }

Status bad(std::string_view origin, const std::string &why) {
  return Status(TEGULA_ERROR_IMAGE, std::string(origin) + ": " + why);
}

} // namespace

const std::string *KernelImage::section(std::string_view name) const {
  for (const Section &section : allSections)
    if (section.name == name)
      return &section.data;
  return nullptr;
}

void KernelImage::setSection(std::string_view name, std::string data) {
  for (Section &section : allSections)
    if (section.name == name) {
      section.data = std::move(data);
      return;
    }
  allSections.push_back({std::string(name), std::move(data)});
}

std::string KernelImage::serialize() const {
  std::string json = metadata.toJson();
  size_t total = sizeof(Header) + json.size();
  for (const Section &section : allSections)
    total += 17 + section.name.size() + section.data.size();

  Header header = {};
  std::memcpy(header.magic, magic, sizeof(magic));
  header.version = formatVersion;
  header.numSections = static_cast<uint32_t>(allSections.size());
  header.totalSize = total;
  header.metadataSize = json.size();

  std::string image;
  image.reserve(total);
  image.append(reinterpret_cast<const char *>(&header), sizeof(header));
  image += json;
  for (const Section &section : allSections) {
    append(image, section.name.size());
    append(image, section.data.size());
    image += section.name;
    image += section.data;
    image += '\0';
  }
  uint64_t checksum = imageChecksum(image);
  std::memcpy(image.data() + offsetof(Header, checksum), &checksum, sizeof(checksum));
  return image;
}

Status KernelImage::verify(std::string_view bytes, std::string_view origin) {
  if (bytes.empty())
    return bad(origin, "not a kernel image: it is empty");
  if (std::memcmp(bytes.data(), magic, std::min(bytes.size(), sizeof(magic))) != 0)
    return bad(origin, "not a kernel image");
  if (bytes.size() < sizeof(Header))
    return bad(origin, "kernel image is truncated: expected at least " + std::to_string(sizeof(Header)) +
                           " bytes; got " + std::to_string(bytes.size()));
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.version != formatVersion)
    return bad(origin, "kernel image has format version " + std::to_string(header.version) +
                           "; this runtime reads version " + std::to_string(formatVersion) +
                           "; compile the kernel again");
  if (header.totalSize > bytes.size())
    return bad(origin, "kernel image is truncated: expected " + std::to_string(header.totalSize) + " bytes; got " +
                           std::to_string(bytes.size()));
  if (header.totalSize < bytes.size())
    return bad(origin, "kernel image is damaged: expected " + std::to_string(header.totalSize) + " bytes; got " +
                           std::to_string(bytes.size()));
  if (header.checksum != imageChecksum(bytes))
    return bad(origin, "kernel image is damaged: the checksum does not match");
  return Status();
}

Result<KernelImage> KernelImage::parse(std::string_view bytes, std::string_view origin) {
  if (Status status = verify(bytes, origin); !status)
    return status;
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  Cursor cursor(bytes.substr(sizeof(Header)));
  std::string_view json;
  if (!cursor.take(header.metadataSize, json))
    return bad(origin, "kernel image is damaged: its metadata is larger than the image");
  Result<KernelMetadata> metadata = KernelMetadata::fromJson(json);
  if (!metadata)
    return bad(origin, "kernel image is damaged: " + metadata.status().message());

  KernelImage image;
  image.metadata = std::move(*metadata);
  for (uint32_t i = 0; i < header.numSections; ++i) {
    uint64_t nameSize, dataSize;
    std::string_view name, data, end;
    if (!cursor.take(nameSize) || !cursor.take(dataSize) || !cursor.take(nameSize, name) ||
        !cursor.take(dataSize, data) || !cursor.take(1, end))
      return bad(origin, "kernel image is damaged: section " + std::to_string(i) + " is larger than the image");
    image.allSections.push_back({std::string(name), std::string(data)});
  }
  if (!cursor.empty())
    return bad(origin, "kernel image is damaged: bytes follow the last section");
  return image;
}

Status KernelImage::writeFile(const std::string &path) const { return writeFileAtomically(path, serialize()); }

Result<KernelImage> KernelImage::readFile(const std::string &path) {
  Result<std::string> bytes = readWholeFile(path);
  if (!bytes)
    return bytes.status();
  return parse(*bytes, path);
}

} // namespace tegula::runtime

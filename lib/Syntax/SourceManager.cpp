//===- SourceManager.cpp - Source texts and the places in them ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/SourceManager.h"

#include <algorithm>
#include <cerrno>

using namespace tegula;

SourceBuffer::SourceBuffer(std::string file, std::string text, uint32_t firstLine)
    : fileName(std::move(file)), contents(std::move(text)), first(firstLine) {
  if (contents.starts_with("\xEF\xBB\xBF")) // a byte order mark has no column
    contents.erase(0, 3);
  lineStarts.push_back(0);
  for (size_t i = 0; i < contents.size(); ++i) {
    char c = contents[i];
    if (c == '\r' && i + 1 < contents.size() && contents[i + 1] == '\n')
      continue;
    if (c == '\n' || c == '\r')
      lineStarts.push_back(uint32_t(i + 1));
  }
}

std::optional<std::string_view> SourceBuffer::line(uint32_t number) const {
  if (number < first || number - first >= lineStarts.size())
    return std::nullopt;
  size_t index = number - first;
  size_t begin = lineStarts[index];
  size_t end = index + 1 < lineStarts.size() ? lineStarts[index + 1] : contents.size();
  std::string_view text(contents.data() + begin, end - begin);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

SourceBuffer::LineColumn SourceBuffer::place(size_t offset) const {
  offset = std::min(offset, contents.size());
  auto at = std::upper_bound(lineStarts.begin(), lineStarts.end(), offset) - 1;
  return {first + uint32_t(at - lineStarts.begin()), uint32_t(offset - *at) + 1};
}

SourceSpan SourceBuffer::span(size_t begin, size_t end) const {
  LineColumn from = place(begin), to = place(end);
  return {from.line, from.column, to.line, to.column};
}

const SourceBuffer &SourceManager::add(std::string file, std::string text, uint32_t firstLine) {
  buffers.push_back(std::make_unique<SourceBuffer>(std::move(file), std::move(text), firstLine));
  return *buffers.back();
}

const SourceBuffer *SourceManager::addFile(const std::string &path) {
  std::FILE *stream = std::fopen(path.c_str(), "rb");
  if (!stream)
    return nullptr;
  const SourceBuffer *buffer = addStream(path, stream);
  int error = errno;
  std::fclose(stream);
  errno = error;
  return buffer;
}

const SourceBuffer *SourceManager::addStream(std::string file, std::FILE *stream) {
  std::string text;
  char chunk[1 << 16];
  errno = 0;
  while (size_t got = std::fread(chunk, 1, sizeof chunk, stream))
    text.append(chunk, got);
  return std::ferror(stream) ? nullptr : &add(std::move(file), std::move(text));
}

LineLookup SourceManager::lineLookup() const {
  return [this](std::string_view file, uint32_t number) -> std::optional<std::string> {
    for (const std::unique_ptr<SourceBuffer> &buffer : buffers)
      if (buffer->file() == file)
        if (std::optional<std::string_view> line = buffer->line(number))
          return std::string(*line);
    return std::nullopt;
  };
}

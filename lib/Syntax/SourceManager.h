//===- SourceManager.h - Source texts and the places in them --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A buffer is a file, or a slice of whole lines of one (a kernel that the host
// cut out of its module): it knows the number of its first line, so that every
// place is told in the file's own lines and columns.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_SYNTAX_SOURCEMANAGER_H
#define TEGULA_SYNTAX_SOURCEMANAGER_H

#include "tegula/Diagnostics.h"

#include <cstdio>
#include <memory>

namespace tegula {

/// One source text. Lines end in "\n", "\r\n" or "\r", as Python reads files.
class SourceBuffer {
public:
  SourceBuffer(std::string file, std::string text, uint32_t firstLine = 1);

  const std::string &file() const { return fileName; }
  const std::string &text() const { return contents; }
  uint32_t firstLine() const { return first; }
  uint32_t lineCount() const { return uint32_t(lineStarts.size()); }

  /// A line of the file, without its line break; nothing when it lies outside
  /// this buffer.
  std::optional<std::string_view> line(uint32_t number) const;

  struct LineColumn {
    uint32_t line;
    uint32_t column;
  };
  /// The file's line and 1-based byte column of a byte of the text; offsets past
  /// the end are the end.
  LineColumn place(size_t offset) const;
  /// The span of text[begin, end).
  SourceSpan span(size_t begin, size_t end) const;

private:
  std::string fileName;
  std::string contents;
  uint32_t first;
  std::vector<uint32_t> lineStarts; // offsets
};

/// Owns the buffers of one compile. Several may be slices of one file.
class SourceManager {
public:
  /// The reference stays valid as long as the manager. `firstLine` is the number
  /// that the text's first line has in the file.
  const SourceBuffer &add(std::string file, std::string text, uint32_t firstLine = 1);
  /// Reads a file; null, with the reason in errno, when it cannot be read.
  const SourceBuffer *addFile(const std::string &path);
  /// Reads an open stream, such as stdin, to its end; null, with the reason in errno, when that fails.
  const SourceBuffer *addStream(std::string file, std::FILE *stream);

  /// For rendering diagnostics; valid as long as the manager.
  LineLookup lineLookup() const;

private:
  std::vector<std::unique_ptr<SourceBuffer>> buffers;
};

} // namespace tegula

#endif // TEGULA_SYNTAX_SOURCEMANAGER_H

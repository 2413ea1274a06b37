//===- Diagnostics.cpp - Collecting and showing diagnostics ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A source line is shown as a terminal can show it: tabs become spaces up to the
// next multiple of eight, control characters and broken UTF-8 a replacement
// character. The underline is as long as what stands above it is wide, so that
// it fits under tabs, accents and characters of double width. Of a range over
// several lines the first is shown. Of a line too long to read, the part around
// the caret.
//===----------------------------------------------------------------------===//

#include "tegula/Diagnostics.h"
#include "lib/Syntax/Unicode.h"

#include <algorithm>
#include <charconv>

using namespace tegula;

std::string_view tegula::severityName(Severity severity) {
  switch (severity) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Remark:
    return "remark";
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

namespace {

/// Columns on a terminal; combining marks take none, East Asian wide characters
/// and emoji two.
unsigned displayWidth(char32_t c) {
  if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F) ||
      (c >= 0x20D0 && c <= 0x20FF))
    return 0;
  if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
      (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
      (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F900 && c <= 0x1F9FF) ||
      (c >= 0x20000 && c <= 0x3FFFD))
    return 2;
  return 1;
}

/// A source line made fit for a terminal.
struct ShownLine {
  std::string text;
  unsigned begin = 0; // display columns of the range, from 0
  unsigned end = 0;
};

/// Bytes past the end of the line count one column each: "expected ':'" points
/// there.
ShownLine showLine(std::string_view line, size_t beginByte, size_t endByte) {
  constexpr unsigned tabWidth = 8;
  constexpr unsigned window = 160;
  struct Cell {
    size_t offset; // in `text`
    unsigned column;
  };
  ShownLine shown;
  std::vector<Cell> cells;
  unsigned column = 0;
  shown.begin = shown.end = ~0u;
  for (size_t at = 0; at < line.size();) {
    if (at >= beginByte && shown.begin == ~0u)
      shown.begin = column;
    if (at >= endByte && shown.end == ~0u)
      shown.end = column;
    cells.push_back({shown.text.size(), column});
    unicode::Decoded c = unicode::decode(line, at);
    if (c.valid && c.value == '\t') {
      unsigned next = (column / tabWidth + 1) * tabWidth;
      shown.text.append(next - column, ' ');
      column = next;
    } else if (!c.valid || c.value < 0x20 || c.value == 0x7F) {
      shown.text += "\uFFFD";
      column += 1;
    } else {
      shown.text += line.substr(at, c.length);
      column += displayWidth(c.value);
    }
    at += c.length;
  }
  if (shown.begin == ~0u)
    shown.begin = column + unsigned(std::min<size_t>(beginByte - std::min(beginByte, line.size()), 8));
  if (shown.end == ~0u)
    shown.end = column + unsigned(std::min<size_t>(endByte - std::min(endByte, line.size()), 8));
  shown.end = std::max(shown.end, shown.begin + 1);
  if (column <= window)
    return shown;

  // Cut a window that starts somewhat before the caret.
  unsigned first = shown.begin > window / 4 ? shown.begin - window / 4 : 0;
  auto at = std::lower_bound(cells.begin(), cells.end(), first,
                             [](const Cell &cell, unsigned column) { return cell.column < column; });
  auto stop = std::lower_bound(cells.begin(), cells.end(), first + window,
                               [](const Cell &cell, unsigned column) { return cell.column < column; });
  size_t from = at == cells.end() ? shown.text.size() : at->offset;
  unsigned fromColumn = at == cells.end() ? column : at->column;
  size_t to = stop == cells.end() ? shown.text.size() : stop->offset;
  unsigned toColumn = stop == cells.end() ? column : stop->column;
  std::string lead = from != 0 ? "..." : "";
  ShownLine part;
  part.begin = shown.begin - fromColumn + unsigned(lead.size());
  part.end = std::min(shown.end, std::max(toColumn, shown.begin + 1)) - fromColumn + unsigned(lead.size());
  part.text = lead + shown.text.substr(from, to - from) + (to != shown.text.size() ? "..." : "");
  return part;
}

/// The 1-based character column of a 1-based byte column.
uint32_t characterColumn(const std::optional<std::string> &line, uint32_t column) {
  if (!line || column == 0)
    return column;
  uint32_t result = 1;
  size_t at = 0;
  for (; at < line->size() && at + 1 < column; ++result)
    at += unicode::decode(*line, at).length;
  return at + 1 < column ? result + uint32_t(column - 1 - at) : result;
}

std::optional<std::string> lookUp(const LineLookup &lookup, const SourceRange &range, uint32_t line) {
  return lookup && line != 0 ? lookup(range.file, line) : std::nullopt;
}

/// "file:line:column: ", as much of it as is known.
std::string placePrefix(const SourceRange &range, const LineLookup &lookup) {
  if (!range.isValid())
    return "";
  std::string text = range.file.empty() ? "<source>" : range.file;
  const SourceSpan &span = range.span;
  if (span.isValid()) {
    text += ":" + std::to_string(span.line);
    if (span.column != 0)
      text += ":" + std::to_string(characterColumn(lookUp(lookup, range, span.line), span.column));
  }
  return text + ": ";
}

std::string excerpt(const SourceRange &range, const LineLookup &lookup) {
  const SourceSpan &span = range.span;
  std::optional<std::string> line = lookUp(lookup, range, span.line);
  if (!line)
    return "";
  size_t begin = span.column ? span.column - 1 : 0;
  size_t end = begin + 1;
  if (span.endLine == span.line && span.endColumn > span.column)
    end = span.endColumn - 1;
  else if (span.endLine > span.line)
    end = line->find_last_not_of(" \t\r\n\f\\") + 1;
  end = std::max(end, begin + 1);
  ShownLine shown = showLine(*line, begin, end);

  std::string number = std::to_string(span.line);
  if (number.size() < 5)
    number.insert(0, 5 - number.size(), ' ');
  std::string text = number + " | " + shown.text;
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n" + std::string(number.size(), ' ') + " | " + std::string(shown.begin, ' ') + "^" +
          std::string(shown.end - shown.begin - 1, '~') + "\n";
  return text;
}

} // namespace

std::string tegula::renderText(const Diagnostic &diagnostic, const LineLookup &lookup) {
  std::string text = placePrefix(diagnostic.range, lookup);
  text += severityName(diagnostic.severity);
  text += ": " + diagnostic.message + "\n";
  text += excerpt(diagnostic.range, lookup);
  for (const DiagnosticNote &note : diagnostic.notes)
    text += placePrefix(note.range, lookup) + "note: " + note.message + "\n";
  if (!diagnostic.hint.empty())
    text += "hint: " + diagnostic.hint + "\n";
  return text;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

namespace {

void appendPlace(std::string &out, const SourceRange &range, const LineLookup &lookup) {
  auto number = [&](const char *key, uint32_t value) {
    out += std::string(", \"") + key + "\": ";
    out += value ? std::to_string(value) : "null";
  };
  const SourceSpan &span = range.span;
  out += ", \"file\": ";
  if (range.file.empty())
    out += "null";
  else
    unicode::appendJsonString(out, range.file);
  number("line", span.line);
  number("column", characterColumn(lookUp(lookup, range, span.line), span.column));
  number("end_line", span.endLine);
  number("end_column", characterColumn(lookUp(lookup, range, span.endLine), span.endColumn));
}

} // namespace

std::string tegula::renderJson(const Diagnostic &diagnostic, const LineLookup &lookup) {
  std::string out = "{\"severity\": ";
  unicode::appendJsonString(out, severityName(diagnostic.severity));
  out += ", \"kind\": ";
  unicode::appendJsonString(out, diagnostic.kind);
  out += ", \"message\": ";
  unicode::appendJsonString(out, diagnostic.message);
  appendPlace(out, diagnostic.range, lookup);
  out += ", \"notes\": [";
  for (size_t i = 0; i < diagnostic.notes.size(); ++i) {
    out += i ? ", {\"message\": " : "{\"message\": ";
    unicode::appendJsonString(out, diagnostic.notes[i].message);
    appendPlace(out, diagnostic.notes[i].range, lookup);
    out += "}";
  }
  out += "], \"hint\": ";
  if (diagnostic.hint.empty())
    out += "null";
  else
    unicode::appendJsonString(out, diagnostic.hint);
  out += ", \"rendered\": ";
  unicode::appendJsonString(out, renderText(diagnostic, lookup));
  return out + "}";
}

//===----------------------------------------------------------------------===//
// The engine
//===----------------------------------------------------------------------===//

Diagnostic &DiagnosticEngine::report(Severity severity, std::string_view kind, SourceRange range, std::string message) {
  numErrors += severity == Severity::Error;
  Diagnostic &diagnostic = diagnostics.emplace_back();
  diagnostic.severity = severity;
  diagnostic.kind = kind;
  diagnostic.range = std::move(range);
  diagnostic.message = std::move(message);
  return diagnostic;
}

void DiagnosticEngine::clear() {
  diagnostics.clear();
  numErrors = 0;
}

std::string DiagnosticEngine::text(const LineLookup &lookup) const {
  std::string out;
  for (const Diagnostic &diagnostic : diagnostics)
    out += renderText(diagnostic, lookup);
  return out;
}

std::string DiagnosticEngine::json(const LineLookup &lookup) const {
  std::string out = "[";
  for (const Diagnostic &diagnostic : diagnostics) {
    if (out.size() > 1)
      out += ",\n ";
    out += renderJson(diagnostic, lookup);
  }
  return out + "]";
}

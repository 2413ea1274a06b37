//===- tegula/Diagnostics.h - What a user is told about their source ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every complaint to the author of a kernel, wherever it is found (lexer,
// parser, types, layouts, the assembler, a launch), is a Diagnostic: where, what
// was expected and what was found, notes at the other culprits, a hint last.
// It is shown as text
//
//   softmax.py:21:12: error: arange needs a power-of-two length; got 0..1000
//      21 |     offs = tl.arange(0, N_COLS)
//         |            ^~~~~~~~~~~~~~~~~~~~
//   softmax.py:9:5: note: N_COLS is bound to 1000 here
//   hint: pass BLOCK = tegula.next_power_of_2(N_COLS) and mask the tail
//
// or as JSON for tools and for Python's `CompilationError.diagnostics`.
//
// Conventions: messages start in lower case and have no final stop. Lines and
// columns count from 1. Inside Tegula a column counts bytes of UTF-8 (as MLIR's
// FileLineColRange and CPython's ast do); what a person or tool reads counts
// characters. A range's end is exclusive.
//
// Standard library only; no LLVM.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_DIAGNOSTICS_H
#define TEGULA_DIAGNOSTICS_H

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tegula {

/// A place in one file: 1-based lines and byte columns, the end exclusive.
/// `{3, 5, 3, 9}` are the four bytes from column 5 of line 3. A default one is
/// "nowhere".
struct SourceSpan {
  uint32_t line = 0;
  uint32_t column = 0;
  uint32_t endLine = 0;
  uint32_t endColumn = 0;

  bool isValid() const { return line != 0; }
  bool operator==(const SourceSpan &) const = default;

  /// From the start of `first` to the end of `last`.
  static SourceSpan join(const SourceSpan &first, const SourceSpan &last) {
    return {first.line, first.column, last.endLine, last.endColumn};
  }
};

/// A span and the file that it is in. No file and no line: a complaint that has
/// no place in a source, such as a bad command-line option.
struct SourceRange {
  std::string file;
  SourceSpan span;

  SourceRange() = default;
  SourceRange(std::string_view file, SourceSpan span) : file(file), span(span) {}

  bool isValid() const { return !file.empty() || span.isValid(); }
  bool operator==(const SourceRange &) const = default;
};

enum class Severity : uint8_t { Error, Warning, Remark };

/// "error", "warning", "remark".
std::string_view severityName(Severity severity);

/// A remark at another place that explains a diagnostic.
struct DiagnosticNote {
  SourceRange range;
  std::string message;
};

/// One complaint. `kind` is a stable, kebab-case name of its sort
/// ("syntax-error", "undefined-name", "unsupported-construct"): tools and the
/// Python package choose by it, so it never changes with the wording.
struct Diagnostic {
  Severity severity = Severity::Error;
  std::string kind;
  SourceRange range;
  std::string message;
  std::vector<DiagnosticNote> notes;
  std::string hint;

  /// Adds a note; returns this diagnostic, so that calls chain.
  Diagnostic &note(SourceRange where, std::string text) {
    notes.push_back({std::move(where), std::move(text)});
    return *this;
  }
  Diagnostic &withHint(std::string text) {
    hint = std::move(text);
    return *this;
  }
};

/// Answers "what does line N of this file say?", without its line break; nothing
/// when the file is not known. SourceManager::lineLookup() makes one.
using LineLookup = std::function<std::optional<std::string>(std::string_view file, uint32_t line)>;

/// The text form shown above, ending in a line break. Without a lookup, or where
/// it knows no such line, the excerpt is left out.
std::string renderText(const Diagnostic &diagnostic, const LineLookup &lookup = {});

/// A JSON object: {"severity", "kind", "message", "file", "line", "column",
/// "end_line", "end_column", "notes": [{"message", "file", ...}], "hint",
/// "rendered"}. Columns count characters where the line is known; "hint" is null
/// when there is none, the place null when there is none.
std::string renderJson(const Diagnostic &diagnostic, const LineLookup &lookup = {});

/// Collects the diagnostics of one compile, in order. Not shared among threads:
/// one compile owns one engine.
///
///   diagnostics.error("unknown-axis", range, "axis must be 0, 1 or 2; got 3")
///       .note(other, "the axis is bound here")
///       .withHint("a grid has at most three dimensions");
class DiagnosticEngine {
public:
  /// The reference stays valid until `clear`.
  Diagnostic &report(Severity severity, std::string_view kind, SourceRange range, std::string message);
  Diagnostic &error(std::string_view kind, SourceRange range, std::string message) {
    return report(Severity::Error, kind, std::move(range), std::move(message));
  }
  Diagnostic &warning(std::string_view kind, SourceRange range, std::string message) {
    return report(Severity::Warning, kind, std::move(range), std::move(message));
  }
  Diagnostic &remark(std::string_view kind, SourceRange range, std::string message) {
    return report(Severity::Remark, kind, std::move(range), std::move(message));
  }

  bool hasErrors() const { return numErrors != 0; }
  size_t errorCount() const { return numErrors; }
  bool empty() const { return diagnostics.empty(); }
  const std::deque<Diagnostic> &all() const { return diagnostics; }
  void clear();

  /// All of them, as text and as a JSON array.
  std::string text(const LineLookup &lookup = {}) const;
  std::string json(const LineLookup &lookup = {}) const;

private:
  std::deque<Diagnostic> diagnostics;
  size_t numErrors = 0;
};

} // namespace tegula

#endif // TEGULA_DIAGNOSTICS_H

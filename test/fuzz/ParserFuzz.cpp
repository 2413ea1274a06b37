//===- ParserFuzz.cpp - Any bytes: a tree or one error --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whatever the bytes are, parsing ends in a tree whose places lie in the source
// and whose depth is bounded, or in exactly one error that can be rendered.
//===----------------------------------------------------------------------===//

#include "lib/Syntax/Dump.h"
#include "lib/Syntax/Parser.h"
#include "lib/Syntax/Walk.h"

#include <cstdlib>

using namespace tegula;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

bool before(uint32_t line, uint32_t column, uint32_t otherLine, uint32_t otherColumn) {
  return line < otherLine || (line == otherLine && column <= otherColumn);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  const SourceBuffer &buffer = sources.add("fuzz.py", std::string(reinterpret_cast<const char *>(data), size), 7);
  ParseOptions options;
  std::unique_ptr<ast::Tree> tree = parse(buffer, diagnostics, options);
  require((tree == nullptr) == diagnostics.hasErrors());
  require(diagnostics.all().size() <= 1);
  if (!tree) {
    require(!diagnostics.text(sources.lineLookup()).empty());
    require(!diagnostics.json(sources.lineLookup()).empty());
    return 0;
  }
  ast::DumpOptions dump;
  dump.positions = true;
  require(!ast::dump(*tree->module, dump).empty());
  ast::walk(*tree->module, [&](const ast::Node &node) {
    const SourceSpan &span = node.span;
    require(before(span.line, span.column, span.endLine, span.endColumn));
    require(span.line >= 7 && span.endLine < 7 + buffer.lineCount());
    require(span.endColumn <= buffer.line(span.endLine)->size() + 1);
    require(node.depth <= options.maxDepth);
    return true;
  });
  return 0;
}

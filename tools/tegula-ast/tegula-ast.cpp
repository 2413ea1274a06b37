//===- tegula-ast.cpp - Prints the syntax trees of files ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   tegula-ast [options] FILE...
//
// The paths may also come from standard input, one on a line ("-"). With several
// files each tree is one line, "PATH\tTREE"; a file that does not parse gives
// "PATH\t!JSON" with the diagnostics.
//===----------------------------------------------------------------------===//

#include "lib/Syntax/Dump.h"
#include "lib/Syntax/Parser.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>

using namespace tegula;

namespace {

constexpr const char *usage =
    R"(usage: tegula-ast [options] FILE... (or - for paths from standard input)

  --positions              print every node's place, as ast.dump does
  --no-fstring-positions   but not inside f-strings
  --indent N               spaces for each level (default 2 for one file)
  --lines                  one line for each file, even for a single one
  --first-line N           number of the first line of the source
  --no-indented            refuse a source whose first line is indented
  --max-depth N            bound on the depth of the tree
  --time                   print how long parsing takes, nothing else
)";

struct Options {
  ast::DumpOptions dump;
  ParseOptions parse;
  bool lines = false;
  bool time = false;
  uint32_t firstLine = 1;
  std::vector<std::string> files;
};

bool parseArguments(int argc, char **argv, Options &options) {
  bool indentGiven = false;
  for (int i = 1; i < argc; ++i) {
    std::string_view arg = argv[i];
    auto number = [&](auto &out) {
      char *end = nullptr;
      if (++i < argc)
        out = std::strtoul(argv[i], &end, 10);
      return end && *end == '\0' && end != argv[i];
    };
    bool ok = true;
    if (arg == "--positions")
      options.dump.positions = true;
    else if (arg == "--no-fstring-positions")
      options.dump.positionsInFStrings = false;
    else if (arg == "--lines")
      options.lines = true;
    else if (arg == "--no-indented")
      options.parse.allowIndented = false;
    else if (arg == "--time")
      options.time = true;
    else if (arg == "--indent")
      ok = indentGiven = number(options.dump.indent);
    else if (arg == "--first-line")
      ok = number(options.firstLine);
    else if (arg == "--max-depth")
      ok = number(options.parse.maxDepth);
    else if (arg == "-")
      for (std::string line; std::getline(std::cin, line);)
        options.files.push_back(line);
    else if (arg.starts_with("-"))
      ok = false;
    else
      options.files.emplace_back(arg);
    if (!ok)
      return false;
  }
  options.lines |= options.files.size() > 1;
  if (!options.lines && !indentGiven)
    options.dump.indent = 2;
  return !options.files.empty();
}

/// The mean of enough runs to tell.
void timeParsing(const SourceBuffer &buffer, const Options &options) {
  using Clock = std::chrono::steady_clock;
  unsigned runs = 0;
  Clock::time_point start = Clock::now();
  std::chrono::duration<double> elapsed{};
  do {
    DiagnosticEngine diagnostics;
    parse(buffer, diagnostics, options.parse);
    ++runs;
    elapsed = Clock::now() - start;
  } while (elapsed.count() < 0.2);
  std::printf("%s: %u lines, %.3f ms\n", buffer.file().c_str(), buffer.lineCount(), elapsed.count() * 1e3 / runs);
}

} // namespace

int main(int argc, char **argv) {
  Options options;
  if (!parseArguments(argc, argv, options)) {
    std::fputs(usage, stderr);
    return 2;
  }
  int status = 0;
  for (const std::string &file : options.files) {
    SourceManager sources;
    const SourceBuffer *buffer = sources.addFile(file);
    if (!buffer) {
      std::fprintf(stderr, "error: cannot read %s\n", file.c_str());
      return 2;
    }
    if (options.firstLine != 1)
      buffer = &sources.add(file, buffer->text(), options.firstLine);
    if (options.time) {
      timeParsing(*buffer, options);
      continue;
    }
    DiagnosticEngine diagnostics;
    std::unique_ptr<ast::Tree> tree = parse(*buffer, diagnostics, options.parse);
    if (!tree)
      status = 1;
    std::string text;
    if (tree)
      text = ast::dump(*tree->module, options.dump);
    else if (options.lines)
      text = "!" + diagnostics.json(sources.lineLookup());
    if (options.lines)
      std::printf("%s\t%s\n", file.c_str(), text.c_str());
    else if (tree)
      std::printf("%s\n", text.c_str());
    else
      std::fputs(diagnostics.text(sources.lineLookup()).c_str(), stderr);
  }
  return status;
}

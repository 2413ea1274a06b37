//===- StdLibrary.cpp - The part of the language written in the language ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/StdLibrary.h"

#include "lib/Frontend/Builtins.h"
#include "lib/Syntax/Parser.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ErrorHandling.h"

#include <deque>

using namespace llvm;

namespace tegula {

namespace {
struct StdFile {
  const char *name;
  const char *text;
};
const StdFile stdFiles[] = {
#include "lib/Frontend/StdSources.inc"
};

struct StdFunction {
  const ast::FunctionDef *def;
  const SourceBuffer *buffer;
  bool isMethod;
};
} // namespace

struct StdLibrary::Impl {
  std::deque<SourceBuffer> buffers;
  std::vector<std::unique_ptr<ast::Tree>> trees;
  StringMap<StdFunction> functions;
};

StdLibrary &StdLibrary::get() {
  static StdLibrary *instance = new StdLibrary; // never destroyed: compiles may outlive static destruction
  return *instance;
}

StdLibrary::StdLibrary() : impl(std::make_unique<Impl>()) {
  for (const StdFile &file : stdFiles) {
    const SourceBuffer &buffer = impl->buffers.emplace_back(file.name, file.text);
    DiagnosticEngine diagnostics;
    std::unique_ptr<ast::Tree> tree = parse(buffer, diagnostics);
    if (!tree)
      reportFatalInternalError(Twine("the language's library does not parse: ") + diagnostics.text());
    for (const ast::Stmt *statement : tree->module->body) {
      auto *def = statement->as<ast::FunctionDef>();
      if (!def)
        continue;
      bool isMethod = any_of(def->decoratorList, [](const ast::Expr *decorator) {
        auto *name = decorator->as<ast::Name>();
        return name && name->id == "tensor_member";
      });
      impl->functions[StringRef(def->name)] = {def, &buffer, isMethod};
    }
    impl->trees.push_back(std::move(tree));
  }
}

StdLibrary::~StdLibrary() = default;

Value StdLibrary::find(StringRef name) {
  auto found = impl->functions.find(name);
  return found == impl->functions.end() ? Value() : Value::function(this, &found->second);
}

Value StdLibrary::findMethod(StringRef name) {
  auto found = impl->functions.find(name);
  return found == impl->functions.end() || !found->second.isMethod ? Value() : Value::function(this, &found->second);
}

std::vector<std::string> StdLibrary::functionNames() const {
  std::vector<std::string> names;
  for (auto &entry : impl->functions)
    names.push_back(entry.first().str());
  llvm::sort(names);
  return names;
}

Environment::Answer StdLibrary::lookup(void *, StringRef name, Value &result, std::string &) {
  // Library code says `len` and means Python's; all else of the language by its bare name.
  result = name == "len" ? Value() : languageMember(name);
  return result ? Answer::Found : Answer::NotFound;
}

Environment::Answer StdLibrary::getattr(void *, StringRef, Value &, std::string &) { return Answer::NotFound; }

Environment::Answer StdLibrary::call(void *, ArrayRef<Value>, const Keywords &, Value &, std::string &) {
  return Answer::NotFound;
}

Environment::Answer StdLibrary::functionSource(void *function, FunctionSource &result, std::string &) {
  auto *entry = static_cast<StdFunction *>(function);
  result.name = std::string(entry->def->name);
  result.file = entry->buffer->file();
  result.firstLine = entry->buffer->firstLine();
  result.def = entry->def;
  result.buffer = entry->buffer;
  result.isLibrary = true;
  return Answer::Found;
}

} // namespace tegula

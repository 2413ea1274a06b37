//===- FrontendFuzz.cpp - Any module text through parser and front end ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every kernel of the text is compiled with a default binding for each parameter: a
// constexpr is 16, the first parameters are pointers, the rest an int and a float in
// turn. No input may crash, hang or produce IR that the verifier refuses.
#include "lib/Frontend/Builtins.h"
#include "lib/Frontend/Frontend.h"
#include "lib/Frontend/ModuleEnvironment.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"

#include <cstring>
#include <random>

using namespace tegula;

// LLVM's own libraries are not instrumented: memory that our copies of their inline allocators poison, theirs never
// unpoison.
extern "C" const char *__asan_default_options() { return "allow_user_poisoning=0"; }

namespace {

bool isConstexpr(const ast::Arg *parameter) {
  auto *attribute = parameter->annotation ? parameter->annotation->as<ast::Attribute>() : nullptr;
  return attribute && attribute->attr == "constexpr";
}

std::vector<ArgumentBinding> defaultBindings(const ast::Arguments &list) {
  std::vector<ArgumentBinding> bindings;
  for (auto parameters : {list.posonlyargs, list.args, list.kwonlyargs})
    for (const ast::Arg *parameter : parameters) {
      ArgumentBinding binding;
      size_t index = bindings.size();
      if (isConstexpr(parameter))
        binding.constant = Value::integer(Integer(16));
      else if (parameter->arg.ends_with("ptr") || index == 0)
        binding.type = Type(index % 2 ? Dtype::FP16 : Dtype::FP32).pointerTo(false);
      else
        binding.type = index % 3 == 2 ? Dtype::FP32 : Dtype::Int32;
      bindings.push_back(std::move(binding));
    }
  return bindings;
}

} // namespace

/// Mutates by words and lines rather than bytes, so that most inputs still parse.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> list = {
        "0",   "1",    "-1",         "16",      "3",        "2.0",         "None",    "True",  "(1, 2)",  "[8]",
        "x",   "acc",  "offs",       "mask",    "n",        "B",           "p",       "x_ptr", "kernel",  "plus",
        "+",   "*",    "//",         "%",       "<",        "==",          "and",     "not ",  "**",      ">>",
        "if ", "else", "for ",       "while ",  "return",   "in ",         ":",       ",",     "1 << 40", "B * 2",
        "e",   "i",    "tl.float16", "tl.int1", "tl.uint8", "tl.float8e5", "tl.int64"};
    for (const Builtin *builtin : allBuiltins())
      list.push_back(builtin->name.starts_with("py.") ? builtin->name.drop_front(3).str() : builtin->displayName());
    return list;
  }();
  std::minstd_rand random(seed);
  auto pick = [&](size_t count) { return count ? random() % count : 0; };
  std::string text(reinterpret_cast<char *>(data), size);
  auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; };
  for (unsigned round = 0, rounds = 1 + pick(4); round < rounds; ++round) {
    size_t at = pick(text.size());
    if (pick(5) == 0) {
      // Repeat or remove a line.
      size_t begin = text.rfind('\n', at), end = text.find('\n', at);
      begin = begin == std::string::npos ? 0 : begin;
      end = end == std::string::npos ? text.size() : end;
      std::string line = text.substr(begin, end - begin);
      if (pick(2))
        text.insert(pick(2) ? begin : std::min(text.find('\n', pick(text.size())), text.size()), line);
      else
        text.erase(begin, end - begin);
      continue;
    }
    size_t begin = at, end = at;
    while (begin > 0 && isWord(text[begin - 1]))
      --begin;
    while (end < text.size() && isWord(text[end]))
      ++end;
    if (begin == end && end < text.size() && !llvm::isSpace(text[end]))
      ++end;
    text.replace(begin, end - begin, words[pick(words.size())]);
  }
  size = std::min(text.size(), maxSize);
  memcpy(data, text.data(), size);
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 1 << 14)
    return 0;
  SourceManager sources;
  DiagnosticEngine diagnostics;
  auto environment = ModuleEnvironment::fromText("/nonexistent/fuzz.py",
                                                 "import triton\nimport triton.language as tl\n" +
                                                     std::string(reinterpret_cast<const char *>(data), size),
                                                 sources, diagnostics);
  if (!environment)
    return 0;
  static mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  for (const std::string &name : environment->kernels()) {
    void *kernel = environment->find(name);
    FunctionSource source;
    std::string error;
    if (!kernel || environment->functionSource(kernel, source, error) != Environment::Answer::Found)
      continue;
    DiagnosticEngine problems;
    FrontendOptions options;
    options.debug = size % 2;
    auto module =
        emitKernel(context, *environment, kernel, defaultBindings(*source.def->args), options, sources, problems);
    if (bool(module) == problems.hasErrors())
      __builtin_trap();
    if (module && mlir::failed(mlir::verify(*module)))
      __builtin_trap();
    (void)problems.text(sources.lineLookup());
  }
  return 0;
}

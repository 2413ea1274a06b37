//===- FrontendFuzz.cpp - Any text: tile IR that verifies, or an error ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whatever the text is, each of its kernels ends in a module that the verifier accepts, before and after the passes
// that simplify it, or in at least one error that names a place in a source.
//
// A first line "#: TEXT" is the signature, as after tegulac's --signature. Without one, parameters are bound by name:
// an annotated constexpr to 64, `..._ptr` to *fp16, `eps` and `scale` to fp32, the others to i32. The imports that
// every kernel needs are put in front, so that mutations cannot lose them; the text's length decides about device
// asserts.
//===----------------------------------------------------------------------===//

#include "lib/Compiler/Signature.h"
#include "lib/Frontend/Builtins.h"
#include "lib/Frontend/Emitter.h"
#include "lib/Frontend/ModuleEnvironment.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"

#include <cstdlib>
#include <cstring>
#include <random>

using namespace tegula;

// LLVM's archives are not instrumented: what its containers and allocators tell the sanitizer is half the story.
extern "C" __attribute__((visibility("default"))) const char *__asan_default_options() {
  return "detect_container_overflow=0:allow_user_poisoning=0";
}

namespace {

void require(bool condition, const char *what) {
  if (condition)
    return;
  fprintf(stderr, "FrontendFuzz: not so: %s\n", what);
  std::abort();
}

std::vector<ArgumentBinding> defaultBindings(const ast::FunctionDef &kernel) {
  std::vector<ArgumentBinding> result;
  for (auto list : {kernel.args->posonlyargs, kernel.args->args, kernel.args->kwonlyargs})
    for (const ast::Arg *parameter : list) {
      llvm::StringRef name = parameter->arg;
      ArgumentBinding &binding = result.emplace_back();
      binding.name = name.str();
      if (isConstexprAnnotation(parameter->annotation))
        binding.constant = Value::integer(Integer(64));
      else if (name.ends_with("ptr"))
        binding.type = Type(Dtype::FP16).pointerTo(/*isConst=*/false);
      else
        binding.type = name == "eps" || name == "scale" ? Dtype::FP32 : Dtype::Int32;
      binding.divisibility = binding.type && !binding.type.isFloat() ? 16 : 1;
    }
  return result;
}

bool hasPlace(const Diagnostic &diagnostic) {
  return !diagnostic.range.file.empty() && diagnostic.range.span.isValid();
}

/// A context is slow to make and never forgets a type or place: one serves some inputs.
mlir::MLIRContext &sharedContext() {
  static std::unique_ptr<mlir::MLIRContext> context;
  static unsigned uses = 0;
  if (uses++ % 256 == 0)
    context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  return *context;
}

/// One kernel, with the errors that it alone reports.
void compile(ModuleEnvironment &environment, const std::string &name, llvm::StringRef signature, bool debug,
             SourceManager &sources) {
  void *function = environment.find(name);
  if (!function) // bound again below its definition
    return;
  FunctionSource source;
  std::string error;
  require(environment.functionSource(function, source, error) == Environment::Answer::Found, "a kernel has a source");
  DiagnosticEngine diagnostics;
  std::vector<ArgumentBinding> arguments;
  if (signature.empty()) {
    arguments = defaultBindings(*source.def);
  } else {
    std::vector<SignatureEntry> entries;
    if (!parseSignature(signature.str(), sources, diagnostics, entries) ||
        !bindSignature(entries, *source.def, source.file, environment, diagnostics, arguments)) {
      require(diagnostics.hasErrors(), "a signature is refused with an error");
      require(!diagnostics.text(sources.lineLookup()).empty(), "errors render");
      return;
    }
  }
  mlir::MLIRContext &context = sharedContext();
  FrontendOptions options;
  options.debug = debug;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      emitKernel(context, environment, function, arguments, options, sources, diagnostics);
  require(!module == diagnostics.hasErrors(), "there is a module or an error");
  require(diagnostics.empty() || !diagnostics.json(sources.lineLookup()).empty(), "diagnostics render");
  for (const Diagnostic &diagnostic : diagnostics.all())
    require(hasPlace(diagnostic), "a diagnostic has a place");
  if (!module)
    return;
  require(mlir::succeeded(mlir::verify(*module)), "the module verifies");
  mlir::PassManager passes(&context, mlir::ModuleOp::getOperationName());
  passes.addPass(mlir::createCanonicalizerPass());
  passes.addPass(mlir::createCSEPass());
  require(mlir::succeeded(passes.run(*module)), "the module verifies when it is simplified");
}

} // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

/// Mutates by words and lines more than by bytes, so that most inputs still parse.
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
  if (random() % 8 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
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
  llvm::StringRef text(reinterpret_cast<const char *>(data), size), signature;
  if (text.starts_with("#:"))
    signature = text.drop_front(2).split('\n').first.trim();
  SourceManager sources;
  DiagnosticEngine diagnostics;
  std::unique_ptr<ModuleEnvironment> environment = ModuleEnvironment::fromText(
      "/nonexistent/fuzz.py", "import triton, triton.language as tl\n" + text.str(), sources, diagnostics);
  require(bool(environment) == !diagnostics.hasErrors(), "there is an environment or an error");
  if (!environment) {
    require(!diagnostics.text(sources.lineLookup()).empty(), "errors render");
    return 0;
  }
  std::vector<std::string> kernels = environment->kernels();
  kernels.resize(std::min<size_t>(kernels.size(), 4));
  for (const std::string &name : kernels)
    compile(*environment, name, signature, size % 2, sources);
  return 0;
}

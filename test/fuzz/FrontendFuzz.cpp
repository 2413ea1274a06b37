//===- FrontendFuzz.cpp - Any module text through parser and front end ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every kernel of the text is compiled with a default binding for each parameter: a
// constexpr is 16, the first parameters are pointers, the rest an int and a float in
// turn. No input may crash, hang or produce IR that the verifier refuses.
#include "lib/Frontend/Frontend.h"
#include "lib/Frontend/ModuleEnvironment.h"

#include "mlir/IR/Verifier.h"

using namespace tegula;

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

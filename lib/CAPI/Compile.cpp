//===- Compile.cpp - The C interface of the compiler ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/CAPI/CEnvironment.h"
#include "lib/Compiler/Compiler.h"
#include "lib/Target/NVPTX/Assemble.h"
#include "tegula-c/Compiler.h"

using namespace tegula;

struct tegula_result {
  bool ok = false;
  std::string image, text, json;
};

/// Fills the request; false after reporting what in it makes no sense.
static bool readRequest(const tegula_compile_request &from, CEnvironment &environment, DiagnosticEngine &diagnostics,
                        CompileRequest &request) {
  auto fail = [&](std::string message) {
    diagnostics.error("invalid-request", {}, std::move(message));
    return false;
  };
  std::string error;
  if (!Target::parse(from.target ? from.target : "", request.target, error))
    return fail(error);
  request.environment = &environment;
  request.function = from.function;
  if (from.num_warps)
    request.numWarps = from.num_warps;
  if (request.numWarps < 1 || request.numWarps > 32 || !llvm::isPowerOf2_32(request.numWarps))
    return fail("num_warps must be a power of 2 up to 32, got " + std::to_string(request.numWarps));
  if (from.num_stages)
    request.numStages = from.num_stages;
  if (request.numStages < 1)
    return fail("num_stages must be at least 1, got " + std::to_string(request.numStages));
  if (from.num_ctas)
    request.numCtas = from.num_ctas;
  if (request.numCtas != 1)
    return fail("num_ctas must be 1: clusters are not supported, got " + std::to_string(request.numCtas));
  request.maxRegisters = from.maxnreg;
  if (request.maxRegisters < 0 || request.maxRegisters > 255)
    return fail("maxnreg must be between 0 and 255, got " + std::to_string(request.maxRegisters));
  request.debug = from.debug;
  request.fpFusion = !from.disable_fp_fusion;
  request.keepStages = from.keep_stages;
  for (size_t i = 0; i < from.num_arguments; ++i) {
    const tegula_argument &argument = from.arguments[i];
    if (argument.constant) {
      Value value = environment.fromC(*argument.constant, error);
      if (!value)
        return fail("argument '" + std::string(argument.name) + "': " + error);
      request.arguments.push_back({argument.name, {}, 1, value});
      continue;
    }
    Type type = argument.type ? Type::parse(argument.type) : Type();
    if (!type || type.isVoid())
      return fail("argument '" + std::string(argument.name) + "': there is no type '" +
                  (argument.type ? argument.type : "") + "'");
    request.arguments.push_back({argument.name, type, argument.divisibility, {}});
  }
  return true;
}

tegula_result *tegula_compile(const tegula_compile_request *from, const tegula_environment *callbacks) {
  auto *result = new tegula_result;
  SourceManager sources;
  DiagnosticEngine diagnostics;
  CEnvironment environment(*callbacks);
  CompileRequest request;
  StageTimes times;
  if (readRequest(*from, environment, diagnostics, request))
    if (auto image = compileKernel(request, sources, diagnostics, from->print_time ? &times : nullptr)) {
      if (from->print_time) {
        std::string text;
        for (const auto &[stage, milliseconds] : times)
          text += stage + " " + std::to_string(milliseconds) + "\n";
        image->setSection("time", text);
      }
      result->image = image->serialize();
      result->ok = true;
    }
  result->text = diagnostics.text(sources.lineLookup());
  result->json = diagnostics.json(sources.lineLookup());
  return result;
}

int tegula_result_ok(const tegula_result *result) { return result->ok; }

const void *tegula_result_image(const tegula_result *result, size_t *size) {
  *size = result->image.size();
  return result->image.data();
}

const char *tegula_result_diagnostics(const tegula_result *result) { return result->text.c_str(); }
const char *tegula_result_diagnostics_json(const tegula_result *result) { return result->json.c_str(); }
void tegula_result_destroy(tegula_result *result) { delete result; }
const char *tegula_version(void) { return compilerVersion(); }

void tegula_warm_up(const char *target) {
  if (target && llvm::StringRef(target).starts_with("sm_"))
    nvptx::warmUpAssembler();
}

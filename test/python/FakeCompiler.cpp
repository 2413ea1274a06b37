//===- FakeCompiler.cpp - A compiler that reports what it was asked --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The Python tests open this library in place of libtegula.so, to see exactly what the binding hands over. It compiles
// nothing: the image it returns holds one of the host functions of FakeKernels.c (for a GPU an empty kernel) and a
// section "request" that lists the request and the answers of the environment, one line each. Comments in the kernel's
// source steer it:
//
//   # entry: dump              the function of FakeKernels.c to run
//   # lookup: NAME             asks for a name; then `# getattr: NAME.a.b` follows attributes
//   # call: NAME 1 2.5 'x'     calls what the name means with ints, floats, strings
//   # names:                   asks for the visible names
//   # error: MESSAGE           fails with that message; so do static-assert: and unsupported-construct:, with that kind
//===----------------------------------------------------------------------===//
#include "lib/Runtime/KernelImage.h"
#include "tegula-c/Compiler.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace tegula::runtime;

struct tegula_result {
  bool ok = false;
  std::string image, text, json;
};

namespace {

std::string spell(const tegula_value &value) {
  std::string mark = value.is_constexpr ? "constexpr " : "";
  std::string text = value.text ? std::string(value.text, value.text_size) : "";
  switch (value.kind) {
  case TEGULA_VALUE_NONE:
    return mark + "none";
  case TEGULA_VALUE_BOOL:
    return mark + (value.integer ? "bool true" : "bool false");
  case TEGULA_VALUE_INT:
    return mark + "int " + (value.text ? text : std::to_string(value.integer));
  case TEGULA_VALUE_FLOAT: {
    std::ostringstream out;
    out << value.real;
    return mark + "float " + out.str();
  }
  case TEGULA_VALUE_STRING:
    return mark + "string " + text;
  case TEGULA_VALUE_TYPE:
    return mark + "type " + text;
  case TEGULA_VALUE_BUILTIN:
    return mark + "builtin " + text;
  case TEGULA_VALUE_FUNCTION:
    return mark + "function";
  case TEGULA_VALUE_OBJECT:
    return mark + "object";
  case TEGULA_VALUE_TUPLE: {
    std::string out = mark + "tuple(";
    for (size_t i = 0; i < value.num_items; ++i)
      out +=
          (i ? ", " : "") + (value.field_names ? std::string(value.field_names[i]) + "=" : "") + spell(value.items[i]);
    return out + ")";
  }
  }
  return "?";
}

std::string answer(int status, const tegula_value &value, const char *error) {
  return status == TEGULA_FOUND       ? spell(value)
         : status == TEGULA_NOT_FOUND ? "not found"
                                      : std::string("failed ") + error;
}

// The value of "a.b.c".
int follow(const tegula_environment &environment, void *function, std::string path, tegula_value &value,
           const char *&error) {
  std::istringstream parts(path);
  std::string part;
  std::getline(parts, part, '.');
  int status = environment.lookup(environment.user, function, part.c_str(), &value, &error);
  while (status == TEGULA_FOUND && std::getline(parts, part, '.'))
    status = environment.getattr(environment.user, value.object, part.c_str(), &value, &error);
  return status;
}

// "nothing" and "dump" of FakeKernels.c for a GPU.
std::string gpuKernel(const KernelMetadata &metadata) {
  std::string text = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry " + metadata.name + "(";
  std::string body = "  .reg .u64 %out, %v;\n  .reg .u32 %s;\n";
  for (size_t i = 0; i < metadata.arguments.size(); ++i) {
    const std::string &type = metadata.arguments[i].type, number = std::to_string(i);
    std::string width = type[0] == '*' || type.ends_with("64") ? "u64"
                        : type == "i1" || type.ends_with("8")  ? "u8"
                        : type.ends_with("16")                 ? "u16"
                                                               : "u32";
    text += (i ? ", .param ." : ".param .") + width + " p" + number;
    if (i == 0)
      body += "  ld.param.u64 %out, [p0];\n";
    if (i >= 2)
      body += "  ld.param." + width + " %v, [p" + number + "];\n  st.global.u64 [%out + " + std::to_string(8 + 8 * i) +
              "], %v;\n";
  }
  const char *axes[] = {"x", "y", "z"};
  for (int i = 0; i < 3; ++i)
    body += std::string("  mov.u32 %s, %nctaid.") + axes[i] + ";\n  cvt.u64.u32 %v, %s;\n  st.global.u64 [%out + " +
            std::to_string(8 * i) + "], %v;\n";
  return text + ") {\n" + (metadata.name == "dump" ? body : "") + "  ret;\n}\n";
}

} // namespace

tegula_result *tegula_compile(const tegula_compile_request *request, const tegula_environment *environment) {
  auto *result = new tegula_result;
  std::string report;
  auto say = [&](std::string line) { report += line + "\n"; };
  tegula_function_source source = {};
  const char *error = "";
  if (environment->function_source(environment->user, request->function, &source, &error) != TEGULA_FOUND) {
    result->text = error;
    return result;
  }
  say("target " + std::string(request->target) + " num_warps " + std::to_string(request->num_warps) + " num_stages " +
      std::to_string(request->num_stages) + " num_ctas " + std::to_string(request->num_ctas) + " maxnreg " +
      std::to_string(request->maxnreg) + " debug " + std::to_string(request->debug) + " disable_fp_fusion " +
      std::to_string(request->disable_fp_fusion) + " keep_stages " + std::to_string(request->keep_stages));
  say("source " + std::string(source.name) + " line " + std::to_string(source.first_line) + " noinline " +
      std::to_string(source.noinline));
  KernelImage image;
  image.metadata.name = source.name;
  image.metadata.target = request->target;
  image.metadata.numWarps = request->num_warps;
  for (size_t i = 0; i < request->num_arguments; ++i) {
    const tegula_argument &argument = request->arguments[i];
    if (argument.type)
      image.metadata.arguments.push_back({argument.name, argument.type, argument.divisibility});
    say("argument " + std::string(argument.name) + " " +
        (argument.type ? std::string(argument.type) + ":" + std::to_string(argument.divisibility)
                       : spell(*argument.constant)));
  }
  std::istringstream lines(std::string(source.source, source.source_size));
  for (std::string line; std::getline(lines, line);) {
    size_t at = line.find("# ");
    size_t colon = at == std::string::npos ? at : line.find(':', at);
    if (colon == std::string::npos)
      continue;
    std::string word = line.substr(at + 2, colon - at - 2), rest = line.substr(std::min(colon + 2, line.size()));
    tegula_value value = {};
    if (word == "entry") {
      image.metadata.name = rest;
    } else if (word == "lookup" || word == "getattr") {
      int status = follow(*environment, request->function, rest, value, error);
      say(rest + " = " + answer(status, value, error));
    } else if (word == "call") {
      std::istringstream words(rest);
      std::string callee, item;
      words >> callee;
      std::vector<std::string> texts;
      while (words >> item)
        texts.push_back(item);
      std::vector<tegula_value> arguments;
      for (std::string &text : texts) {
        tegula_value &argument = arguments.emplace_back();
        argument = {};
        if (text[0] == '\'') {
          text = text.substr(1, text.size() - 2);
          argument.kind = TEGULA_VALUE_STRING;
          argument.text = text.c_str();
          argument.text_size = text.size();
        } else if (text.find('.') != std::string::npos) {
          argument.kind = TEGULA_VALUE_FLOAT;
          argument.real = std::strtod(text.c_str(), nullptr);
        } else {
          argument.kind = TEGULA_VALUE_INT;
          argument.integer = std::strtoll(text.c_str(), nullptr, 10);
        }
      }
      int status = follow(*environment, request->function, callee, value, error);
      tegula_value called = {};
      if (status == TEGULA_FOUND)
        status = environment->call(environment->user, value.object, arguments.data(), arguments.size(), nullptr, 0,
                                   &called, &error);
      say(rest + " = " + answer(status, called, error));
      if (status == TEGULA_FAILED && source.noinline == 0 && line.find("must") != std::string::npos)
        result->text = error;
    } else if (word == "names") {
      const char *const *names = nullptr;
      size_t count = environment->names(environment->user, request->function, &names);
      std::string all;
      for (size_t i = 0; i < count; ++i)
        all += std::string(i ? " " : "") + names[i];
      say("names " + all);
    } else if (word == "error" || word == "static-assert" || word == "unsupported-construct") {
      result->text =
          std::string(source.filename) + ":" + std::to_string(source.first_line) + ":1: error: " + rest + "\n";
      result->json = "[{\"severity\": \"error\", \"kind\": \"" + word + "\", \"message\": \"" + rest +
                     "\", \"line\": " + std::to_string(source.first_line) + "}]";
      return result;
    }
  }
  if (!result->text.empty())
    return result;
  image.setSection("request", report);
  image.setSection("llvm", "; keep_stages " + std::to_string(request->keep_stages));
  if (request->keep_stages)
    image.setSection("tile", "the tile stage");
  if (image.metadata.isHost()) {
    std::ifstream file(std::getenv("TEGULA_FAKE_KERNELS"), std::ios::binary);
    image.setSection("host", std::string(std::istreambuf_iterator<char>(file), {}));
  } else {
    image.setSection("ptx", gpuKernel(image.metadata));
  }
  if (const char *log = std::getenv("TEGULA_FAKE_LOG"))
    std::ofstream(log, std::ios::app) << source.name << "\n";
  result->ok = true;
  result->image = image.serialize();
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
const char *tegula_version(void) { return "fake"; }
void tegula_warm_up(const char *) {}

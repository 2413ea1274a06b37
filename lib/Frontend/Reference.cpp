//===- Reference.cpp - The page of the language's functions -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/Reference.h"

#include "lib/Frontend/Builtins.h"
#include "lib/Frontend/ConstEval.h"
#include "lib/Frontend/StdLibrary.h"

#include <map>

using namespace llvm;

namespace tegula {

/// "(x, dim=None, keep_dims=False)" of a library function.
static std::string signatureOf(const ast::FunctionDef &def) {
  std::string text;
  const auto &parameters = def.args->args;
  size_t firstDefault = parameters.size() - def.args->defaults.size();
  for (size_t i = 0; i < parameters.size(); ++i) {
    text += (i ? ", " : "") + std::string(parameters[i]->arg);
    if (i < firstDefault)
      continue;
    auto *constant = def.args->defaults[i - firstDefault]->as<ast::Constant>();
    std::string ignored;
    text += "=" + (constant ? reprOf(constantValue(*constant, ignored)) : std::string("..."));
  }
  return "(" + text + ")";
}

/// The first line of the documentation string.
static std::string documentationOf(const ast::FunctionDef &def) {
  auto *statement = def.body.empty() ? nullptr : def.body[0]->as<ast::ExprStmt>();
  auto *constant = statement ? statement->value->as<ast::Constant>() : nullptr;
  return constant && constant->isString() ? StringRef(constant->text).split('\n').first.str() : "";
}

std::string languageReference() {
  struct Row {
    std::string signature, doc;
    bool isMethod;
  };
  std::map<std::string, std::map<std::string, Row>> sections;
  std::string unsupported;
  for (const Builtin *builtin : allBuiltins()) {
    StringRef name = builtin->name, section = "tl";
    if (builtin->flags & Builtin::Unsupported) {
      unsupported += (unsupported.empty() ? "`tl." : ", `tl.") + name.str() + "`";
      continue;
    }
    if (name.starts_with("_"))
      continue;
    if (name.contains('.'))
      std::tie(section, name) = name.rsplit('.');
    sections[section.str()][name.str()] = {builtin->signature.str(), builtin->doc.str(), builtin->isMethod()};
  }
  StdLibrary &library = StdLibrary::get();
  for (const std::string &name : library.functionNames()) {
    FunctionSource source;
    std::string error;
    if (StringRef(name).starts_with("_") ||
        library.functionSource(library.find(name).asFunction().handle, source, error) != Environment::Answer::Found)
      continue;
    sections["tl"][name] = {signatureOf(*source.def), documentationOf(*source.def), bool(library.findMethod(name))};
  }
  std::string page = "# The kernel language\n\nMade from the compiler's own table. *m*: also a method of blocks.\n";
  const std::pair<const char *, const char *> titles[] = {{"tl", "tegula.language (tl)"},
                                                          {"extra.libdevice", "tl.extra.libdevice"},
                                                          {"target_info", "tl.target_info"},
                                                          {"py", "Python's own functions in kernels"}};
  for (auto [section, title] : titles) {
    page += "\n## " + std::string(title) + "\n\n| function | | what it gives |\n|---|---|---|\n";
    for (auto &[name, row] : sections[section])
      page += "| `" + name + row.signature + "` | " + (row.isMethod ? "m" : "") + " | " + row.doc + " |\n";
  }
  page += "\n## dtypes\n\n";
  for (const DtypeName &dtype : dtypeNames())
    if (Type(dtype.dtype).isSupported())
      page += (dtype.dtype == Dtype::Void ? "`" : ", `") + dtype.python.str() + "`";
  return page + "\n\n## Known, not supported yet\n\n" + unsupported + "\n";
}

} // namespace tegula

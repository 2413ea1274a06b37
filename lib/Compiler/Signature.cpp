//===- Signature.cpp - What tegulac's --signature says ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Compiler/Signature.h"

#include "lib/Frontend/Emitter.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace tegula;

namespace {

constexpr llvm::StringLiteral kFile = "<signature>";

/// A recursive-descent parser over the text; the first error ends it.
class SignatureParser {
public:
  SignatureParser(const SourceBuffer &buffer, DiagnosticEngine &diagnostics)
      : buffer(buffer), text(buffer.text()), diagnostics(diagnostics) {}

  bool parse(std::vector<SignatureEntry> &entries) {
    skipSpace();
    while (at < text.size()) {
      if (!parseEntry(entries.emplace_back()))
        return false;
      skipSpace();
      if (at == text.size())
        return true;
      if (text[at] != ',')
        return fail(at, at + 1, "expected ',' between parameters, got " + got());
      ++at;
      skipSpace();
    }
    return true;
  }

private:
  void skipSpace() {
    while (at < text.size() && isspace(static_cast<unsigned char>(text[at])))
      ++at;
  }
  std::string got() const { return at < text.size() ? "'" + std::string(1, text[at]) + "'" : "the end"; }
  SourceRange range(size_t begin, size_t end) const {
    return {buffer.file(), buffer.span(begin, std::max(end, begin + 1))};
  }
  bool fail(size_t begin, size_t end, std::string message, std::string hint = {}) {
    Diagnostic &error = diagnostics.error("signature", range(begin, end), std::move(message));
    if (!hint.empty())
      error.withHint(std::move(hint));
    return false;
  }
  llvm::StringRef word() {
    size_t begin = at;
    while (at < text.size() && (isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_'))
      ++at;
    return llvm::StringRef(text).slice(begin, at);
  }

  bool parseEntry(SignatureEntry &entry) {
    size_t begin = at;
    entry.name = word().str();
    if (entry.name.empty() || isdigit(static_cast<unsigned char>(entry.name[0])))
      return fail(begin, at, "expected a parameter's name, got " + got(),
                  "write NAME: TYPE, for example x_ptr: *fp16:16");
    entry.range = range(begin, at);
    skipSpace();
    if (at >= text.size() || text[at] != ':')
      return fail(at, at + 1, "expected ':' after '" + entry.name + "', got " + got(),
                  "write NAME: TYPE, for example x_ptr: *fp16:16");
    ++at;
    skipSpace();
    return parseValue(entry);
  }

  bool parseValue(SignatureEntry &entry) {
    char first = at < text.size() ? text[at] : '\0';
    if (first == '(' || first == '\'' || first == '"' || isdigit(static_cast<unsigned char>(first)) || first == '-' ||
        first == '+' || first == '.')
      return parseLiteral(entry.constant, 0);
    size_t begin = at;
    while (at < text.size() && text[at] == '*')
      ++at;
    word();
    if (at < text.size() && text[at] == '.' && llvm::StringRef(text).slice(begin, at) == "tl") // tl.float32
      ++at, word();
    llvm::StringRef name = llvm::StringRef(text).slice(begin, at);
    if (std::optional<Value> constant = namedConstant(name)) {
      entry.constant = *constant;
      return true;
    }
    llvm::StringRef type = name;
    type.consume_front("tl.");
    entry.type = Type::parse(type);
    if (!entry.type)
      return fail(
          begin, at, "expected a type or a literal, got " + (name.empty() ? got() : "'" + name.str() + "'"),
          "types are *fp16, *kbf16 (const), i1, i8 to i64, u8 to u64, fp16, bf16, fp32, fp64; strings need quotes");
    return parseHint(entry);
  }

  bool parseHint(SignatureEntry &entry) {
    skipSpace();
    if (at >= text.size() || text[at] != ':')
      return true;
    ++at;
    skipSpace();
    size_t begin = at;
    llvm::StringRef hint = word();
    if (hint == "16" && (entry.type.isPointer() || entry.type.isInt())) {
      entry.divisibility = 16;
      return true;
    }
    if (hint == "1" && entry.type.isInt()) {
      entry.type = {};
      entry.constant = Value::integer(1);
      return true;
    }
    return fail(begin, at,
                "expected the hint 16, or 1 on an integer, got " + (hint.empty() ? got() : "'" + hint.str() + "'"));
  }

  static std::optional<Value> namedConstant(llvm::StringRef name) {
    if (name == "None")
      return Value::none();
    if (name == "True" || name == "False")
      return Value::boolean(name == "True");
    return std::nullopt;
  }

  bool parseLiteral(Value &value, unsigned depth) {
    if (depth > 20)
      return fail(at, at + 1, "tuples are nested too deeply");
    size_t begin = at;
    char first = at < text.size() ? text[at] : '\0';
    if (first == '(')
      return parseTuple(value, depth);
    if (first == '\'' || first == '"') {
      size_t end = text.find(first, at + 1);
      if (end == std::string::npos)
        return fail(begin, text.size(), "a string is not closed");
      value = Value::string(llvm::StringRef(text).slice(begin + 1, end));
      at = end + 1;
      return true;
    }
    while (at < text.size() && (isalnum(static_cast<unsigned char>(text[at])) || strchr("+-._", text[at])))
      ++at;
    llvm::StringRef spelled = llvm::StringRef(text).slice(begin, at);
    if (std::optional<Value> constant = namedConstant(spelled)) {
      value = *constant;
      return true;
    }
    std::string digits = llvm::join(llvm::split(spelled, "_"), "");
    if (std::optional<Integer> integer = Integer::parse(digits)) {
      value = Value::integer(*integer);
      return true;
    }
    double real;
    if (!spelled.empty() && !llvm::StringRef(digits).getAsDouble(real)) {
      value = Value::real(real);
      return true;
    }
    return fail(begin, at, "expected a literal, got " + (spelled.empty() ? got() : "'" + spelled.str() + "'"));
  }

  bool parseTuple(Value &value, unsigned depth) {
    std::vector<Value> items;
    ++at;
    skipSpace();
    while (at < text.size() && text[at] != ')') {
      if (!parseLiteral(items.emplace_back(), depth + 1))
        return false;
      skipSpace();
      if (at < text.size() && text[at] == ',')
        ++at;
      else if (at >= text.size() || text[at] != ')')
        return fail(at, at + 1, "expected ',' or ')' in a tuple, got " + got());
      skipSpace();
    }
    if (at >= text.size())
      return fail(at, at + 1, "a tuple is not closed");
    ++at;
    value = Value::tuple(std::move(items));
    return true;
  }

  const SourceBuffer &buffer;
  const std::string &text;
  DiagnosticEngine &diagnostics;
  size_t at = 0;
};

} // namespace

bool tegula::parseSignature(std::string_view text, SourceManager &sources, DiagnosticEngine &diagnostics,
                            std::vector<SignatureEntry> &entries) {
  const SourceBuffer &buffer = sources.add(kFile.str(), std::string(text));
  return SignatureParser(buffer, diagnostics).parse(entries);
}

/// Each parameter with the expression of its default, or null.
static std::vector<std::pair<const ast::Arg *, const ast::Expr *>> parametersOf(const ast::FunctionDef &kernel) {
  const ast::Arguments &list = *kernel.args;
  std::vector<std::pair<const ast::Arg *, const ast::Expr *>> result;
  for (const ast::Arg *parameter : list.posonlyargs)
    result.emplace_back(parameter, nullptr);
  for (const ast::Arg *parameter : list.args)
    result.emplace_back(parameter, nullptr);
  size_t withoutDefault = result.size() - list.defaults.size();
  for (size_t i = 0; i < list.defaults.size(); ++i)
    result[withoutDefault + i].second = list.defaults[i];
  for (size_t i = 0; i < list.kwonlyargs.size(); ++i)
    result.emplace_back(list.kwonlyargs[i], list.kwDefaults[i]);
  return result;
}

bool tegula::bindSignature(const std::vector<SignatureEntry> &entries, const ast::FunctionDef &kernel,
                           std::string_view file, ModuleEnvironment &environment, DiagnosticEngine &diagnostics,
                           std::vector<ArgumentBinding> &bindings) {
  llvm::StringMap<const SignatureEntry *> byName;
  bool ok = true;
  for (const SignatureEntry &entry : entries)
    if (!byName.try_emplace(entry.name, &entry).second) {
      diagnostics.error("signature", entry.range, "parameter '" + entry.name + "' is given twice")
          .note(byName[entry.name]->range, "it was given here first");
      ok = false;
    }
  std::vector<std::string> missing, known;
  for (auto [parameter, defaultExpr] : parametersOf(kernel)) {
    std::string name(parameter->arg);
    known.push_back(name);
    auto found = byName.find(name);
    if (found == byName.end()) {
      std::string why;
      Value value = defaultExpr ? environment.evaluate(defaultExpr, why) : Value();
      if (value) {
        bindings.push_back({name, {}, 1, value});
      } else if (defaultExpr) {
        diagnostics
            .error("signature", {file, defaultExpr->span},
                   "the default of '" + name + "' is not known at compile time: " + why)
            .withHint("give the parameter a type or a value in the signature");
        ok = false;
      } else {
        missing.push_back(name);
      }
      continue;
    }
    const SignatureEntry &entry = *found->second;
    byName.erase(found);
    if (entry.constant)
      bindings.push_back({name, {}, 1, entry.constant});
    else if (isConstexprAnnotation(parameter->annotation))
      bindings.push_back({name, {}, 1, Value::type(entry.type)});
    else
      bindings.push_back({name, entry.type, entry.divisibility, {}});
  }
  for (const SignatureEntry &entry : entries)
    if (byName.contains(entry.name)) {
      diagnostics
          .error("signature", entry.range,
                 "kernel '" + std::string(kernel.name) + "' has no parameter '" + entry.name + "'")
          .withHint("its parameters are " + llvm::join(known, ", "));
      ok = false;
    }
  if (!missing.empty()) {
    diagnostics
        .error("signature", {file, kernel.nameSpan},
               "kernel '" + std::string(kernel.name) + "' takes " + std::to_string(known.size()) +
                   (known.size() == 1 ? " parameter" : " parameters") + "; the signature leaves out " +
                   llvm::join(missing, ", "))
        .withHint("give each a type or a value: " + missing.front() + ": i32");
    ok = false;
  }
  return ok;
}

//===- Dump.cpp - The tree as text ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/Dump.h"
#include "lib/Syntax/Unicode.h"

#include <charconv>
#include <cmath>

using namespace tegula;
using namespace tegula::ast;

namespace {

/// Python's repr of a float: the shortest digits that read back the same, with an
/// exponent below 1e-4 and from 1e16.
std::string floatRepr(double value, bool imaginary) {
  if (std::isinf(value))
    return "inf";
  char buffer[64];
  auto result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  std::string_view text(buffer, result.ptr - buffer);
  size_t e = text.find('e');
  int exponent = 0;
  std::string_view exponentText = text.substr(e + 1);
  if (exponentText.starts_with('+'))
    exponentText.remove_prefix(1);
  std::from_chars(exponentText.data(), exponentText.data() + exponentText.size(), exponent);
  std::string digits;
  for (char c : text.substr(0, e))
    if (c != '.')
      digits += c;
  if (exponent < -4 || exponent >= 16) {
    std::string out(1, digits[0]);
    if (digits.size() > 1)
      out += "." + digits.substr(1);
    std::string power = std::to_string(std::abs(exponent));
    if (power.size() < 2)
      power.insert(0, "0");
    return out + (exponent < 0 ? "e-" : "e+") + power;
  }
  if (exponent < 0)
    return "0." + std::string(size_t(-exponent) - 1, '0') + digits;
  if (digits.size() <= size_t(exponent) + 1) {
    digits.append(size_t(exponent) + 1 - digits.size(), '0');
    return imaginary ? digits : digits + ".0";
  }
  return digits.substr(0, size_t(exponent) + 1) + "." + digits.substr(size_t(exponent) + 1);
}

class Dumper {
public:
  explicit Dumper(const DumpOptions &options) : options(options) {}

  void node(const Node &node);
  std::string out;

private:
  // A node prints as Name(field=value, ...); `open` and `close` frame it, `field`
  // introduces each field.
  void open(const Node &node) {
    out += kindName(node.kind);
    out += '(';
    first = true;
    ++level;
  }
  void close(const Node &node) {
    if (options.positions && hasPosition(node.kind) && (options.positionsInFStrings || fStrings == 0)) {
      number("lineno", node.span.line);
      number("col_offset", node.span.column - 1);
      number("end_lineno", node.span.endLine);
      number("end_col_offset", node.span.endColumn - 1);
    }
    out += ')';
    --level;
    first = false;
  }
  static bool hasPosition(Kind kind) {
    switch (kind) {
    case Kind::Module:
    case Kind::Comprehension:
    case Kind::Arguments:
    case Kind::WithItem:
    case Kind::MatchCase:
      return false;
    default:
      return true;
    }
  }
  void newLine() {
    if (options.indent) {
      out += '\n';
      out.append(size_t(level) * options.indent, ' ');
    }
  }
  void field(std::string_view name) {
    if (!first)
      out += options.indent ? "," : ", ";
    first = false;
    newLine();
    out += name;
    out += '=';
  }
  void number(std::string_view name, uint64_t value) {
    field(name);
    out += std::to_string(value);
  }
  void name(std::string_view fieldName, std::string_view value) {
    field(fieldName);
    string(value, /*bytes=*/false);
  }
  void optionalName(std::string_view fieldName, std::string_view value) {
    if (!value.empty())
      name(fieldName, value);
  }
  void op(std::string_view fieldName, std::string_view className) {
    field(fieldName);
    out += className;
    out += "()";
  }
  void child(std::string_view fieldName, const Node *node) {
    if (!node)
      return;
    field(fieldName);
    this->node(*node);
  }
  template <class T, class F> void items(std::string_view fieldName, const T &list, F each) {
    field(fieldName);
    out += '[';
    ++level;
    bool firstItem = true;
    for (const auto &item : list) {
      if (!firstItem)
        out += options.indent ? "," : ", ";
      firstItem = false;
      newLine();
      each(item);
    }
    --level;
    out += ']';
    first = false;
  }
  template <class T> void children(std::string_view fieldName, Nodes<T> list) {
    items(fieldName, list, [&](const T *item) {
      if (item)
        node(*item);
      else
        out += "None";
    });
  }
  void names(std::string_view fieldName, Names list) {
    items(fieldName, list, [&](std::string_view item) { string(item, /*bytes=*/false); });
  }

  void string(std::string_view text, bool bytes);
  void constant(const Constant &constant);
  void statement(const Node &node);
  void expression(const Node &node);
  void part(const Node &node);

  const DumpOptions &options;
  unsigned level = 0;
  unsigned fStrings = 0;
  bool first = true;
};

/// Python's ascii().
void Dumper::string(std::string_view text, bool bytes) {
  static const char digits[] = "0123456789abcdef";
  char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  auto hex = [&](uint32_t value, unsigned length) {
    for (unsigned i = length; i-- > 0;)
      out += digits[value >> (4 * i) & 15];
  };
  out += bytes ? "b" : "";
  out += quote;
  for (size_t at = 0; at < text.size();) {
    unsigned char byte = text[at];
    char32_t c = byte;
    unsigned length = 1;
    if (!bytes && byte >= 0x80) {
      unicode::Decoded decoded = unicode::decode(text, at);
      c = decoded.value;
      length = decoded.length;
      if (!decoded.valid && byte >= 0xE0 && at + 2 < text.size()) {
        // A lone surrogate.
        c = (byte & 15) << 12 | (text[at + 1] & 63) << 6 | (text[at + 2] & 63);
        length = 3;
      }
    }
    at += length;
    if (c == '\\' || c == char32_t(quote))
      out += '\\', out += char(c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (c >= 0x20 && c < 0x7F)
      out += char(c);
    else if (c < 0x100)
      out += "\\x", hex(c, 2);
    else if (c < 0x10000)
      out += "\\u", hex(c, 4);
    else
      out += "\\U", hex(c, 8);
  }
  out += quote;
}

void Dumper::constant(const Constant &c) {
  field("value");
  switch (c.value) {
  case ConstantKind::None:
    out += "None";
    break;
  case ConstantKind::True:
    out += "True";
    break;
  case ConstantKind::False:
    out += "False";
    break;
  case ConstantKind::Ellipsis:
    out += "Ellipsis";
    break;
  case ConstantKind::Int:
    out += decimalText(c);
    break;
  case ConstantKind::Float:
    out += floatRepr(c.real, /*imaginary=*/false);
    break;
  case ConstantKind::Imaginary:
    out += floatRepr(c.real, /*imaginary=*/true) + "j";
    break;
  case ConstantKind::Str:
    string(c.text, /*bytes=*/false);
    break;
  case ConstantKind::Bytes:
    string(c.text, /*bytes=*/true);
    break;
  }
  if (c.namedEscapes)
    field("named_escapes"), out += "True";
  if (c.unicodePrefix)
    field("kind"), out += "'u'";
}

void Dumper::node(const Node &node) {
  open(node);
  bool isFString = node.is<JoinedStr>();
  fStrings += isFString;
  if (node.is<Stmt>())
    statement(node);
  else if (node.is<Expr>())
    expression(node);
  else
    part(node);
  fStrings -= isFString;
  close(node);
}

template <class T> const T &cast(const Node &node) { return static_cast<const T &>(node); }

void Dumper::statement(const Node &node) {
  switch (node.kind) {
  case Kind::FunctionDef:
  case Kind::AsyncFunctionDef: {
    auto &n = cast<FunctionDef>(node);
    name("name", n.name);
    child("args", n.args);
    children("body", n.body);
    children("decorator_list", n.decoratorList);
    child("returns", n.returns);
    children("type_params", n.typeParams);
    break;
  }
  case Kind::ClassDef: {
    auto &n = cast<ClassDef>(node);
    name("name", n.name);
    children("bases", n.bases);
    children("keywords", n.keywords);
    children("body", n.body);
    children("decorator_list", n.decoratorList);
    children("type_params", n.typeParams);
    break;
  }
  case Kind::Return:
    child("value", cast<Return>(node).value);
    break;
  case Kind::Delete:
    children("targets", cast<Delete>(node).targets);
    break;
  case Kind::Assign:
    children("targets", cast<Assign>(node).targets);
    child("value", cast<Assign>(node).value);
    break;
  case Kind::TypeAlias:
    child("name", cast<TypeAlias>(node).name);
    children("type_params", cast<TypeAlias>(node).typeParams);
    child("value", cast<TypeAlias>(node).value);
    break;
  case Kind::AugAssign:
    child("target", cast<AugAssign>(node).target);
    op("op", className(cast<AugAssign>(node).op));
    child("value", cast<AugAssign>(node).value);
    break;
  case Kind::AnnAssign:
    child("target", cast<AnnAssign>(node).target);
    child("annotation", cast<AnnAssign>(node).annotation);
    child("value", cast<AnnAssign>(node).value);
    number("simple", cast<AnnAssign>(node).simple);
    break;
  case Kind::For:
  case Kind::AsyncFor: {
    auto &n = cast<For>(node);
    child("target", n.target);
    child("iter", n.iter);
    children("body", n.body);
    children("orelse", n.orelse);
    break;
  }
  case Kind::While:
    child("test", cast<While>(node).test);
    children("body", cast<While>(node).body);
    children("orelse", cast<While>(node).orelse);
    break;
  case Kind::If:
    child("test", cast<If>(node).test);
    children("body", cast<If>(node).body);
    children("orelse", cast<If>(node).orelse);
    break;
  case Kind::With:
  case Kind::AsyncWith:
    children("items", cast<With>(node).items);
    children("body", cast<With>(node).body);
    break;
  case Kind::Match:
    child("subject", cast<Match>(node).subject);
    children("cases", cast<Match>(node).cases);
    break;
  case Kind::Raise:
    child("exc", cast<Raise>(node).exc);
    child("cause", cast<Raise>(node).cause);
    break;
  case Kind::Try:
  case Kind::TryStar: {
    auto &n = cast<Try>(node);
    children("body", n.body);
    children("handlers", n.handlers);
    children("orelse", n.orelse);
    children("finalbody", n.finalbody);
    break;
  }
  case Kind::Assert:
    child("test", cast<Assert>(node).test);
    child("msg", cast<Assert>(node).msg);
    break;
  case Kind::Import:
    children("names", cast<Import>(node).names);
    break;
  case Kind::ImportFrom:
    optionalName("module", cast<ImportFrom>(node).module);
    children("names", cast<ImportFrom>(node).names);
    number("level", cast<ImportFrom>(node).level);
    break;
  case Kind::Global:
    names("names", cast<Global>(node).names);
    break;
  case Kind::Nonlocal:
    names("names", cast<Nonlocal>(node).names);
    break;
  case Kind::ExprStmt:
    child("value", cast<ExprStmt>(node).value);
    break;
  default:
    break;
  }
}

void Dumper::expression(const Node &node) {
  switch (node.kind) {
  case Kind::BoolOp:
    op("op", className(cast<BoolOp>(node).op));
    children("values", cast<BoolOp>(node).values);
    break;
  case Kind::NamedExpr:
    child("target", cast<NamedExpr>(node).target);
    child("value", cast<NamedExpr>(node).value);
    break;
  case Kind::BinOp:
    child("left", cast<BinOp>(node).left);
    op("op", className(cast<BinOp>(node).op));
    child("right", cast<BinOp>(node).right);
    break;
  case Kind::UnaryOp:
    op("op", className(cast<UnaryOp>(node).op));
    child("operand", cast<UnaryOp>(node).operand);
    break;
  case Kind::Lambda:
    child("args", cast<Lambda>(node).args);
    child("body", cast<Lambda>(node).body);
    break;
  case Kind::IfExp:
    child("test", cast<IfExp>(node).test);
    child("body", cast<IfExp>(node).body);
    child("orelse", cast<IfExp>(node).orelse);
    break;
  case Kind::Dict:
    children("keys", cast<Dict>(node).keys);
    children("values", cast<Dict>(node).values);
    break;
  case Kind::Set:
    children("elts", cast<Set>(node).elts);
    break;
  case Kind::ListComp:
    child("elt", cast<ListComp>(node).elt);
    children("generators", cast<ListComp>(node).generators);
    break;
  case Kind::SetComp:
    child("elt", cast<SetComp>(node).elt);
    children("generators", cast<SetComp>(node).generators);
    break;
  case Kind::DictComp:
    child("key", cast<DictComp>(node).key);
    child("value", cast<DictComp>(node).value);
    children("generators", cast<DictComp>(node).generators);
    break;
  case Kind::GeneratorExp:
    child("elt", cast<GeneratorExp>(node).elt);
    children("generators", cast<GeneratorExp>(node).generators);
    break;
  case Kind::Await:
    child("value", cast<Await>(node).value);
    break;
  case Kind::Yield:
    child("value", cast<Yield>(node).value);
    break;
  case Kind::YieldFrom:
    child("value", cast<YieldFrom>(node).value);
    break;
  case Kind::Compare:
    child("left", cast<Compare>(node).left);
    items("ops", cast<Compare>(node).ops, [&](CompareOperator op) {
      out += className(op);
      out += "()";
    });
    children("comparators", cast<Compare>(node).comparators);
    break;
  case Kind::Call:
    child("func", cast<Call>(node).func);
    children("args", cast<Call>(node).args);
    children("keywords", cast<Call>(node).keywords);
    break;
  case Kind::FormattedValue:
    child("value", cast<FormattedValue>(node).value);
    field("conversion");
    out += std::to_string(cast<FormattedValue>(node).conversion);
    child("format_spec", cast<FormattedValue>(node).formatSpec);
    break;
  case Kind::JoinedStr:
    children("values", cast<JoinedStr>(node).values);
    break;
  case Kind::Constant:
    constant(cast<Constant>(node));
    break;
  case Kind::Attribute:
    child("value", cast<Attribute>(node).value);
    name("attr", cast<Attribute>(node).attr);
    op("ctx", className(cast<Attribute>(node).ctx));
    break;
  case Kind::Subscript:
    child("value", cast<Subscript>(node).value);
    child("slice", cast<Subscript>(node).slice);
    op("ctx", className(cast<Subscript>(node).ctx));
    break;
  case Kind::Starred:
    child("value", cast<Starred>(node).value);
    op("ctx", className(cast<Starred>(node).ctx));
    break;
  case Kind::Name:
    name("id", cast<Name>(node).id);
    op("ctx", className(cast<Name>(node).ctx));
    break;
  case Kind::List:
    children("elts", cast<List>(node).elts);
    op("ctx", className(cast<List>(node).ctx));
    break;
  case Kind::Tuple:
    children("elts", cast<Tuple>(node).elts);
    op("ctx", className(cast<Tuple>(node).ctx));
    break;
  case Kind::Slice:
    child("lower", cast<Slice>(node).lower);
    child("upper", cast<Slice>(node).upper);
    child("step", cast<Slice>(node).step);
    break;
  default:
    break;
  }
}

/// Patterns and everything that is neither statement nor expression.
void Dumper::part(const Node &node) {
  switch (node.kind) {
  case Kind::Module:
    children("body", cast<Module>(node).body);
    children("type_ignores", StmtList());
    break;
  case Kind::MatchValue:
    child("value", cast<MatchValue>(node).value);
    break;
  case Kind::MatchSingleton: {
    ConstantKind value = cast<MatchSingleton>(node).value;
    field("value");
    out += value == ConstantKind::None ? "None" : value == ConstantKind::True ? "True" : "False";
    break;
  }
  case Kind::MatchSequence:
    children("patterns", cast<MatchSequence>(node).patterns);
    break;
  case Kind::MatchMapping:
    children("keys", cast<MatchMapping>(node).keys);
    children("patterns", cast<MatchMapping>(node).patterns);
    optionalName("rest", cast<MatchMapping>(node).rest);
    break;
  case Kind::MatchClass:
    child("cls", cast<MatchClass>(node).cls);
    children("patterns", cast<MatchClass>(node).patterns);
    names("kwd_attrs", cast<MatchClass>(node).kwdAttrs);
    children("kwd_patterns", cast<MatchClass>(node).kwdPatterns);
    break;
  case Kind::MatchStar:
    optionalName("name", cast<MatchStar>(node).name);
    break;
  case Kind::MatchAs:
    child("pattern", cast<MatchAs>(node).pattern);
    optionalName("name", cast<MatchAs>(node).name);
    break;
  case Kind::MatchOr:
    children("patterns", cast<MatchOr>(node).patterns);
    break;
  case Kind::Comprehension:
    child("target", cast<Comprehension>(node).target);
    child("iter", cast<Comprehension>(node).iter);
    children("ifs", cast<Comprehension>(node).ifs);
    number("is_async", cast<Comprehension>(node).isAsync);
    break;
  case Kind::ExceptHandler:
    child("type", cast<ExceptHandler>(node).type);
    optionalName("name", cast<ExceptHandler>(node).name);
    children("body", cast<ExceptHandler>(node).body);
    break;
  case Kind::Arguments: {
    auto &n = cast<Arguments>(node);
    children("posonlyargs", n.posonlyargs);
    children("args", n.args);
    child("vararg", n.vararg);
    children("kwonlyargs", n.kwonlyargs);
    children("kw_defaults", n.kwDefaults);
    child("kwarg", n.kwarg);
    children("defaults", n.defaults);
    break;
  }
  case Kind::Arg:
    name("arg", cast<Arg>(node).arg);
    child("annotation", cast<Arg>(node).annotation);
    break;
  case Kind::Keyword:
    optionalName("arg", cast<Keyword>(node).arg);
    child("value", cast<Keyword>(node).value);
    break;
  case Kind::Alias:
    name("name", cast<Alias>(node).name);
    optionalName("asname", cast<Alias>(node).asname);
    break;
  case Kind::WithItem:
    child("context_expr", cast<WithItem>(node).contextExpr);
    child("optional_vars", cast<WithItem>(node).optionalVars);
    break;
  case Kind::MatchCase:
    child("pattern", cast<MatchCase>(node).pattern);
    child("guard", cast<MatchCase>(node).guard);
    children("body", cast<MatchCase>(node).body);
    break;
  case Kind::TypeVar:
    name("name", cast<TypeVar>(node).name);
    child("bound", cast<TypeVar>(node).bound);
    break;
  case Kind::TypeVarTuple:
    name("name", cast<TypeVarTuple>(node).name);
    break;
  case Kind::ParamSpec:
    name("name", cast<ParamSpec>(node).name);
    break;
  default:
    break;
  }
}

} // namespace

std::string ast::dump(const Node &node, const DumpOptions &options) {
  Dumper dumper(options);
  dumper.node(node);
  return std::move(dumper.out);
}

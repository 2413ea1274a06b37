//===- AST.h - The syntax tree --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tree has the shape of CPython 3.12's `ast` module, node for node and field
// for field (`BinOp` has `left`, `op`, `right`), so that what is written about
// Python's tree holds here; fields whose Python name is a C++ word end in an
// underscore or are spelt out (`If::orelse`, `Return::value`, `Call::func`).
//
// A node is a plain struct: a kind, a span, public fields. There are no visitors:
// switch on `kind` and `as<T>()` (LLVM's isa/cast/dyn_cast work too):
//
//   switch (expr->kind) {
//   case Kind::Name: return lookUp(expr->as<ast::Name>()->id);
//   case Kind::BinOp: {
//     auto *op = expr->as<ast::BinOp>(); ...
//
// `forEachChild` and `walk` (Walk.h) serve analyses that look at everything.
//
// All nodes, lists and strings live in the arena of their `Tree`; pointers stay
// valid as long as it does and never own. A null pointer stands for Python's
// None in an optional field, and only there. Identifiers are interned per tree.
//
// Spans are CPython's: 1-based lines; columns count bytes, from 1 here, from 0
// there; the end is exclusive. Parentheses around an expression belong to the
// expression that encloses it, except a tuple's and a generator expression's.
// Nodes to which CPython gives no position (`Arguments`, `Comprehension`,
// `WithItem`, `MatchCase`) have one here.
//
// Depth is bounded: no path through one expression is longer than
// ParseOptions::maxDepth, nor one through statements, so recursion over a tree is
// safe.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_SYNTAX_AST_H
#define TEGULA_SYNTAX_AST_H

#include "lib/Syntax/Arena.h"
#include "tegula/Diagnostics.h"

#include <cassert>
#include <optional>

namespace tegula::ast {

enum class Kind : uint8_t {
  Module,
  // Statements: FirstStmt..LastStmt.
  FunctionDef,
  AsyncFunctionDef,
  ClassDef,
  Return,
  Delete,
  Assign,
  TypeAlias,
  AugAssign,
  AnnAssign,
  For,
  AsyncFor,
  While,
  If,
  With,
  AsyncWith,
  Match,
  Raise,
  Try,
  TryStar,
  Assert,
  Import,
  ImportFrom,
  Global,
  Nonlocal,
  ExprStmt, // ast.Expr
  Pass,
  Break,
  Continue,
  // Expressions: FirstExpr..LastExpr.
  BoolOp,
  NamedExpr,
  BinOp,
  UnaryOp,
  Lambda,
  IfExp,
  Dict,
  Set,
  ListComp,
  SetComp,
  DictComp,
  GeneratorExp,
  Await,
  Yield,
  YieldFrom,
  Compare,
  Call,
  FormattedValue,
  JoinedStr,
  Constant,
  Attribute,
  Subscript,
  Starred,
  Name,
  List,
  Tuple,
  Slice,
  // Patterns of `match`: FirstPattern..LastPattern.
  MatchValue,
  MatchSingleton,
  MatchSequence,
  MatchMapping,
  MatchClass,
  MatchStar,
  MatchAs,
  MatchOr,
  // Parts.
  Comprehension,
  ExceptHandler,
  Arguments,
  Arg,
  Keyword,
  Alias,
  WithItem,
  MatchCase,
  TypeVar,
  TypeVarTuple,
  ParamSpec,

  FirstStmt = FunctionDef,
  LastStmt = Continue,
  FirstExpr = BoolOp,
  LastExpr = Slice,
  FirstPattern = MatchValue,
  LastPattern = MatchOr,
};

/// The name of the node's class in Python's `ast`: "BinOp", "Expr", "arguments".
std::string_view kindName(Kind kind);

/// What the construct is called in a message to its author: "a `try` statement",
/// "a dict display", "a lambda".
std::string_view describe(Kind kind);

enum class BinaryOperator : uint8_t {
  Add,
  Sub,
  Mult,
  MatMult,
  Div,
  Mod,
  Pow,
  LShift,
  RShift,
  BitOr,
  BitXor,
  BitAnd,
  FloorDiv,
};
enum class UnaryOperator : uint8_t { Invert, Not, UAdd, USub };
enum class BoolOperator : uint8_t { And, Or };
enum class CompareOperator : uint8_t {
  Eq,
  NotEq,
  Lt,
  LtE,
  Gt,
  GtE,
  Is,
  IsNot,
  In,
  NotIn,
};
enum class ExprContext : uint8_t { Load, Store, Del };

/// As written: "+", "//", "not in".
std::string_view spelling(BinaryOperator op);
std::string_view spelling(UnaryOperator op);
std::string_view spelling(BoolOperator op);
std::string_view spelling(CompareOperator op);
/// The name of the class in Python's `ast`: "Add", "NotIn", "Store".
std::string_view className(BinaryOperator op);
std::string_view className(UnaryOperator op);
std::string_view className(BoolOperator op);
std::string_view className(CompareOperator op);
std::string_view className(ExprContext context);

//===----------------------------------------------------------------------===//
// Bases
//===----------------------------------------------------------------------===//

struct Node {
  const Kind kind;
  /// Length of the longest path down through expressions; 1 for a leaf.
  uint16_t depth = 1;
  SourceSpan span;

  explicit Node(Kind kind) : kind(kind) {}

  template <class T> bool is() const { return T::classof(this); }
  /// This node as a T, or null when it is something else.
  template <class T> const T *as() const { return T::classof(this) ? static_cast<const T *>(this) : nullptr; }
  template <class T> T *as() { return T::classof(this) ? static_cast<T *>(this) : nullptr; }
};

struct Stmt : Node {
  using Node::Node;
  static bool classof(const Node *node) { return node->kind >= Kind::FirstStmt && node->kind <= Kind::LastStmt; }
};

struct Expr : Node {
  using Node::Node;
  static bool classof(const Node *node) { return node->kind >= Kind::FirstExpr && node->kind <= Kind::LastExpr; }
};

struct Pattern : Node {
  using Node::Node;
  static bool classof(const Node *node) { return node->kind >= Kind::FirstPattern && node->kind <= Kind::LastPattern; }
};

/// A base class that fixes the kind of node.
template <Kind K, class Base> struct NodeOf : Base {
  static constexpr Kind staticKind = K;
  NodeOf() : Base(K) {}
  static bool classof(const Node *node) { return node->kind == K; }

protected:
  explicit NodeOf(Kind kind) : Base(kind) {}
};

template <class T> using Nodes = std::span<T *const>;
using Names = std::span<const std::string_view>;
using StmtList = Nodes<Stmt>;
using ExprList = Nodes<Expr>;

struct Arguments;
struct Alias;
struct Comprehension;
struct ExceptHandler;
struct Keyword;
struct MatchCase;
struct WithItem;

struct Module : NodeOf<Kind::Module, Node> {
  StmtList body;
};

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

/// `a and b and c` is one node with three values.
struct BoolOp : NodeOf<Kind::BoolOp, Expr> {
  BoolOperator op = BoolOperator::And;
  ExprList values;
};

/// `(target := value)`
struct NamedExpr : NodeOf<Kind::NamedExpr, Expr> {
  Expr *target = nullptr; // a Name
  Expr *value = nullptr;
};

struct BinOp : NodeOf<Kind::BinOp, Expr> {
  Expr *left = nullptr;
  BinaryOperator op = BinaryOperator::Add;
  Expr *right = nullptr;
};

struct UnaryOp : NodeOf<Kind::UnaryOp, Expr> {
  UnaryOperator op = UnaryOperator::Not;
  Expr *operand = nullptr;
};

struct Lambda : NodeOf<Kind::Lambda, Expr> {
  Arguments *args = nullptr;
  Expr *body = nullptr;
};

/// `body if test else orelse`
struct IfExp : NodeOf<Kind::IfExp, Expr> {
  Expr *test = nullptr;
  Expr *body = nullptr;
  Expr *orelse = nullptr;
};

/// A null key stands for `**value`.
struct Dict : NodeOf<Kind::Dict, Expr> {
  ExprList keys;
  ExprList values;
};

struct Set : NodeOf<Kind::Set, Expr> {
  ExprList elts;
};

struct ListComp : NodeOf<Kind::ListComp, Expr> {
  Expr *elt = nullptr;
  Nodes<Comprehension> generators;
};

struct SetComp : NodeOf<Kind::SetComp, Expr> {
  Expr *elt = nullptr;
  Nodes<Comprehension> generators;
};

struct DictComp : NodeOf<Kind::DictComp, Expr> {
  Expr *key = nullptr;
  Expr *value = nullptr;
  Nodes<Comprehension> generators;
};

struct GeneratorExp : NodeOf<Kind::GeneratorExp, Expr> {
  Expr *elt = nullptr;
  Nodes<Comprehension> generators;
};

struct Await : NodeOf<Kind::Await, Expr> {
  Expr *value = nullptr;
};

struct Yield : NodeOf<Kind::Yield, Expr> {
  Expr *value = nullptr; // may be null
};

struct YieldFrom : NodeOf<Kind::YieldFrom, Expr> {
  Expr *value = nullptr;
};

/// `left ops[0] comparators[0] ops[1] comparators[1] ...`
struct Compare : NodeOf<Kind::Compare, Expr> {
  Expr *left = nullptr;
  std::span<const CompareOperator> ops;
  ExprList comparators;
};

/// `*x` among `args` is a Starred; `**x` among `keywords` has no name.
struct Call : NodeOf<Kind::Call, Expr> {
  Expr *func = nullptr;
  ExprList args;
  Nodes<Keyword> keywords;
};

/// One `{value!conversion:format_spec}` of an f-string.
struct FormattedValue : NodeOf<Kind::FormattedValue, Expr> {
  Expr *value = nullptr;
  int conversion = -1;        // 's', 'r', 'a', or -1 for none
  Expr *formatSpec = nullptr; // a JoinedStr, or null
};

/// An f-string: Constants and FormattedValues.
struct JoinedStr : NodeOf<Kind::JoinedStr, Expr> {
  ExprList values;
};

enum class ConstantKind : uint8_t {
  None,
  True,
  False,
  Ellipsis,
  Int,
  Float,
  Imaginary,
  Str,
  Bytes,
};

/// A literal. Adjacent strings are one constant.
struct Constant : NodeOf<Kind::Constant, Expr> {
  ConstantKind value = ConstantKind::None;
  /// The string began with u"": `ast` remembers it, so the tree does.
  bool unicodePrefix = false;
  /// A Str holds `\N{NAME}` escapes: no table of names is carried, so they stand
  /// in the text as written.
  bool namedEscapes = false;
  /// An Int is below 2^64, and `integer` is its value.
  bool fitsUint64 = false;
  uint64_t integer = 0;
  /// The value of a Float, or of an Imaginary without its `j`.
  double real = 0;
  /// Str: decoded UTF-8 (lone surrogates as three bytes, "WTF-8"). Bytes: the
  /// bytes. Int: the digits in lower case without underscores, with 0x, 0o or 0b
  /// in front when it was not decimal. Else as written.
  std::string_view text;

  bool isString() const { return value == ConstantKind::Str; }
  bool isInt() const { return value == ConstantKind::Int; }
  /// The value of an Int that fits.
  std::optional<int64_t> asInt64() const {
    if (!isInt() || !fitsUint64 || integer > uint64_t(INT64_MAX))
      return std::nullopt;
    return int64_t(integer);
  }
};

/// An Int's value in decimal digits, however large.
std::string decimalText(const Constant &constant);

struct Attribute : NodeOf<Kind::Attribute, Expr> {
  Expr *value = nullptr;
  std::string_view attr;
  SourceSpan attrSpan; // of the name alone
  ExprContext ctx = ExprContext::Load;
};

/// `value[slice]`; several indices come as one Tuple.
struct Subscript : NodeOf<Kind::Subscript, Expr> {
  Expr *value = nullptr;
  Expr *slice = nullptr;
  ExprContext ctx = ExprContext::Load;
};

struct Starred : NodeOf<Kind::Starred, Expr> {
  Expr *value = nullptr;
  ExprContext ctx = ExprContext::Load;
};

struct Name : NodeOf<Kind::Name, Expr> {
  std::string_view id;
  ExprContext ctx = ExprContext::Load;
};

struct List : NodeOf<Kind::List, Expr> {
  ExprList elts;
  ExprContext ctx = ExprContext::Load;
};

struct Tuple : NodeOf<Kind::Tuple, Expr> {
  ExprList elts;
  ExprContext ctx = ExprContext::Load;
};

/// `lower:upper:step` inside a subscript; each may be null.
struct Slice : NodeOf<Kind::Slice, Expr> {
  Expr *lower = nullptr;
  Expr *upper = nullptr;
  Expr *step = nullptr;
};

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// `for target in iter if ... if ...`
struct Comprehension : NodeOf<Kind::Comprehension, Node> {
  Expr *target = nullptr;
  Expr *iter = nullptr;
  ExprList ifs;
  bool isAsync = false;
};

struct Arg : NodeOf<Kind::Arg, Node> {
  std::string_view arg;
  SourceSpan nameSpan;
  Expr *annotation = nullptr; // may be null
};

/// A parameter list. `defaults` belong to the last of `posonlyargs` + `args`;
/// `kwDefaults` has an entry, null when there is none, for each of `kwonlyargs`.
struct Arguments : NodeOf<Kind::Arguments, Node> {
  Nodes<Arg> posonlyargs;
  Nodes<Arg> args;
  Arg *vararg = nullptr; // may be null
  Nodes<Arg> kwonlyargs;
  ExprList kwDefaults;
  Arg *kwarg = nullptr; // may be null
  ExprList defaults;
};

/// `arg=value` of a call; an empty `arg` is `**value`.
struct Keyword : NodeOf<Kind::Keyword, Node> {
  std::string_view arg;
  Expr *value = nullptr;
};

/// `name as asname` of an import; `asname` is empty when there is none.
struct Alias : NodeOf<Kind::Alias, Node> {
  std::string_view name; // dotted
  std::string_view asname;
};

struct WithItem : NodeOf<Kind::WithItem, Node> {
  Expr *contextExpr = nullptr;
  Expr *optionalVars = nullptr; // may be null
};

struct ExceptHandler : NodeOf<Kind::ExceptHandler, Node> {
  Expr *type = nullptr;  // may be null
  std::string_view name; // empty when there is none
  StmtList body;
};

struct TypeVar : NodeOf<Kind::TypeVar, Node> {
  std::string_view name;
  Expr *bound = nullptr; // may be null
};
struct TypeVarTuple : NodeOf<Kind::TypeVarTuple, Node> {
  std::string_view name;
};
struct ParamSpec : NodeOf<Kind::ParamSpec, Node> {
  std::string_view name;
};

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

/// The span starts at `def`, after the decorators.
struct FunctionDef : NodeOf<Kind::FunctionDef, Stmt> {
  std::string_view name;
  SourceSpan nameSpan;
  Arguments *args = nullptr;
  StmtList body;
  ExprList decoratorList;
  Expr *returns = nullptr; // may be null
  Nodes<Node> typeParams;  // TypeVar, TypeVarTuple, ParamSpec

  FunctionDef() = default;

protected:
  using NodeOf::NodeOf;
};
/// Never `as<FunctionDef>()`: its kind is another.
struct AsyncFunctionDef : FunctionDef {
  static constexpr Kind staticKind = Kind::AsyncFunctionDef;
  AsyncFunctionDef() : FunctionDef(Kind::AsyncFunctionDef) {}
  static bool classof(const Node *node) { return node->kind == staticKind; }
};

struct ClassDef : NodeOf<Kind::ClassDef, Stmt> {
  std::string_view name;
  SourceSpan nameSpan;
  ExprList bases;
  Nodes<Keyword> keywords;
  StmtList body;
  ExprList decoratorList;
  Nodes<Node> typeParams;
};

struct Return : NodeOf<Kind::Return, Stmt> {
  Expr *value = nullptr; // may be null
};

struct Delete : NodeOf<Kind::Delete, Stmt> {
  ExprList targets;
};

/// `targets[0] = targets[1] = value`
struct Assign : NodeOf<Kind::Assign, Stmt> {
  ExprList targets;
  Expr *value = nullptr;
};

/// `type name[typeParams] = value`
struct TypeAlias : NodeOf<Kind::TypeAlias, Stmt> {
  Expr *name = nullptr; // a Name
  Nodes<Node> typeParams;
  Expr *value = nullptr;
};

struct AugAssign : NodeOf<Kind::AugAssign, Stmt> {
  Expr *target = nullptr;
  BinaryOperator op = BinaryOperator::Add;
  Expr *value = nullptr;
};

/// `target: annotation = value`; `simple` when the target is a bare name without
/// parentheses.
struct AnnAssign : NodeOf<Kind::AnnAssign, Stmt> {
  Expr *target = nullptr;
  Expr *annotation = nullptr;
  Expr *value = nullptr; // may be null
  bool simple = false;
};

struct For : NodeOf<Kind::For, Stmt> {
  Expr *target = nullptr;
  Expr *iter = nullptr;
  StmtList body;
  StmtList orelse;

  For() = default;

protected:
  using NodeOf::NodeOf;
};
struct AsyncFor : For {
  static constexpr Kind staticKind = Kind::AsyncFor;
  AsyncFor() : For(Kind::AsyncFor) {}
  static bool classof(const Node *node) { return node->kind == staticKind; }
};

struct While : NodeOf<Kind::While, Stmt> {
  Expr *test = nullptr;
  StmtList body;
  StmtList orelse;
};

/// `elif` is an If alone in `orelse`.
struct If : NodeOf<Kind::If, Stmt> {
  Expr *test = nullptr;
  StmtList body;
  StmtList orelse;
};

struct With : NodeOf<Kind::With, Stmt> {
  Nodes<WithItem> items;
  StmtList body;

  With() = default;

protected:
  using NodeOf::NodeOf;
};
struct AsyncWith : With {
  static constexpr Kind staticKind = Kind::AsyncWith;
  AsyncWith() : With(Kind::AsyncWith) {}
  static bool classof(const Node *node) { return node->kind == staticKind; }
};

struct Match : NodeOf<Kind::Match, Stmt> {
  Expr *subject = nullptr;
  Nodes<MatchCase> cases;
};

struct Raise : NodeOf<Kind::Raise, Stmt> {
  Expr *exc = nullptr;   // may be null
  Expr *cause = nullptr; // may be null
};

struct Try : NodeOf<Kind::Try, Stmt> {
  StmtList body;
  Nodes<ExceptHandler> handlers;
  StmtList orelse;
  StmtList finalbody;

  Try() = default;

protected:
  using NodeOf::NodeOf;
};
/// With `except*` handlers.
struct TryStar : Try {
  static constexpr Kind staticKind = Kind::TryStar;
  TryStar() : Try(Kind::TryStar) {}
  static bool classof(const Node *node) { return node->kind == staticKind; }
};

struct Assert : NodeOf<Kind::Assert, Stmt> {
  Expr *test = nullptr;
  Expr *msg = nullptr; // may be null
};

struct Import : NodeOf<Kind::Import, Stmt> {
  Nodes<Alias> names;
};

/// `from ..module import names`: level is the number of dots.
struct ImportFrom : NodeOf<Kind::ImportFrom, Stmt> {
  std::string_view module; // empty when there is none
  Nodes<Alias> names;
  unsigned level = 0;
};

struct Global : NodeOf<Kind::Global, Stmt> {
  Names names;
};
struct Nonlocal : NodeOf<Kind::Nonlocal, Stmt> {
  Names names;
};

/// An expression as a statement: Python's `ast.Expr`.
struct ExprStmt : NodeOf<Kind::ExprStmt, Stmt> {
  Expr *value = nullptr;
};

struct Pass : NodeOf<Kind::Pass, Stmt> {};
struct Break : NodeOf<Kind::Break, Stmt> {};
struct Continue : NodeOf<Kind::Continue, Stmt> {};

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

struct MatchValue : NodeOf<Kind::MatchValue, Pattern> {
  Expr *value = nullptr;
};
struct MatchSingleton : NodeOf<Kind::MatchSingleton, Pattern> {
  ConstantKind value = ConstantKind::None; // None, True or False
};
struct MatchSequence : NodeOf<Kind::MatchSequence, Pattern> {
  Nodes<Pattern> patterns;
};
struct MatchMapping : NodeOf<Kind::MatchMapping, Pattern> {
  ExprList keys;
  Nodes<Pattern> patterns;
  std::string_view rest; // empty when there is none
};
struct MatchClass : NodeOf<Kind::MatchClass, Pattern> {
  Expr *cls = nullptr;
  Nodes<Pattern> patterns;
  Names kwdAttrs;
  Nodes<Pattern> kwdPatterns;
};
struct MatchStar : NodeOf<Kind::MatchStar, Pattern> {
  std::string_view name; // empty for `*_`
};
/// `pattern as name`; `name` alone; `_` when both are missing.
struct MatchAs : NodeOf<Kind::MatchAs, Pattern> {
  Pattern *pattern = nullptr; // may be null
  std::string_view name;      // empty for `_`
};
struct MatchOr : NodeOf<Kind::MatchOr, Pattern> {
  Nodes<Pattern> patterns;
};

struct MatchCase : NodeOf<Kind::MatchCase, Node> {
  Pattern *pattern = nullptr;
  Expr *guard = nullptr; // may be null
  StmtList body;
};

/// A parsed source: the nodes and the memory that they live in. It keeps nothing
/// of the buffer it was parsed from.
struct Tree {
  Arena arena;
  Module *module = nullptr;
  std::string file;
};

} // namespace tegula::ast

#endif // TEGULA_SYNTAX_AST_H

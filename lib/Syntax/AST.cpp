//===- AST.cpp - Names of kinds and operators -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/AST.h"

using namespace tegula;
using namespace tegula::ast;

namespace {
struct KindNames {
  std::string_view name;        // in Python's ast
  std::string_view description; // in messages
};

KindNames namesOf(Kind kind) {
  switch (kind) {
  case Kind::Module:
    return {"Module", "a module"};
  case Kind::FunctionDef:
    return {"FunctionDef", "a function definition"};
  case Kind::AsyncFunctionDef:
    return {"AsyncFunctionDef", "an `async` function definition"};
  case Kind::ClassDef:
    return {"ClassDef", "a class definition"};
  case Kind::Return:
    return {"Return", "a `return` statement"};
  case Kind::Delete:
    return {"Delete", "a `del` statement"};
  case Kind::Assign:
    return {"Assign", "an assignment"};
  case Kind::TypeAlias:
    return {"TypeAlias", "a `type` statement"};
  case Kind::AugAssign:
    return {"AugAssign", "an augmented assignment"};
  case Kind::AnnAssign:
    return {"AnnAssign", "an annotated assignment"};
  case Kind::For:
    return {"For", "a `for` loop"};
  case Kind::AsyncFor:
    return {"AsyncFor", "an `async for` loop"};
  case Kind::While:
    return {"While", "a `while` loop"};
  case Kind::If:
    return {"If", "an `if` statement"};
  case Kind::With:
    return {"With", "a `with` statement"};
  case Kind::AsyncWith:
    return {"AsyncWith", "an `async with` statement"};
  case Kind::Match:
    return {"Match", "a `match` statement"};
  case Kind::Raise:
    return {"Raise", "a `raise` statement"};
  case Kind::Try:
    return {"Try", "a `try` statement"};
  case Kind::TryStar:
    return {"TryStar", "a `try` statement with `except*`"};
  case Kind::Assert:
    return {"Assert", "an `assert` statement"};
  case Kind::Import:
  case Kind::ImportFrom:
    return {kind == Kind::Import ? "Import" : "ImportFrom", "an `import` statement"};
  case Kind::Global:
    return {"Global", "a `global` statement"};
  case Kind::Nonlocal:
    return {"Nonlocal", "a `nonlocal` statement"};
  case Kind::ExprStmt:
    return {"Expr", "an expression statement"};
  case Kind::Pass:
    return {"Pass", "a `pass` statement"};
  case Kind::Break:
    return {"Break", "a `break` statement"};
  case Kind::Continue:
    return {"Continue", "a `continue` statement"};
  case Kind::BoolOp:
    return {"BoolOp", "a logical expression"};
  case Kind::NamedExpr:
    return {"NamedExpr", "an assignment expression"};
  case Kind::BinOp:
    return {"BinOp", "a binary operation"};
  case Kind::UnaryOp:
    return {"UnaryOp", "a unary operation"};
  case Kind::Lambda:
    return {"Lambda", "a lambda"};
  case Kind::IfExp:
    return {"IfExp", "a conditional expression"};
  case Kind::Dict:
    return {"Dict", "a dict display"};
  case Kind::Set:
    return {"Set", "a set display"};
  case Kind::ListComp:
    return {"ListComp", "a list comprehension"};
  case Kind::SetComp:
    return {"SetComp", "a set comprehension"};
  case Kind::DictComp:
    return {"DictComp", "a dict comprehension"};
  case Kind::GeneratorExp:
    return {"GeneratorExp", "a generator expression"};
  case Kind::Await:
    return {"Await", "an `await` expression"};
  case Kind::Yield:
    return {"Yield", "a `yield` expression"};
  case Kind::YieldFrom:
    return {"YieldFrom", "a `yield from` expression"};
  case Kind::Compare:
    return {"Compare", "a comparison"};
  case Kind::Call:
    return {"Call", "a call"};
  case Kind::FormattedValue:
    return {"FormattedValue", "a field of an f-string"};
  case Kind::JoinedStr:
    return {"JoinedStr", "an f-string"};
  case Kind::Constant:
    return {"Constant", "a literal"};
  case Kind::Attribute:
    return {"Attribute", "an attribute"};
  case Kind::Subscript:
    return {"Subscript", "a subscript"};
  case Kind::Starred:
    return {"Starred", "a starred expression"};
  case Kind::Name:
    return {"Name", "a name"};
  case Kind::List:
    return {"List", "a list display"};
  case Kind::Tuple:
    return {"Tuple", "a tuple"};
  case Kind::Slice:
    return {"Slice", "a slice"};
  case Kind::MatchValue:
    return {"MatchValue", "a value pattern"};
  case Kind::MatchSingleton:
    return {"MatchSingleton", "a literal pattern"};
  case Kind::MatchSequence:
    return {"MatchSequence", "a sequence pattern"};
  case Kind::MatchMapping:
    return {"MatchMapping", "a mapping pattern"};
  case Kind::MatchClass:
    return {"MatchClass", "a class pattern"};
  case Kind::MatchStar:
    return {"MatchStar", "a starred pattern"};
  case Kind::MatchAs:
    return {"MatchAs", "a capture pattern"};
  case Kind::MatchOr:
    return {"MatchOr", "an alternative pattern"};
  case Kind::Comprehension:
    return {"comprehension", "a `for` clause"};
  case Kind::ExceptHandler:
    return {"ExceptHandler", "an `except` clause"};
  case Kind::Arguments:
    return {"arguments", "a parameter list"};
  case Kind::Arg:
    return {"arg", "a parameter"};
  case Kind::Keyword:
    return {"keyword", "a keyword argument"};
  case Kind::Alias:
    return {"alias", "an imported name"};
  case Kind::WithItem:
    return {"withitem", "an item of a `with` statement"};
  case Kind::MatchCase:
    return {"match_case", "a `case` clause"};
  case Kind::TypeVar:
    return {"TypeVar", "a type parameter"};
  case Kind::TypeVarTuple:
    return {"TypeVarTuple", "a type parameter"};
  case Kind::ParamSpec:
    return {"ParamSpec", "a type parameter"};
  }
  return {};
}

struct OperatorNames {
  std::string_view name, spelling;
};

constexpr OperatorNames binaryNames[] = {{"Add", "+"},      {"Sub", "-"},   {"Mult", "*"},   {"MatMult", "@"},
                                         {"Div", "/"},      {"Mod", "%"},   {"Pow", "**"},   {"LShift", "<<"},
                                         {"RShift", ">>"},  {"BitOr", "|"}, {"BitXor", "^"}, {"BitAnd", "&"},
                                         {"FloorDiv", "//"}};
constexpr OperatorNames unaryNames[] = {{"Invert", "~"}, {"Not", "not"}, {"UAdd", "+"}, {"USub", "-"}};
constexpr OperatorNames boolNames[] = {{"And", "and"}, {"Or", "or"}};
constexpr OperatorNames compareNames[] = {{"Eq", "=="}, {"NotEq", "!="},    {"Lt", "<"},  {"LtE", "<="},
                                          {"Gt", ">"},  {"GtE", ">="},      {"Is", "is"}, {"IsNot", "is not"},
                                          {"In", "in"}, {"NotIn", "not in"}};
} // namespace

std::string_view ast::kindName(Kind kind) { return namesOf(kind).name; }
std::string_view ast::describe(Kind kind) { return namesOf(kind).description; }

std::string_view ast::spelling(BinaryOperator op) { return binaryNames[size_t(op)].spelling; }
std::string_view ast::spelling(UnaryOperator op) { return unaryNames[size_t(op)].spelling; }
std::string_view ast::spelling(BoolOperator op) { return boolNames[size_t(op)].spelling; }
std::string_view ast::spelling(CompareOperator op) { return compareNames[size_t(op)].spelling; }
std::string_view ast::className(BinaryOperator op) { return binaryNames[size_t(op)].name; }
std::string_view ast::className(UnaryOperator op) { return unaryNames[size_t(op)].name; }
std::string_view ast::className(BoolOperator op) { return boolNames[size_t(op)].name; }
std::string_view ast::className(CompareOperator op) { return compareNames[size_t(op)].name; }
std::string_view ast::className(ExprContext context) {
  switch (context) {
  case ExprContext::Load:
    return "Load";
  case ExprContext::Store:
    return "Store";
  case ExprContext::Del:
    return "Del";
  }
  return "";
}

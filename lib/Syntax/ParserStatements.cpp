//===- ParserStatements.cpp - Statements of one line ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/ParserState.h"

using namespace tegula;
using namespace tegula::ast;

/// One compound statement, or a line of simple ones.
void ParserState::statement(StmtVector &out) {
  SourceSpan start = peek().span;
  switch (peek().kind) {
  case K::If:
    return out.push_back(ifStatement());
  case K::For:
    return out.push_back(forStatement<For>(start));
  case K::While:
    return out.push_back(whileStatement());
  case K::With:
    return out.push_back(withStatement<With>(start));
  case K::Try:
    return out.push_back(tryStatement());
  case K::Def:
    return out.push_back(functionDef<FunctionDef>(start, {}));
  case K::Class:
    return out.push_back(classDef({}));
  case K::At:
    return out.push_back(decorated());
  case K::Async:
    return out.push_back(asyncStatement());
  case K::Name:
    if (atMatchStatement())
      return out.push_back(matchStatement());
    return simpleStatements(out);
  case K::Indent:
    fail(start, "unexpected indentation", "only the lines of a block are indented", "indentation-error");
    return;
  case K::Elif:
  case K::Else:
  case K::Except:
  case K::Finally:
    fail(start, got(peek()) + " belongs to no statement here", "indent it like the statement that it continues");
    return;
  default:
    return simpleStatements(out);
  }
}

void ParserState::simpleStatements(StmtVector &out) {
  do
    out.push_back(simpleStatement());
  while (accept(K::Semicolon) && !at(K::Newline));
  if (accept(K::Newline))
    return;
  // `print "text"` and its like.
  const Token &previous = position > 0 ? tokens[position - 1] : peek();
  std::string hint;
  if (previous.kind == K::Name && !atExpressionEnd() && !at(K::Error) &&
      (textOf(previous) == "print" || textOf(previous) == "exec"))
    hint = "call it: " + std::string(textOf(previous)) + "(...)";
  failExpected("the end of the statement", std::move(hint));
}

Stmt *ParserState::simpleStatement() {
  switch (peek().kind) {
  case K::Return:
    return returnStatement();
  case K::Raise:
    return raiseStatement();
  case K::Assert:
    return assertStatement();
  case K::Del:
    return deleteStatement();
  case K::Import:
    return importStatement();
  case K::From:
    return importFrom();
  case K::Global:
    return nameList<Global>();
  case K::Nonlocal:
    return nameList<Nonlocal>();
  case K::Pass:
    return bare<Pass>();
  case K::Break:
    return bare<Break>();
  case K::Continue:
    return bare<Continue>();
  case K::Name:
    if (peek(1).kind == K::Name && atSoft("type"))
      return typeAlias();
    return assignmentOrExpression();
  default:
    return assignmentOrExpression();
  }
}

template <class T> Stmt *ParserState::bare() {
  T *node = make<T>(peek().span);
  advance();
  return finish(node);
}

//===----------------------------------------------------------------------===//
// Assignments
//===----------------------------------------------------------------------===//

namespace {
std::optional<BinaryOperator> augmented(TokenKind kind) {
  switch (kind) {
  case TokenKind::PlusEqual:
    return BinaryOperator::Add;
  case TokenKind::MinusEqual:
    return BinaryOperator::Sub;
  case TokenKind::StarEqual:
    return BinaryOperator::Mult;
  case TokenKind::AtEqual:
    return BinaryOperator::MatMult;
  case TokenKind::SlashEqual:
    return BinaryOperator::Div;
  case TokenKind::PercentEqual:
    return BinaryOperator::Mod;
  case TokenKind::DoubleStarEqual:
    return BinaryOperator::Pow;
  case TokenKind::LeftShiftEqual:
    return BinaryOperator::LShift;
  case TokenKind::RightShiftEqual:
    return BinaryOperator::RShift;
  case TokenKind::VBarEqual:
    return BinaryOperator::BitOr;
  case TokenKind::CircumflexEqual:
    return BinaryOperator::BitXor;
  case TokenKind::AmperEqual:
    return BinaryOperator::BitAnd;
  case TokenKind::DoubleSlashEqual:
    return BinaryOperator::FloorDiv;
  default:
    return std::nullopt;
  }
}
} // namespace

Stmt *ParserState::assignmentOrExpression() {
  Token first = peek();
  Expr *value = yieldOrStarExpressions();
  if (at(K::Equal)) {
    ExprVector targets;
    while (at(K::Equal)) {
      setTarget(value, ExprContext::Store, "assign to");
      targets.push_back(value);
      advance();
      value = yieldOrStarExpressions();
    }
    Assign *node = make<Assign>(first.span);
    node->targets = list(targets);
    node->value = value;
    return finish(node);
  }
  if (at(K::Colon))
    return annotated(first, value);
  if (std::optional<BinaryOperator> op = augmented(peek().kind)) {
    setSingleTarget(value, "an augmented assignment cannot change");
    AugAssign *node = make<AugAssign>(first.span);
    node->target = value;
    node->op = *op;
    advance();
    node->value = yieldOrStarExpressions();
    return finish(node);
  }
  ExprStmt *node = make<ExprStmt>(first.span);
  node->value = value;
  return finish(node);
}

Stmt *ParserState::annotated(const Token &first, Expr *target) {
  setSingleTarget(target, "an annotation cannot be given to");
  AnnAssign *node = make<AnnAssign>(first.span);
  advance();
  node->target = target;
  node->simple = target->is<Name>() && first.kind == K::Name;
  node->annotation = expression();
  if (accept(K::Equal))
    node->value = yieldOrStarExpressions();
  return finish(node);
}

/// `type Name[T] = value`
Stmt *ParserState::typeAlias() {
  TypeAlias *node = make<TypeAlias>(advance().span);
  Name *name = make<Name>(peek().span);
  name->id = identifier("a name");
  name->ctx = ExprContext::Store;
  node->name = finish(name);
  if (at(K::LBracket))
    node->typeParams = typeParameters();
  expect(K::Equal, "and a type");
  node->value = expression();
  return finish(node);
}

//===----------------------------------------------------------------------===//
// Statements that begin with their keyword
//===----------------------------------------------------------------------===//

Stmt *ParserState::returnStatement() {
  Return *node = make<Return>(advance().span);
  if (!atSimpleEnd())
    node->value = starExpressions();
  return finish(node);
}

Stmt *ParserState::raiseStatement() {
  Raise *node = make<Raise>(advance().span);
  if (!atSimpleEnd()) {
    node->exc = expression();
    if (accept(K::From))
      node->cause = expression();
  }
  return finish(node);
}

Stmt *ParserState::assertStatement() {
  Assert *node = make<Assert>(advance().span);
  node->test = expression();
  if (accept(K::Comma))
    node->msg = expression();
  return finish(node);
}

Stmt *ParserState::deleteStatement() {
  Delete *node = make<Delete>(advance().span);
  ExprVector targets;
  do {
    Expr *target = at(K::Star) ? starred(&ParserState::bitwiseOr) : bitwiseOr();
    setTarget(target, ExprContext::Del, "delete");
    targets.push_back(target);
  } while (accept(K::Comma) && !atSimpleEnd());
  node->targets = list(targets);
  return finish(node);
}

template <class T> Stmt *ParserState::nameList() {
  T *node = make<T>(advance().span);
  std::vector<std::string_view> names;
  do
    names.push_back(identifier("a name"));
  while (accept(K::Comma));
  node->names = list(names);
  return finish(node);
}

//===----------------------------------------------------------------------===//
// Imports
//===----------------------------------------------------------------------===//

std::string_view ParserState::dottedName() {
  std::string name(identifier("the name of a module"));
  while (accept(K::Dot)) {
    name += '.';
    name += identifier("a name after '.'");
  }
  return intern(name);
}

Alias *ParserState::importedName(bool dotted) {
  Alias *alias = make<Alias>(peek().span);
  alias->name = dotted ? dottedName() : identifier("a name to import");
  if (accept(K::As))
    alias->asname = identifier("a name after 'as'");
  return finish(alias);
}

Stmt *ParserState::importStatement() {
  Import *node = make<Import>(advance().span);
  std::vector<Alias *> names;
  do
    names.push_back(importedName(/*dotted=*/true));
  while (accept(K::Comma));
  node->names = list(names);
  return finish(node);
}

Stmt *ParserState::importFrom() {
  ImportFrom *node = make<ImportFrom>(advance().span);
  for (;;) {
    if (accept(K::Dot))
      node->level += 1;
    else if (accept(K::Ellipsis))
      node->level += 3;
    else
      break;
  }
  if (node->level == 0 || !at(K::Import))
    node->module = dottedName();
  expect(K::Import);
  std::vector<Alias *> names;
  if (at(K::Star)) {
    Alias *alias = make<Alias>(advance().span);
    alias->name = intern("*");
    names.push_back(finish(alias));
  } else if (at(K::LParen)) {
    Token open = advance();
    do
      names.push_back(importedName(/*dotted=*/false));
    while (accept(K::Comma) && !at(K::RParen));
    expectClose(K::RParen, open, "',' or ");
  } else {
    do {
      if (!names.empty() && atSimpleEnd())
        fail(peek().span, "expected a name after ','; got " + got(peek()),
             "names over several lines need parentheses around them");
      names.push_back(importedName(/*dotted=*/false));
    } while (accept(K::Comma));
  }
  node->names = list(names);
  return finish(node);
}

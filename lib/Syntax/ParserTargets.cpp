//===- ParserTargets.cpp - What can be assigned to ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A target is read as an expression, since only the `=`, `in` or `:` after it
// tells what it is; then it is checked and told that it is stored to.
//===----------------------------------------------------------------------===//

#include "lib/Syntax/ParserState.h"

using namespace tegula;
using namespace tegula::ast;

Expr *ParserState::loopTarget() {
  SourceSpan start = peek().span;
  // A comparison would swallow the `in`.
  auto one = [&] { return at(K::Star) ? starred(&ParserState::bitwiseOr) : bitwiseOr(); };
  Expr *target = one();
  if (at(K::Comma)) {
    ExprVector elts = {target};
    while (accept(K::Comma) && !atExpressionEnd())
      elts.push_back(one());
    Tuple *tuple = make<Tuple>(start);
    tuple->elts = list(elts);
    under(tuple, ExprList(tuple->elts));
    target = finish(tuple);
  }
  setTarget(target, ExprContext::Store, "assign to");
  return target;
}

void ParserState::setTarget(Expr *expr, ExprContext context, std::string_view verb) {
  switch (expr->kind) {
  case Kind::Name:
    expr->as<Name>()->ctx = context;
    return;
  case Kind::Attribute:
    expr->as<Attribute>()->ctx = context;
    return;
  case Kind::Subscript:
    expr->as<Subscript>()->ctx = context;
    return;
  case Kind::Starred:
    if (context == ExprContext::Del)
      break;
    expr->as<Starred>()->ctx = context;
    if (!expr->as<Starred>()->value->is<Starred>())
      return setTarget(expr->as<Starred>()->value, context, verb);
    break;
  case Kind::Tuple:
    expr->as<Tuple>()->ctx = context;
    for (Expr *element : expr->as<Tuple>()->elts)
      setTarget(element, context, verb);
    return;
  case Kind::List:
    expr->as<List>()->ctx = context;
    for (Expr *element : expr->as<List>()->elts)
      setTarget(element, context, verb);
    return;
  default:
    break;
  }
  std::string hint;
  if (expr->is<Compare>() || expr->is<Constant>())
    hint = context == ExprContext::Store && at(K::Equal) ? "write == to compare" : "";
  fail(expr->span,
       "cannot " + std::string(verb) + " " + std::string(describe(expr->kind)) +
           "; expected a name, an attribute or a subscript",
       std::move(hint));
}

/// For `+=` and annotations, which take no tuples.
void ParserState::setSingleTarget(Expr *expr, std::string_view what) {
  if (expr->is<Name>() || expr->is<Attribute>() || expr->is<Subscript>())
    return setTarget(expr, ExprContext::Store, "assign to");
  fail(expr->span,
       std::string(what) + " " + std::string(describe(expr->kind)) + "; expected a name, an attribute or a subscript");
}

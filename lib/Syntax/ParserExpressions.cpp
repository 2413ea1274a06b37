//===- ParserExpressions.cpp - Operators ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From loosest to tightest: `:=`, `lambda`, `if else`, `or`, `and`, `not`,
// comparisons, `|`, `^`, `&`, shifts, sums, products, signs, `**`, `await`,
// calls and their like, atoms.
//===----------------------------------------------------------------------===//

#include "lib/Syntax/ParserState.h"

using namespace tegula;
using namespace tegula::ast;

bool ParserState::atExpressionEnd() const {
  switch (peek().kind) {
  case K::Name:
  case K::Number:
  case K::String:
  case K::FStringStart:
  case K::LParen:
  case K::LBracket:
  case K::LBrace:
  case K::Plus:
  case K::Minus:
  case K::Tilde:
  case K::Star:
  case K::Ellipsis:
  case K::None:
  case K::True:
  case K::False:
  case K::Not:
  case K::Lambda:
  case K::Await:
  case K::Error: // so that it is reported
    return false;
  default:
    return true;
  }
}

//===----------------------------------------------------------------------===//
// Lists and stars
//===----------------------------------------------------------------------===//

Expr *ParserState::starred(Expr *(ParserState::*rule)()) {
  Starred *star = make<Starred>(peek().span);
  advance();
  star->value = (this->*rule)();
  under(star, star->value);
  return finish(star);
}

Expr *ParserState::starExpression() { return at(K::Star) ? starred(&ParserState::bitwiseOr) : expression(); }

Expr *ParserState::starNamedExpression() { return at(K::Star) ? starred(&ParserState::bitwiseOr) : namedExpression(); }

/// One expression, or a tuple without parentheses.
Expr *ParserState::starExpressions() {
  SourceSpan start = peek().span;
  Expr *first = starExpression();
  if (!at(K::Comma))
    return first;
  ExprVector elts = {first};
  while (accept(K::Comma) && !atExpressionEnd())
    elts.push_back(starExpression());
  Tuple *tuple = make<Tuple>(start);
  tuple->elts = list(elts);
  under(tuple, ExprList(tuple->elts));
  return finish(tuple);
}

Expr *ParserState::yieldOrStarExpressions() { return at(K::Yield) ? yieldExpression() : starExpressions(); }

Expr *ParserState::yieldExpression() {
  SourceSpan start = advance().span;
  if (accept(K::From)) {
    YieldFrom *node = make<YieldFrom>(start);
    node->value = expression();
    under(node, node->value);
    return finish(node);
  }
  Yield *node = make<Yield>(start);
  if (!atExpressionEnd())
    node->value = starExpressions();
  under(node, node->value);
  return finish(node);
}

//===----------------------------------------------------------------------===//
// The loose end
//===----------------------------------------------------------------------===//

Expr *ParserState::namedExpression() {
  if (!atBareWalrus())
    return expression();
  NamedExpr *node = make<NamedExpr>(peek().span);
  Name *target = make<Name>(peek().span);
  target->id = identifier("a name");
  target->ctx = ExprContext::Store;
  node->target = finish(target);
  advance();
  node->value = expression();
  under(node, node->target);
  under(node, node->value);
  return finish(node);
}

Expr *ParserState::expression() {
  Nesting nested(*this);
  if (!nested.ok)
    return placeholder();
  if (at(K::Lambda))
    return lambda();
  SourceSpan start = peek().span;
  Expr *body = disjunction();
  if (!at(K::If))
    return body;
  advance();
  IfExp *node = make<IfExp>(start);
  node->body = body;
  node->test = disjunction();
  expect(K::Else, "and a value for when the condition is false");
  node->orelse = expression();
  under(node, node->body);
  under(node, node->test);
  under(node, node->orelse);
  return finish(node);
}

Expr *ParserState::lambda() {
  Lambda *node = make<Lambda>(advance().span);
  node->args = parameters(K::Colon, /*annotations=*/false);
  expect(K::Colon, "after the parameters of `lambda`");
  node->body = expression();
  under(node, node->args);
  under(node, node->body);
  return finish(node);
}

Expr *ParserState::boolean(TokenKind word, BoolOperator op, Expr *(ParserState::*next)()) {
  SourceSpan start = peek().span;
  Expr *first = (this->*next)();
  if (!at(word))
    return first;
  ExprVector values = {first};
  while (accept(word))
    values.push_back((this->*next)());
  BoolOp *node = make<BoolOp>(start);
  node->op = op;
  node->values = list(values);
  under(node, node->values);
  return finish(node);
}

Expr *ParserState::disjunction() { return boolean(K::Or, BoolOperator::Or, &ParserState::conjunction); }

Expr *ParserState::conjunction() { return boolean(K::And, BoolOperator::And, &ParserState::inversion); }

Expr *ParserState::inversion() {
  if (!at(K::Not))
    return comparison();
  Nesting nested(*this);
  if (!nested.ok)
    return placeholder();
  UnaryOp *node = make<UnaryOp>(advance().span);
  node->op = UnaryOperator::Not;
  node->operand = inversion();
  under(node, node->operand);
  return finish(node);
}

Expr *ParserState::comparison() {
  SourceSpan start = peek().span;
  Expr *left = bitwiseOr();
  std::vector<CompareOperator> ops;
  ExprVector comparators;
  for (;;) {
    CompareOperator op;
    switch (peek().kind) {
    case K::EqEqual:
      op = CompareOperator::Eq;
      break;
    case K::NotEqual:
      op = CompareOperator::NotEq;
      break;
    case K::Less:
      op = CompareOperator::Lt;
      break;
    case K::LessEqual:
      op = CompareOperator::LtE;
      break;
    case K::Greater:
      op = CompareOperator::Gt;
      break;
    case K::GreaterEqual:
      op = CompareOperator::GtE;
      break;
    case K::In:
      op = CompareOperator::In;
      break;
    case K::Is:
      op = peek(1).kind == K::Not ? CompareOperator::IsNot : CompareOperator::Is;
      break;
    case K::Not:
      if (peek(1).kind == K::In) {
        op = CompareOperator::NotIn;
        break;
      }
      [[fallthrough]];
    default:
      if (ops.empty())
        return left;
      Compare *node = make<Compare>(start);
      node->left = left;
      node->ops = list(ops);
      node->comparators = list(comparators);
      under(node, left);
      under(node, node->comparators);
      return finish(node);
    }
    advance();
    if (op == CompareOperator::IsNot || op == CompareOperator::NotIn)
      advance();
    ops.push_back(op);
    comparators.push_back(bitwiseOr());
  }
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

namespace {
struct Infix {
  unsigned precedence; // 0: not an infix operator
  BinaryOperator op;
};

Infix infix(TokenKind kind) {
  switch (kind) {
  case TokenKind::VBar:
    return {1, BinaryOperator::BitOr};
  case TokenKind::Circumflex:
    return {2, BinaryOperator::BitXor};
  case TokenKind::Amper:
    return {3, BinaryOperator::BitAnd};
  case TokenKind::LeftShift:
    return {4, BinaryOperator::LShift};
  case TokenKind::RightShift:
    return {4, BinaryOperator::RShift};
  case TokenKind::Plus:
    return {5, BinaryOperator::Add};
  case TokenKind::Minus:
    return {5, BinaryOperator::Sub};
  case TokenKind::Star:
    return {6, BinaryOperator::Mult};
  case TokenKind::Slash:
    return {6, BinaryOperator::Div};
  case TokenKind::DoubleSlash:
    return {6, BinaryOperator::FloorDiv};
  case TokenKind::Percent:
    return {6, BinaryOperator::Mod};
  case TokenKind::At:
    return {6, BinaryOperator::MatMult};
  default:
    return {0, BinaryOperator::Add};
  }
}
} // namespace

/// Operators of at least this precedence, all associating to the left.
Expr *ParserState::binary(unsigned minPrecedence) {
  SourceSpan start = peek().span;
  Expr *left = factor();
  for (;;) {
    Infix op = infix(peek().kind);
    if (op.precedence < minPrecedence || op.precedence == 0)
      return left;
    advance();
    BinOp *node = make<BinOp>(start);
    node->left = left;
    node->op = op.op;
    node->right = binary(op.precedence + 1);
    under(node, node->left);
    under(node, node->right);
    left = finish(node);
  }
}

Expr *ParserState::factor() {
  UnaryOperator op;
  switch (peek().kind) {
  case K::Plus:
    op = UnaryOperator::UAdd;
    break;
  case K::Minus:
    op = UnaryOperator::USub;
    break;
  case K::Tilde:
    op = UnaryOperator::Invert;
    break;
  default:
    return power();
  }
  Nesting nested(*this);
  if (!nested.ok)
    return placeholder();
  UnaryOp *node = make<UnaryOp>(advance().span);
  node->op = op;
  node->operand = factor();
  under(node, node->operand);
  return finish(node);
}

Expr *ParserState::power() {
  SourceSpan start = peek().span;
  Expr *base;
  if (at(K::Await)) {
    Await *node = make<Await>(advance().span);
    node->value = primary();
    under(node, node->value);
    base = finish(node);
  } else {
    base = primary();
  }
  if (!at(K::DoubleStar))
    return base;
  Nesting nested(*this);
  if (!nested.ok)
    return base;
  advance();
  BinOp *node = make<BinOp>(start);
  node->left = base;
  node->op = BinaryOperator::Pow;
  node->right = factor();
  under(node, node->left);
  under(node, node->right);
  return finish(node);
}

/// An atom and the calls, subscripts and attributes that follow it.
Expr *ParserState::primary() {
  SourceSpan start = peek().span;
  Expr *value = atom();
  for (;;) {
    switch (peek().kind) {
    case K::Dot: {
      advance();
      Attribute *node = make<Attribute>(start);
      node->value = value;
      node->attrSpan = peek().span;
      node->attr = identifier("the name of an attribute after '.'");
      under(node, value);
      value = finish(node);
      break;
    }
    case K::LParen:
      value = call(start, value);
      break;
    case K::LBracket:
      value = subscript(start, value);
      break;
    default:
      return value;
    }
  }
}

//===- ParserAtoms.cpp - Names, displays, comprehensions, calls -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/ParserState.h"

using namespace tegula;
using namespace tegula::ast;

Expr *ParserState::atom() {
  const Token &token = peek();
  auto constant = [&](ConstantKind kind) {
    Constant *node = make<Constant>(token.span);
    node->value = kind;
    node->text = intern(textOf(token));
    advance();
    return finish(node);
  };
  switch (token.kind) {
  case K::Name: {
    Name *node = make<Name>(token.span);
    node->id = intern(textOf(advance()));
    return finish(node);
  }
  case K::Number:
    return numberLiteral();
  case K::String:
  case K::FStringStart:
    return stringLiterals();
  case K::None:
    return constant(ConstantKind::None);
  case K::True:
    return constant(ConstantKind::True);
  case K::False:
    return constant(ConstantKind::False);
  case K::Ellipsis:
    return constant(ConstantKind::Ellipsis);
  case K::LParen:
    return parenthesized();
  case K::LBracket:
    return bracketed();
  case K::LBrace:
    return braced();
  default:
    if (token.isKeyword())
      fail(token.span, "expected an expression; got the keyword " + got(token), hintAt(token));
    else
      failExpected("an expression");
    return placeholder();
  }
}

//===----------------------------------------------------------------------===//
// Displays and comprehensions
//===----------------------------------------------------------------------===//

std::vector<Comprehension *> ParserState::comprehensionClauses() {
  std::vector<Comprehension *> clauses;
  while (atComprehension()) {
    Comprehension *clause = make<Comprehension>(peek().span);
    clause->isAsync = accept(K::Async);
    advance();
    clause->target = loopTarget();
    expect(K::In, "after the target of `for`");
    clause->iter = disjunction();
    ExprVector ifs;
    while (accept(K::If))
      ifs.push_back(disjunction());
    clause->ifs = list(ifs);
    under(clause, clause->target);
    under(clause, clause->iter);
    under(clause, clause->ifs);
    clauses.push_back(finish(clause));
  }
  return clauses;
}

/// The clauses after `elt`; the closing bracket is still to come.
template <class T> Expr *ParserState::comprehension(const SourceSpan &start, Expr *elt) {
  if (elt->is<Starred>())
    fail(elt->span, "a comprehension's element cannot be unpacked with '*'", "use a second `for` to flatten");
  T *node = make<T>(start);
  node->elt = elt;
  node->generators = list(comprehensionClauses());
  under(node, elt);
  under(node, node->generators);
  return node;
}

/// A group, a tuple or a generator expression.
Expr *ParserState::parenthesized() {
  Token open = advance();
  if (at(K::Yield)) {
    Expr *value = yieldExpression();
    expectClose(K::RParen, open);
    return value;
  }
  ExprVector elts;
  if (!at(K::RParen)) {
    Expr *first = starNamedExpression();
    if (atComprehension()) {
      Expr *node = comprehension<GeneratorExp>(open.span, first);
      expectClose(K::RParen, open);
      return finish(node);
    }
    if (!at(K::Comma)) {
      expectClose(K::RParen, open, "',' or ");
      if (first->is<Starred>())
        fail(first->span, "a '*' needs a tuple around it", "write a comma after it: (*x,)");
      return first;
    }
    elts.push_back(first);
    while (accept(K::Comma) && !at(K::RParen))
      elts.push_back(starNamedExpression());
  }
  expectClose(K::RParen, open, "',' or ");
  Tuple *node = make<Tuple>(open.span);
  node->elts = list(elts);
  under(node, ExprList(node->elts));
  return finish(node);
}

Expr *ParserState::bracketed() {
  Token open = advance();
  ExprVector elts;
  if (!at(K::RBracket)) {
    elts.push_back(starNamedExpression());
    if (atComprehension()) {
      Expr *node = comprehension<ListComp>(open.span, elts.front());
      expectClose(K::RBracket, open);
      return finish(node);
    }
    while (accept(K::Comma) && !at(K::RBracket))
      elts.push_back(starNamedExpression());
  }
  expectClose(K::RBracket, open, "',' or ");
  List *node = make<List>(open.span);
  node->elts = list(elts);
  under(node, node->elts);
  return finish(node);
}

/// A dict or a set, or a comprehension of one.
Expr *ParserState::braced() {
  Token open = advance();
  ExprVector keys, values;
  bool isDict = at(K::RBrace);
  bool first = true;
  while (!at(K::RBrace)) {
    if (at(K::DoubleStar) && (first || isDict)) {
      isDict = true;
      advance();
      keys.push_back(nullptr);
      values.push_back(bitwiseOr());
    } else if (isDict || first) {
      bool keyNeedsParentheses = at(K::Star) || atBareWalrus();
      Expr *key = first ? starNamedExpression() : expression();
      if (first) {
        isDict = at(K::Colon) && !keyNeedsParentheses;
        if (!isDict && atComprehension()) {
          Expr *node = comprehension<SetComp>(open.span, key);
          expectClose(K::RBrace, open);
          return finish(node);
        }
      }
      if (isDict) {
        expect(K::Colon, "after a key of the dict");
        Expr *value = expression();
        if (first && atComprehension()) {
          DictComp *node = make<DictComp>(open.span);
          node->key = key;
          node->value = value;
          node->generators = list(comprehensionClauses());
          under(node, key);
          under(node, value);
          under(node, node->generators);
          expectClose(K::RBrace, open);
          return finish(node);
        }
        keys.push_back(key);
        values.push_back(value);
      } else {
        values.push_back(key);
      }
    } else {
      values.push_back(starNamedExpression());
    }
    first = false;
    if (!accept(K::Comma))
      break;
  }
  expectClose(K::RBrace, open, "',' or ");
  if (isDict) {
    Dict *node = make<Dict>(open.span);
    node->keys = list(keys);
    node->values = list(values);
    under(node, node->keys);
    under(node, node->values);
    return finish(node);
  }
  Set *node = make<Set>(open.span);
  node->elts = list(values);
  under(node, node->elts);
  return finish(node);
}

//===----------------------------------------------------------------------===//
// Calls and subscripts
//===----------------------------------------------------------------------===//

Expr *ParserState::call(const SourceSpan &start, Expr *func) {
  Token open = advance();
  ExprVector args;
  std::vector<Keyword *> keywords;
  callArguments(open, args, keywords, /*generator=*/true);
  Call *node = make<Call>(start);
  node->func = func;
  node->args = list(args);
  node->keywords = list(keywords);
  under(node, func);
  under(node, node->args);
  under(node, node->keywords);
  return finish(node);
}

/// What stands in a call's parentheses, and the closing one. `generator`: a
/// generator expression may stand alone without parentheses of its own.
void ParserState::callArguments(const Token &open, ExprVector &args, std::vector<Keyword *> &keywords, bool generator) {
  bool sawKeyword = false, sawDoubleStar = false;
  while (!at(K::RParen)) {
    SourceSpan start = peek().span;
    if (at(K::DoubleStar)) {
      Keyword *keyword = make<Keyword>(start);
      advance();
      keyword->value = expression();
      under(keyword, keyword->value);
      keywords.push_back(finish(keyword));
      sawDoubleStar = true;
    } else if (at(K::Name) && peek(1).kind == K::Equal) {
      Keyword *keyword = make<Keyword>(start);
      keyword->arg = identifier("a name");
      advance();
      keyword->value = expression();
      under(keyword, keyword->value);
      keywords.push_back(finish(keyword));
      sawKeyword = true;
    } else if (at(K::Star)) {
      if (sawDoubleStar)
        fail(start, "an argument with '*' cannot follow one with '**'");
      args.push_back(starred(&ParserState::expression));
    } else {
      Expr *arg = namedExpression();
      if (atComprehension()) {
        if (!generator || !args.empty() || !keywords.empty())
          fail(since(start), "a generator expression among other arguments needs "
                             "parentheses of its own");
        Expr *node = comprehension<GeneratorExp>(open.span, arg);
        if (at(K::Comma))
          fail(since(start), "a generator expression among other arguments needs "
                             "parentheses of its own");
        expectClose(K::RParen, open);
        args.push_back(finish(node));
        return;
      }
      if (at(K::Equal))
        fail(arg->span, "expected the name of a parameter before '='", "write == to compare");
      if (sawDoubleStar)
        fail(arg->span, "a positional argument cannot follow one with '**'");
      else if (sawKeyword)
        fail(arg->span,
             "a positional argument cannot follow a keyword "
             "argument",
             "move it to the front, or name its parameter");
      args.push_back(arg);
    }
    if (!accept(K::Comma))
      break;
  }
  expectClose(K::RParen, open, "',' or ");
}

Expr *ParserState::slice() {
  SourceSpan start = peek().span;
  Expr *lower = nullptr;
  if (!at(K::Colon)) {
    bool isWalrus = atBareWalrus();
    lower = namedExpression();
    if (!at(K::Colon) || isWalrus)
      return lower;
  }
  advance();
  Slice *node = make<Slice>(start);
  auto atEnd = [&] { return at(K::Colon) || at(K::Comma) || at(K::RBracket); };
  node->lower = lower;
  if (!atEnd())
    node->upper = expression();
  if (accept(K::Colon) && !atEnd())
    node->step = expression();
  under(node, lower);
  under(node, node->upper);
  under(node, node->step);
  return finish(node);
}

Expr *ParserState::subscript(const SourceSpan &start, Expr *value) {
  Token open = advance();
  SourceSpan first = peek().span;
  auto item = [&] { return at(K::Star) ? starred(&ParserState::bitwiseOr) : slice(); };
  if (at(K::RBracket))
    failExpected("an index");
  Expr *index = item();
  if (at(K::Comma) || index->is<Starred>()) {
    ExprVector elts = {index};
    while (accept(K::Comma) && !at(K::RBracket))
      elts.push_back(item());
    Tuple *tuple = make<Tuple>(first);
    tuple->elts = list(elts);
    under(tuple, ExprList(tuple->elts));
    index = finish(tuple);
  }
  expectClose(K::RBracket, open, "',' or ");
  Subscript *node = make<Subscript>(start);
  node->value = value;
  node->slice = index;
  under(node, value);
  under(node, index);
  return finish(node);
}

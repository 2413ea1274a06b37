//===- ParserCompound.cpp - Statements with a block -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/ParserState.h"

using namespace tegula;
using namespace tegula::ast;

/// `: ...` on the line, or indented on the next. `owner` and `start`: the clause
/// that it belongs to.
StmtList ParserState::block(std::string_view owner, const SourceSpan &start) {
  Nesting nested(*this);
  if (!nested.ok)
    return {};
  std::string after = "after " + std::string(owner);
  StmtVector body;
  if (!expect(K::Colon, after))
    return {};
  if (!accept(K::Newline)) {
    if (at(K::EndMarker))
      failExpected("a block " + after);
    simpleStatements(body);
    return list(body);
  }
  if (!accept(K::Indent)) {
    fail(peek().span, "expected an indented block " + after + "; got " + got(peek()), "write `pass` for an empty block",
         "indentation-error")
        ->note(rangeOf(start), "the statement that needs the block begins here");
    return {};
  }
  while (!at(K::Dedent) && !at(K::EndMarker))
    statement(body);
  accept(K::Dedent);
  return list(body);
}

/// The `else` of a loop or of `try`.
StmtList ParserState::orElse(std::string_view owner) {
  if (!at(K::Else))
    return {};
  SourceSpan start = advance().span;
  return block(owner, start);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

/// At `if` or `elif`.
Stmt *ParserState::ifStatement() {
  If *node = make<If>(peek().span);
  Nesting nested(*this);
  if (!nested.ok)
    return node;
  Token word = advance();
  bool isElif = word.kind == K::Elif;
  node->test = namedExpression();
  node->body = block(isElif ? "the condition of 'elif'" : "the condition of 'if'", word.span);
  if (at(K::Elif)) {
    StmtVector orelse = {ifStatement()};
    node->orelse = list(orelse);
  } else {
    node->orelse = orElse("'else'");
  }
  return finish(node);
}

Stmt *ParserState::whileStatement() {
  Token word = advance();
  While *node = make<While>(word.span);
  node->test = namedExpression();
  node->body = block("the condition of 'while'", word.span);
  node->orelse = orElse("'else'");
  return finish(node);
}

template <class T> Stmt *ParserState::forStatement(const SourceSpan &start) {
  Token word = advance();
  T *node = make<T>(start);
  node->target = loopTarget();
  expect(K::In, "after the target of 'for'");
  node->iter = starExpressions();
  node->body = block("the iterable of 'for'", word.span);
  node->orelse = orElse("'else'");
  return finish(node);
}

//===----------------------------------------------------------------------===//
// with
//===----------------------------------------------------------------------===//

WithItem *ParserState::withItem() {
  WithItem *item = make<WithItem>(peek().span);
  item->contextExpr = expression();
  if (accept(K::As)) {
    item->optionalVars = at(K::Star) ? starred(&ParserState::bitwiseOr) : bitwiseOr();
    setTarget(item->optionalVars, ExprContext::Store, "assign to");
  }
  return finish(item);
}

/// Tries `( item, item, )` before a ':'. When that is not what stands here, the
/// parenthesis belongs to the first item's expression: nothing is taken.
bool ParserState::parenthesizedItems(std::vector<WithItem *> &items) {
  size_t savedPosition = position;
  Position savedEnd = lastEnd;
  ++speculating;
  advance();
  do
    items.push_back(withItem());
  while (accept(K::Comma) && !at(K::RParen));
  bool ok = accept(K::RParen) && at(K::Colon) && !failed;
  --speculating;
  failed = false;
  if (!ok) {
    items.clear();
    position = savedPosition;
    lastEnd = savedEnd;
  }
  return ok;
}

template <class T> Stmt *ParserState::withStatement(const SourceSpan &start) {
  Token word = advance();
  T *node = make<T>(start);
  std::vector<WithItem *> items;
  if (!at(K::LParen) || !parenthesizedItems(items)) {
    // `with (yield x):` and walruses need their parentheses: atoms take care.
    do
      items.push_back(withItem());
    while (accept(K::Comma));
  }
  node->items = list(items);
  node->body = block("the items of 'with'", word.span);
  return finish(node);
}

//===----------------------------------------------------------------------===//
// try
//===----------------------------------------------------------------------===//

ExceptHandler *ParserState::exceptHandler(bool star) {
  Token word = advance();
  ExceptHandler *node = make<ExceptHandler>(word.span);
  if (star)
    expect(K::Star, "after 'except', as in the handler before");
  if (star || !at(K::Colon)) {
    node->type = expression();
    if (at(K::Comma))
      fail(node->type->span, "several types of exception need parentheses around them", "write except (A, B):");
    if (accept(K::As))
      node->name = identifier("a name after 'as'");
  }
  node->body = block("'except'", word.span);
  return finish(node);
}

Stmt *ParserState::tryStatement() {
  Token word = advance();
  StmtList body = block("'try'", word.span);
  std::vector<ExceptHandler *> handlers;
  bool star = at(K::Except) && peek(1).kind == K::Star;
  while (at(K::Except)) {
    if (!star && peek(1).kind == K::Star)
      fail(peek().span, "'except' and 'except*' cannot stand in one 'try'");
    handlers.push_back(exceptHandler(star));
  }
  StmtList orelse, finalbody;
  if (!handlers.empty())
    orelse = orElse("'else'");
  if (at(K::Finally)) {
    SourceSpan start = advance().span;
    finalbody = block("'finally'", start);
  } else if (handlers.empty()) {
    failExpected("'except' or 'finally' after the block of 'try'");
  }
  auto fill = [&](Try *node) {
    node->body = body;
    node->handlers = list(handlers);
    node->orelse = orelse;
    node->finalbody = finalbody;
    return finish(node);
  };
  return star ? fill(make<TryStar>(word.span)) : fill(make<Try>(word.span));
}

//===----------------------------------------------------------------------===//
// Functions and classes
//===----------------------------------------------------------------------===//

Stmt *ParserState::asyncStatement(const ExprVector *decorators) {
  SourceSpan start = advance().span;
  if (at(K::Def))
    return functionDef<AsyncFunctionDef>(start, decorators ? *decorators : ExprVector());
  if (!decorators && at(K::For))
    return forStatement<AsyncFor>(start);
  if (!decorators && at(K::With))
    return withStatement<AsyncWith>(start);
  failExpected(decorators ? "'def' after 'async'" : "'def', 'for' or 'with' after 'async'");
  return make<Pass>(start);
}

Stmt *ParserState::decorated() {
  SourceSpan start = peek().span;
  ExprVector decorators;
  while (accept(K::At)) {
    decorators.push_back(namedExpression());
    expect(K::Newline, "after the decorator");
  }
  switch (peek().kind) {
  case K::Def:
    return functionDef<FunctionDef>(peek().span, decorators);
  case K::Class:
    return classDef(decorators);
  case K::Async:
    return asyncStatement(&decorators);
  default:
    failExpected("a function or a class after its decorators");
    return make<Pass>(start);
  }
}

template <class T> Stmt *ParserState::functionDef(const SourceSpan &start, const ExprVector &decorators) {
  advance();
  T *node = make<T>(start);
  node->decoratorList = list(decorators);
  node->nameSpan = peek().span;
  node->name = identifier("the name of the function");
  if (at(K::LBracket))
    node->typeParams = typeParameters();
  Token open = peek();
  expect(K::LParen, "after the name of the function");
  node->args = parameters(K::RParen, /*annotations=*/true);
  expectClose(K::RParen, open, "',' or ");
  if (accept(K::Arrow))
    node->returns = expression();
  node->body = block("the head of the function", start);
  return finish(node);
}

Stmt *ParserState::classDef(const ExprVector &decorators) {
  Token word = advance();
  ClassDef *node = make<ClassDef>(word.span);
  node->decoratorList = list(decorators);
  node->nameSpan = peek().span;
  node->name = identifier("the name of the class");
  if (at(K::LBracket))
    node->typeParams = typeParameters();
  if (at(K::LParen)) {
    Token open = advance();
    ExprVector bases;
    std::vector<Keyword *> keywords;
    callArguments(open, bases, keywords, /*generator=*/false);
    node->bases = list(bases);
    node->keywords = list(keywords);
  }
  node->body = block("the head of the class", word.span);
  return finish(node);
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

Arg *ParserState::parameter(bool annotations, bool starAnnotation) {
  Arg *arg = make<Arg>(peek().span);
  arg->nameSpan = peek().span;
  arg->arg = identifier("the name of a parameter");
  if (annotations && accept(K::Colon))
    arg->annotation = starAnnotation ? starExpression() : expression();
  under(arg, arg->annotation);
  return finish(arg);
}

/// Up to, not including, the `close` that ends them: ')' of `def`, ':' of
/// `lambda`.
Arguments *ParserState::parameters(TokenKind close, bool annotations) {
  Arguments *node = make<Arguments>(peek().span);
  if (at(close))
    return node;
  std::vector<Arg *> posonly, args, kwonly;
  ExprVector defaults, kwDefaults;
  bool sawSlash = false, sawStar = false;
  while (!at(close)) {
    const SourceSpan here = peek().span;
    if (accept(K::Slash)) {
      if (sawSlash)
        fail(here, "'/' can stand only once among the parameters");
      if (sawStar)
        fail(here, "'/' must come before '*'");
      if (args.empty())
        fail(here, "expected a parameter before '/'");
      sawSlash = true;
      posonly = std::move(args);
      args.clear();
    } else if (accept(K::Star)) {
      if (sawStar)
        fail(here, "'*' can stand only once among the parameters");
      sawStar = true;
      if (!at(K::Comma) && !at(close)) {
        node->vararg = parameter(annotations, /*starAnnotation=*/true);
        if (at(K::Equal))
          fail(peek().span, "a parameter with '*' cannot have a default");
      } else if (at(close) || peek(1).kind == close || peek(1).kind == K::DoubleStar) {
        fail(here, "expected a named parameter after the bare '*'");
      }
    } else if (accept(K::DoubleStar)) {
      node->kwarg = parameter(annotations, /*starAnnotation=*/false);
      if (at(K::Equal))
        fail(peek().span, "a parameter with '**' cannot have a default");
      if (accept(K::Comma) && !at(close))
        fail(peek().span, "no parameter can follow the one with '**'");
      break;
    } else {
      Arg *arg = parameter(annotations, /*starAnnotation=*/false);
      Expr *value = accept(K::Equal) ? expression() : nullptr;
      if (sawStar) {
        kwonly.push_back(arg);
        kwDefaults.push_back(value);
      } else {
        args.push_back(arg);
        if (value)
          defaults.push_back(value);
        else if (!defaults.empty())
          fail(arg->span,
               "parameter '" + std::string(arg->arg) +
                   "' without a default follows one with a "
                   "default",
               "give it a default, or move it to the front");
      }
    }
    if (!accept(K::Comma))
      break;
  }
  node->posonlyargs = list(posonly);
  node->args = list(args);
  node->kwonlyargs = list(kwonly);
  node->defaults = list(defaults);
  node->kwDefaults = list(kwDefaults);
  under(node, node->posonlyargs);
  under(node, node->args);
  under(node, node->vararg);
  under(node, node->kwonlyargs);
  under(node, node->kwDefaults);
  under(node, node->kwarg);
  under(node, node->defaults);
  return finish(node);
}

/// `[T, U: bound, *Ts, **P]`
Nodes<Node> ParserState::typeParameters() {
  Token open = advance();
  std::vector<Node *> parameters;
  do {
    SourceSpan start = peek().span;
    if (accept(K::Star)) {
      TypeVarTuple *node = make<TypeVarTuple>(start);
      node->name = identifier("the name of a type parameter");
      parameters.push_back(finish(node));
    } else if (accept(K::DoubleStar)) {
      ParamSpec *node = make<ParamSpec>(start);
      node->name = identifier("the name of a type parameter");
      parameters.push_back(finish(node));
    } else {
      TypeVar *node = make<TypeVar>(start);
      node->name = identifier("the name of a type parameter");
      if (accept(K::Colon))
        node->bound = expression();
      under(node, node->bound);
      parameters.push_back(finish(node));
    }
  } while (accept(K::Comma) && !at(K::RBracket));
  expectClose(K::RBracket, open, "',' or ");
  return list(parameters);
}

namespace tegula {
// Used by `statement`, in another file.
template Stmt *ParserState::forStatement<For>(const SourceSpan &);
template Stmt *ParserState::withStatement<With>(const SourceSpan &);
template Stmt *ParserState::functionDef<FunctionDef>(const SourceSpan &, const ExprVector &);
} // namespace tegula

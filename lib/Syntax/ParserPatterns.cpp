//===- ParserPatterns.cpp - match -----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/ParserState.h"

using namespace tegula;
using namespace tegula::ast;

/// `match` is a keyword only here. No other statement that starts with a name
/// ends its line in ':'.
bool ParserState::atMatchStatement() const {
  if (!atSoft("match"))
    return false;
  size_t end = position + 1;
  while (end < tokens.size() && tokens[end].kind != K::Newline && tokens[end].kind != K::EndMarker &&
         tokens[end].kind != K::Error)
    ++end;
  return end < tokens.size() && tokens[end].kind == K::Newline && tokens[end - 1].kind == K::Colon &&
         end - 1 > position + 1;
}

Stmt *ParserState::matchStatement() {
  Token word = advance();
  Match *node = make<Match>(word.span);
  SourceSpan start = peek().span;
  Expr *subject = starNamedExpression();
  if (at(K::Comma) || subject->is<Starred>()) {
    ExprVector elts = {subject};
    while (accept(K::Comma) && !at(K::Colon))
      elts.push_back(starNamedExpression());
    Tuple *tuple = make<Tuple>(start);
    tuple->elts = list(elts);
    under(tuple, ExprList(tuple->elts));
    subject = finish(tuple);
  }
  node->subject = subject;
  expect(K::Colon, "after the subject of 'match'");
  expect(K::Newline, "after 'match ...:'");
  if (!accept(K::Indent))
    fail(peek().span, "expected an indented 'case' after 'match'; got " + got(peek()), "", "indentation-error");
  std::vector<MatchCase *> cases;
  while (!at(K::Dedent) && !at(K::EndMarker))
    cases.push_back(matchCase());
  accept(K::Dedent);
  node->cases = list(cases);
  return finish(node);
}

MatchCase *ParserState::matchCase() {
  Token word = peek();
  MatchCase *node = make<MatchCase>(word.span);
  if (!atSoft("case")) {
    failExpected("'case'");
    node->pattern = patternPlaceholder<MatchAs>();
    return node;
  }
  advance();
  node->pattern = openPattern();
  if (accept(K::If))
    node->guard = namedExpression();
  node->body = block("the pattern of 'case'", word.span);
  return finish(node);
}

template <class T> T *ParserState::patternPlaceholder() { return make<T>(peek().span); }

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// A pattern, or a sequence without brackets.
Pattern *ParserState::openPattern() {
  SourceSpan start = peek().span;
  Pattern *first = maybeStarPattern();
  if (!at(K::Comma)) {
    if (first->is<MatchStar>())
      fail(first->span, "a pattern with '*' needs a sequence around it", "write a comma after it");
    return first;
  }
  std::vector<Pattern *> patterns = {first};
  while (accept(K::Comma) && !at(K::Colon) && !at(K::If))
    patterns.push_back(maybeStarPattern());
  MatchSequence *node = make<MatchSequence>(start);
  node->patterns = list(patterns);
  under(node, node->patterns);
  return finish(node);
}

Pattern *ParserState::maybeStarPattern() {
  if (!at(K::Star))
    return pattern();
  MatchStar *node = make<MatchStar>(advance().span);
  std::string_view name = identifier("a name after '*'");
  node->name = name == "_" ? std::string_view() : name;
  return finish(node);
}

Pattern *ParserState::pattern() {
  Nesting nested(*this);
  if (!nested.ok)
    return patternPlaceholder<MatchAs>();
  SourceSpan start = peek().span;
  Pattern *inner = orPattern();
  if (!accept(K::As))
    return inner;
  MatchAs *node = make<MatchAs>(start);
  node->pattern = inner;
  SourceSpan nameSpan = peek().span;
  node->name = identifier("a name after 'as'");
  if (node->name == "_")
    fail(nameSpan, "expected a name after 'as'; got '_'");
  under(node, inner);
  return finish(node);
}

Pattern *ParserState::orPattern() {
  SourceSpan start = peek().span;
  Pattern *first = closedPattern();
  if (!at(K::VBar))
    return first;
  std::vector<Pattern *> patterns = {first};
  while (accept(K::VBar))
    patterns.push_back(closedPattern());
  MatchOr *node = make<MatchOr>(start);
  node->patterns = list(patterns);
  under(node, node->patterns);
  return finish(node);
}

Pattern *ParserState::closedPattern() {
  const Token &token = peek();
  auto singleton = [&](ConstantKind kind) {
    MatchSingleton *node = make<MatchSingleton>(token.span);
    node->value = kind;
    advance();
    return finish(node);
  };
  switch (token.kind) {
  case K::None:
    return singleton(ConstantKind::None);
  case K::True:
    return singleton(ConstantKind::True);
  case K::False:
    return singleton(ConstantKind::False);
  case K::Number:
  case K::Minus:
  case K::String:
  case K::FStringStart:
    return valuePattern();
  case K::Name:
    return namePattern();
  case K::LParen:
    return sequencePattern(K::RParen);
  case K::LBracket:
    return sequencePattern(K::RBracket);
  case K::LBrace:
    return mappingPattern();
  default:
    failExpected("a pattern");
    return patternPlaceholder<MatchAs>();
  }
}

/// A number or a string.
Pattern *ParserState::valuePattern() {
  MatchValue *node = make<MatchValue>(peek().span);
  bool isString = at(K::String) || at(K::FStringStart);
  node->value = isString ? stringLiterals() : patternNumber();
  under(node, node->value);
  return finish(node);
}

Expr *ParserState::signedNumber() {
  if (!at(K::Minus)) {
    if (at(K::Number))
      return numberLiteral();
    failExpected("a number");
    return placeholder();
  }
  UnaryOp *node = make<UnaryOp>(advance().span);
  node->op = UnaryOperator::USub;
  if (at(K::Number))
    node->operand = numberLiteral();
  else
    failExpected("a number after '-'"), node->operand = placeholder();
  under(node, node->operand);
  return finish(node);
}

/// `1`, `-1.5`, `1 - 2j`
Expr *ParserState::patternNumber() {
  SourceSpan start = peek().span;
  Expr *left = signedNumber();
  if (!at(K::Plus) && !at(K::Minus))
    return left;
  BinOp *node = make<BinOp>(start);
  node->op = advance().kind == K::Plus ? BinaryOperator::Add : BinaryOperator::Sub;
  node->left = left;
  SourceSpan rightSpan = peek().span;
  if (at(K::Number))
    node->right = numberLiteral();
  else
    failExpected("an imaginary number"), node->right = placeholder();
  Constant *right = node->right->as<Constant>();
  if (right && right->value != ConstantKind::Imaginary)
    fail(rightSpan, "expected an imaginary number in the pattern of a complex "
                    "number; got " +
                        std::string(right->text));
  under(node, node->left);
  under(node, node->right);
  return finish(node);
}

/// A capture, `_`, a dotted value, or a class.
Pattern *ParserState::namePattern() {
  SourceSpan start = peek().span;
  Name *name = make<Name>(start);
  name->id = identifier("a name");
  finish(name);
  if (!at(K::Dot) && !at(K::LParen)) {
    MatchAs *node = make<MatchAs>(start);
    node->name = name->id == "_" ? std::string_view() : name->id;
    return finish(node);
  }
  Expr *value = name;
  while (accept(K::Dot)) {
    Attribute *node = make<Attribute>(start);
    node->value = value;
    node->attrSpan = peek().span;
    node->attr = identifier("the name of an attribute after '.'");
    under(node, value);
    value = finish(node);
  }
  if (at(K::LParen))
    return classPattern(start, value);
  MatchValue *node = make<MatchValue>(start);
  node->value = value;
  under(node, value);
  return finish(node);
}

Pattern *ParserState::classPattern(const SourceSpan &start, Expr *cls) {
  Token open = advance();
  MatchClass *node = make<MatchClass>(start);
  node->cls = cls;
  std::vector<Pattern *> patterns, kwdPatterns;
  std::vector<std::string_view> kwdAttrs;
  while (!at(K::RParen)) {
    if (at(K::Name) && peek(1).kind == K::Equal) {
      kwdAttrs.push_back(identifier("a name"));
      advance();
      kwdPatterns.push_back(pattern());
    } else {
      if (!kwdAttrs.empty())
        fail(peek().span, "a positional pattern cannot follow a keyword pattern");
      patterns.push_back(pattern());
    }
    if (!accept(K::Comma))
      break;
  }
  expectClose(K::RParen, open, "',' or ");
  node->patterns = list(patterns);
  node->kwdAttrs = list(kwdAttrs);
  node->kwdPatterns = list(kwdPatterns);
  under(node, cls);
  under(node, node->patterns);
  under(node, node->kwdPatterns);
  return finish(node);
}

/// `(p)` is p; everything else in brackets is a sequence.
Pattern *ParserState::sequencePattern(TokenKind close) {
  Token open = advance();
  std::vector<Pattern *> patterns;
  bool comma = false;
  while (!at(close)) {
    patterns.push_back(maybeStarPattern());
    if (!accept(K::Comma))
      break;
    comma = true;
  }
  expectClose(close, open, "',' or ");
  if (close == K::RParen && patterns.size() == 1 && !comma) {
    if (patterns[0]->is<MatchStar>())
      fail(patterns[0]->span, "a pattern with '*' needs a sequence around it", "write a comma after it");
    return patterns[0];
  }
  MatchSequence *node = make<MatchSequence>(open.span);
  node->patterns = list(patterns);
  under(node, node->patterns);
  return finish(node);
}

Pattern *ParserState::mappingPattern() {
  Token open = advance();
  MatchMapping *node = make<MatchMapping>(open.span);
  ExprVector keys;
  std::vector<Pattern *> patterns;
  while (!at(K::RBrace)) {
    if (accept(K::DoubleStar)) {
      node->rest = identifier("a name after '**'");
      accept(K::Comma);
      break;
    }
    const Token &token = peek();
    Pattern *key = closedPattern();
    if (MatchValue *value = key->as<MatchValue>()) {
      keys.push_back(value->value);
    } else if (MatchSingleton *singleton = key->as<MatchSingleton>()) {
      Constant *constant = make<Constant>(token.span);
      constant->span = singleton->span;
      constant->value = singleton->value;
      constant->text = intern(textOf(token));
      keys.push_back(constant);
    } else {
      fail(key->span, "expected a literal or a dotted name as a key of the "
                      "mapping pattern");
      keys.push_back(placeholder());
    }
    expect(K::Colon, "after a key of the mapping pattern");
    patterns.push_back(pattern());
    if (!accept(K::Comma))
      break;
  }
  expectClose(K::RBrace, open, "',' or ");
  node->keys = list(keys);
  node->patterns = list(patterns);
  under(node, node->keys);
  under(node, node->patterns);
  return finish(node);
}

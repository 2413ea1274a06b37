//===- Parser.cpp - Tokens, errors and the entrance -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/ParserState.h"
#include "lib/Syntax/Unicode.h"

using namespace tegula;
using namespace tegula::ast;

ParserState::ParserState(const SourceBuffer &buffer, DiagnosticEngine &diagnostics, const ParseOptions &options,
                         LexResult lexed, Tree &tree)
    : buffer(buffer), diagnostics(diagnostics), tree(tree), tokens(std::move(lexed.tokens)),
      lexError(std::move(lexed.error)), maxDepth(std::min(options.maxDepth, 10000u)) {
  // An Error is followed by an EndMarker too: where failure leads.
  Token last;
  last.begin = last.end = uint32_t(buffer.text().size());
  last.span = buffer.span(last.begin, last.end);
  tokens.push_back(last);
  lastEnd = {tokens.front().span.line, tokens.front().span.column};
}

Module *ParserState::parseModule() {
  Module *module = make<Module>(peek().span);
  StmtVector body;
  while (!at(K::EndMarker))
    statement(body);
  module->body = list(body);
  return finish(module);
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

Diagnostic *ParserState::fail(SourceSpan span, std::string message, std::string hint, std::string_view kind) {
  if (failed)
    return &unreported;
  failed = true;
  if (!speculating) {
    if (lexError && (at(K::Error) || (lexError->openBracket && *lexError->openBracket < peek().begin))) {
      span = lexError->span;
      message = lexError->message;
      hint = lexError->hint;
      kind = lexError->kind;
    }
  }
  position = tokens.size() - 1;
  if (speculating)
    return &unreported;
  return &diagnostics.error(kind, rangeOf(span), std::move(message)).withHint(std::move(hint));
}

void ParserState::failTooDeep(SourceSpan span) {
  fail(span, "the code is nested too deeply; at most " + std::to_string(maxDepth) + " levels are possible",
       "give parts of it a name", "too-deeply-nested");
}

std::string ParserState::got(const Token &token) const {
  switch (token.kind) {
  case K::Name:
    return "'" + std::string(textOf(token)) + "'";
  case K::Number:
    return "the number " + std::string(textOf(token).substr(0, 40));
  default:
    return std::string(tokenName(token.kind));
  }
}

/// What the author probably meant, judged by the token where parsing stopped.
std::string ParserState::hintAt(const Token &token) const {
  const Token &previous = position > 0 ? tokens[position - 1] : token;
  switch (token.kind) {
  case K::Equal:
    return "write == to compare";
  case K::Amper:
    return previous.kind == K::Amper ? "write `and` for a logical and" : "";
  case K::VBar:
    return previous.kind == K::VBar ? "write `or` for a logical or" : "";
  case K::Newline:
    if (position >= 2 && previous.kind == tokens[position - 2].kind) {
      if (previous.kind == K::Plus)
        return "write += 1 to increment";
      if (previous.kind == K::Minus)
        return "write -= 1 to decrement";
    }
    return "";
  case K::If:
    return previous.kind == K::Else ? "write elif" : "";
  default:
    return "";
  }
}

Diagnostic *ParserState::failExpected(std::string_view what, std::string hint) {
  const Token &token = peek();
  if (hint.empty())
    hint = hintAt(token);
  return fail(token.span, "expected " + std::string(what) + "; got " + got(token), std::move(hint),
              token.kind == K::Indent ? "indentation-error" : "syntax-error");
}

bool ParserState::expect(TokenKind kind, std::string_view where, std::string hint) {
  if (accept(kind))
    return true;
  std::string what(tokenName(kind));
  if (!where.empty())
    what += " " + std::string(where);
  failExpected(what, std::move(hint));
  return false;
}

void ParserState::expectClose(TokenKind kind, const Token &open, std::string_view alternatives) {
  if (accept(kind))
    return;
  std::string what = std::string(alternatives) + std::string(tokenName(kind));
  // Two operands side by side: the comma between them was forgotten.
  Diagnostic *diagnostic = failExpected(what);
  if (open.span.line != diagnostic->range.span.line && diagnostic->range.span.isValid() &&
      diagnostic->range.span != open.span)
    diagnostic->note(rangeOf(open.span), "the " + std::string(tokenName(open.kind)) + " is opened here");
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

std::string_view ParserState::intern(std::string_view text) {
  auto found = names.find(text);
  if (found != names.end())
    return *found;
  return *names.insert(tree.arena.copy(text)).first;
}

std::string_view ParserState::identifier(std::string_view role) {
  if (at(K::Name))
    return intern(textOf(advance()));
  const Token &token = peek();
  if (token.isKeyword())
    fail(token.span, "expected " + std::string(role) + "; got the keyword " + got(token));
  else
    failExpected(role);
  return "_";
}

Expr *ParserState::placeholder() {
  Name *name = make<Name>(peek().span);
  name->id = "_";
  return name;
}

//===----------------------------------------------------------------------===//
// The entrance
//===----------------------------------------------------------------------===//

std::unique_ptr<Tree> tegula::parse(const SourceBuffer &buffer, DiagnosticEngine &diagnostics,
                                    const ParseOptions &options) {
  const std::string &text = buffer.text();
  if (text.size() > (1u << 30)) {
    diagnostics.error("encoding-error", {buffer.file(), {}}, "the source is too large; at most 1 GiB is possible");
    return nullptr;
  }
  if (std::optional<size_t> bad = unicode::findInvalid(text)) {
    char byte[8];
    std::snprintf(byte, sizeof byte, "0x%02x", static_cast<unsigned char>(text[*bad]));
    diagnostics
        .error("encoding-error", {buffer.file(), buffer.span(*bad, *bad + 1)},
               "expected UTF-8; got the byte " + std::string(byte))
        .withHint("save the file as UTF-8");
    return nullptr;
  }
  auto tree = std::make_unique<Tree>();
  tree->file = buffer.file();
  ParserState parser(buffer, diagnostics, options, lex(buffer, options.allowIndented), *tree);
  tree->module = parser.parseModule();
  if (parser.hasFailed())
    return nullptr;
  return tree;
}

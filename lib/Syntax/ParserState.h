//===- ParserState.h - The parser, one method for each rule ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recursive descent over the token list; binary operators by precedence.
//
// After the first error the parser stands on the last token, an EndMarker, where
// every loop ends and every rule gives a placeholder: no method returns null or
// needs to look at failure, and the tree is thrown away at the end.
//
// Two bounds keep the tree shallow. `Nesting` counts the parser's own recursion;
// `under`, called for each child of each expression, counts what loops build
// without recursion (`a + b + c + ...` is as deep as it is long).
//===----------------------------------------------------------------------===//
#ifndef TEGULA_SYNTAX_PARSERSTATE_H
#define TEGULA_SYNTAX_PARSERSTATE_H

#include "lib/Syntax/Lexer.h"
#include "lib/Syntax/Parser.h"

#include <algorithm>
#include <unordered_set>

namespace tegula {

class ParserState {
public:
  ParserState(const SourceBuffer &buffer, DiagnosticEngine &diagnostics, const ParseOptions &options, LexResult lexed,
              ast::Tree &tree);

  ast::Module *parseModule();
  bool hasFailed() const { return failed; }

private:
  using K = TokenKind;
  using ExprVector = std::vector<ast::Expr *>;
  using StmtVector = std::vector<ast::Stmt *>;

  //===- Tokens (Parser.cpp) ----------------------------------------------===//

  const Token &peek(size_t ahead = 0) const {
    size_t index = position + ahead;
    return index < tokens.size() ? tokens[index] : tokens.back();
  }
  bool at(TokenKind kind) const { return tokens[position].kind == kind; }
  /// At the name `word`, a soft keyword.
  bool atSoft(std::string_view word) const { return at(K::Name) && textOf(peek()) == word; }
  Token advance() {
    const Token &token = tokens[position];
    if (position + 1 < tokens.size())
      ++position;
    if (token.kind > K::Dedent)
      lastEnd = {token.span.endLine, token.span.endColumn};
    return token;
  }
  bool accept(TokenKind kind) {
    if (!at(kind))
      return false;
    advance();
    return true;
  }
  std::string_view textOf(const Token &token) const {
    return std::string_view(buffer.text()).substr(token.begin, token.end - token.begin);
  }
  /// From `start` to the end of the last token that was taken.
  SourceSpan since(const SourceSpan &start) const { return {start.line, start.column, lastEnd.line, lastEnd.column}; }

  //===- Errors (Parser.cpp) ----------------------------------------------===//

  Diagnostic *fail(SourceSpan span, std::string message, std::string hint = "", std::string_view kind = "syntax-error");
  /// "expected WHAT; got the current token".
  Diagnostic *failExpected(std::string_view what, std::string hint = "");
  /// Takes a token of this kind. `where` completes "expected ':' ...".
  bool expect(TokenKind kind, std::string_view where = "", std::string hint = "");
  /// Takes the closing bracket; a note points at the opening one.
  void expectClose(TokenKind kind, const Token &open, std::string_view alternatives = "");
  std::string got(const Token &token) const;
  std::string hintAt(const Token &token) const;
  SourceRange rangeOf(SourceSpan span) const { return {buffer.file(), span}; }

  //===- Nodes (Parser.cpp) -----------------------------------------------===//

  template <class T> T *make(const SourceSpan &start) {
    T *node = tree.arena.make<T>();
    node->span = {start.line, start.column, start.line, start.column};
    return node;
  }
  /// Ends a node at the last token that was taken.
  template <class T> T *finish(T *node) {
    node->span.endLine = lastEnd.line;
    node->span.endColumn = lastEnd.column;
    return node;
  }
  void under(ast::Node *parent, const ast::Node *child) {
    if (child && child->depth >= parent->depth) {
      parent->depth = uint16_t(child->depth + 1);
      if (parent->depth > maxDepth)
        failTooDeep(parent->span);
    }
  }
  template <class T> void under(ast::Node *parent, ast::Nodes<T> children) {
    for (const T *child : children)
      under(parent, child);
  }
  template <class T> std::span<T> list(const std::vector<T> &items) { return tree.arena.copy(items); }
  std::string_view intern(std::string_view text);
  std::string_view identifier(std::string_view role);
  ast::Expr *placeholder();
  void failTooDeep(SourceSpan span);

  struct Nesting {
    ParserState &parser;
    bool ok;
    explicit Nesting(ParserState &parser) : parser(parser) {
      ok = ++parser.nesting <= parser.maxDepth && !parser.failed;
      if (!ok)
        parser.failTooDeep(parser.peek().span);
    }
    ~Nesting() { --parser.nesting; }
  };

  //===- Statements (ParserStatements.cpp) --------------------------------===//

  void statement(StmtVector &out);
  void simpleStatements(StmtVector &out);
  ast::Stmt *simpleStatement();
  ast::Stmt *assignmentOrExpression();
  ast::Stmt *annotated(const Token &first, ast::Expr *target);
  ast::Stmt *returnStatement();
  ast::Stmt *raiseStatement();
  ast::Stmt *assertStatement();
  ast::Stmt *deleteStatement();
  ast::Stmt *importStatement();
  ast::Stmt *importFrom();
  ast::Alias *importedName(bool dotted);
  std::string_view dottedName();
  ast::Stmt *typeAlias();
  template <class T> ast::Stmt *nameList();
  template <class T> ast::Stmt *bare();
  bool atSimpleEnd() const { return at(K::Newline) || at(K::Semicolon) || at(K::EndMarker); }

  //===- Compound statements (ParserCompound.cpp) -------------------------===//

  ast::Stmt *ifStatement();
  ast::Stmt *whileStatement();
  template <class T> ast::Stmt *forStatement(const SourceSpan &start);
  template <class T> ast::Stmt *withStatement(const SourceSpan &start);
  bool parenthesizedItems(std::vector<ast::WithItem *> &items);
  ast::WithItem *withItem();
  ast::Stmt *tryStatement();
  ast::ExceptHandler *exceptHandler(bool star);
  ast::Stmt *asyncStatement(const ExprVector *decorators = nullptr);
  ast::Stmt *decorated();
  template <class T> ast::Stmt *functionDef(const SourceSpan &start, const ExprVector &decorators);
  ast::Stmt *classDef(const ExprVector &decorators);
  ast::Arguments *parameters(TokenKind close, bool annotations);
  ast::Arg *parameter(bool annotations, bool starAnnotation);
  ast::Nodes<ast::Node> typeParameters();
  ast::StmtList block(std::string_view owner, const SourceSpan &start);
  ast::StmtList orElse(std::string_view owner);

  //===- match (ParserPatterns.cpp) ---------------------------------------===//

  bool atMatchStatement() const;
  ast::Stmt *matchStatement();
  ast::MatchCase *matchCase();
  ast::Pattern *openPattern();
  ast::Pattern *pattern();
  ast::Pattern *orPattern();
  ast::Pattern *closedPattern();
  ast::Pattern *maybeStarPattern();
  ast::Pattern *sequencePattern(TokenKind close);
  ast::Pattern *mappingPattern();
  ast::Pattern *namePattern();
  ast::Pattern *classPattern(const SourceSpan &start, ast::Expr *cls);
  ast::Pattern *valuePattern();
  ast::Expr *patternNumber();
  ast::Expr *signedNumber();
  template <class T> T *patternPlaceholder();

  //===- Expressions (ParserExpressions.cpp) ------------------------------===//

  /// At `name :=`, without parentheses.
  bool atBareWalrus() const { return at(K::Name) && peek(1).kind == K::ColonEqual; }
  ast::Expr *expression();
  ast::Expr *namedExpression();
  ast::Expr *starExpression();
  ast::Expr *starNamedExpression();
  ast::Expr *starExpressions();
  ast::Expr *yieldOrStarExpressions();
  ast::Expr *yieldExpression();
  ast::Expr *lambda();
  ast::Expr *disjunction();
  ast::Expr *conjunction();
  ast::Expr *inversion();
  ast::Expr *comparison();
  ast::Expr *binary(unsigned minPrecedence);
  ast::Expr *bitwiseOr() { return binary(1); }
  ast::Expr *factor();
  ast::Expr *power();
  ast::Expr *primary();
  ast::Expr *starred(ast::Expr *(ParserState::*rule)());
  ast::Expr *boolean(TokenKind word, ast::BoolOperator op, ast::Expr *(ParserState::*next)());
  /// Can the current token not start an expression?
  bool atExpressionEnd() const;

  //===- Atoms (ParserAtoms.cpp) ------------------------------------------===//

  ast::Expr *atom();
  ast::Expr *parenthesized();
  ast::Expr *bracketed();
  ast::Expr *braced();
  ast::Expr *call(const SourceSpan &start, ast::Expr *func);
  void callArguments(const Token &open, ExprVector &args, std::vector<ast::Keyword *> &keywords, bool generator);
  ast::Expr *subscript(const SourceSpan &start, ast::Expr *value);
  ast::Expr *slice();
  std::vector<ast::Comprehension *> comprehensionClauses();
  bool atComprehension() const { return at(K::For) || (at(K::Async) && peek(1).kind == K::For); }
  template <class T> ast::Expr *comprehension(const SourceSpan &start, ast::Expr *elt);

  //===- Targets (ParserTargets.cpp) --------------------------------------===//

  /// The targets of `for`, up to `in`.
  ast::Expr *loopTarget();
  /// Makes an expression that was read a target, or refuses it.
  void setTarget(ast::Expr *expr, ast::ExprContext context, std::string_view verb);
  void setSingleTarget(ast::Expr *expr, std::string_view what);

  //===- Literals (ParserLiterals.cpp) ------------------------------------===//

  ast::Expr *numberLiteral();
  ast::Expr *stringLiterals();
  void fString(ExprVector &parts);
  void fStringField(ExprVector &parts, bool raw);
  std::string textWithoutComments(size_t first, size_t last) const;
  ast::Constant *stringPart(size_t begin, size_t end, const SourceSpan &span, bool raw, bool bytes, bool doubledBraces);
  bool decode(std::string &out, ast::Constant *part, size_t begin, size_t end, bool bytes, bool raw,
              bool doubledBraces);
  size_t decodeEscape(std::string &out, ast::Constant *part, size_t at, size_t end, bool bytes);
  /// Joins neighbouring constants and drops empty ones.
  ExprVector foldStrings(const ExprVector &parts);

  struct Position {
    uint32_t line = 1;
    uint32_t column = 1;
  };

  const SourceBuffer &buffer;
  DiagnosticEngine &diagnostics;
  ast::Tree &tree;
  std::vector<Token> tokens;
  std::optional<LexError> lexError;
  size_t position = 0;
  Position lastEnd;
  unsigned maxDepth;
  unsigned nesting = 0;
  unsigned speculating = 0; // errors are not reported, only noted in `failed`
  bool failed = false;
  Diagnostic unreported;
  std::unordered_set<std::string_view> names;
};

} // namespace tegula

#endif // TEGULA_SYNTAX_PARSERSTATE_H

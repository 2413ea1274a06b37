//===- Token.h - What the lexer hands to the parser -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_SYNTAX_TOKEN_H
#define TEGULA_SYNTAX_TOKEN_H

#include "tegula/Diagnostics.h"

namespace tegula {

enum class TokenKind : uint8_t {
  EndMarker,
  Error, // the lexer stopped here; LexResult::error says why
  Newline,
  Indent,
  Dedent,
  Name,
  Number,
  String, // with prefix and quotes, as written
  // f"a{x}" is FStringStart `f"`, FStringMiddle `a`, `{`, x, `}`, FStringEnd.
  FStringStart,
  FStringMiddle,
  FStringEnd,

#define TEGULA_OPERATORS(X)                                                                                            \
  X(LParen, "(")                                                                                                       \
  X(RParen, ")")                                                                                                       \
  X(LBracket, "[")                                                                                                     \
  X(RBracket, "]")                                                                                                     \
  X(LBrace, "{")                                                                                                       \
  X(RBrace, "}")                                                                                                       \
  X(Colon, ":")                                                                                                        \
  X(Comma, ",")                                                                                                        \
  X(Semicolon, ";")                                                                                                    \
  X(Dot, ".")                                                                                                          \
  X(Ellipsis, "...")                                                                                                   \
  X(Arrow, "->")                                                                                                       \
  X(Exclamation, "!")                                                                                                  \
  X(ColonEqual, ":=")                                                                                                  \
  X(Equal, "=")                                                                                                        \
  X(EqEqual, "==")                                                                                                     \
  X(NotEqual, "!=")                                                                                                    \
  X(Less, "<")                                                                                                         \
  X(LessEqual, "<=")                                                                                                   \
  X(Greater, ">")                                                                                                      \
  X(GreaterEqual, ">=")                                                                                                \
  X(Tilde, "~")                                                                                                        \
  X(Plus, "+")                                                                                                         \
  X(Minus, "-")                                                                                                        \
  X(Star, "*")                                                                                                         \
  X(At, "@")                                                                                                           \
  X(Slash, "/")                                                                                                        \
  X(Percent, "%")                                                                                                      \
  X(DoubleStar, "**")                                                                                                  \
  X(LeftShift, "<<")                                                                                                   \
  X(RightShift, ">>")                                                                                                  \
  X(VBar, "|")                                                                                                         \
  X(Circumflex, "^")                                                                                                   \
  X(Amper, "&")                                                                                                        \
  X(DoubleSlash, "//")                                                                                                 \
  X(PlusEqual, "+=")                                                                                                   \
  X(MinusEqual, "-=")                                                                                                  \
  X(StarEqual, "*=")                                                                                                   \
  X(AtEqual, "@=")                                                                                                     \
  X(SlashEqual, "/=")                                                                                                  \
  X(PercentEqual, "%=")                                                                                                \
  X(DoubleStarEqual, "**=")                                                                                            \
  X(LeftShiftEqual, "<<=")                                                                                             \
  X(RightShiftEqual, ">>=")                                                                                            \
  X(VBarEqual, "|=")                                                                                                   \
  X(CircumflexEqual, "^=")                                                                                             \
  X(AmperEqual, "&=")                                                                                                  \
  X(DoubleSlashEqual, "//=")
#define TEGULA_KEYWORDS(X)                                                                                             \
  X(False, "False")                                                                                                    \
  X(None, "None")                                                                                                      \
  X(True, "True")                                                                                                      \
  X(And, "and")                                                                                                        \
  X(As, "as")                                                                                                          \
  X(Assert, "assert")                                                                                                  \
  X(Async, "async")                                                                                                    \
  X(Await, "await")                                                                                                    \
  X(Break, "break")                                                                                                    \
  X(Class, "class")                                                                                                    \
  X(Continue, "continue")                                                                                              \
  X(Def, "def")                                                                                                        \
  X(Del, "del")                                                                                                        \
  X(Elif, "elif")                                                                                                      \
  X(Else, "else")                                                                                                      \
  X(Except, "except")                                                                                                  \
  X(Finally, "finally")                                                                                                \
  X(For, "for")                                                                                                        \
  X(From, "from")                                                                                                      \
  X(Global, "global")                                                                                                  \
  X(If, "if")                                                                                                          \
  X(Import, "import")                                                                                                  \
  X(In, "in")                                                                                                          \
  X(Is, "is")                                                                                                          \
  X(Lambda, "lambda")                                                                                                  \
  X(Nonlocal, "nonlocal")                                                                                              \
  X(Not, "not")                                                                                                        \
  X(Or, "or")                                                                                                          \
  X(Pass, "pass")                                                                                                      \
  X(Raise, "raise")                                                                                                    \
  X(Return, "return")                                                                                                  \
  X(Try, "try")                                                                                                        \
  X(While, "while")                                                                                                    \
  X(With, "with")                                                                                                      \
  X(Yield, "yield")
#define TEGULA_ENUMERATE(name, text) name,
  TEGULA_OPERATORS(TEGULA_ENUMERATE) TEGULA_KEYWORDS(TEGULA_ENUMERATE)
#undef TEGULA_ENUMERATE

      FirstKeyword = False,
  LastKeyword = Yield,
};

/// How a kind of token is called in a message: "'+='", "'lambda'", "a name".
std::string_view tokenName(TokenKind kind);

struct Token {
  TokenKind kind = TokenKind::EndMarker;
  uint32_t begin = 0; // offsets in the buffer
  uint32_t end = 0;
  SourceSpan span;

  bool isKeyword() const { return kind >= TokenKind::FirstKeyword && kind <= TokenKind::LastKeyword; }
};

} // namespace tegula

#endif // TEGULA_SYNTAX_TOKEN_H

//===- LexerTest.cpp - Tokens ---------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/Lexer.h"

#include <gtest/gtest.h>

using namespace tegula;

namespace {

/// The tokens' texts, with NEWLINE, INDENT, DEDENT and END for those without.
std::string tokens(std::string text) {
  SourceBuffer buffer("a.py", std::move(text));
  LexResult result = lex(buffer, /*allowIndented=*/true);
  std::string out;
  for (const Token &token : result.tokens) {
    out += out.empty() ? "" : " ";
    switch (token.kind) {
    case TokenKind::Newline:
      out += "NEWLINE";
      break;
    case TokenKind::Indent:
      out += "INDENT";
      break;
    case TokenKind::Dedent:
      out += "DEDENT";
      break;
    case TokenKind::EndMarker:
      out += "END";
      break;
    case TokenKind::Error:
      out += "ERROR(" + result.error->message + ")";
      break;
    default:
      out += buffer.text().substr(token.begin, token.end - token.begin);
    }
  }
  return out;
}

} // namespace

TEST(Lexer, TurnsIndentationIntoTokens) {
  EXPECT_EQ(tokens("if a:\n  if b:\n    c\n  d\ne\n"),
            "if a : NEWLINE INDENT if b : NEWLINE INDENT c NEWLINE DEDENT d NEWLINE DEDENT e NEWLINE END");
}

TEST(Lexer, SkipsBlankAndCommentLinesWhateverTheirIndentation) {
  EXPECT_EQ(tokens("if a:\n  b\n\n        # far\n# near\n   \n  c"),
            "if a : NEWLINE INDENT b NEWLINE c NEWLINE DEDENT END");
}

TEST(Lexer, JoinsLinesInsideBracketsAndAfterBackslashes) {
  EXPECT_EQ(tokens("f(a, # one\n\n  b)\nx = \\\n   1\n"), "f ( a , b ) NEWLINE x = 1 NEWLINE END");
}

TEST(Lexer, TakesTabsAsCPythonDoes) {
  EXPECT_EQ(tokens("if a:\n\tb\n\tc\n"), "if a : NEWLINE INDENT b NEWLINE c NEWLINE DEDENT END");
  EXPECT_EQ(tokens("if a:\n        b\n\tc\n"),
            "if a : NEWLINE INDENT b NEWLINE ERROR(inconsistent use of tabs and spaces in indentation)");
}

TEST(Lexer, AcceptsAUniformlyIndentedBlock) {
  EXPECT_EQ(tokens("    def f():\n        a\n    b\n"), "def f ( ) : NEWLINE INDENT a NEWLINE DEDENT b NEWLINE END");
  EXPECT_EQ(tokens("    a\n  b\n"), "a NEWLINE ERROR(this line's indentation (2) matches no enclosing block)");
}

TEST(Lexer, PrefersTheLongestOperator) {
  EXPECT_EQ(tokens("a **= b // c >>= d -> e := f ... . g"), "a **= b // c >>= d -> e := f ... . g NEWLINE END");
}

TEST(Lexer, ReadsNumbers) {
  EXPECT_EQ(tokens("0xFF_ff 0b1_0 0o17 1_000 1.5e-3 .5 5. 1e5 2J 00 1if x"),
            "0xFF_ff 0b1_0 0o17 1_000 1.5e-3 .5 5. 1e5 2J 00 1 if x NEWLINE END");
  EXPECT_EQ(tokens("012"), "ERROR(a decimal integer cannot start with zeros; got 012)");
  EXPECT_EQ(tokens("1__0"), "ERROR(invalid decimal literal: expected a digit)");
  EXPECT_EQ(tokens("0o18"), "ERROR(invalid digit '8' in octal literal)");
  EXPECT_EQ(tokens("1abc"), "ERROR(invalid decimal literal)");
}

TEST(Lexer, ReadsStringsWithTheirPrefixes) {
  EXPECT_EQ(tokens("'a' rb\"b\" '''c\nd''' bR'\\'' u''"), "'a' rb\"b\" '''c\nd''' bR'\\'' u'' NEWLINE END");
  EXPECT_EQ(tokens("'a\n"), "ERROR(unterminated string; expected ' before the end of the line)");
  EXPECT_EQ(tokens("'''a\n"), "ERROR(unterminated triple-quoted string; expected ''' before the end of the file)");
}

TEST(Lexer, TakesFStringsApart) {
  EXPECT_EQ(tokens("f'a{x!r:>{w}}b{{c}}'"), "f' a { x ! r : > { w } } b{{c}} ' NEWLINE END");
  EXPECT_EQ(tokens("f'{d['k']}'"), "f' { d [ 'k' ] } ' NEWLINE END");
  EXPECT_EQ(tokens("f'{f\"{x}\"}'"), "f' { f\" { x } \" } ' NEWLINE END");
  EXPECT_EQ(tokens("f'{ {1: 2}[1] }'"), "f' { { 1 : 2 } [ 1 ] } ' NEWLINE END");
  EXPECT_EQ(tokens("f'{x:=5}'"), "f' { x : =5 } ' NEWLINE END");
  EXPECT_EQ(tokens("f'}'"), "f' ERROR(a single '}' in an f-string)");
}

TEST(Lexer, ReadsIdentifiersOfAnyScript) {
  EXPECT_EQ(tokens("\u03bb = \u00fcber_2"), "\u03bb = \u00fcber_2 NEWLINE END");
  EXPECT_EQ(tokens("a \u2192 b"), "a ERROR(invalid character '\u2192' (U+2192))");
  EXPECT_EQ(tokens("x = \u201ca\u201d"), "x = ERROR(invalid character '\u201c' (U+201C))");
}

TEST(Lexer, ChecksBrackets) {
  EXPECT_EQ(tokens("(a]"), "( a ERROR(expected ')' to close the '(' of line 1; got ']')");
  EXPECT_EQ(tokens("a)"), "a ERROR(unmatched ')')");
  EXPECT_EQ(tokens("f(a,\nb"), "f ( a , b ERROR('(' is never closed)");
}

TEST(Lexer, BoundsEveryNesting) {
  EXPECT_NE(tokens(std::string(1000, '(')).find("too many nested brackets"), std::string::npos);
  std::string indented;
  for (int i = 0; i < 200; ++i)
    indented += std::string(i, ' ') + "if x:\n";
  EXPECT_NE(tokens(indented).find("too many levels of indentation"), std::string::npos);
  std::string strings;
  for (int i = 0; i < 300; ++i)
    strings += "f'{";
  EXPECT_NE(tokens(strings).find("too many nested"), std::string::npos);
}

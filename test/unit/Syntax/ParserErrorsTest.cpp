//===- ParserErrorsTest.cpp - What the author of a wrong source reads -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/Syntax/Parsing.h"

#include <gtest/gtest.h>

using namespace tegula;
using namespace tegula::testing;

namespace {

std::string errors(std::string text, uint32_t firstLine = 1) {
  Parsed parsed(std::move(text), firstLine);
  EXPECT_FALSE(parsed.tree);
  EXPECT_EQ(parsed.diagnostics.all().size(), 1u);
  return parsed.errors();
}

/// The first line without its place.
std::string message(std::string text) {
  std::string all = errors(std::move(text));
  size_t begin = all.find("error: ") + 7;
  return all.substr(begin, all.find('\n') - begin);
}

} // namespace

TEST(ParserErrors, MissingColon) {
  EXPECT_EQ(errors("@jit\ndef f(x):\n    if x > 0\n        return x\n", 10),
            "kernel.py:12:13: error: expected ':' after the condition of 'if'; got the end of the line\n"
            "   12 |     if x > 0\n"
            "      |             ^\n");
}

TEST(ParserErrors, MissingComma) {
  EXPECT_EQ(errors("x = tl.load(\n    ptr + offs\n    mask=mask)\n"),
            "kernel.py:3:5: error: expected ',' or ')'; got 'mask'\n"
            "    3 |     mask=mask)\n"
            "      |     ^~~~\n"
            "kernel.py:1:12: note: the '(' is opened here\n");
}

TEST(ParserErrors, UnclosedBracketIsBlamedRatherThanWhatFollows) {
  EXPECT_EQ(errors("x = tl.load(ptr,\n            mask\ny = 1\nz = 2\n"), "kernel.py:1:12: error: '(' is never closed\n"
                                                                          "    1 | x = tl.load(ptr,\n"
                                                                          "      |            ^\n");
}

TEST(ParserErrors, AssignmentInsteadOfComparison) {
  EXPECT_EQ(errors("if x = 1:\n    pass\n"), "kernel.py:1:6: error: expected ':' after the condition of 'if'; got '='\n"
                                             "    1 | if x = 1:\n"
                                             "      |      ^\n"
                                             "hint: write == to compare\n");
}

TEST(ParserErrors, MissingBlock) {
  EXPECT_EQ(errors("for i in range(4):\nx = 1\n"),
            "kernel.py:2:1: error: expected an indented block after the iterable of 'for'; got 'x'\n"
            "    2 | x = 1\n"
            "      | ^\n"
            "kernel.py:1:1: note: the statement that needs the block begins here\n"
            "hint: write `pass` for an empty block\n");
}

TEST(ParserErrors, WrongIndentation) {
  EXPECT_EQ(errors("def f():\n    a\n  b\n"), "kernel.py:3:1: error: this line's indentation (2) matches no enclosing "
                                              "block\n"
                                              "    3 |   b\n"
                                              "      | ^~\n"
                                              "hint: the enclosing block is indented by 0\n");
  EXPECT_EQ(errors("a\n    b\n"), "kernel.py:2:1: error: unexpected indentation\n"
                                  "    2 |     b\n"
                                  "      | ^~~~\n"
                                  "hint: only the lines of a block are indented\n");
}

TEST(ParserErrors, HabitsFromOtherLanguages) {
  EXPECT_EQ(errors("i++\n"), "kernel.py:1:4: error: expected an expression; got the end of the line\n"
                             "    1 | i++\n"
                             "      |    ^\n"
                             "hint: write += 1 to increment\n");
  EXPECT_EQ(errors("a && b\n"), "kernel.py:1:4: error: expected an expression; got '&'\n"
                                "    1 | a && b\n"
                                "      |    ^\n"
                                "hint: write `and` for a logical and\n");
  EXPECT_EQ(errors("print 'a'\n"), "kernel.py:1:7: error: expected the end of the statement; got a string\n"
                                   "    1 | print 'a'\n"
                                   "      |       ^~~\n"
                                   "hint: call it: print(...)\n");
  EXPECT_EQ(errors("if a:\n    b\nelse if c:\n    d\n"), "kernel.py:3:6: error: expected ':' after 'else'; got 'if'\n"
                                                         "    3 | else if c:\n"
                                                         "      |      ^~\n"
                                                         "hint: write elif\n");
}

TEST(ParserErrors, PastedTypography) {
  EXPECT_EQ(errors("x = \u201ca\u201d\n"), "kernel.py:1:5: error: invalid character '\u201c' (U+201C)\n"
                                           "    1 | x = \u201ca\u201d\n"
                                           "      |     ^\n"
                                           "hint: write a straight quote: \"\n");
}

TEST(ParserErrors, Targets) {
  EXPECT_EQ(errors("f(x) = 1\n"), "kernel.py:1:1: error: cannot assign to a call; expected a name, an attribute or a "
                                  "subscript\n"
                                  "    1 | f(x) = 1\n"
                                  "      | ^~~~\n");
  EXPECT_EQ(message("(a, b) += 1"), "an augmented assignment cannot change a tuple; expected a name, an attribute or a "
                                    "subscript");
  EXPECT_EQ(message("a, b: int"), "an annotation cannot be given to a tuple; expected a name, an attribute or a "
                                  "subscript");
  EXPECT_EQ(message("del f()"), "cannot delete a call; expected a name, an attribute or a subscript");
  EXPECT_EQ(message("for 1 in x: pass"), "cannot assign to a literal; expected a name, an attribute or a subscript");
}

TEST(ParserErrors, Arguments) {
  EXPECT_EQ(errors("f(a=1, b)\n"), "kernel.py:1:8: error: a positional argument cannot follow a keyword argument\n"
                                   "    1 | f(a=1, b)\n"
                                   "      |        ^\n"
                                   "hint: move it to the front, or name its parameter\n");
  EXPECT_EQ(message("f(**a, b)"), "a positional argument cannot follow one with '**'");
  EXPECT_EQ(message("f(**a, *b)"), "an argument with '*' cannot follow one with '**'");
  EXPECT_EQ(message("f(x for x in y, 1)"), "a generator expression among other arguments needs parentheses of its own");
  EXPECT_EQ(message("f(a.b=1)"), "expected the name of a parameter before '='");
}

TEST(ParserErrors, Parameters) {
  EXPECT_EQ(message("def f(a=1, b): pass"), "parameter 'b' without a default follows one with a default");
  EXPECT_EQ(message("def f(*): pass"), "expected a named parameter after the bare '*'");
  EXPECT_EQ(message("def f(/, a): pass"), "expected a parameter before '/'");
  EXPECT_EQ(message("def f(a, /, b, /): pass"), "'/' can stand only once among the parameters");
  EXPECT_EQ(message("def f(*a, *b): pass"), "'*' can stand only once among the parameters");
  EXPECT_EQ(message("def f(**k, a): pass"), "no parameter can follow the one with '**'");
  EXPECT_EQ(message("def class(): pass"), "expected the name of the function; got the keyword 'class'");
}

TEST(ParserErrors, Strings) {
  EXPECT_EQ(errors("x = 'abc\n"), "kernel.py:1:5: error: unterminated string; expected ' before the end of the line\n"
                                  "    1 | x = 'abc\n"
                                  "      |     ^\n");
  EXPECT_EQ(errors("x = 'C:\\users'\n"), "kernel.py:1:8: error: expected 4 hexadecimal digits after \\u; got 0\n"
                                         "    1 | x = 'C:\\users'\n"
                                         "      |        ^~\n"
                                         "hint: write \\\\ for a backslash, or r in front of the string\n");
  EXPECT_EQ(message("b'\u00e4'"), "expected ASCII in a bytes literal");
  EXPECT_EQ(message("'a' b'b'"), "bytes and text cannot be joined in one literal");
  EXPECT_EQ(message("f'{}'"), "expected an expression in the f-string; got '}'");
  EXPECT_EQ(message("f'{x!z}'"), "expected the conversion s, r or a right after '!'; got 'z'");
  EXPECT_EQ(message("f'{x y}'"), "expected '=', '!', ':' or '}'; got 'y'");
}

TEST(ParserErrors, Statements) {
  EXPECT_EQ(message("try:\n  pass\nx"), "expected 'except' or 'finally' after the block of 'try'; got 'x'");
  EXPECT_EQ(message("else: pass"), "'else' belongs to no statement here");
  EXPECT_EQ(message("@jit\nx = 1"), "expected a function or a class after its decorators; got 'x'");
  EXPECT_EQ(message("x = "), "expected an expression; got the end of the line");
  EXPECT_EQ(message("x = class"), "expected an expression; got the keyword 'class'");
  EXPECT_EQ(message("from a import b,"), "expected a name after ','; got the end of the line");
  EXPECT_EQ(message("a if b"), "expected 'else' and a value for when the condition is false; got the end of the line");
  EXPECT_EQ(message("(*a)"), "a '*' needs a tuple around it");
}

TEST(ParserErrors, Encoding) {
  EXPECT_EQ(errors("x = '\xff'\n"), "kernel.py:1:6: error: expected UTF-8; got the byte 0xff\n"
                                    "    1 | x = '\uFFFD'\n"
                                    "      |      ^\n"
                                    "hint: save the file as UTF-8\n");
  EXPECT_EQ(message(std::string("x\0y", 3)), "invalid character U+0000");
}

TEST(ParserErrors, HaveStableKinds) {
  auto kind = [](std::string text) { return Parsed(std::move(text)).diagnostics.all().front().kind; };
  EXPECT_EQ(kind("x ="), "syntax-error");
  EXPECT_EQ(kind("if x:\ny"), "indentation-error");
  EXPECT_EQ(kind("\xff"), "encoding-error");
  EXPECT_EQ(kind(std::string(300, '-') + std::string(300, '-') + "x"), "too-deeply-nested");
}

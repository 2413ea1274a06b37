//===- ParserTest.cpp - Trees ---------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// test/python/test_syntax_against_cpython.py compares whole trees with CPython's
// over thousands of files; here is what that cannot say: the tree as C++ sees it,
// slices of files, bounds.
//===----------------------------------------------------------------------===//

#include "test/unit/Syntax/Parsing.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace tegula;
using namespace tegula::testing;
using ast::ConstantKind;

namespace {

const ast::Constant &constant(const Parsed &parsed) { return *parsed.expression()->as<ast::Constant>(); }

} // namespace

TEST(Parser, GivesTheTreeOfPythonsAst) {
  EXPECT_EQ(Parsed("x = a + 2 * b").dump(),
            "Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=BinOp(left=Name(id='a', ctx=Load()), "
            "op=Add(), right=BinOp(left=Constant(value=2), op=Mult(), right=Name(id='b', ctx=Load()))))], "
            "type_ignores=[])");
}

TEST(Parser, BindsOperatorsAsPythonDoes) {
  // Each pair: an expression and the same with every parenthesis written.
  const std::pair<const char *, const char *> pairs[] = {
      {"a or b and not c", "a or (b and (not c))"},
      {"not a == b", "not (a == b)"},
      {"a | b ^ c & d << e + f * g", "a | (b ^ (c & (d << (e + (f * g)))))"},
      {"a - b - c", "(a - b) - c"},
      {"a ** b ** c", "a ** (b ** c)"},
      {"-a ** -b", "-(a ** (-b))"},
      {"a if b else c if d else e", "a if b else (c if d else e)"},
      {"await a ** b", "(await a) ** b"},
      {"a.b[c](d) @ e", "((a.b)[c])(d) @ e"},
      {"lambda x: x if y else z", "lambda x: (x if y else z)"},
  };
  for (auto [bare, grouped] : pairs)
    EXPECT_EQ(Parsed(bare).dump(), Parsed(grouped).dump()) << bare;
}

TEST(Parser, ChainsComparisons) {
  Parsed parsed("a < b not in c is not d");
  auto *compare = parsed.expression()->as<ast::Compare>();
  ASSERT_TRUE(compare);
  ASSERT_EQ(compare->ops.size(), 3u);
  EXPECT_EQ(spelling(compare->ops[0]), "<");
  EXPECT_EQ(spelling(compare->ops[1]), "not in");
  EXPECT_EQ(spelling(compare->ops[2]), "is not");
}

TEST(Parser, KeepsIntegersOfAnySize) {
  Parsed small("0x_ff_FF");
  EXPECT_EQ(constant(small).value, ConstantKind::Int);
  EXPECT_EQ(constant(small).asInt64(), 0xffff);
  EXPECT_EQ(constant(small).text, "0xffff");
  Parsed largest("18446744073709551615");
  EXPECT_TRUE(constant(largest).fitsUint64);
  EXPECT_EQ(constant(largest).integer, UINT64_MAX);
  EXPECT_EQ(constant(largest).asInt64(), std::nullopt);
  Parsed beyond("0x1_0000_0000_0000_0000_0000_0000");
  EXPECT_FALSE(constant(beyond).fitsUint64);
  EXPECT_EQ(decimalText(constant(beyond)), "79228162514264337593543950336");
  Parsed decimal("123_456_789_012_345_678_901_234_567_890");
  EXPECT_EQ(decimalText(constant(decimal)), "123456789012345678901234567890");
  Parsed zero("00_0");
  EXPECT_EQ(constant(zero).asInt64(), 0);
}

TEST(Parser, RoundsFloatsAsPythonDoes) {
  EXPECT_EQ(constant(Parsed("1_0.5e-1")).real, 1.05);
  EXPECT_EQ(constant(Parsed("1e400")).real, HUGE_VAL);
  EXPECT_EQ(constant(Parsed("1e-400")).real, 0.0);
  EXPECT_EQ(constant(Parsed("0.0e999999999999999999999")).real, 0.0);
  EXPECT_EQ(constant(Parsed("5e-324")).real, 5e-324);
  EXPECT_EQ(constant(Parsed("0." + std::string(400, '0') + "1e390")).real, 1e-11);
  EXPECT_EQ(constant(Parsed("2.5J")).value, ConstantKind::Imaginary);
  EXPECT_EQ(constant(Parsed("2.5J")).real, 2.5);
}

TEST(Parser, DecodesStrings) {
  auto text = [](const char *source) { return std::string(constant(Parsed(source)).text); };
  EXPECT_EQ(text(R"('a\n\x41\u00e4\101\q' "b" r'\n')"), "a\nA\u00e4A\\qb\\n");
  EXPECT_EQ(text(R"(b'\xff\377\u0041')"), "\xff\xff\\u0041");
  EXPECT_EQ(text("'a\\\nb'"), "ab");
  EXPECT_EQ(text("'''a\r\nb'''"), "a\nb");
  EXPECT_EQ(text(R"('\ud800')"), "\xED\xA0\x80");
}

TEST(Parser, LeavesNamedEscapesAsTheyStand) {
  Parsed parsed(R"('\N{DEGREE SIGN}C')");
  EXPECT_EQ(constant(parsed).text, R"(\N{DEGREE SIGN}C)");
  EXPECT_TRUE(constant(parsed).namedEscapes);
  EXPECT_FALSE(constant(Parsed(R"(r'\N{DEGREE SIGN}')")).namedEscapes);
}

TEST(Parser, TakesFStringsApart) {
  EXPECT_EQ(Parsed("f'a{x!r:>{w}}' 'b'").dump(),
            "Module(body=[Expr(value=JoinedStr(values=[Constant(value='a'), FormattedValue(value=Name(id='x', "
            "ctx=Load()), conversion=114, format_spec=JoinedStr(values=[Constant(value='>'), "
            "FormattedValue(value=Name(id='w', ctx=Load()), conversion=-1)])), Constant(value='b')]))], "
            "type_ignores=[])");
}

TEST(Parser, TellsPlacesOfASliceInTheFilesLinesAndColumns) {
  Parsed parsed("    @jit\n    def f(x):\n        return x\n", 40);
  ASSERT_TRUE(parsed.tree) << parsed.errors();
  auto *function = parsed.statement()->as<ast::FunctionDef>();
  EXPECT_EQ(function->span, (SourceSpan{41, 5, 42, 17}));
  EXPECT_EQ(function->nameSpan, (SourceSpan{41, 9, 41, 10}));
  EXPECT_EQ(function->decoratorList[0]->span, (SourceSpan{40, 6, 40, 9}));
  EXPECT_EQ(function->body[0]->span, (SourceSpan{42, 9, 42, 17}));
}

TEST(Parser, CountsColumnsInBytes) {
  Parsed parsed("'\u00e4' + x");
  EXPECT_EQ(parsed.expression()->as<ast::BinOp>()->right->span, (SourceSpan{1, 8, 1, 9}));
}

TEST(Parser, InternsIdentifiers) {
  Parsed parsed("x; x");
  EXPECT_EQ(parsed.expression(0)->as<ast::Name>()->id.data(), parsed.expression(1)->as<ast::Name>()->id.data());
}

TEST(Parser, KeepsTheTreeWhenTheSourceGoes) {
  std::unique_ptr<ast::Tree> tree;
  {
    SourceManager sources;
    DiagnosticEngine diagnostics;
    tree = parse(sources.add("a.py", "name = 'text'"), diagnostics);
  }
  EXPECT_EQ(ast::dump(*tree->module->body[0]), "Assign(targets=[Name(id='name', ctx=Store())], "
                                               "value=Constant(value='text'))");
}

TEST(Parser, TellsAsyncFormsApart) {
  Parsed parsed("async def f():\n  async for x in y: pass\n");
  EXPECT_EQ(parsed.statement()->as<ast::FunctionDef>(), nullptr);
  auto *function = parsed.statement()->as<ast::AsyncFunctionDef>();
  ASSERT_TRUE(function);
  EXPECT_EQ(function->body[0]->kind, ast::Kind::AsyncFor);
}

TEST(Parser, AllowsDeepButBoundedTrees) {
  std::string sum = "x";
  for (int i = 0; i < 350; ++i)
    sum += " + x";
  Parsed deep(sum);
  ASSERT_TRUE(deep.tree) << deep.errors();
  EXPECT_EQ(deep.expression()->depth, 351);

  ParseOptions options;
  options.maxDepth = 50;
  EXPECT_FALSE(Parsed(sum, 1, options).tree);
}

TEST(Parser, RefusesEveryKindOfTooDeepNesting) {
  auto repeat = [](const char *text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i)
      out += text;
    return out;
  };
  const std::string sources[] = {
      repeat("(", 10000),
      repeat("[", 150) + "x" + repeat(".a", 100000),
      "x" + repeat(".a", 100000),
      "x" + repeat("()", 100000),
      "x" + repeat("[0]", 100000),
      "x" + repeat(" + x", 100000),
      "x" + repeat(" ** x", 100000),
      repeat("-", 100000) + "x",
      repeat("not ", 100000) + "x",
      repeat("lambda: ", 100000) + "x",
      "x" + repeat(" if x else x", 100000),
      repeat("await ", 100000) + "x",
      repeat("(x + ", 150) + "x" + repeat(" + x + x + x)", 150),
      repeat("f'{", 1000),
      "if x: pass\n" + repeat("elif x: pass\n", 100000),
      "match x:\n  case " + repeat("A(", 10000),
      "match x:\n  case " + repeat("[", 10000),
      "match x:\n  case x" + repeat(".x", 10000) + ": pass\n",
  };
  for (const std::string &source : sources) {
    Parsed parsed(source);
    EXPECT_FALSE(parsed.tree) << source.substr(0, 40);
    ASSERT_EQ(parsed.diagnostics.errorCount(), 1u) << source.substr(0, 40);
  }
}

TEST(Parser, NamesEveryKind) {
  for (int kind = int(ast::Kind::Module); kind <= int(ast::Kind::ParamSpec); ++kind) {
    EXPECT_FALSE(kindName(ast::Kind(kind)).empty());
    EXPECT_FALSE(describe(ast::Kind(kind)).empty());
  }
}

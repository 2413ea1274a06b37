//===- ConstEvalTest.cpp - Compile-time values are Python's -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/unit/Frontend/Compile.h"

#include "lib/Frontend/ConstEval.h"

using namespace tegula;
using namespace tegula::test;

namespace {

/// The repr of an expression's value, or "error: ..." .
std::string evaluate(const std::string &expression) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  auto environment =
      ModuleEnvironment::fromText("c.py", "import triton.language as tl\nimport math\n", sources, diagnostics);
  std::string error;
  Value value = environment->evaluate(expression, error);
  return value ? reprOf(value) : "error: " + error;
}

struct Row {
  const char *expression;
  const char *value;
};

void check(std::initializer_list<Row> rows) {
  for (const Row &row : rows)
    EXPECT_EQ(evaluate(row.expression), row.value) << row.expression;
}

} // namespace

TEST(ConstEval, Integers) {
  check({{"-7 // 2", "-4"},
         {"7 // -2", "-4"},
         {"-7 % 3", "2"},
         {"7 % -3", "-2"},
         {"2 ** 100", "1267650600228229401496703205376"},
         {"-(2 ** 63)", "-9223372036854775808"},
         {"(1 << 64) - 1", "18446744073709551615"},
         {"-(1 << 70) >> 3", "-147573952589676412928"},
         {"-1 >> 100", "-1"},
         {"~5", "-6"},
         {"-6 & 0xff", "250"},
         {"0x8000000000000000 | 1", "9223372036854775809"},
         {"(-3) ** 3", "-27"},
         {"2 ** -1", "0.5"},
         {"True + True", "2"},
         {"True & False", "False"},
         {"10 ** 30 // 7 ** 20", "12532542894196"},
         {"(10 ** 30) % -(7 ** 20)", "-12048762300458197"}});
}

TEST(ConstEval, Floats) {
  check({{"7 / 2", "3.5"},
         {"-7.5 // 2", "-4.0"},
         {"-7.5 % 2", "0.5"},
         {"7.5 % -2", "-0.5"},
         {"1e16", "1e+16"},
         {"123456789.125", "123456789.125"},
         {"1e-5", "1e-05"},
         {"0.1 + 0.2", "0.30000000000000004"},
         {"-0.0", "-0.0"},
         {"float('inf')", "inf"},
         {"-float('inf')", "-inf"},
         {"float('nan') == float('nan')", "False"},
         {"2 ** 0.5", "1.4142135623730951"},
         {"1e308 * 10", "inf"}});
}

TEST(ConstEval, Comparisons) {
  check({{"1 < 2 < 3", "True"},
         {"1 < 3 < 2", "False"},
         {"2 ** 53 + 1 == float(2 ** 53)", "False"},
         {"2 ** 53 + 1 > float(2 ** 53)", "True"},
         {"1 == 1.0 == True", "True"},
         {"(1, 2) < (1, 3)", "True"},
         {"'a' < 'b'", "True"},
         {"3 in (1, 2, 3)", "True"},
         {"'bc' in 'abcd'", "True"},
         {"4 not in (1, 2, 3)", "True"},
         {"None is None", "True"},
         {"(1, 2) == [1, 2]", "True"}});
}

TEST(ConstEval, LogicReturnsOperands) {
  check({{"0 or 4", "4"}, {"5 and 3", "3"}, {"0 and 1 // 0", "0"}, {"not ()", "True"}, {"3 if 0 else 4", "4"}});
}

TEST(ConstEval, Sequences) {
  check({{"(1, 2, 3)[-1]", "3"},
         {"(1, 2, 3, 4)[::-2]", "(4, 2)"},
         {"(1, 2, 3, 4)[1:]", "(2, 3, 4)"},
         {"(1, 2, 3, 4)[-100:100:10 ** 30]", "(1,)"},
         {"'hello'[1:3]", "'el'"},
         {"(1,) + (2, 3)", "(1, 2, 3)"},
         {"[0] * 3", "[0, 0, 0]"},
         {"[i * j for i in range(3) for j in (1, 2) if i]", "[1, 2, 2, 4]"},
         {"len(range(10, 0, -3))", "4"},
         {"sum([1, 2, 3])", "6"},
         {"max(3, 1, 2)", "3"},
         {"min((3, 1, 2))", "1"},
         {"list(zip((1, 2), (3, 4)))", "[(1, 3), (2, 4)]"}});
}

TEST(ConstEval, Strings) {
  check({{"'relu'.startswith(('a', 'r'))", "True"},
         {"'A-B'.lower().split('-')", "['a', 'b']"},
         {"'-'.join(['a', 'b'])", "'a-b'"},
         {"f'{3:04d}|{1.5:.2f}|{255:x}|{\"x\"!r}|{\"ab\":>4}'", "\"0003|1.50|ff|'x'|  ab\""},
         {"str(1.0) + repr('a')", "\"1.0'a'\""}});
}

TEST(ConstEval, MathAndTypes) {
  check({{"math.log2(8)", "3.0"},
         {"math.ceil(2.1)", "3"},
         {"math.sqrt(16)", "4.0"},
         {"math.pi > 3", "True"},
         {"int(-3.9)", "-3"},
         {"round(2.5)", "2"},
         {"tl.float16.primitive_bitwidth", "16"},
         {"tl.int8.is_int_signed()", "True"},
         {"tl.uint8.get_int_max_value()", "255"},
         {"tl.float32", "float32"},
         {"str(tl.float32) + str(tl.int32) + tl.uint8.name", "'fp32int32uint8'"},
         {"(5).bit_length()", "3"}});
}

TEST(ConstEval, ErrorsAreSaid) {
  check({{"1 // 0", "error: integer division by zero"},
         {"1.0 / 0", "error: float division by zero"},
         {"1 << -1", "error: negative shift count"},
         {"(1, 2)[5]", "error: index 5 is out of range for 2 elements"},
         {"1 + 'a'", "error: operator + does not take the int 1 and the string 'a'"},
         {"nothing", "error: the name `nothing` is not known at compile time"},
         {"math.sqrt(-1)", "error: math domain error"}});
}

TEST(ConstEval, GrowthIsBounded) {
  for (const char *expression :
       {"1 << 10 ** 9", "2 ** 10 ** 6", "10 ** 10 ** 10", "'a' * 10 ** 9", "[0] * 10 ** 9", "list(range(10 ** 9))",
        "(2 ** 16000) * (2 ** 16000)", "[1 for i in range(1000) for j in range(1000)]"})
    EXPECT_EQ(evaluate(expression).substr(0, 6), "error:") << expression;
}

TEST(ConstEval, NestingIsBounded) {
  // Doubled, deepened and cyclic values end in an error, quickly.
  for (const char *statements :
       {"t = 1\n    for i in range(1000): t = (t, t)", "t = 1\n    for i in range(10 ** 5): t = (t,)",
        "t = []\n    t.append(t)\n    t = t == t", "t = [1]\n    for i in range(10 ** 5): t = t + [1]",
        "t = 1\n    for i in range(10 ** 5): t = list(zip([t]))",
        "t = 0\n    for i in range(10 ** 5): t += len(range(60000))"}) {
    std::string text = "@triton.constexpr_function\ndef f():\n    " + std::string(statements) + "\n    return 1\n" +
                       body("p", "x: tl.constexpr = f()");
    EXPECT_NE(errorsOf(text, "*fp32"), "") << statements;
  }
  EXPECT_HAS(errorsOf(body("p", "t = (1,)\nfor i in tl.static_range(100):\n    t = (t, t)"), "*fp32"),
             "a tuple has at most");
}

TEST(ConstEval, IntegerText) {
  EXPECT_EQ(Integer::parse("-123456789012345678901234567890")->str(), "-123456789012345678901234567890");
  EXPECT_FALSE(Integer::parse(""));
  EXPECT_FALSE(Integer::parse("12a"));
  EXPECT_FALSE(Integer::fromDouble(HUGE_VAL));
  EXPECT_EQ(Integer::fromDouble(-1e20)->str(), "-100000000000000000000");
}

//===- StatementsTest.cpp - Statements, calls and joins ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/unit/Frontend/Compile.h"

using namespace tegula;
using namespace tegula::test;

namespace {
const char *const parameters = "p, n, B: tl.constexpr";
const char *const signature = "*fp32:16,i32,B=64";

std::string compileBody(const std::string &statements, const std::string &before = "") {
  return irOf(before + body(parameters, statements), signature);
}
std::string refuseBody(const std::string &statements, const std::string &before = "") {
  return errorsOf(before + body(parameters, statements), signature);
}
} // namespace

TEST(If, RuntimeConditionMerges) {
  std::string ir = compileBody("x = tl.load(p)\nif n > 3:\n    x = x + 1\nelse:\n    x = x * 2\ntl.store(p, x)");
  EXPECT_HAS(ir, "scf.if %1 -> (f32)");
}

TEST(If, OneSidedNameIsGoneAfter) {
  EXPECT_HAS(refuseBody("if n > 3:\n    y = n\ntl.store(p, y)"), "`y` is not defined on every path that leads here");
}

TEST(If, NamesOfBothSidesMerge) {
  EXPECT_HAS(compileBody("if n > 3:\n    y = n\nelse:\n    y = n + 1\ntl.store(p, y)"), "-> (i32)");
}

TEST(If, CompileTimeConditionTakesOneSide) {
  std::string ir = compileBody("if B == 64:\n    x = 1.0\nelse:\n    x = undefined_name\ntl.store(p, x)");
  EXPECT_HAS_NOT(ir, "scf.if");
}

TEST(If, CompileTimeAndStopsBeforeTheLoad) {
  std::string ir =
      irOf(body("p, q, n", "if q is not None and tl.load(q) > 0:\n    tl.store(p, n)"), "*fp32;q=None;i32");
  EXPECT_HAS_NOT(ir, "tile.load");
}

TEST(If, PointerAsCondition) {
  EXPECT_HAS(irOf(body("p, q", "if q:\n    tl.store(p, tl.load(q))"), "*fp32,*fp32"), "tile.ptr_to_int");
}

TEST(Return, EarlyReturnNestsTheRest) {
  std::string ir = compileBody("if n > 3:\n    return\ntl.store(p, 1.0)");
  EXPECT_HAS(ir, "scf.if %0 {\n    } else {\n      %cst = arith.constant 1.000000e+00 : f32\n      tile.store");
}

TEST(Return, MaybeReturningArmGuardsTheRest) {
  std::string ir = compileBody("a = 0\nif n > 3:\n    if n > 5:\n        return\n    a = 4\ntl.store(p, a)");
  EXPECT_HAS(ir, "%1:2 = scf.if %0 -> (i32, i1)");
  EXPECT_HAS(ir, "scf.if %1#1 {\n    } else {");
}

TEST(Return, ValuesOfHelpersAgree) {
  std::string helper = "@triton.jit\ndef f(a):\n    if a > 3:\n        return 1\n    else:\n        return 0\n";
  EXPECT_HAS(compileBody("tl.store(p, f(n))", helper), "-> (i32)");
}

TEST(Return, EqualConstexprsStayCompileTime) {
  std::string helper = "@triton.jit\ndef f(a):\n    if a > 3:\n        return 8\n    else:\n        return 8\n";
  EXPECT_HAS(compileBody("tl.store(p + tl.arange(0, f(n)), 1.0)", helper), "tile.arange 0, 8");
}

TEST(Return, StatementsAfterAReturnAreSkipped) {
  EXPECT_HAS_NOT(compileBody("tl.store(p, 1.0)\nreturn\nundefined_name"), "undefined");
}

TEST(For, CarriesWhatLivesBefore) {
  std::string ir = compileBody("acc = 0.0\nfor i in range(0, n):\n    acc += tl.load(p + i)\ntl.store(p, acc)");
  EXPECT_HAS(ir, "scf.for %arg2 = %c0_i32 to %arg1 step %c1_i32 iter_args(%arg3 = %cst) -> (f32)");
}

TEST(For, NegativeStepMirrors) {
  std::string ir = compileBody("for i in range(n - 1, -1, -2):\n    tl.store(p + i, 0.0)");
  EXPECT_HAS(ir, "to %0 step %c2_i32");
  EXPECT_HAS(ir, "arith.subi %1, %arg2");
}

TEST(For, HintsBecomeAttributes) {
  std::string ir = compileBody("for i in tl.range(0, n, num_stages=3, loop_unroll_factor=2):\n    tl.store(p + i, i)");
  EXPECT_HAS(ir, "tile.num_stages = 3 : i64");
  EXPECT_HAS(ir, "tile.unroll = 2 : i64");
}

TEST(For, StaticRangeUnrolls) {
  std::string ir = compileBody("for i in tl.static_range(3):\n    tl.store(p + tl.arange(0, 1 << i), i)");
  EXPECT_HAS(ir, "tile.arange 0, 4");
  EXPECT_HAS_NOT(ir, "scf.for");
}

TEST(For, TheIterationMayBeChosen) {
  EXPECT_HAS(compileBody("for i in (tl.static_range if B <= 4 else range)(n):\n    tl.store(p + i, i)"), "scf.for");
}

TEST(For, TuplesAreCarried) {
  EXPECT_HAS(compileBody("a = (1, 2.0)\nfor i in range(n):\n    u, v = a\n    a = (u + 1, v * 2)\ntl.store(p, a[1])"),
             "-> (i32, f32)");
}

TEST(For, AFoldedArgumentMayChange) {
  EXPECT_HAS(irOf(body("p, n", "for i in range(3):\n    n //= 2\ntl.store(p, n)"), "*fp32;n=1"), "-> (i32)");
}

TEST(For, LongUnrollsAreRefused) {
  EXPECT_HAS(refuseBody("for i in tl.static_range(1 << 40):\n    pass"), "at most");
  EXPECT_HAS(refuseBody("for i in tl.static_range(5000):\n    for j in tl.static_range(5000):\n        n"),
             "unrolls to more than");
}

TEST(While, CarriesAndTests) {
  std::string ir = compileBody("i = 0\nok = True\nwhile (i < n) and ok:\n    ok = tl.load(p + i) > 0\n    i += 1\n"
                               "tl.store(p, i)");
  EXPECT_HAS(ir, "scf.while (%arg2 = %true, %arg3 = %c0_i32)");
}

TEST(Calls, DefaultsKeywordsAndKeywordOnly) {
  std::string helper = "@triton.jit\ndef f(a, b=2, *rest, c: tl.constexpr = 3):\n    return a * c + b + len(rest)\n";
  std::string ir = compileBody("tl.store(p, f(n))\ntl.store(p, f(n, b=n, c=8))\ntl.store(p, f(n, 1, 5, 5, 5))", helper);
  EXPECT_HAS(ir, "arith.constant 8 : i32");
}

TEST(Calls, RecursionOverConstexprs) {
  std::string helper = "@triton.jit\ndef f(x, k: tl.constexpr):\n    if k == 0:\n        return x\n    else:\n"
                       "        return f(x * k, k - 1)\n";
  EXPECT_HAS(compileBody("tl.store(p, f(n, 5))", helper), "arith.constant 5 : i32");
}

TEST(Calls, FunctionsAreValues) {
  std::string helper = "@triton.jit\ndef g(f: tl.constexpr, x):\n    return f(x)\n"
                       "@triton.jit\ndef h(x):\n    return x * 2\n";
  EXPECT_HAS(compileBody("tl.store(p, g(h, n) + g(tl.abs, n))", helper), "math.absi");
}

TEST(Calls, LocationsChainThroughHelpers) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  auto environment = ModuleEnvironment::fromText("k.py",
                                                 "import triton, triton.language as tl\n"
                                                 "@triton.jit\ndef f(x):\n    return x * 2\n"
                                                 "@triton.jit\ndef kernel(p, n):\n    tl.store(p, f(n))\n",
                                                 sources, diagnostics);
  mlir::MLIRContext context;
  auto module = emitKernel(context, *environment, environment->find("kernel"), bindings(*environment, "*i32,i32"), {},
                           sources, diagnostics);
  ASSERT_TRUE(bool(module));
  bool seen = false;
  module->walk([&](mlir::arith::MulIOp op) {
    std::string text;
    llvm::raw_string_ostream(text) << op.getLoc();
    EXPECT_EQ(text, "loc(callsite(\"k.py\":4:12 to :17 at \"k.py\":7:17 to :21))");
    seen = true;
  });
  EXPECT_TRUE(seen);
}

TEST(Assignments, ConstexprLocals) {
  EXPECT_HAS(compileBody("x: tl.constexpr = B // 2\ntl.store(p + tl.arange(0, x), 1.0)"), "tile.arange 0, 32");
  EXPECT_HAS(compileBody("x: tl.constexpr\nx = 8\ntl.store(p + tl.arange(0, x), 1.0)"), "tile.arange 0, 8");
  EXPECT_HAS(refuseBody("c: tl.constexpr = 3\nc = n"), "the constexpr `c` cannot be bound again");
  EXPECT_HAS(refuseBody("c: tl.constexpr = n"), "must be known at compile time; got i32");
}

TEST(Assignments, Forms) {
  compileBody("a, (b, c) = n, (1, 2.0)\n(x := a + b)\nx += 1\nd: tl.uint32 = 0\n"
              "tl.static_assert(d.dtype == tl.int32 and c.dtype == tl.float32)\ntl.store(p, x)");
}

TEST(Expressions, Subscripts) {
  std::string ir = compileBody("m = tl.arange(0, 4)[:, None] < tl.arange(0, 8)[None, :]\n"
                               "tl.static_assert(m.shape == (4, 8) and m.shape == [4, 8] and m.numel == 32)\n"
                               "x = tl.load(p + tl.arange(0, 8)[None, :], mask=m, other=0.0)\ntl.store(p, tl.sum(x))");
  EXPECT_HAS(ir, "tile.expand_dims %0 1 : tensor<4xi32> -> tensor<4x1xi32>");
  EXPECT_HAS(refuseBody("x = tl.arange(0, 8)[0]"), "a block is indexed with `:` and `None` only; got the int 0");
}

TEST(Expressions, ConditionalBuildsABranch) {
  EXPECT_HAS(compileBody("x = tl.load(p) if n > 3 else 0.0\ntl.store(p, x)"), "scf.if %0 -> (f32)");
  EXPECT_HAS(refuseBody("x = tl.arange(0, 8) if n > 3 else n"), "must have one type; got i32[8] and i32");
}

TEST(Expressions, ComprehensionOverATuple) {
  compileBody("xs = [i * 2 for i in (1, 2, 3)]\nys = [n + i for i in xs]\ntl.static_assert(len(ys) == 3)\n"
              "tl.store(p, ys[0] + ys[-1])");
}

TEST(Expressions, MinAndMaxOfRuntimeValues) {
  std::string ir = compileBody("tl.store(p, min(n, 3) + max(n, 4, 5))");
  EXPECT_HAS(ir, "arith.minsi");
  EXPECT_HAS(ir, "arith.maxsi");
}

TEST(Unsupported, ByName) {
  const char *const table[][2] = {{"try:\n    pass\nexcept E:\n    pass", "a `try` statement"},
                                  {"def g(): pass", "a nested function definition"},
                                  {"x = lambda: 3", "a lambda"},
                                  {"x = {1: 2}", "a dict display"},
                                  {"for i in range(n):\n    break", "a `break` statement"},
                                  {"for i in range(n):\n    return", "a `return` inside a `for` or `while`"},
                                  {"a = b = 3", "a chained assignment"},
                                  {"while True:\n    pass", "the condition of a `while` must be a run-time bool"},
                                  {"for i in (1, 2):\n    pass", "a `for` in a kernel goes over range"},
                                  {"import os", "an `import` statement"},
                                  {"raise ValueError", "a `raise` statement"},
                                  {"x = tl.dot(p, p)", "`tl.dot` is not supported yet"},
                                  {"x = tl.arange(0, 4)\nx[0] = 3", "an element cannot be assigned"}};
  for (auto &[statements, message] : table)
    EXPECT_HAS(refuseBody(statements), message);
}

TEST(Debug, AssertsAndOverflowChecks) {
  FrontendOptions debug;
  debug.debug = true;
  std::string text = body(parameters, "assert n > 3, 'small'\ntl.store(p, n + n)");
  EXPECT_HAS_NOT(irOf(text, signature), "tile.assert");
  std::string ir = irOf(text, signature, debug);
  EXPECT_HAS(ir, "tile.assert %0, \"small\" : i1");
  EXPECT_HAS(ir, "\"i32 overflow in operator +\"");
}

TEST(Debug, StaticPrintIsARemark) {
  Compiled compiled =
      compile(body(parameters, "tl.static_print('compiled with', B)\ntl.static_print(tl.arange(0, B))"), signature);
  EXPECT_HAS(compiled.diagnostics, "remark: compiled with 64");
  EXPECT_HAS(compiled.diagnostics, "remark: int32[constexpr[64]]");
}

TEST(Options, FusionCanBeOff) {
  FrontendOptions exact;
  exact.fuseFloats = false;
  EXPECT_HAS_NOT(irOf(body(parameters, "tl.store(p, tl.load(p) * 2.0 + 1.0)"), signature, exact), "contract");
}

//===- DiagnosticsTest.cpp - Whole messages ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/unit/Frontend/Compile.h"

using namespace tegula;
using namespace tegula::test;

namespace {
// The first line of the module holds the imports, so that a body begins in line 3.
std::string errors(const std::string &parameters, const std::string &statements, const std::string &signature) {
  return errorsOf(body(parameters, statements), signature);
}
} // namespace

TEST(Message, UndefinedName) {
  EXPECT_EQ(errors("x_ptr, n", "offsets = tl.arange(0, 64)\ntl.store(x_ptr + offset, n)", "*i32,i32"),
            R"(k.py:5:22: error: the name `offset` is not defined
    5 |     tl.store(x_ptr + offset, n)
      |                      ^~~~~~
hint: did you mean `offsets`?
)");
}

TEST(Message, PythonsOwnFunction) {
  EXPECT_EQ(errors("p", "x = sum((1, 2))", "*i32"), R"(k.py:4:9: error: the name `sum` is not defined
    4 |     x = sum((1, 2))
      |         ^~~
hint: Python's `sum` is not part of the kernel language; use `tl.sum`
)");
}

TEST(Message, UnknownFunctionOfTheLanguage) {
  EXPECT_EQ(errors("p", "x = tl.arrange(0, 4)", "*i32"), R"(k.py:4:9: error: `tl` has no attribute `arrange`
    4 |     x = tl.arrange(0, 4)
      |         ^~~~~~~~~~
hint: did you mean `arange`?
)");
}

TEST(Message, NonPowerOfTwoArange) {
  EXPECT_EQ(errors("p, N_COLS: tl.constexpr", "offs = tl.arange(0, N_COLS)", "*i32;N=1000"),
            R"(k.py:4:12: error: arange needs a power-of-two length; got 0..1000
    4 |     offs = tl.arange(0, N_COLS)
      |            ^~~~~~~~~~~~~~~~~~~~
k.py:3:15: note: N_COLS is bound to 1000 here
hint: pass BLOCK = tegula.next_power_of_2(N_COLS) and mask the tail
)");
}

TEST(Message, ShapeMismatch) {
  EXPECT_EQ(
      errors("p", "x = tl.arange(0, 8) + tl.arange(0, 16)", "*i32"),
      R"(k.py:4:9: error: the shapes [8] and [16] cannot be broadcast together: the sizes 8 and 16 differ in the last dimension
    4 |     x = tl.arange(0, 8) + tl.arange(0, 16)
      |         ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
hint: to combine every pair, index with [:, None] and [None, :]
)");
}

TEST(Message, StoreToConstPointer) {
  EXPECT_EQ(errors("p: tl.const", "tl.store(p, 1.0)", "*kfp32"),
            R"(k.py:4:5: error: cannot store to a constant pointer; got *kfp32
    4 |     tl.store(p, 1.0)
      |     ^~~~~~~~~~~~~~~~
hint: drop `tl.const` from the parameter's annotation
)");
}

TEST(Message, UnsupportedStatement) {
  EXPECT_EQ(errors("p", "try:\n    pass\nexcept ValueError:\n    pass", "*fp32"),
            R"(k.py:4:5: error: a `try` statement is not part of the kernel language
    4 |     try:
      |     ^~~~
)");
}

TEST(Message, WrongArgumentCountOfTheKernel) {
  EXPECT_EQ(errors("p, n", "pass", "*fp32"), R"(k.py:3:5: error: kernel takes 2 arguments; got 1
    3 | def kernel(p, n):
      |     ^~~~~~
)");
}

TEST(Message, WrongArgumentCountOfAHelper) {
  EXPECT_EQ(errorsOf("@triton.jit\ndef f(a, b):\n    return a\n" + body("p", "f(1)"), "*fp32"),
            R"(k.py:7:5: error: f takes 2 arguments; got 1, without `b`
    7 |     f(1)
      |     ^~~~
k.py:3:5: note: f is defined here
)");
}

TEST(Message, WrongArgumentOfABuiltin) {
  EXPECT_EQ(errors("p", "x = tl.load(p, msk=None)", "*fp32"), R"(k.py:4:9: error: tl.load has no parameter `msk`
    4 |     x = tl.load(p, msk=None)
      |         ^~~~~~~~~~~~~~~~~~~~
hint: did you mean `mask`?
)");
  EXPECT_EQ(errors("p", "x = tl.program_id(0, 1)", "*fp32"),
            R"(k.py:4:9: error: tl.program_id takes at most 1 argument; got 2
    4 |     x = tl.program_id(0, 1)
      |         ^~~~~~~~~~~~~~~~~~~
hint: the signature is `tl.program_id(axis)`
)");
}

TEST(Message, InAHelperTheCallIsNoted) {
  EXPECT_EQ(errorsOf("@triton.jit\ndef f(a):\n    return a + missing\n" + body("p", "f(1)"), "*fp32"),
            R"(k.py:4:16: error: the name `missing` is not defined
    4 |     return a + missing
      |                ^~~~~~~
k.py:7:5: note: in the call of f here
)");
}

TEST(Message, InTheLibraryTheCallerIsShown) {
  EXPECT_EQ(errors("p", "x = tl.sum(tl.arange(0, 8), axis=2)", "*fp32"),
            R"(k.py:4:9: error: axis 2 is out of range for a block of 1 dimension
    4 |     x = tl.sum(tl.arange(0, 8), axis=2)
      |         ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
)");
}

TEST(Message, LoopCarriedType) {
  EXPECT_EQ(errors("p, n", "x = tl.zeros((4,), tl.float16)\nfor i in range(n):\n    x += tl.load(p)", "*fp32,i32"),
            R"(k.py:5:5: error: the loop-carried `x` is fp16[4] before the loop but becomes fp32[4] in it
    5 |     for i in range(n):
      |     ^~~~~~~~~~~~~~~~~~
k.py:4:5: note: `x` is bound to fp16[4] here
k.py:6:9: note: `x` is bound to fp32[4] here
hint: give the initial value the type that the loop computes
)");
}

TEST(Message, BranchesDisagree) {
  EXPECT_EQ(errors("p, n", "x = 3\nif n > 3:\n    x = 3.0\ntl.store(p, x)", "*fp32,i32"),
            R"(k.py:5:5: error: `x` is i32 before the `if` but becomes fp32 in its then branch
    5 |     if n > 3:
      |     ^~~~~~~~~
k.py:6:9: note: `x` is bound to fp32 here
k.py:4:5: note: `x` is bound to i32 here
)");
}

TEST(Message, ReturnsDisagree) {
  EXPECT_EQ(errorsOf("@triton.jit\ndef f(a):\n    if a > 3:\n        return 1\n    else:\n        return 0.5\n" +
                         body("p, n", "f(n)"),
                     "*fp32,i32"),
            R"(k.py:7:9: error: all returns of a function must give one type; got the float 0.5 and the int 1
    7 |         return 0.5
      |         ^~~~~~~~~~
k.py:10:5: note: in the call of f here
k.py:5:9: note: the int 1 is returned here
)");
}

TEST(Message, RunTimeValueWhereAConstexprIsNeeded) {
  EXPECT_EQ(errors("p", "n = 16\nx = tl.arange(0, n)", "*fp32"),
            R"(k.py:5:9: error: `end` of tl.arange must be a compile-time int; got a run-time value of type i32
    5 |     x = tl.arange(0, n)
      |         ^~~~~~~~~~~~~~~
hint: a name bound to a literal is a run-time value; annotate it: `NAME: tl.constexpr = ...`
)");
}

TEST(Message, StaticAssertion) {
  EXPECT_EQ(errors("p, B: tl.constexpr", "tl.static_assert(B == 3, 'B must be three')", "*fp32;B=64"),
            R"(k.py:4:5: error: static assertion failed: B must be three
    4 |     tl.static_assert(B == 3, 'B must be three')
      |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
k.py:3:15: note: B is bound to 64 here
)");
}

TEST(Message, SyntaxError) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  EXPECT_FALSE(ModuleEnvironment::fromText("k.py", "def f(:\n", sources, diagnostics));
  EXPECT_TRUE(diagnostics.hasErrors());
}

//===- ModuleTest.cpp - Names of a module file ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/Builtins.h"
#include "lib/Frontend/Reference.h"
#include "test/unit/Frontend/Compile.h"

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace tegula;
using namespace tegula::test;

namespace {
std::string compileWith(const std::string &before, const std::string &statements) {
  return irOf(before + body("p, n", statements), "*fp32,i32");
}
} // namespace

TEST(Module, Constants) {
  compileWith("K = tl.constexpr(4)\nJ = 7\nNAME = 'relu'\nL: tl.constexpr = K * 2\nA, B = 1, 2\n",
              "tl.static_assert(K == 4 and J == 7 and NAME == 'relu' and L == 8 and B == 2)\ntl.store(p, n)");
}

TEST(Module, Aliases) {
  EXPECT_HAS(
      compileWith("exp = tl.exp\nfrom triton.language.math import rsqrt as r\n", "tl.store(p, exp(r(tl.load(p))))"),
      "math.rsqrt");
}

TEST(Module, BranchesAndGuardedImports) {
  compileWith("if triton.next_power_of_2(5) == 8:\n    Z = 1\nelse:\n    Z = 2\n"
              "try:\n    from triton.language.extra.libdevice import nothing_like_it\n    Q = 1\n"
              "except ImportError:\n    Q = 5\n"
              "try:\n    import torch\n    R = 1\nexcept ImportError:\n    R = 2\n",
              "tl.static_assert(Z == 1 and Q == 5 and R == 2)\ntl.store(p, n)");
}

TEST(Module, ConstexprFunctions) {
  EXPECT_HAS(compileWith("@triton.constexpr_function\ndef log2(n):\n    r = 0\n    while n > 1:\n        n //= 2\n"
                         "        r += 1\n    return r\n"
                         "@tl.constexpr\ndef double(n):\n    return [i * 2 for i in range(n)]\n",
                         "tl.static_assert(double(3)[2] == 4)\ntl.store(p + tl.arange(0, log2(256)), 1.0)"),
             "tile.arange 0, 8");
}

TEST(Module, DecoratorsAroundJit) {
  EXPECT_HAS(irOf("@triton.autotune(configs=[triton.Config({'B': 64})], key=['n'])\n"
                  "@triton.heuristics({'E': lambda args: args['n'] > 3})\n" +
                      body("p, n", "tl.store(p, n)"),
                  "*fp32,i32"),
             "@kernel");
}

TEST(Module, KernelsInClasses) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  auto environment = ModuleEnvironment::fromText(
      "k.py", "import triton\nclass C:\n    @staticmethod\n    @triton.jit\n    def kernel(p):\n        pass\n",
      sources, diagnostics);
  EXPECT_NE(environment->find("C.kernel"), nullptr);
  EXPECT_EQ(environment->find("C"), nullptr);
  EXPECT_EQ(environment->kernels(), std::vector<std::string>{"C.kernel"});
}

TEST(Module, NamedTuples) {
  const std::string point = "from typing import NamedTuple\nclass Point(NamedTuple):\n    x: tl.tensor\n    y: int\n";
  EXPECT_HAS(compileWith(point + "@triton.jit\ndef f(point):\n    return Point(point.x + 1, y=point.y)\n",
                         "a = f(Point(n, 3))\ntl.static_assert(len(a) == 2)\ntl.store(p, a.x * a.y + a[0])"),
             "arith.muli");
  EXPECT_HAS(errorsOf(point + body("p, n", "a = Point(n)"), "*fp32,i32"), "the named tuple has 2 fields; got 1");
  EXPECT_HAS(errorsOf(point + body("p, n", "a = Point(n, z=2)"), "*fp32,i32"), "has no field `z`");
}

TEST(Module, WhatCannotBeKnownIsSaid) {
  EXPECT_HAS(errorsOf("import torch\nX = torch.zeros(3)\n" + body("p", "tl.store(p, X)"), "*fp32"),
             "`X` is bound at module level to something that is not known at compile time");
  EXPECT_HAS(errorsOf("def helper(x):\n    return x\n" + body("p", "tl.store(p, helper(1))"), "*fp32"),
             "the function `helper` is plain Python and cannot be called in a kernel");
}

TEST(Module, SiblingFiles) {
  auto folder = std::filesystem::temp_directory_path() / ("tegula-module-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "helpers.py") << "import triton\nfrom main import SCALE\n"
                                          "OFFSET = 3\n@triton.jit\ndef scale(x):\n    return x * OFFSET\n";
  std::ofstream(folder / "main.py")
      << "import triton\nimport triton.language as tl\nfrom .helpers import scale, OFFSET\n"
         "import helpers as H\nSCALE = 2\n"
         "@triton.jit\ndef kernel(p, n):\n"
         "    tl.static_assert(OFFSET == 3 and H.OFFSET == 3)\n"
         "    tl.store(p, scale(n) + H.scale(n))\n";
  SourceManager sources;
  DiagnosticEngine diagnostics;
  auto environment = ModuleEnvironment::fromFile((folder / "main.py").string(), sources, diagnostics);
  ASSERT_TRUE(bool(environment)) << diagnostics.text();
  mlir::MLIRContext context;
  auto module = emitKernel(context, *environment, environment->find("kernel"), bindings(*environment, "*i32,i32"), {},
                           sources, diagnostics);
  EXPECT_TRUE(bool(module)) << diagnostics.text(sources.lineLookup());
  std::filesystem::remove_all(folder);
}

TEST(Module, EndlessCompileTimeCodeStops) {
  EXPECT_HAS(errorsOf("@triton.constexpr_function\ndef f():\n    while True:\n        pass\n" +
                          body("p", "x: tl.constexpr = f()"),
                      "*fp32"),
             "the compile-time code runs for too long");
  EXPECT_HAS(
      errorsOf("@triton.constexpr_function\ndef f():\n    return f()\n" + body("p", "x: tl.constexpr = f()"), "*fp32"),
      "nests too deeply");
}

TEST(Reference, EveryFunctionIsDocumented) {
  for (const Builtin *builtin : allBuiltins()) {
    if (!(builtin->flags & Builtin::Unsupported)) {
      EXPECT_TRUE(builtin->doc.ends_with(".")) << builtin->name.str();
    }
  }
  std::string page = languageReference();
  EXPECT_HAS(page, "| `load(pointer, mask=None, other=None");
  EXPECT_HAS(page, "| `softmax(x, dim=None, keep_dims=False, ieee_rounding=False)` | m |");
  EXPECT_EQ(page.find("|  |  |"), std::string::npos);
}

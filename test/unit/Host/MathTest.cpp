//===- MathTest.cpp - Accuracy of the vectorised functions ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every function over floats of all magnitudes against the C library in double: the largest error in units of the last
// place, and the special values exactly.
#include "test/unit/Host/HostKernel.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using tegula::testing::HostKernel;

namespace {
struct Function {
  const char *op;
  double (*reference)(double);
  double limit; ///< units of the last place
  float most;   ///< largest magnitude that is compared
};

double exp2Reference(double x) { return std::exp2(x); }
void PrintTo(const Function &function, std::ostream *out) { *out << function.op; }

class Math : public ::testing::TestWithParam<Function> {};

TEST_P(Math, stays_within_its_error) {
  const Function &function = GetParam();
  std::string text = R"(
func.func @apply(%x: !tile.ptr<f32>, %out: !tile.ptr<f32>) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %c = arith.constant 1024 : i32
  %s = arith.muli %pid, %c : i32
  %ss = tile.splat %s : i32 -> tensor<1024xi32>
  %a = tile.arange 0, 1024 : tensor<1024xi32>
  %o = arith.addi %ss, %a : tensor<1024xi32>
  %xs = tile.splat %x : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %os = tile.splat %out : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %xp = tile.addptr %xs, %o : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  %op = tile.addptr %os, %o : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  %v = tile.load %xp : tensor<1024x!tile.ptr<f32>> -> tensor<1024xf32>
  %y = )" + std::string(function.op) +
                     R"( %v fastmath<afn> : tensor<1024xf32>
  tile.store %op, %y : tensor<1024x!tile.ptr<f32>>
  return
})";
  std::string error;
  auto kernel = HostKernel::compile(text, error);
  ASSERT_TRUE(kernel) << error;
  constexpr int count = 1 << 20;
  std::vector<float> x(count), y(count);
  for (int i = 0; i < count; ++i) {
    uint32_t bits = uint32_t(i) * 4093u; // all signs, exponents and many mantissas
    std::memcpy(&x[i], &bits, 4);
  }
  for (int i = 0; i < 4096; ++i) // and the middle, densely
    x[i] = (i - 2048) / 128.0f;
  const float special[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1.0f, -1.0f, 1e-45f, -1e-45f, 1e-39f};
  std::copy(std::begin(special), std::end(special), x.begin() + 5000);
  float *xp = x.data(), *yp = y.data();
  kernel->run({&xp, &yp}, count / 1024);
  double worst = 0;
  float worstAt = 0;
  for (int i = 0; i < count; ++i) {
    if (std::isfinite(x[i]) && std::fabs(x[i]) > function.most)
      continue;
    double exact = function.reference(x[i]);
    float rounded = float(exact);
    if (std::isnan(rounded)) {
      ASSERT_TRUE(std::isnan(y[i])) << x[i] << " gives " << y[i];
      continue;
    }
    if (std::isinf(rounded) || std::isinf(y[i])) {
      // On the last number before overflow either is right.
      if (rounded != y[i])
        ASSERT_GT(std::fabs(exact), 3.4028e38) << x[i] << " gives " << y[i];
      continue;
    }
    double unit = std::ldexp(1.0, std::max(std::ilogb(rounded == 0 ? 1e-45f : rounded), -126) - 23);
    double off = std::fabs(y[i] - exact) / unit;
    if (off > worst) {
      worst = off;
      worstAt = x[i];
    }
  }
  printf("%-12s largest error %.2f ulp at %g\n", function.op, worst, worstAt);
  EXPECT_LE(worst, function.limit) << "at " << worstAt;
}

INSTANTIATE_TEST_SUITE_P(
    , Math,
    ::testing::Values(Function{"math.exp", std::exp, 2, INFINITY}, Function{"math.exp2", exp2Reference, 2, INFINITY},
                      Function{"math.expm1", std::expm1, 4, INFINITY}, Function{"math.log", std::log, 2, INFINITY},
                      Function{"math.log2", std::log2, 3, INFINITY}, Function{"math.log10", std::log10, 3, INFINITY},
                      Function{"math.log1p", std::log1p, 4, INFINITY}, Function{"math.tanh", std::tanh, 3, INFINITY},
                      Function{"math.erf", std::erf, 2, INFINITY}, Function{"math.sin", std::sin, 2, 1e6f},
                      Function{"math.cos", std::cos, 2, 1e6f}, Function{"math.sqrt", std::sqrt, 0.51, INFINITY}));
} // namespace

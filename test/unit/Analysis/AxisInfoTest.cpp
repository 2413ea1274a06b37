//===- AxisInfoTest.cpp - Contiguity, constancy, divisibility by example ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each operation that carries `want = "contiguity/constancy/divisibility"` (dimensions separated by x) is checked.
#include "lib/Analysis/AxisInfo.h"

#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace tegula;
using namespace tegula::analysis;

namespace {
class AxisInfoTest : public ::testing::Test {
protected:
  AxisInfoTest() {
    context.disableMultithreading();
    context.loadDialect<arith::ArithDialect, func::FuncDialect, scf::SCFDialect, tile::TileDialect>();
  }

  OwningOpRef<ModuleOp> parse(const std::string &body) {
    std::string text = "func.func @k(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %n: i32 {tile.divisibility = "
                       "16 : i64}, %m: i32) {\n" +
                       body + "\nreturn\n}";
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    return module;
  }

  static std::string text(const AxisInfo &info) {
    auto dims = [](const AxisInfo::Dims &dims) {
      std::string out;
      for (int64_t n : dims)
        out += (out.empty() ? "" : "x") + (n >= kMaxDivisor ? std::string("max") : std::to_string(n));
      return out;
    };
    return dims(info.contiguity) + "/" + dims(info.constancy) + "/" + dims(info.divisibility);
  }

  void check(const std::string &body) {
    auto module = parse(body);
    func::FuncOp function = *module->getOps<func::FuncOp>().begin();
    AxisAnalysis analysis(function);
    unsigned checked = 0;
    function.walk([&](Operation *op) {
      if (auto want = op->getAttrOfType<StringAttr>("want")) {
        EXPECT_EQ(text(analysis.get(op->getResult(0))), want.str()) << op->getName().getStringRef().str();
        ++checked;
      }
    });
    EXPECT_NE(checked, 0u);
  }

  MLIRContext context;
};

TEST_F(AxisInfoTest, table_of_the_header) {
  check(R"(
    %a = tile.arange 0, 128 {want = "128/1/max"} : tensor<128xi32>
    %pid = tile.program_id 0
    %c128 = arith.constant 128 : i32
    %s = arith.muli %pid, %c128 {want = "1/1/128"} : i32
    %p = tile.splat %s {want = "1/128/128"} : i32 -> tensor<128xi32>
    %o = arith.addi %p, %a {want = "128/1/128"} : tensor<128xi32>
    %c16 = arith.constant dense<16> : tensor<128xi32>
    %d = arith.divsi %o, %c16 {want = "1/16/1"} : tensor<128xi32>
    %r = arith.remsi %o, %c16 {want = "16/1/16"} : tensor<128xi32>
    %ns = tile.splat %n : i32 -> tensor<128xi32>
    %mask = arith.cmpi slt, %o, %ns {want = "1/16/1"} : tensor<128xi32>
    %xs = tile.splat %x : !tile.ptr<f16> -> tensor<128x!tile.ptr<f16>>
    %q = tile.addptr %xs, %o {want = "128/1/16"} : tensor<128x!tile.ptr<f16>>, tensor<128xi32>)");
}

TEST_F(AxisInfoTest, adding_something_varied_ends_the_run) {
  check(R"(
    %a = tile.arange 0, 128 : tensor<128xi32>
    %c2 = arith.constant dense<2> : tensor<128xi32>
    %b = arith.muli %a, %c2 {want = "1/1/2"} : tensor<128xi32>
    %o = arith.addi %a, %b {want = "1/1/1"} : tensor<128xi32>
    %e = arith.addi %b, %b {want = "1/1/2"} : tensor<128xi32>)");
}

TEST_F(AxisInfoTest, division_of_a_value_of_unknown_sign_keeps_no_runs) {
  check(R"(
    %a = tile.arange 0, 128 : tensor<128xi32>
    %s = tile.splat %n : i32 -> tensor<128xi32>
    %o = arith.addi %a, %s {want = "128/1/16"} : tensor<128xi32>
    %c = arith.constant dense<16> : tensor<128xi32>
    %d = arith.divsi %o, %c {want = "1/1/1"} : tensor<128xi32>
    %u = arith.divui %o, %c {want = "1/16/1"} : tensor<128xi32>)");
}

TEST_F(AxisInfoTest, tile_of_two_dimensions) {
  check(R"(
    %r = tile.arange 0, 64 : tensor<64xi32>
    %c = tile.arange 0, 32 : tensor<32xi32>
    %re = tile.expand_dims %r 1 {want = "64x1/1x1/maxx1"} : tensor<64xi32> -> tensor<64x1xi32>
    %ce = tile.expand_dims %c 0 : tensor<32xi32> -> tensor<1x32xi32>
    %ns = tile.splat %n : i32 -> tensor<64x1xi32>
    %rn = arith.muli %re, %ns {want = "1x1/1x1/16x16"} : tensor<64x1xi32>
    %rb = tile.broadcast %rn {want = "1x1/1x32/16x16"} : tensor<64x1xi32> -> tensor<64x32xi32>
    %cb = tile.broadcast %ce {want = "1x32/64x1/1xmax"} : tensor<1x32xi32> -> tensor<64x32xi32>
    %o = arith.addi %rb, %cb {want = "1x32/1x1/1x16"} : tensor<64x32xi32>
    %t = tile.trans %o [1, 0] {want = "32x1/1x1/16x1"} : tensor<64x32xi32> -> tensor<32x64xi32>
    %f = tile.reshape %o {want = "32/1/16"} : tensor<64x32xi32> -> tensor<2048xi32>)");
}

TEST_F(AxisInfoTest, loop_carried_pointers_meet) {
  check(R"(
    %a = tile.arange 0, 128 : tensor<128xi32>
    %xs = tile.splat %x : !tile.ptr<f16> -> tensor<128x!tile.ptr<f16>>
    %p = tile.addptr %xs, %a : tensor<128x!tile.ptr<f16>>, tensor<128xi32>
    %c4 = arith.constant dense<4> : tensor<128xi32>
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %l = scf.for %i = %c0 to %n step %c1 iter_args(%q = %p) -> (tensor<128x!tile.ptr<f16>>) : i32 {
      %z = tile.addptr %q, %c4 {want = "128/1/8"} : tensor<128x!tile.ptr<f16>>, tensor<128xi32>
      scf.yield %z : tensor<128x!tile.ptr<f16>>
    } {want = "128/1/8"})");
}

TEST_F(AxisInfoTest, hints_raise_and_stay_inside_the_block) {
  check(R"(
    %a = tile.arange 0, 128 : tensor<128xi32>
    %s = tile.splat %m : i32 -> tensor<128xi32>
    %o = arith.muli %a, %s {tile.contiguity = array<i64: 1024>, tile.divisibility = array<i64: 24>,
                            want = "128/1/8"} : tensor<128xi32>)");
}

TEST_F(AxisInfoTest, prefix_masks_are_taken_apart) {
  auto module = parse(R"(
    %r = tile.arange 4, 68 : tensor<64xi32>
    %c = tile.arange 0, 32 : tensor<32xi32>
    %re = tile.expand_dims %r 1 : tensor<64xi32> -> tensor<64x1xi32>
    %ce = tile.expand_dims %c 0 : tensor<32xi32> -> tensor<1x32xi32>
    %ns = tile.splat %n : i32 -> tensor<64x1xi32>
    %ms = tile.splat %m : i32 -> tensor<1x32xi32>
    %rm = arith.cmpi slt, %re, %ns : tensor<64x1xi32>
    %cm = arith.cmpi sgt, %ms, %ce : tensor<1x32xi32>
    %rb = tile.broadcast %rm : tensor<64x1xi1> -> tensor<64x32xi1>
    %cb = tile.broadcast %cm : tensor<1x32xi1> -> tensor<64x32xi1>
    %both = arith.andi %rb, %cb {this} : tensor<64x32xi1>
    %or = arith.ori %rb, %cb {other} : tensor<64x32xi1>)");
  module->walk([&](Operation *op) {
    if (op->hasAttr("other"))
      EXPECT_FALSE(matchPrefixMask(op->getResult(0)));
    if (!op->hasAttr("this"))
      return;
    auto terms = matchPrefixMask(op->getResult(0));
    ASSERT_TRUE(terms);
    ASSERT_EQ(terms->size(), 2u);
    EXPECT_EQ((*terms)[0].dim, 0u);
    EXPECT_EQ((*terms)[0].constantStart, 4);
    EXPECT_EQ((*terms)[1].dim, 1u);
    EXPECT_TRUE((*terms)[1].bound);
  });
}
} // namespace

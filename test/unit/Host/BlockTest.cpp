//===- BlockTest.cpp - Operations on blocks against C++ references -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `BlockKernel` writes the frame of a kernel that loads whole blocks, computes `%r` and stores it, so that a test is
// the operations in question and their meaning in C++. Outputs are poisoned and have a margin that must stay as it was.
#include "test/unit/Host/HostKernel.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <random>

using tegula::testing::HostKernel;

namespace {
std::mt19937 dice(11);

int64_t product(const std::vector<int64_t> &shape) {
  int64_t n = 1;
  for (int64_t size : shape)
    n *= size;
  return n;
}

std::string dims(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text;
}

struct BlockKernel {
  struct Block {
    std::string type; ///< of an element
    std::vector<int64_t> shape;
  };
  std::vector<Block> in;
  std::vector<Block> out; ///< of %r, or %r0, %r1, ...; an empty shape is a scalar
  std::string body;
  bool ragged = false; ///< rows of the first dimension are loaded under `index < %n`, with zero beyond

  static std::string frame(const std::string &name, const Block &block) {
    std::string n = std::to_string(product(block.shape)), d = dims(block.shape), t = block.type;
    std::string pointer = "!tile.ptr<" + t + ">";
    return "%" + name + "i = tile.arange 0, " + n + " : tensor<" + n + "xi32>\n" + "%" + name + "j = tile.reshape %" +
           name + "i : tensor<" + n + "xi32> -> tensor<" + d + "i32>\n" + "%" + name + "s = tile.splat %" + name +
           "p : " + pointer + " -> tensor<" + d + pointer + ">\n" + "%" + name + "a = tile.addptr %" + name + "s, %" +
           name + "j : tensor<" + d + pointer + ">, tensor<" + d + "i32>\n";
  }

  std::string text() const {
    std::string args, code;
    for (size_t k = 0; k < in.size(); ++k) {
      std::string name = "x" + std::to_string(k), d = dims(in[k].shape), t = in[k].type;
      args += "%" + name + "p: !tile.ptr<" + t + ">, ";
      code += frame(name, in[k]);
      std::string mask;
      if (ragged) {
        code += "%" + name + "n = tile.splat %n : i32 -> tensor<" + d + "i32>\n%" + name + "m = arith.cmpi slt, %" +
                name + "j, %" + name + "n : tensor<" + d + "i32>\n";
        mask = " mask %" + name + "m";
      }
      code += "%" + name + " = tile.load %" + name + "a" + mask + " : tensor<" + d + "!tile.ptr<" + t +
              ">> -> tensor<" + d + t + ">\n";
    }
    code += body + "\n";
    for (size_t k = 0; k < out.size(); ++k) {
      std::string name = "o" + std::to_string(k), value = out.size() == 1 ? "%r" : "%r" + std::to_string(k);
      args += "%" + name + "p: !tile.ptr<" + out[k].type + ">, ";
      if (out[k].shape.empty()) {
        code += "tile.store %" + name + "p, " + value + " : !tile.ptr<" + out[k].type + ">\n";
        continue;
      }
      code += frame(name, out[k]) + "tile.store %" + name + "a, " + value + " : tensor<" + dims(out[k].shape) +
              "!tile.ptr<" + out[k].type + ">>\n";
    }
    return "func.func @k(" + args + "%n: i32) attributes {tile.kernel} {\n" + code + "return\n}";
  }

  std::unique_ptr<HostKernel> compile() const {
    std::string error;
    auto kernel = HostKernel::compile(text(), error);
    EXPECT_TRUE(kernel) << error << text();
    return kernel;
  }

  /// Runs on vectors; `outputs` get their sizes here.
  template <typename In, typename Out>
  bool run(std::vector<std::vector<In>> &inputs, std::vector<std::vector<Out>> &outputs, int32_t n = 1 << 30) const {
    auto kernel = compile();
    if (!kernel)
      return false;
    std::vector<void *> pointers, args;
    pointers.reserve(16);
    for (auto &input : inputs) {
      pointers.push_back(input.data());
      args.push_back(&pointers.back());
    }
    constexpr size_t margin = 16;
    outputs.resize(out.size());
    for (size_t k = 0; k < out.size(); ++k) {
      outputs[k].resize(product(out[k].shape) + margin);
      std::memset(outputs[k].data(), 0x5a, outputs[k].size() * sizeof(Out));
      pointers.push_back(outputs[k].data());
      args.push_back(&pointers.back());
    }
    args.push_back(&n);
    kernel->run(args, 1);
    for (size_t k = 0; k < out.size(); ++k) {
      Out poison;
      std::memset(&poison, 0x5a, sizeof(Out));
      for (size_t i = outputs[k].size() - margin; i < outputs[k].size(); ++i)
        EXPECT_EQ(std::memcmp(&outputs[k][i], &poison, sizeof(Out)), 0) << "written beyond the end";
      outputs[k].resize(outputs[k].size() - margin);
    }
    return true;
  }
};

std::vector<float> floats(size_t n) {
  std::uniform_real_distribution<float> pick(-2, 2);
  std::vector<float> values(n);
  for (float &value : values)
    value = pick(dice);
  return values;
}

std::vector<int32_t> ints(size_t n, int32_t low, int32_t high) {
  std::uniform_int_distribution<int32_t> pick(low, high);
  std::vector<int32_t> values(n);
  for (int32_t &value : values)
    value = pick(dice);
  return values;
}

std::string combiner(const std::string &op, const std::string &type, const std::string &flags = "") {
  return " {\n^bb0(%ca: " + type + ", %cb: " + type + "):\n %cc = " + op + " %ca, %cb " + flags + " : " + type +
         "\n tile.yield %cc : " + type + "\n}";
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

TEST(Block, sums_along_every_axis_of_ragged_blocks) {
  struct Case {
    std::vector<int64_t> shape;
    int axis;
  };
  for (auto &[shape, axis] : std::vector<Case>{{{1024}, 0},
                                               {{32, 64}, 0},
                                               {{32, 64}, 1},
                                               {{8, 16, 32}, 0},
                                               {{8, 16, 32}, 1},
                                               {{8, 16, 32}, 2},
                                               {{1, 64}, 0},
                                               {{64, 1}, 1},
                                               {{64, 2}, 1}}) {
    BlockKernel k;
    k.in = {{"f32", shape}};
    std::vector<int64_t> rest = shape;
    rest.erase(rest.begin() + axis);
    k.out = {{"f32", rest}};
    k.ragged = true;
    std::string result = rest.empty() ? "f32" : "tensor<" + dims(rest) + "f32>";
    k.body = "%r = tile.reduce (%x0) axis " + std::to_string(axis) + " : (tensor<" + dims(shape) + "f32>) -> " +
             result + combiner("arith.addf", "f32", "fastmath<reassoc,nsz,contract>");
    int64_t total = product(shape), inner = 1;
    for (size_t d = axis + 1; d < shape.size(); ++d)
      inner *= shape[d];
    for (int64_t n : {int64_t(0), total / 3, total - 1, total}) {
      std::vector<std::vector<float>> in = {floats(total)}, out;
      ASSERT_TRUE(k.run(in, out, int32_t(n)));
      std::vector<double> want(product(rest), 0);
      for (int64_t i = 0; i < n; ++i)
        want[i / (inner * shape[axis]) * inner + i % inner] += in[0][i];
      for (size_t i = 0; i < want.size(); ++i)
        ASSERT_NEAR(out[0][i], want[i], 2e-4) << dims(shape) << " axis " << axis << " n " << n << " at " << i;
    }
  }
}

TEST(Block, largest_of_ragged_blocks_skips_nan) {
  BlockKernel k;
  k.in = {{"f32", {256}}};
  k.out = {{"f32", {}}};
  k.ragged = true; // zero beyond the bound takes part
  k.body = "%r = tile.reduce (%x0) axis 0 : (tensor<256xf32>) -> f32" + combiner("arith.maxnumf", "f32");
  for (int32_t n : {0, 1, 100, 255, 256}) {
    std::vector<std::vector<float>> in = {floats(256)}, out;
    for (float &x : in[0])
      x -= 3;
    in[0][5] = NAN;
    ASSERT_TRUE(k.run(in, out, n));
    float want = n < 256 ? 0 : -10;
    for (int i = 0; i < n; ++i)
      if (i != 5)
        want = std::max(want, in[0][i]);
    ASSERT_EQ(out[0][0], want) << n;
  }
}

TEST(Block, argmax_takes_the_leftmost) {
  for (auto shape : {std::vector<int64_t>{512}, std::vector<int64_t>{16, 64}}) {
    int axis = shape.size() - 1;
    std::string d = dims(shape), n = std::to_string(shape.back());
    BlockKernel k;
    k.in = {{"i32", shape}};
    std::vector<int64_t> rest(shape.begin(), shape.end() - 1);
    k.out = {{"i32", rest}, {"i32", rest}};
    std::string result = rest.empty() ? "i32" : "tensor<" + dims(rest) + "i32>";
    std::string index = rest.empty()
                            ? "%ix = arith.addi %ia, %zero : tensor<" + d + "i32>\n"
                            : "%ie = tile.expand_dims %ia 0 : tensor<" + n + "xi32> -> tensor<1x" + n +
                                  "xi32>\n%ix = tile.broadcast %ie : tensor<1x" + n + "xi32> -> tensor<" + d + "i32>\n";
    k.body = "%zero = arith.constant dense<0> : tensor<" + d + "i32>\n%ia = tile.arange 0, " + n + " : tensor<" + n +
             "xi32>\n" + index + "%r0, %r1 = tile.reduce (%x0, %ix) axis " + std::to_string(axis) + " : (tensor<" + d +
             "i32>, tensor<" + d + "i32>) -> (" + result + ", " + result + R"() {
^bb0(%a: i32, %i: i32, %b: i32, %j: i32):
  %gt = arith.cmpi sgt, %a, %b : i32
  %eq = arith.cmpi eq, %a, %b : i32
  %lt = arith.cmpi slt, %i, %j : i32
  %tie = arith.andi %eq, %lt : i1
  %left = arith.ori %gt, %tie : i1
  %v = arith.select %left, %a, %b : i32
  %w = arith.select %left, %i, %j : i32
  tile.yield %v, %w : i32, i32
})";
    std::string text = k.body;
    std::vector<std::vector<int32_t>> in = {ints(product(shape), -20, 20)}, out;
    ASSERT_TRUE(k.run(in, out));
    int64_t rows = product(rest), columns = shape.back();
    for (int64_t r = 0; r < rows; ++r) {
      auto begin = in[0].begin() + r * columns, best = std::max_element(begin, begin + columns);
      ASSERT_EQ(out[0][r], *best);
      ASSERT_EQ(out[1][r], best - begin);
    }
  }
}

TEST(Block, scans_run_both_ways_along_any_axis) {
  for (bool reverse : {false, true})
    for (int axis : {0, 1, 2}) {
      std::vector<int64_t> shape = {4, 8, 16};
      BlockKernel k;
      k.in = {{"i32", shape}};
      k.out = {{"i32", shape}};
      k.body = "%r = tile.scan (%x0) axis " + std::to_string(axis) + (reverse ? " reverse" : "") + " : tensor<" +
               dims(shape) + "i32>" + combiner("arith.addi", "i32");
      std::vector<std::vector<int32_t>> in = {ints(512, -100, 100)}, out;
      ASSERT_TRUE(k.run(in, out));
      int64_t strides[] = {128, 16, 1}, stride = strides[axis], size = shape[axis];
      for (int64_t i = 0; i < 512; ++i) {
        int64_t at = i / stride % size, want = 0;
        for (int64_t s = reverse ? size - 1 : 0; reverse ? s >= at : s <= at; s += reverse ? -1 : 1)
          want += in[0][i + (s - at) * stride];
        ASSERT_EQ(out[0][i], want) << i << " axis " << axis;
      }
    }
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

TEST(Block, shape_changes_move_elements_where_they_belong) {
  BlockKernel k;
  k.in = {{"i32", {16, 32}}, {"i32", {16, 32}}};
  k.out = {{"i32", {32, 16}}, {"i32", {1024}}, {"i32", {16, 16}}, {"i32", {16, 16, 32}}};
  k.body = R"(
    %r0 = tile.trans %x0 [1, 0] : tensor<16x32xi32> -> tensor<32x16xi32>
    %j = tile.join %x0, %x1 : tensor<16x32xi32> -> tensor<16x32x2xi32>
    %r1 = tile.reshape %j : tensor<16x32x2xi32> -> tensor<1024xi32>
    %h = tile.reshape %x0 : tensor<16x32xi32> -> tensor<16x16x2xi32>
    %even, %odd = tile.split %h : tensor<16x16x2xi32> -> tensor<16x16xi32>
    %t = tile.trans %odd [1, 0] : tensor<16x16xi32> -> tensor<16x16xi32>
    %r2 = arith.subi %even, %t : tensor<16x16xi32>
    %e = tile.expand_dims %x1 1 : tensor<16x32xi32> -> tensor<16x1x32xi32>
    %r3 = tile.broadcast %e : tensor<16x1x32xi32> -> tensor<16x16x32xi32>)";
  std::vector<std::vector<int32_t>> in = {ints(512, -1000, 1000), ints(512, -1000, 1000)}, out;
  ASSERT_TRUE(k.run(in, out));
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 32; ++j) {
      ASSERT_EQ(out[0][j * 16 + i], in[0][i * 32 + j]);
      ASSERT_EQ(out[1][(i * 32 + j) * 2], in[0][i * 32 + j]);
      ASSERT_EQ(out[1][(i * 32 + j) * 2 + 1], in[1][i * 32 + j]);
      for (int k = 0; k < 16; ++k)
        ASSERT_EQ(out[3][(i * 16 + k) * 32 + j], in[1][i * 32 + j]);
    }
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 16; ++j)
      ASSERT_EQ(out[2][i * 16 + j], in[0][i * 32 + 2 * j] - in[0][j * 32 + 2 * i + 1]);
}

/// One step of the language's sort: partners that differ in one bit of the index, by a small reduction.
TEST(Block, small_reductions_exchange_partners) {
  BlockKernel k;
  k.in = {{"i32", {64}}};
  k.out = {{"i32", {64}}};
  k.body = "%y = tile.reshape %x0 : tensor<64xi32> -> tensor<8x2x4xi32>\n"
           "%s = tile.reduce (%y) axis 1 : (tensor<8x2x4xi32>) -> tensor<8x4xi32>" +
           combiner("arith.xori", "i32") + R"(
    %e = tile.expand_dims %s 1 : tensor<8x4xi32> -> tensor<8x1x4xi32>
    %b = tile.broadcast %e : tensor<8x1x4xi32> -> tensor<8x2x4xi32>
    %p = arith.xori %b, %y : tensor<8x2x4xi32>
    %m = arith.minsi %p, %y : tensor<8x2x4xi32>
    %r = tile.reshape %m : tensor<8x2x4xi32> -> tensor<64xi32>)";
  std::vector<std::vector<int32_t>> in = {ints(64, -1000, 1000)}, out;
  ASSERT_TRUE(k.run(in, out));
  for (int i = 0; i < 64; ++i)
    ASSERT_EQ(out[0][i], std::min(in[0][i], in[0][i ^ 4]));
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

TEST(Block, blocks_are_carried_around_loops_all_at_once) {
  BlockKernel k;
  k.in = {{"i32", {64}}, {"i32", {64}}};
  k.out = {{"i32", {64}}, {"i32", {64}}};
  k.body = R"(
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %ones = arith.constant dense<1> : tensor<64xi32>
    %r0, %r1 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x0, %b = %x1) -> (tensor<64xi32>, tensor<64xi32>) : i32 {
      %s = arith.addi %b, %ones : tensor<64xi32>
      %v = tile.reshape %a : tensor<64xi32> -> tensor<8x8xi32>
      %t = tile.trans %v [1, 0] : tensor<8x8xi32> -> tensor<8x8xi32>
      %w = tile.reshape %t : tensor<8x8xi32> -> tensor<64xi32>
      scf.yield %s, %w : tensor<64xi32>, tensor<64xi32>
    })";
  for (int32_t n : {0, 1, 2, 5}) {
    std::vector<std::vector<int32_t>> in = {ints(64, -9, 9), ints(64, -9, 9)}, out;
    std::vector<int32_t> a = in[0], b = in[1];
    for (int i = 0; i < n; ++i) {
      std::vector<int32_t> s = b, w(64);
      for (int j = 0; j < 64; ++j) {
        ++s[j];
        w[j] = a[j % 8 * 8 + j / 8];
      }
      a = s;
      b = w;
    }
    ASSERT_TRUE(k.run(in, out, n));
    ASSERT_EQ(out[0], a);
    ASSERT_EQ(out[1], b);
  }
}

TEST(Block, pointers_step_through_loops) {
  BlockKernel k;
  k.in = {{"f32", {1024}}};
  k.out = {{"f32", {}}};
  k.body = R"(
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %c64 = arith.constant dense<64> : tensor<64xi32>
    %one = arith.constant dense<1> : tensor<64xi32>
    %z = arith.constant dense<0.0> : tensor<64xf32>
    %i = tile.arange 0, 64 : tensor<64xi32>
    %s = tile.splat %x0p : !tile.ptr<f32> -> tensor<64x!tile.ptr<f32>>
    %p = tile.addptr %s, %i : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
    %limit = arith.constant dense<1000> : tensor<64xi32>
    %acc, %q, %o = scf.for %l = %c0 to %n step %c1 iter_args(%a = %z, %b = %p, %c = %i)
        -> (tensor<64xf32>, tensor<64x!tile.ptr<f32>>, tensor<64xi32>) : i32 {
      %m = arith.cmpi slt, %c, %limit : tensor<64xi32>
      %v = tile.load %b mask %m : tensor<64x!tile.ptr<f32>> -> tensor<64xf32>
      %d = arith.addf %a, %v : tensor<64xf32>
      %e = tile.addptr %b, %c64 : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
      %f = arith.addi %c, %c64 : tensor<64xi32>
      scf.yield %d, %e, %f : tensor<64xf32>, tensor<64x!tile.ptr<f32>>, tensor<64xi32>
    }
    %t = arith.sitofp %o : tensor<64xi32> to tensor<64xf32>
    %w = arith.addf %t, %acc : tensor<64xf32>
    %r = tile.reduce (%w) axis 0 : (tensor<64xf32>) -> f32)" +
           combiner("arith.addf", "f32", "fastmath<reassoc>");
  auto kernel = k.compile();
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel->scratchBytes, 256) << "only the accumulator lies in memory";
  for (int32_t n : {0, 1, 16}) {
    std::vector<std::vector<float>> in = {floats(1024)}, out;
    ASSERT_TRUE(k.run(in, out, n));
    double want = 64 * 63 / 2 + 64.0 * 64 * n;
    for (int i = 0; i < std::min(1000, 64 * n); ++i)
      want += in[0][i];
    ASSERT_NEAR(out[0][0], want, 1e-2) << n;
  }
}

TEST(Block, branches_and_while_loops_carry_blocks) {
  BlockKernel k;
  k.in = {{"i32", {64}}};
  k.out = {{"i32", {64}}};
  k.body = R"(
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %two = arith.constant dense<2> : tensor<64xi32>
    %big = arith.constant 10 : i32
    %p = arith.cmpi sgt, %n, %big : i32
    %y = scf.if %p -> tensor<64xi32> {
      %z = arith.muli %x0, %two : tensor<64xi32>
      scf.yield %z : tensor<64xi32>
    } else {
      scf.yield %x0 : tensor<64xi32>
    }
    %i, %r = scf.while (%j = %c0, %a = %y) : (i32, tensor<64xi32>) -> (i32, tensor<64xi32>) {
      %go = arith.cmpi slt, %j, %n : i32
      scf.condition(%go) %j, %a : i32, tensor<64xi32>
    } do {
    ^bb0(%j: i32, %a: tensor<64xi32>):
      %js = tile.splat %j : i32 -> tensor<64xi32>
      %b = arith.addi %a, %js : tensor<64xi32>
      %k = arith.addi %j, %c1 : i32
      scf.yield %k, %b : i32, tensor<64xi32>
    })";
  for (int32_t n : {0, 3, 12}) {
    std::vector<std::vector<int32_t>> in = {ints(64, -9, 9)}, out;
    ASSERT_TRUE(k.run(in, out, n));
    for (int i = 0; i < 64; ++i)
      ASSERT_EQ(out[0][i], in[0][i] * (n > 10 ? 2 : 1) + n * (n - 1) / 2);
  }
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

template <typename T> std::vector<T> everyPattern(size_t n) {
  std::vector<T> values(n);
  for (T &value : values) {
    uint64_t bits = (uint64_t(dice()) << 32) | dice();
    std::memcpy(&value, &bits, sizeof(T));
  }
  return values;
}

template <typename T> void checkCopies(const std::string &type) {
  BlockKernel k;
  k.in = {{type, {256}}};
  k.out = {{type, {256}}};
  k.body = "%t = tile.reshape %x0 : tensor<256x" + type + "> -> tensor<16x16x" + type +
           ">\n%u = tile.trans %t [1, 0] : tensor<16x16x" + type + "> -> tensor<16x16x" + type +
           ">\n%r = tile.reshape %u : tensor<16x16x" + type + "> -> tensor<256x" + type + ">";
  std::vector<std::vector<T>> in = {everyPattern<T>(256)}, out;
  if (type == "i1")
    for (T &x : in[0])
      x &= 1;
  ASSERT_TRUE(k.run(in, out));
  for (int i = 0; i < 256; ++i)
    ASSERT_EQ(std::memcmp(&out[0][i], &in[0][i % 16 * 16 + i / 16], sizeof(T)), 0) << type << " " << i;
}

TEST(Block, every_type_is_loaded_and_stored_bit_for_bit) {
  checkCopies<uint8_t>("i1");
  checkCopies<uint8_t>("i8");
  checkCopies<uint16_t>("i16");
  checkCopies<uint32_t>("i32");
  checkCopies<uint64_t>("i64");
  checkCopies<uint16_t>("f16");
  checkCopies<uint16_t>("bf16");
  checkCopies<uint32_t>("f32");
  checkCopies<uint64_t>("f64");
  checkCopies<uint8_t>("f8E5M2");
  checkCopies<uint8_t>("f8E4M3FN");
}

/// What a small float's code means.
double decode(uint32_t code, int exponentBits, int mantissaBits, bool finiteOnly) {
  int bias = (1 << (exponentBits - 1)) - 1, top = (1 << exponentBits) - 1;
  int e = (code >> mantissaBits) & top, m = code & ((1 << mantissaBits) - 1);
  double sign = (code >> (exponentBits + mantissaBits)) & 1 ? -1 : 1;
  if (e == top && !finiteOnly)
    return m ? NAN : sign * INFINITY;
  if (finiteOnly && e == top && m == (1 << mantissaBits) - 1)
    return NAN;
  return sign * (e ? std::ldexp(1 + std::ldexp(m, -mantissaBits), e - bias) : std::ldexp(m, 1 - bias - mantissaBits));
}

struct SmallFloat {
  const char *type;
  int exponentBits, mantissaBits;
  bool finiteOnly, saturates;
};

TEST(Block, small_floats_round_to_nearest_even_or_toward_zero) {
  for (SmallFloat f : {SmallFloat{"f16", 5, 10, false, false},
                       {"bf16", 8, 7, false, false},
                       {"f8E5M2", 5, 2, false, true},
                       {"f8E4M3FN", 4, 3, true, true}})
    for (const char *rounding : {"rtne", "rtz"}) {
      bool narrow = f.exponentBits + f.mantissaBits == 7;
      BlockKernel k;
      k.in = {{"f32", {4096}}};
      k.out = {{narrow ? "i8" : "i16", {4096}}};
      std::string type = f.type;
      k.body = "%c = tile.fp_to_fp %x0 rounding = " + std::string(rounding) + " : tensor<4096xf32> -> tensor<4096x" +
               type + ">\n%r = arith.bitcast %c : tensor<4096x" + type + "> to tensor<4096x" + k.out[0].type + ">";
      std::vector<std::vector<float>> in = {everyPattern<float>(4096)};
      // Most of them near what the type can hold, and on its ties.
      int codes = 1 << (f.exponentBits + f.mantissaBits + 1);
      for (int i = 0; i < 3000; ++i) {
        uint32_t code = dice() % codes;
        double a = decode(code, f.exponentBits, f.mantissaBits, f.finiteOnly);
        double b = decode((code + 1) % codes, f.exponentBits, f.mantissaBits, f.finiteOnly);
        in[0][i] = float(i % 3 == 0 ? a : i % 3 == 1 ? (a + b) / 2 : a + (b - a) * (dice() % 1000) / 1000.0);
      }
      std::vector<uint32_t> got(4096);
      if (narrow) {
        std::vector<std::vector<uint8_t>> out;
        ASSERT_TRUE(k.run(in, out));
        got.assign(out[0].begin(), out[0].end());
      } else {
        std::vector<std::vector<uint16_t>> out;
        ASSERT_TRUE(k.run(in, out));
        got.assign(out[0].begin(), out[0].end());
      }
      // Every code's value in order, for the reference.
      std::vector<double> values;
      for (int code = 0; code < codes / 2; ++code)
        if (std::isfinite(decode(code, f.exponentBits, f.mantissaBits, f.finiteOnly)))
          values.push_back(decode(code, f.exponentBits, f.mantissaBits, f.finiteOnly));
      for (int i = 0; i < 4096; ++i) {
        float x = in[0][i];
        double back = decode(got[i], f.exponentBits, f.mantissaBits, f.finiteOnly);
        if (std::isnan(x)) {
          ASSERT_TRUE(std::isnan(back)) << type << " " << rounding << " " << got[i];
          continue;
        }
        double magnitude = std::fabs(x);
        size_t above = std::lower_bound(values.begin(), values.end(), magnitude) - values.begin();
        double want;
        bool toZero = rounding[2] == 'z';
        if (std::isinf(magnitude)) {
          want = f.saturates ? values.back() : INFINITY;
        } else if (above == values.size()) {
          double last = values.back(), step = last - values[values.size() - 2];
          want = f.saturates || toZero || magnitude < last + step / 2 ? last : INFINITY;
        } else if (values[above] == magnitude) {
          want = magnitude;
        } else {
          double low = values[above - 1], high = values[above];
          bool up = magnitude - low > high - magnitude || (magnitude - low == high - magnitude && above % 2 == 0);
          want = toZero || !up ? low : high;
        }
        ASSERT_EQ(std::copysign(want, x), back) << type << " " << rounding << " of " << x << " code " << got[i];
        ASSERT_EQ(std::signbit(x), bool(got[i] >> (f.exponentBits + f.mantissaBits)));
      }
    }
}

TEST(Block, small_floats_widen_exactly) {
  for (SmallFloat f : {SmallFloat{"f16", 5, 10, false, false},
                       {"bf16", 8, 7, false, false},
                       {"f8E5M2", 5, 2, false, true},
                       {"f8E4M3FN", 4, 3, true, true}}) {
    bool narrow = f.exponentBits + f.mantissaBits == 7;
    BlockKernel k;
    int64_t count = narrow ? 256 : 65536;
    std::string n = std::to_string(count), integer = narrow ? "i8" : "i16", type = f.type;
    k.in = {{integer, {count}}};
    k.out = {{"f32", {count}}};
    k.body = "%c = arith.bitcast %x0 : tensor<" + n + "x" + integer + "> to tensor<" + n + "x" + type +
             ">\n%r = tile.fp_to_fp %c : tensor<" + n + "x" + type + "> -> tensor<" + n + "xf32>";
    std::vector<std::vector<float>> out;
    if (narrow) {
      std::vector<std::vector<uint8_t>> in(1);
      for (int i = 0; i < 256; ++i)
        in[0].push_back(i);
      ASSERT_TRUE(k.run(in, out));
    } else {
      std::vector<std::vector<uint16_t>> in(1);
      for (int i = 0; i < 65536; ++i)
        in[0].push_back(i);
      ASSERT_TRUE(k.run(in, out));
    }
    for (int i = 0; i < count; ++i) {
      double want = decode(i, f.exponentBits, f.mantissaBits, f.finiteOnly);
      if (std::isnan(want))
        ASSERT_TRUE(std::isnan(out[0][i])) << type << " " << i;
      else
        ASSERT_EQ(out[0][i], want) << type << " " << i;
    }
  }
}

TEST(Block, integer_arithmetic_never_traps) {
  struct Case {
    const char *op;
    std::function<int32_t(int32_t, int32_t)> want;
  };
  auto u = [](int32_t x) { return uint32_t(x); };
  std::vector<Case> cases = {
      {"arith.divsi", [](int32_t a, int32_t b) { return b == 0 || (a == INT32_MIN && b == -1) ? a : a / b; }},
      {"arith.remsi", [](int32_t a, int32_t b) { return b == 0 || b == -1 ? 0 : a % b; }},
      {"arith.divui", [u](int32_t a, int32_t b) { return b == 0 ? a : int32_t(u(a) / u(b)); }},
      {"arith.shli", [u](int32_t a, int32_t b) { return u(b) > 31 ? 0 : int32_t(u(a) << b); }},
      {"arith.shrui", [u](int32_t a, int32_t b) { return u(b) > 31 ? 0 : int32_t(u(a) >> b); }},
      {"arith.shrsi", [u](int32_t a, int32_t b) { return a >> (u(b) > 31 ? 31 : b); }},
      {"arith.addi", [u](int32_t a, int32_t b) { return int32_t(u(a) + u(b)); }},
      {"arith.muli", [u](int32_t a, int32_t b) { return int32_t(u(a) * u(b)); }},
  };
  for (Case &c : cases) {
    BlockKernel k;
    k.in = {{"i32", {512}}, {"i32", {512}}};
    k.out = {{"i32", {512}}};
    k.body = "%r = " + std::string(c.op) + " %x0, %x1 : tensor<512xi32>";
    std::vector<std::vector<int32_t>> in = {ints(512, INT32_MIN, INT32_MAX), ints(512, -40, 40)}, out;
    for (int i = 0; i < 8; ++i) {
      in[0][i] = INT32_MIN;
      in[1][i] = i - 4;
    }
    ASSERT_TRUE(k.run(in, out));
    for (int i = 0; i < 512; ++i)
      ASSERT_EQ(out[0][i], c.want(in[0][i], in[1][i])) << c.op << " " << in[0][i] << " " << in[1][i];
  }
}

TEST(Block, products_have_high_halves) {
  BlockKernel k;
  k.in = {{"i32", {256}}, {"i32", {256}}};
  k.out = {{"i32", {256}}, {"i32", {256}}};
  k.body = "%r0, %r1 = arith.mului_extended %x0, %x1 : tensor<256xi32>";
  std::vector<std::vector<int32_t>> in = {ints(256, INT32_MIN, INT32_MAX), ints(256, INT32_MIN, INT32_MAX)}, out;
  ASSERT_TRUE(k.run(in, out));
  for (int i = 0; i < 256; ++i) {
    uint64_t product = uint64_t(uint32_t(in[0][i])) * uint32_t(in[1][i]);
    ASSERT_EQ(uint32_t(out[0][i]), uint32_t(product));
    ASSERT_EQ(uint32_t(out[1][i]), uint32_t(product >> 32));
  }
}

TEST(Block, floats_become_integers_by_truncation) {
  BlockKernel k;
  k.in = {{"f32", {16}}};
  k.out = {{"i32", {16}}};
  k.body = "%r = arith.fptosi %x0 : tensor<16xf32> to tensor<16xi32>";
  std::vector<std::vector<float>> in = {{0.9f, -0.9f, 1e10f, -1e10f, NAN, INFINITY, -INFINITY, 2147483520.0f, -7.5f,
                                         7.5f, 1, -1, 0, -0.0f, 100.25f, -100.75f}};
  std::vector<std::vector<int32_t>> out;
  ASSERT_TRUE(k.run(in, out));
  EXPECT_EQ(out[0], (std::vector<int32_t>{0, 0, INT32_MAX, INT32_MIN, 0, INT32_MAX, INT32_MIN, 2147483520, -7, 7, 1, -1,
                                          0, 0, 100, -100}));
}

//===----------------------------------------------------------------------===//
// Large blocks
//===----------------------------------------------------------------------===//

TEST(Block, a_million_elements_lie_in_scratch) {
  BlockKernel k;
  int64_t count = 1 << 20;
  std::string n = std::to_string(count);
  k.in = {{"f32", {count}}};
  k.out = {{"f32", {count}}};
  k.ragged = true;
  k.body = "%s = tile.scan (%x0) axis 0 : tensor<" + n + "xf32>" + combiner("arith.maxnumf", "f32") +
           "%m = tile.reduce (%s) axis 0 : (tensor<" + n + "xf32>) -> f32" + combiner("arith.maxnumf", "f32") +
           "%ms = tile.splat %m : f32 -> tensor<" + n + "xf32>\n%r = arith.subf %s, %ms : tensor<" + n + "xf32>";
  std::vector<std::vector<float>> in = {floats(count)}, out;
  ASSERT_TRUE(k.run(in, out, int32_t(count - 5)));
  float largest = -INFINITY;
  for (int64_t i = 0; i < count; ++i)
    largest = std::max(largest, i < count - 5 ? in[0][i] : 0);
  float running = -INFINITY;
  for (int64_t i = 0; i < count; ++i) {
    running = std::max(running, i < count - 5 ? in[0][i] : 0);
    ASSERT_EQ(out[0][i], running - largest) << i;
  }
}

/// Long programs and values that are used twice at every step must not take the compiler's stack or time.
TEST(Block, long_programs_compile) {
  BlockKernel k;
  k.in = {{"i32", {64}}};
  k.out = {{"i32", {64}}};
  std::string last = "%x0";
  for (int i = 0; i < 3000; ++i) {
    std::string next = "%s" + std::to_string(i);
    k.body += next + " = arith." + (i % 3 ? "addi " : "xori ") + last + ", " + (i % 3 == 1 ? last : "%x0") +
              " : tensor<64xi32>\n";
    last = next;
  }
  k.body += "%zero = arith.constant dense<0> : tensor<64xi32>\n%r = arith.addi " + last + ", %zero : tensor<64xi32>";
  std::vector<std::vector<int32_t>> in = {ints(64, -100, 100)}, out;
  ASSERT_TRUE(k.run(in, out));
  for (int i = 0; i < 64; ++i) {
    uint32_t x = in[0][i], want = x;
    for (int step = 0; step < 3000; ++step)
      want = step % 3 ? want + (step % 3 == 1 ? want : x) : want ^ x;
    ASSERT_EQ(uint32_t(out[0][i]), want);
  }
}

TEST(Block, addresses_doubled_over_and_over_compile) {
  BlockKernel k;
  k.in = {{"i32", {64}}};
  k.out = {{"i32", {64}}};
  k.body = "%d0 = arith.subi %x0j, %x0j : tensor<64xi32>\n%b0 = arith.cmpi sge, %x0j, %d0 : tensor<64xi32>\n";
  for (int i = 0; i < 40; ++i) {
    std::string from = std::to_string(i), to = std::to_string(i + 1);
    k.body += "%d" + to + " = arith.addi %d" + from + ", %d" + from + " : tensor<64xi32>\n";
    k.body += "%b" + to + " = arith.andi %b" + from + ", %b" + from + " : tensor<64xi1>\n";
  }
  k.body += "%q = tile.addptr %x0a, %d40 : tensor<64x!tile.ptr<i32>>, tensor<64xi32>\n"
            "%r = tile.load %q mask %b40 : tensor<64x!tile.ptr<i32>> -> tensor<64xi32>";
  std::vector<std::vector<int32_t>> in = {ints(64, -100, 100)}, out;
  ASSERT_TRUE(k.run(in, out));
  EXPECT_EQ(out[0], in[0]);
}
} // namespace

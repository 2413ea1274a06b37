//===- TypesTest.cpp - Types, promotion and casts ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/unit/Frontend/Compile.h"

#include "lib/Frontend/Types.h"

using namespace tegula;
using namespace tegula::test;

namespace {

const char *const parameters = "f, h, b, i8, u8, n, l, u, e, t";
const char *const signature = "*fp32,*fp16,*bf16,*i8,*u8,i32,i64,u32,fp32,i1";

struct TypeOf {
  const char *expression;
  const char *dtype;
};

void check(std::initializer_list<TypeOf> table) {
  for (const TypeOf &row : table) {
    std::string statements = "z = " + std::string(row.expression) + "\ntl.static_assert(z.dtype == tl." + row.dtype +
                             ", f\"got {z.dtype}\")";
    Compiled compiled = compile(body(parameters, statements), signature);
    EXPECT_EQ(compiled.diagnostics, "") << row.expression;
    EXPECT_TRUE(compiled.verified) << row.expression;
  }
}

void refuse(std::initializer_list<TypeOf> table) {
  for (const TypeOf &row : table)
    EXPECT_HAS(errorsOf(body(parameters, "z = " + std::string(row.expression)), signature), row.dtype)
        << row.expression;
}

} // namespace

TEST(Types, ParseAndPrint) {
  for (const char *text : {"i1", "i8", "u16", "i32", "u64", "fp16", "bf16", "fp32", "fp64", "fp8e4nv", "fp8e5", "*fp16",
                           "*kbf16", "**i8", "*k*fp32"})
    EXPECT_EQ(Type::parse(text).str(), text);
  EXPECT_EQ(Type::parse("B").str(), "i1");
  EXPECT_EQ(Type::parse("float16").str(), "fp16");
  EXPECT_FALSE(Type::parse("fp15"));
  EXPECT_FALSE(Type::parse("*"));
  EXPECT_FALSE(Type::parse(""));
  EXPECT_FALSE(Type::parse(std::string(1000, '*') + "i8"));
  EXPECT_EQ(Type(Dtype::FP32).withShape({64, 32}).str(), "fp32[64, 32]");
  EXPECT_TRUE(Type::parse("*kfp16").isConstPointer());
  EXPECT_FALSE(Type::parse("*kfp16").pointee().isPointer());
}

TEST(Types, ShapesArePowersOfTwoAndBounded) {
  EXPECT_FALSE(checkShape({1, 2, 1 << 19}));
  EXPECT_TRUE(checkShape({3}));
  EXPECT_TRUE(checkShape({0}));
  EXPECT_TRUE(checkShape({-4}));
  EXPECT_TRUE(checkShape({1 << 21}));
  EXPECT_TRUE(checkShape({1 << 15, 1 << 15}));
  EXPECT_TRUE(checkShape(std::vector<int64_t>(40, 1)));
}

TEST(Promotion, StrongOperands) {
  check({{"tl.load(h) + tl.load(b)", "float16"}, // fp16 before bf16
         {"tl.load(b) + tl.load(b)", "bfloat16"},
         {"tl.load(f) + tl.load(h)", "float32"},
         {"tl.load(f) + tl.load(b)", "float32"},
         {"tl.load(h) + tl.load(i8)", "float16"},
         {"tl.load(b) + tl.load(i8)", "float32"},
         {"tl.load(i8) + tl.load(u8)", "uint8"},
         {"n + u", "uint32"},
         {"l + u", "int64"},
         {"n + l", "int64"},
         {"t + n", "int32"},
         {"t + t", "int1"}});
}

TEST(Promotion, LiteralsAreWeak) {
  check({{"tl.load(b) * 2", "bfloat16"},
         {"tl.load(h) * 2.0", "float16"},
         {"tl.load(i8) + 3", "int8"},
         {"tl.load(i8) + 3.0", "float32"},
         {"t + 1", "int32"},
         {"n * 1e-40", "float64"},
         {"e * 1e-40", "float32"},
         {"n << 3", "int32"},
         {"tl.load(u8) >> 1", "uint8"},
         {"tl.where(t, tl.load(h), 0.0)", "float16"},
         {"tl.where(t, 1, 0)", "int32"}});
}

TEST(Promotion, LiteralsBecomeStrongInSomePlaces) {
  check({{"tl.maximum(tl.load(h), 0.0)", "float32"},
         {"tl.maximum(tl.load(h), tl.load(h))", "float16"},
         {"tl.maximum(tl.load(b), tl.load(b))", "float32"},
         {"tl.to_tensor(3000000000)", "uint32"},
         {"tl.to_tensor(-3000000000)", "int64"},
         {"tl.to_tensor(1 << 63)", "uint64"},
         {"tl.to_tensor(True)", "int1"},
         {"tl.to_tensor(1.5)", "float32"}});
  // An int8 is compared with 200 as int32.
  EXPECT_HAS(irOf(body(parameters, "tl.store(f, tl.load(i8) == 200)"), signature), "arith.cmpi eq");
}

TEST(Promotion, AssignmentDecaysLiterals) {
  check({{"tl.load(h) * 2.0", "float16"}});
  std::string ir =
      irOf(body(parameters, "a = 2.0\nz = tl.load(h) * a\ntl.static_assert(z.dtype == tl.float32)"), signature);
  EXPECT_HAS(ir, "arith.extf");
}

TEST(Promotion, Division) {
  check({{"n / l", "float32"},
         {"tl.load(h) / tl.load(h)", "float32"},
         {"tl.load(h) / 2", "float32"},
         {"tl.load(b) % 3", "float32"},
         {"n // 2", "int32"},
         {"n % 3", "int32"}});
  refuse({{"n / u", "one signedness; got i32 and u32"}, {"n // u", "one signedness"}, {"e // 2", "takes integers"}});
}

TEST(Promotion, WeakLiteralsOutOfRange) {
  refuse({{"u + -1", "the negative number -1 meets an unsigned operand of type u32"},
          {"tl.load(i8) + 200", "the number 200 is out of range for type i8"},
          {"n + (1 << 40)", "out of range"}});
}

TEST(Operators, Forbidden) {
  refuse({{"f + f", "does not take *fp32 and *fp32"},
          {"f - f", "does not take"},
          {"f < f", "does not take pointers"},
          {"~e", "takes integers; got fp32"},
          {"e & 1", "takes integers"},
          {"n and t", "takes bools"},
          {"not n", "takes a bool"},
          {"e ** 2", "the operator ** does not take run-time values"},
          {"n @ n", "the operator @ is not part"},
          {"n in (1, 2)", "does not take run-time values"}});
}

TEST(Operators, SignednessChoosesTheOperation) {
  std::string ir = irOf(body(parameters, "a = tl.load(i8)\nc = tl.load(u8)\n"
                                         "tl.store(f, a // a)\ntl.store(f, c // c)\ntl.store(f, a >> a)\n"
                                         "tl.store(f, c >> c)\ntl.store(f, a < a)\ntl.store(f, c < c)\n"
                                         "tl.store(f, -e)\ntl.store(f, c.to(tl.int32))"),
                        signature);
  for (const char *op : {"arith.divsi", "arith.divui", "arith.shrsi", "arith.shrui", "cmpi slt", "cmpi ult",
                         "arith.negf", "arith.extui", "arith.uitofp"})
    EXPECT_HAS(ir, op);
}

TEST(Operators, FloatNotEqualIsUnordered) {
  EXPECT_HAS(irOf(body(parameters, "tl.store(f, e != e)"), signature), "cmpf une");
  EXPECT_HAS(irOf(body(parameters, "tl.store(f, e == e)"), signature), "cmpf oeq");
}

TEST(Casts, EachKind) {
  check({{"n.to(tl.float8e5)", "float8e5"},
         {"e.to(tl.float16, fp_downcast_rounding=\"rtz\")", "float16"},
         {"e.to(tl.int32, bitcast=True)", "int32"},
         {"tl.cast(3, tl.int64)", "int64"},
         {"f.to(tl.int64)", "int64"},
         {"(f != 0 if False else n).to(tl.int1)", "int1"}});
  std::string ir = irOf(body(parameters, "tl.store(h, e.to(tl.float16, fp_downcast_rounding='rtz'))\n"
                                         "tl.store(b, tl.load(h))\n"
                                         "p = l.to(tl.pointer_type(tl.float32))\ntl.store(p, 1)\n"
                                         "tl.store(i8, e)\ntl.store(u8, n > 3)"),
                        signature);
  EXPECT_HAS(ir, "tile.fp_to_fp %arg8 rounding = rtz : f32 -> f16");
  EXPECT_HAS(ir, "arith.extf %");
  EXPECT_HAS(ir, "arith.truncf %");
  EXPECT_HAS(ir, "tile.int_to_ptr");
  EXPECT_HAS(ir, "arith.fptosi");
  refuse({{"e.to(tl.int16, bitcast=True)", "a bitcast keeps the width; got fp32 of 32 bits and i16 of 16"},
          {"n.to(tl.float16, fp_downcast_rounding='rtz')", "a float becomes a narrower float"},
          {"e.to(tl.float8e4b15)", "the type fp8e4b15 is not supported"},
          {"tl.zeros((4,), tl.float8e4b8)", "the type fp8e4b8 is not supported"},
          {"l.to(tl.pointer_type(tl.float8e5b16))", "the type *fp8e5b16 is not supported"},
          {"e.to(tl.pointer_type(tl.int8))", "a pointer is made from an integer"},
          {"f.to(tl.int32)", "a pointer becomes an i64 or a bool"}});
}

TEST(Reductions, ResultTypes) {
  check({{"tl.sum(tl.zeros((8,), tl.int8))", "int32"},
         {"tl.sum(tl.zeros((8,), tl.int1))", "uint32"},
         {"tl.sum(tl.zeros((8,), tl.uint16))", "uint32"},
         {"tl.sum(tl.zeros((8,), tl.float16))", "float16"},
         {"tl.sum(tl.zeros((8,), tl.int8), dtype=tl.int64)", "int64"},
         {"tl.max(tl.zeros((8,), tl.float16))", "float32"},
         {"tl.max(tl.zeros((8,), tl.int8))", "int32"},
         {"tl.max(tl.zeros((8,), tl.float16), 0, return_indices=True)[0]", "float16"},
         {"tl.max(tl.zeros((8,), tl.bfloat16), 0, return_indices=True)[0]", "float32"},
         {"tl.argmin(tl.zeros((8,), tl.bfloat16), 0)", "int32"},
         {"tl.cumsum(tl.zeros((8,), tl.bfloat16))", "float32"}});
}

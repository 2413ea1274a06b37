//===- TargetTest.cpp - From the LLVM dialect to PTX and cubin -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Target/FatalErrorGuard.h"
#include "lib/Target/NVPTX/Assemble.h"
#include "lib/Target/NVPTX/CudaFiles.h"
#include "lib/Target/NVPTX/Translate.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/ErrorHandling.h"
#include <gtest/gtest.h>
#include <thread>

using namespace tegula::nvptx;

namespace {

constexpr const char *kCopy = R"(
llvm.func @copy(%in: !llvm.ptr<1>, %out: !llvm.ptr<1>) attributes {nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>} {
  %t = nvvm.read.ptx.sreg.tid.x : i32
  %p = llvm.getelementptr %in[%t] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, vector<4xf32>
  %q = llvm.getelementptr %out[%t] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, vector<4xf32>
  %v = llvm.load %p {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
  llvm.store %v, %q {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
  llvm.return
})";

constexpr const char *kErf = R"(
llvm.func @__nv_erff(f32) -> f32
llvm.func @erf(%p: !llvm.ptr<1>) attributes {nvvm.kernel} {
  %v = llvm.load %p : !llvm.ptr<1> -> f32
  %e = llvm.call @__nv_erff(%v) : (f32) -> f32
  llvm.store %e, %p : f32, !llvm.ptr<1>
  llvm.return
})";

constexpr const char *kNotSelectable = R"(
llvm.func @tan(%p: !llvm.ptr<1>) attributes {nvvm.kernel} {
  %v = llvm.load %p : !llvm.ptr<1> -> f32
  %e = llvm.intr.tan(%v) : (f32) -> f32
  llvm.store %e, %p : f32, !llvm.ptr<1>
  llvm.return
})";

llvm::Expected<PtxModule> translate(const char *text, const char *target, bool quick = false) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::LLVM::LLVMDialect, mlir::NVVM::NVVMDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT_TRUE(module);
  TranslateOptions options;
  options.features = findFeatures(target);
  options.quick = quick;
  return translateToPtx(*module, options);
}

TEST(Features, names_every_target_once) {
  for (std::string_view target : knownTargets())
    EXPECT_EQ(findFeatures(target)->name, target);
  EXPECT_EQ(findFeatures("sm_90")->name, "sm_90a");
  EXPECT_EQ(findFeatures("sm_10"), nullptr);
  EXPECT_EQ(findFeatures(""), nullptr);
}

TEST(Translate, copies_by_sixteen_bytes_on_every_target) {
  for (std::string_view target : knownTargets()) {
    auto module = translate(kCopy, target.data());
    ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
    EXPECT_NE(module->ptx.find("ld.global.v4.b32"), std::string::npos) << module->ptx;
    EXPECT_NE(module->ptx.find(".target " + std::string(target)), std::string::npos);
    EXPECT_NE(module->ptx.find(".reqntid 128"), std::string::npos);
    EXPECT_FALSE(module->usesLibdevice);
  }
}

TEST(Translate, the_short_pass_list_gives_the_same_accesses) {
  auto module = translate(kCopy, "sm_90a", /*quick=*/true);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  EXPECT_NE(module->ptx.find("st.global.v4.b32"), std::string::npos);
}

TEST(Translate, inlines_what_it_takes_from_libdevice) {
  if (findLibdevice().empty())
    GTEST_SKIP() << "no libdevice on this machine";
  for (bool quick : {false, true}) {
    auto module = translate(kErf, "sm_80", quick);
    ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
    EXPECT_TRUE(module->usesLibdevice);
    EXPECT_EQ(module->ptx.find("call"), std::string::npos) << module->ptx;
    EXPECT_EQ(module->ptx.find("__nvvm_reflect"), std::string::npos);
  }
}

TEST(Translate, turns_a_fatal_error_of_llvm_into_a_message) {
  for (int round = 0; round < 3; ++round) {
    auto module = translate(kNotSelectable, "sm_90a");
    ASSERT_FALSE(bool(module));
    EXPECT_NE(llvm::toString(module.takeError()).find("gave up"), std::string::npos);
  }
  EXPECT_TRUE(bool(translate(kCopy, "sm_90a")));
}

TEST(FatalErrorGuard, works_in_many_threads_and_nested) {
  auto fail = [] { llvm::report_fatal_error("no such thing"); };
  std::vector<std::thread> threads;
  std::atomic<int> caught = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      auto outer = tegula::catchFatalErrors([&] {
        if (tegula::catchFatalErrors(fail) == "no such thing")
          ++caught;
        fail();
      });
      caught += outer == "no such thing";
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(caught, 8);
}

class Assembler : public testing::TestWithParam<AssemblerChoice> {};

TEST_P(Assembler, makes_a_cubin_and_reads_the_log) {
  for (std::string_view target : knownTargets()) {
    auto module = translate(kCopy, target.data());
    ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
    AssembleOptions options;
    options.features = findFeatures(target);
    options.choice = GetParam();
    Assembly assembly = assemble(module->ptx, options);
    if (assembly.status == Assembly::NoAssembler)
      GTEST_SKIP() << "no such assembler on this machine";
    ASSERT_EQ(assembly.status, Assembly::Ok) << assembly.log;
    EXPECT_EQ(assembly.cubin.substr(1, 3), "ELF");
    EXPECT_GT(assembly.registers, 0);
    EXPECT_EQ(assembly.spillBytes, 0);
    EXPECT_EQ(assembly.stackBytes, 0);
    EXPECT_TRUE(assembly.warnings.empty());
    EXPECT_FALSE(assembly.assembler.empty());
  }
}

TEST_P(Assembler, reports_bad_ptx_with_its_message) {
  AssembleOptions options;
  options.features = findFeatures("sm_80");
  options.choice = GetParam();
  Assembly assembly = assemble(".version 8.0\n.target sm_80\n.address_size 64\nnonsense;\n", options);
  if (assembly.status == Assembly::NoAssembler)
    GTEST_SKIP() << "no such assembler on this machine";
  EXPECT_EQ(assembly.status, Assembly::Failed);
  EXPECT_NE(assembly.log.find("nonsense"), std::string::npos) << assembly.log;
}

TEST(Assembler, has_an_identity_for_cache_keys) {
  warmUpAssembler();
  EXPECT_FALSE(assemblerIdentity().empty());
}

INSTANTIATE_TEST_SUITE_P(Each, Assembler, testing::Values(AssemblerChoice::NvJitLink, AssemblerChoice::Ptxas),
                         [](const auto &info) { return info.param == AssemblerChoice::Ptxas ? "Ptxas" : "NvJitLink"; });

} // namespace

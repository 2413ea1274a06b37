//===- HostCodeTest.cpp - Shared objects from the LLVM dialect --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Target/Host/Host.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

using namespace tegula;

namespace {

/// Compiles the text of a module; empty with a test failure when that does not work.
host::HostCode compile(llvm::StringRef text, bool keepText = false) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::LLVM::LLVMDialect>();
  host::registerTranslations(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT_TRUE(module);
  host::HostOptions options;
  options.keepText = keepText;
  llvm::Expected<host::HostCode> code = host::compileForHost(*module, options);
  if (!code) {
    ADD_FAILURE() << llvm::toString(code.takeError());
    return {};
  }
  return std::move(*code);
}

void *load(const std::string &bytes) {
  int file = memfd_create("test", MFD_CLOEXEC);
  EXPECT_EQ(write(file, bytes.data(), bytes.size()), ssize_t(bytes.size()));
  void *library = dlopen(("/proc/self/fd/" + std::to_string(file)).c_str(), RTLD_NOW | RTLD_LOCAL);
  EXPECT_TRUE(library) << dlerror();
  close(file);
  return library;
}

constexpr char kPower[] = R"(
module attributes {tegula.scratch_bytes = 640 : i64} {
  llvm.func @powf(f32, f32) -> f32
  llvm.func @cube(%x: f32) -> f32 {
    %three = llvm.mlir.constant(3.0 : f32) : f32
    %y = llvm.call @powf(%x, %three) : (f32, f32) -> f32
    llvm.return %y : f32
  }
})";

TEST(HostCode, runs_and_finds_libm_in_the_process) {
  host::HostCode code = compile(kPower);
  EXPECT_EQ(code.scratchBytes, 640u);
  EXPECT_FALSE(code.cpu.empty());
  EXPECT_TRUE(code.object.empty());
  void *library = load(code.sharedObject);
  ASSERT_TRUE(library);
  auto cube = reinterpret_cast<float (*)(float)>(dlsym(library, "cube"));
  ASSERT_TRUE(cube);
  EXPECT_FLOAT_EQ(cube(3.0f), 27.0f);
}

TEST(HostCode, keeps_text_on_request) {
  host::HostCode code = compile(kPower, /*keepText=*/true);
  EXPECT_NE(code.llvmIR.find("define"), std::string::npos);
  EXPECT_NE(code.assembly.find("cube:"), std::string::npos);
  EXPECT_EQ(code.object.substr(1, 3), "ELF");
}

TEST(HostCode, compiles_from_several_threads_at_once) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] { EXPECT_FALSE(compile(kPower).sharedObject.empty()); });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(HostCode, an_object_that_is_none_gives_an_error) {
  llvm::Expected<std::string> linked = host::linkSharedObject("this is no object file");
  ASSERT_FALSE(linked);
  EXPECT_NE(llvm::toString(linked.takeError()).find("the linker failed"), std::string::npos);
}

} // namespace

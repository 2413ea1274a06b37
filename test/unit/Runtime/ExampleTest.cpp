//===- ExampleTest.cpp - The C++ example, as a user builds and runs it ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Images.h"

#include <cstdio>

using namespace tegula::runtime;
using namespace tegula::runtime::test;

namespace {

struct Outcome {
  int status; ///< exit status, -1 when it died
  std::string output;
};

Outcome run(const std::string &command) {
  Outcome result = {-1, ""};
  FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (size_t got = pipe ? fread(buffer, 1, sizeof(buffer), pipe) : 0)
    result.output.append(buffer, got);
  int status = pipe ? pclose(pipe) : -1;
  if (WIFEXITED(status))
    result.status = WEXITSTATUS(status);
  return result;
}

KernelImage rmsnorm() {
  return hostImage("rmsnorm_kernel",
                   "x_ptr: *fp16:16, w_ptr: *fp16:16, out_ptr: *fp16:16, stride: i32:16, N: i32:16, eps: fp32");
}

TEST(Example, LaunchesOnTheHost) {
  TemporaryFolder folder;
  ASSERT_TRUE(rmsnorm().writeFile(folder / "rmsnorm.tgk").ok());
  Outcome example = run("'" TEGULA_TEST_EXAMPLE "' '" + folder / "rmsnorm.tgk" + "' 100 1024");
  EXPECT_EQ(example.status, 0) << example.output;
  EXPECT_NE(example.output.find("100 x 1024"), std::string::npos) << example.output;
}

TEST(Example, FailsWithTheReason) {
  TemporaryFolder folder;
  KernelImage image = rmsnorm();
  image.metadata.arguments.pop_back();
  ASSERT_TRUE(image.writeFile(folder / "rmsnorm.tgk").ok());
  Outcome example = run("'" TEGULA_TEST_EXAMPLE "' '" + folder / "rmsnorm.tgk" + "'");
  EXPECT_EQ(example.status, 1);
  EXPECT_EQ(example.output, "cpp_launch: error: kernel 'rmsnorm_kernel' takes 5 arguments (x_ptr: *fp16, w_ptr: *fp16, "
                            "out_ptr: *fp16, stride: i32, N: i32); got 6\n");
  EXPECT_EQ(run("'" TEGULA_TEST_EXAMPLE "' /nowhere.tgk").output,
            "cpp_launch: error: cannot open '/nowhere.tgk': no such file or folder\n");
  EXPECT_EQ(run("'" TEGULA_TEST_EXAMPLE "'").status, 1);
}

TEST(Example, SaysThatThereIsNoGpu) {
  TemporaryFolder folder;
  ASSERT_TRUE(gpuImage().writeFile(folder / "k.tgk").ok());
  Outcome example = run("TEGULA_LIBCUDA=/nowhere '" TEGULA_TEST_EXAMPLE "' '" + folder / "k.tgk" + "'");
  EXPECT_EQ(example.status, 77);
  EXPECT_TRUE(example.output.starts_with("cpp_launch: error: cannot load kernel 'add': no CUDA driver: "))
      << example.output;
}

/// From kernel.py: what tegulac makes is what the example launches.
class ExampleWithTegulac : public testing::TestWithParam<const char *> {};

TEST_P(ExampleWithTegulac, LaunchesWhatTegulacMade) {
  if (access(TEGULA_TEST_TEGULAC, X_OK) != 0)
    GTEST_SKIP() << "tegulac was not built";
  TemporaryFolder folder;
  Outcome compile =
      run("'" TEGULA_TEST_TEGULAC "' '" TEGULA_TEST_SOURCE "/kernels/rmsnorm/rmsnorm.py' --kernel rmsnorm_kernel "
          "--signature 'x_ptr: *fp16:16, w_ptr: *fp16:16, out_ptr: *fp16:16, stride: i32:16, N: i32:16, "
          "eps: fp32, BLOCK_SIZE: 4096' --target " +
          std::string(GetParam()) + " -o '" + folder / "k.tgk" + "'");
  ASSERT_EQ(compile.status, 0) << compile.output;
  for (const char *shape : {"64 4096", "37 4080", "5 16"}) {
    Outcome example = run("'" TEGULA_TEST_EXAMPLE "' '" + folder / "k.tgk" + "' " + shape);
    if (example.status == 77)
      GTEST_SKIP() << example.output;
    EXPECT_EQ(example.status, 0) << example.output;
  }
}
INSTANTIATE_TEST_SUITE_P(Targets, ExampleWithTegulac, testing::Values("host", "sm_90a"),
                         [](const auto &info) { return std::string(info.param); });

TEST(Example, BuildsAloneWithAnInstalledRuntime) {
  if (TEGULA_TEST_SANITIZED)
    GTEST_SKIP() << "a program without sanitizers cannot link a runtime with them";
  TemporaryFolder folder;
  std::string cmake = "'" TEGULA_TEST_CMAKE "' ";
  Outcome install =
      run(cmake + "--install '" TEGULA_TEST_BUILD "' --component TegulaRuntime --prefix '" + folder / "prefix" + "'");
  ASSERT_EQ(install.status, 0) << install.output;
  Outcome configure =
      run(cmake + "-S '" TEGULA_TEST_SOURCE "/examples/cpp_launch' -B '" + folder / "build" +
          "' -DCMAKE_CXX_COMPILER='" TEGULA_TEST_CXX "' -DCMAKE_PREFIX_PATH='" + folder / "prefix" + "'");
  ASSERT_EQ(configure.status, 0) << configure.output;
  Outcome build = run(cmake + "--build '" + folder / "build" + "'");
  ASSERT_EQ(build.status, 0) << build.output;
  ASSERT_TRUE(rmsnorm().writeFile(folder / "rmsnorm.tgk").ok());
  Outcome example = run("'" + folder / "build/cpp_launch" + "' '" + folder / "rmsnorm.tgk" + "' 10 512");
  EXPECT_EQ(example.status, 0) << example.output;
}

} // namespace

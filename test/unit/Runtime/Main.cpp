//===- Main.cpp - Settings that the tests of the runtime rely on ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdlib>
#include <gtest/gtest.h>

int main(int argc, char **argv) {
  // More threads than this machine may have processors: the interleavings are the point.
  setenv("TEGULA_NUM_THREADS", "5", 1);
  // Statements that must run in a fresh process start the program again: see CudaDriverTest.cpp.
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

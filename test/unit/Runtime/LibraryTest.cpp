//===- LibraryTest.cpp - What libtegula_runtime.so shows and needs --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <gtest/gtest.h>
#include <sstream>
#include <string>

namespace {

std::string outputOf(const std::string &command) {
  std::string text;
  FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (size_t got = pipe ? fread(buffer, 1, sizeof(buffer), pipe) : 0)
    text.append(buffer, got);
  if (pipe)
    pclose(pipe);
  return text;
}

TEST(RuntimeLibrary, ExportsOnlyTheCApi) {
  std::istringstream symbols(outputOf("nm -D --defined-only '" TEGULA_TEST_LIBRARY "'"));
  std::string line;
  int count = 0;
  while (std::getline(symbols, line)) {
    std::string name = line.substr(line.rfind(' ') + 1);
    EXPECT_TRUE(name.starts_with("tegula_")) << line;
    ++count;
  }
  EXPECT_GT(count, 30);
}

TEST(RuntimeLibrary, NeedsNeitherCudaNorACompiler) {
  std::istringstream lines(outputOf("readelf -d '" TEGULA_TEST_LIBRARY "'"));
  std::string line;
  int needed = 0;
  while (std::getline(lines, line)) {
    if (line.find("(NEEDED)") == std::string::npos)
      continue;
    ++needed;
    std::string name = line.substr(line.find('[') + 1);
    name = name.substr(0, name.find(".so"));
    bool expected = false;
    for (const char *system :
         {"libstdc++", "libm", "libgcc_s", "libc", "libdl", "libpthread", "ld-linux-x86-64", "libasan", "libubsan"})
      expected |= name == system;
    EXPECT_TRUE(expected) << line;
  }
  EXPECT_GT(needed, 0);
}

} // namespace

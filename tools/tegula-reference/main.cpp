//===- main.cpp - tegula-reference: writes the page of the language ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/Reference.h"

#include <fstream>
#include <iostream>

int main(int argc, char **argv) {
  if (argc < 2)
    return std::cout << tegula::languageReference(), 0;
  std::ofstream file(argv[1]);
  file << tegula::languageReference();
  if (file.flush())
    return 0;
  std::cerr << "tegula-reference: error: cannot write " << argv[1] << '\n';
  return 1;
}

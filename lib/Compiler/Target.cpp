//===- Target.cpp - What a kernel is compiled for ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tegula/Target.h"

#include "lib/Target/NVPTX/Features.h"

using namespace tegula;

bool Target::parse(std::string_view text, Target &result, std::string &error) {
  if (text == "host" || text == "cpu") {
    result.name = "host";
    return true;
  }
  if (const nvptx::Features *features = nvptx::findFeatures(text)) {
    result.name = features->name;
    return true;
  }
  error = "unknown target '" + std::string(text) + "'; expected host";
  for (std::string_view name : nvptx::knownTargets())
    error += ", " + std::string(name);
  return false;
}

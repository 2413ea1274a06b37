//===- CodeGeneration.h - From the llvm dialect into an image ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "lib/Compiler/Compiler.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace tegula {

/// Registers what translating to LLVM IR needs.
void registerCodeGeneration(mlir::DialectRegistry &registry);

/// Makes the target's code of a module in the llvm dialect and puts it, with what the assembler said, into the image.
/// False after reporting errors.
bool generateCode(mlir::ModuleOp module, const CompileRequest &request, runtime::KernelImage &image,
                  DiagnosticEngine &diagnostics, llvm::function_ref<void(llvm::StringRef, double)> onStage);

} // namespace tegula

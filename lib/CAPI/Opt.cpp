//===- Opt.cpp - tegula-opt and tegula-lsp-server ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both tools are thin programs that call into libtegula.so, so that LLVM is linked once. They know every dialect
// and every pass of the compiler, and the upstream passes that its pipelines use.
#include "lib/CAPI/Registry.h"
#include "tegula-c/Compiler.h"

#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int tegula_opt_main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  tegula::registerDialects(registry);
  tegula::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Tegula's pass driver\n", registry));
}

int tegula_lsp_server_main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  tegula::registerDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}

//===- TileToLoops.cpp - Kernels as fused scalar loops ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToLoops/Kernel.h"
#include "lib/Conversion/TileToLoops/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace tegula::loops {
#define GEN_PASS_DEF_CONVERTTILETOLOOPSPASS
#include "lib/Conversion/TileToLoops/Passes.h.inc"

namespace {
struct ConvertTileToLoopsPass : impl::ConvertTileToLoopsPassBase<ConvertTileToLoopsPass> {
  void runOnOperation() override {
    llvm::SmallVector<mlir::func::FuncOp> kernels;
    for (auto function : getOperation().getOps<mlir::func::FuncOp>())
      if (function->hasAttr(tile::kKernelAttr))
        kernels.push_back(function);
    int64_t scratch = 0;
    for (mlir::func::FuncOp source : kernels) {
      splitCarriedOffsets(source);
      Kernel kernel(source, getOperation());
      if (mlir::failed(kernel.run()))
        return signalPassFailure();
      source.erase();
      scratch = std::max(scratch, getOperation()->getAttrOfType<mlir::IntegerAttr>("tegula.scratch_bytes").getInt());
    }
    if (!kernels.empty())
      getOperation()->setAttr("tegula.scratch_bytes", mlir::OpBuilder(&getContext()).getI64IntegerAttr(scratch));
  }
};
} // namespace

} // namespace tegula::loops

void tegula::buildTileToLoopsPipeline(mlir::OpPassManager &passes) {
  passes.addPass(loops::createConvertTileToLoopsPass());
  passes.addPass(loops::createExpandVectorMathPass());
  passes.addPass(mlir::createCSEPass());
  passes.addPass(loops::createConvertLoopsToLLVMPass());
}

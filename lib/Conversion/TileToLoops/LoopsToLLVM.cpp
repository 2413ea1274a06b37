//===- LoopsToLLVM.cpp - Loops and arithmetic in the llvm dialect -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Upstream's patterns for scf, arith, math, cf and func in one conversion; then the asserts:
//
//   llvm.call @tegula.check(%holds, %text, x, y, z)
//
// becomes a branch to a block that reports and returns true, which the lowering could not write while the control flow
// was structured.
#include "lib/Conversion/TileToLoops/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"

namespace tegula::loops {
#define GEN_PASS_DEF_CONVERTLOOPSTOLLVMPASS
#include "lib/Conversion/TileToLoops/Passes.h.inc"

using namespace mlir;

namespace {
struct ConvertLoopsToLLVMPass : impl::ConvertLoopsToLLVMPassBase<ConvertLoopsToLLVMPass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    ModuleOp module = getOperation();
    LowerToLLVMOptions options(context);
    options.overrideIndexBitwidth(64);
    LLVMTypeConverter types(context, options);
    RewritePatternSet patterns(context);
    populateSCFToControlFlowConversionPatterns(patterns);
    arith::populateArithToLLVMConversionPatterns(types, patterns);
    // Intrinsics before libm: fma is an instruction, and libm has no rsqrt.
    populateMathToLLVMConversionPatterns(types, patterns, /*approximateLog1p=*/false, /*benefit=*/2);
    populateMathToLibmConversionPatterns(patterns);
    cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
    populateFuncToLLVMConversionPatterns(types, patterns);
    LLVMConversionTarget target(*context);
    target.addLegalOp<ModuleOp>();
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      return signalPassFailure();
    lowerChecks(module);
  }

  void lowerChecks(ModuleOp module) {
    auto check = module.lookupSymbol<LLVM::LLVMFuncOp>("tegula.check");
    if (!check)
      return;
    OpBuilder b(module.getContext());
    auto pointer = LLVM::LLVMPointerType::get(b.getContext());
    Type i32 = b.getI32Type();
    Location loc = check.getLoc();
    b.setInsertionPointToStart(module.getBody());
    auto printer = LLVM::LLVMFuncOp::create(b, loc, "dprintf",
                                            LLVM::LLVMFunctionType::get(i32, {i32, pointer}, /*isVarArg=*/true));
    std::string format("program (%d, %d, %d): %s\n\0", 26);
    auto text = LLVM::GlobalOp::create(b, loc, LLVM::LLVMArrayType::get(b.getI8Type(), format.size()), true,
                                       LLVM::Linkage::Private, "tegula.check.format", b.getStringAttr(format));
    SmallVector<LLVM::CallOp> calls;
    module.walk([&](LLVM::CallOp call) {
      if (call.getCallee() == check.getName())
        calls.push_back(call);
    });
    for (LLVM::CallOp call : calls) {
      auto program = call->getParentOfType<LLVM::LLVMFuncOp>();
      StringRef kernel = program.getName();
      kernel.consume_back(".program");
      std::string slotName = (kernel + ".failure").str();
      auto slot = module.lookupSymbol<LLVM::GlobalOp>(slotName);
      if (!slot) {
        b.setInsertionPointToStart(module.getBody());
        slot = LLVM::GlobalOp::create(b, loc, pointer, false, LLVM::Linkage::External, slotName, Attribute());
        Block *init = &slot.getInitializerRegion().emplaceBlock();
        b.setInsertionPointToStart(init);
        LLVM::ReturnOp::create(b, loc, Value(LLVM::ZeroOp::create(b, loc, pointer)));
      }
      Block *block = call->getBlock(), *rest = block->splitBlock(call);
      Block *failing = b.createBlock(&program.getBody());
      Location at = call.getLoc();
      ValueRange args = call.getArgOperands();
      Value two = LLVM::ConstantOp::create(b, at, i32, 2);
      Value formatText = LLVM::AddressOfOp::create(b, at, text);
      LLVM::CallOp::create(b, at, printer, ValueRange{two, formatText, args[2], args[3], args[4], args[1]});
      Value place = LLVM::AddressOfOp::create(b, at, slot), null = LLVM::ZeroOp::create(b, at, pointer);
      LLVM::AtomicCmpXchgOp::create(b, at, place, null, args[1], LLVM::AtomicOrdering::acq_rel,
                                    LLVM::AtomicOrdering::acquire);
      Value stop = LLVM::ConstantOp::create(b, at, b.getI1Type(), 1);
      LLVM::ReturnOp::create(b, at, stop);
      b.setInsertionPointToEnd(block);
      LLVM::CondBrOp::create(b, at, args[0], rest, failing);
      call.erase();
    }
    check.erase();
  }
};
} // namespace
} // namespace tegula::loops

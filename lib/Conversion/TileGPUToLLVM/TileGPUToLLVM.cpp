//===- TileGPUToLLVM.cpp - One thread's instructions for each kernel ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pass makes the function around a body; KernelLowering fills it.
//
//   func.func @k(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %flag: i1)
//       attributes {tile.kernel, tile_gpu.num_warps = 4 : i32}
//   ->
//   llvm.func @k(%x: !llvm.ptr<1> {llvm.align = 16, llvm.noundef}, %flag: i8)
//       attributes {nvvm.kernel, nvvm.reqntid = array<i32: 128, 1, 1>}
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
#include "lib/Conversion/TileGPUToLLVM/Passes.h"
#include "mlir/Pass/PassManager.h"

namespace tegula::to_llvm {

using namespace mlir;

/// In NVVMEmitter.cpp, beside what else needs the heavy header.
void registerNVVM(DialectRegistry &registry);

namespace {

struct Options {
  const nvptx::Features *features;
  int64_t maxRegisters;
  bool flushDenormals;
};

/// Function type and attributes of arguments, as the driver and LLVM see them.
LLVM::LLVMFuncOp createFunction(func::FuncOp source, const Options &options) {
  MLIRContext *context = source.getContext();
  OpBuilder b(source);
  SmallVector<Type> types;
  for (Type type : source.getArgumentTypes()) {
    if (isa<tile::PointerType>(type))
      types.push_back(LLVM::LLVMPointerType::get(context, kGlobalMemory));
    else if (type.isInteger(1) || isa<Float8E5M2Type, Float8E4M3FNType>(type))
      types.push_back(b.getI8Type());
    else
      types.push_back(type);
  }
  auto function = LLVM::LLVMFuncOp::create(b, source.getLoc(), source.getName(),
                                           LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types));
  int64_t warps = tile_gpu::numWarps(source);
  function->setAttr("nvvm.kernel", b.getUnitAttr());
  function->setAttr("nvvm.reqntid", b.getDenseI32ArrayAttr({int32_t(32 * warps), 1, 1}));
  if (options.maxRegisters > 0)
    function->setAttr("nvvm.maxnreg", b.getI32IntegerAttr(options.maxRegisters));
  if (options.flushDenormals)
    function.setPassthroughAttr(
        b.getArrayAttr(b.getStrArrayAttr({"denormal-fp-math-f32", "preserve-sign,preserve-sign"})));
  function->setAttr(tile_gpu::kNumWarpsAttr, b.getI32IntegerAttr(warps));
  if (Attribute shared = source->getAttr(tile_gpu::kSharedBytesAttr))
    function->setAttr(tile_gpu::kSharedBytesAttr, shared);
  for (unsigned i = 0; i < types.size(); ++i) {
    function.setArgAttr(i, "llvm.noundef", b.getUnitAttr());
    auto divisibility = source.getArgAttrOfType<IntegerAttr>(i, tile::kDivisibilityAttr);
    if (divisibility && isa<LLVM::LLVMPointerType>(types[i]) && llvm::isPowerOf2_64(divisibility.getInt()))
      function.setArgAttr(i, "llvm.align", b.getI64IntegerAttr(divisibility.getInt()));
  }
  return function;
}

LogicalResult lowerKernel(func::FuncOp source, const Options &options) {
  if (source.getNumResults())
    return source.emitOpError("returns a value; a kernel cannot");
  if (!source.getBody().hasOneBlock())
    return source.emitOpError("expected structured control flow, got several blocks");
  LLVM::LLVMFuncOp function = createFunction(source, options);
  OpBuilder b(source);
  Block *entry = function.addEntryBlock(b);
  KernelLowering k(source, function, *options.features);
  k.e.startBlock(entry);
  // Everything that is made at the entry's start must stand before what is computed in it.
  Block *body = k.e.createBlock();
  k.e.branch(body);
  for (auto [argument, value] : llvm::zip_equal(source.getArguments(), entry->getArguments())) {
    Value scalar = value;
    if (argument.getType().isInteger(1)) {
      k.e.b.setInsertionPoint(entry->getTerminator());
      scalar = k.e.compare(LLVM::ICmpPredicate::ne, value, k.e.integer(value.getType(), 0));
    }
    k.setScalar(argument, scalar);
  }
  k.e.startBlock(body);
  if (failed(k.run()))
    return failure();
  k.e.loc = source.getBody().front().getTerminator()->getLoc();
  LLVM::ReturnOp::create(k.e.b, k.e.loc, ValueRange());
  source.erase();
  return success();
}

} // namespace

#define GEN_PASS_DEF_CONVERTTILEGPUTOLLVMPASS
#include "lib/Conversion/TileGPUToLLVM/Passes.h.inc"

namespace {

struct ConvertTileGPUToLLVMPass : impl::ConvertTileGPUToLLVMPassBase<ConvertTileGPUToLLVMPass> {
  using Base::Base;

  void getDependentDialects(DialectRegistry &registry) const override {
    Base::getDependentDialects(registry);
    registerNVVM(registry);
  }

  void runOnOperation() override {
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      StringRef chip = tile_gpu::target(function);
      if (chip.empty())
        chip = targetChip;
      const nvptx::Features *features = nvptx::findFeatures(chip);
      if (!features) {
        std::string known;
        for (std::string_view name : nvptx::knownTargets())
          known += (known.empty() ? "" : ", ") + std::string(name);
        function.emitOpError() << "expected a target among " << known << ", got '" << chip << "'";
        return signalPassFailure();
      }
      int64_t threads = 32 * tile_gpu::numWarps(function);
      if (threads > features->maxThreadsPerBlock) {
        function.emitOpError() << "expected at most " << features->maxThreadsPerBlock << " threads, got " << threads;
        return signalPassFailure();
      }
      if (failed(lowerKernel(function, {features, maxRegisters, flushDenormals})))
        return signalPassFailure();
    }
  }
};

} // namespace

void buildTileGPUToLLVMPipeline(OpPassManager &passes, const ConvertTileGPUToLLVMPassOptions &options) {
  passes.addPass(createConvertTileGPUToLLVMPass(options));
}

} // namespace tegula::to_llvm

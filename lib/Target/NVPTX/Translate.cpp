//===- Translate.cpp - LLVM dialect to PTX ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Left out on purpose: the loop and SLP vectorisers (nothing to gain on a GPU, 20 % of the time) and every verifier.
//===----------------------------------------------------------------------===//

#include "lib/Target/NVPTX/Translate.h"
#include "lib/Target/ErrorCollector.h"
#include "lib/Target/FatalErrorGuard.h"
#include "lib/Target/NVPTX/CudaFiles.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/LLVMTranslationInterface.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include <chrono>
#include <mutex>

extern "C" {
void LLVMInitializeNVPTXTarget();
void LLVMInitializeNVPTXTargetInfo();
void LLVMInitializeNVPTXTargetMC();
void LLVMInitializeNVPTXAsmPrinter();
}

namespace tegula::nvptx {
namespace {

constexpr const char *kTriple = "nvptx64-nvidia-cuda";

llvm::Error failure(const llvm::Twine &message) { return llvm::createStringError(message); }

/// Calls onStage with the time since the last call.
class StageClock {
public:
  explicit StageClock(const TranslateOptions &options) : options(options) {}
  void lap(llvm::StringRef stage) {
    auto now = std::chrono::steady_clock::now();
    if (options.onStage)
      options.onStage(stage, std::chrono::duration<double, std::milli>(now - start).count());
    start = now;
  }

private:
  const TranslateOptions &options;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

const llvm::Target *nvptxTarget() {
  static const llvm::Target *target = [] {
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    std::string error;
    return llvm::TargetRegistry::lookupTarget(llvm::Triple(kTriple), error);
  }();
  return target;
}

std::unique_ptr<llvm::TargetMachine> createTargetMachine(const Features &features) {
  llvm::TargetOptions options;
  return std::unique_ptr<llvm::TargetMachine>(
      nvptxTarget()->createTargetMachine(llvm::Triple(kTriple), features.name, features.llvmFeatures(), options,
                                         std::nullopt, std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

/// NVIDIA's device library as bitcode, read once in the process; null when there is none.
const llvm::MemoryBuffer *libdeviceBuffer() {
  static const llvm::MemoryBuffer *buffer = []() -> const llvm::MemoryBuffer * {
    std::string path = findLibdevice();
    if (path.empty())
      return nullptr;
    auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    return file ? file->release() : nullptr;
  }();
  return buffer;
}

/// Links what the module calls of libdevice and keeps it internal. `used` says whether it called anything.
llvm::Error linkLibdevice(llvm::Module &module, bool flushDenormals, bool &used) {
  for (const llvm::Function &function : module)
    used |= function.isDeclaration() && function.getName().starts_with("__nv_");
  if (!used)
    return llvm::Error::success();
  const llvm::MemoryBuffer *buffer = libdeviceBuffer();
  if (!buffer)
    return failure("libdevice.10.bc was not found; the kernel calls a function of it "
                   "(install the wheel nvidia-cuda-nvcc, or set TEGULA_LIBDEVICE_PATH or CUDA_HOME)");
  auto library = llvm::getLazyBitcodeModule(buffer->getMemBufferRef(), module.getContext());
  if (!library)
    return library.takeError();
  (*library)->setTargetTriple(module.getTargetTriple());
  (*library)->setDataLayout(module.getDataLayout());
  module.addModuleFlag(llvm::Module::Override, "nvvm-reflect-ftz", flushDenormals ? 1 : 0);
  bool failed = llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::LinkOnlyNeeded,
                                          [](llvm::Module &linked, const llvm::StringSet<> &names) {
                                            llvm::internalizeModule(linked, [&](const llvm::GlobalValue &value) {
                                              return !value.hasName() || !names.contains(value.getName());
                                            });
                                          });
  if (failed)
    return failure("libdevice could not be linked");
  for (const llvm::Function &function : module)
    if (function.isDeclaration() && function.getName().starts_with("__nv_"))
      return failure("libdevice has no function '" + function.getName() + "'");
  return llvm::Error::success();
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine, bool quick) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  tuning.LoopInterleaving = false;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  if (quick)
    llvm::cantFail(builder.parsePassPipeline(
        passes,
        "nvvm-reflect,always-inline,function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,"
        "instcombine<no-verify-fixpoint>,reassociate,loop-mssa(licm),gvn,instcombine<no-verify-fixpoint>,dse,adce,"
        "simplifycfg)"));
  else
    passes = builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3);
  passes.run(module, modules);
}

bool emitPtx(llvm::Module &module, llvm::TargetMachine &machine, std::string &ptx) {
  llvm::SmallString<0> text;
  text.reserve(1 << 15);
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile, /*DisableVerify=*/true))
    return false;
  passes.run(module);
  ptx = text.str().str();
  return true;
}

} // namespace

void registerTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerNVVMDialectTranslation(registry);
}

llvm::Expected<PtxModule> translateToPtx(mlir::ModuleOp module, const TranslateOptions &options) {
  mlir::MLIRContext *context = module.getContext();
  mlir::Dialect *llvmDialect = context->getLoadedDialect("llvm");
  if (!llvmDialect || !llvmDialect->getRegisteredInterface<mlir::LLVMTranslationDialectInterface>()) {
    mlir::DialectRegistry registry;
    registerTranslations(registry);
    context->appendDialectRegistry(registry);
  }
  if (!nvptxTarget())
    return failure("this build of LLVM has no NVPTX target");

  StageClock clock(options);
  PtxModule result;
  // Declared before what lives in it, so that it is destroyed last even when codegen was abandoned.
  llvm::LLVMContext llvmContext;
  // Without a handler of ours an error diagnostic ends the process.
  std::string diagnosed;
  llvmContext.setDiagnosticHandler(std::make_unique<ErrorCollector>(diagnosed));
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine(*options.features);
  std::unique_ptr<llvm::Module> llvmModule;
  llvm::Error error = llvm::Error::success();
  auto fatal = catchFatalErrors([&] {
    llvmModule = mlir::translateModuleToLLVMIR(module, llvmContext, "tegula", /*disableVerification=*/true);
    if (!llvmModule) {
      error = llvm::joinErrors(std::move(error), failure("the module could not be translated to LLVM IR"));
      return;
    }
    llvmModule->setTargetTriple(llvm::Triple(kTriple));
    llvmModule->setDataLayout(machine->createDataLayout());
    clock.lap("translate");
    error =
        llvm::joinErrors(std::move(error), linkLibdevice(*llvmModule, options.flushDenormals, result.usesLibdevice));
    if (error)
      return;
    if (result.usesLibdevice)
      clock.lap("libdevice");
    optimize(*llvmModule, *machine, options.quick);
    clock.lap("llvm-opt");
    if (options.keepLLVMIR) {
      llvm::raw_string_ostream stream(result.llvmIR);
      llvmModule->print(stream, nullptr);
    }
    if (!emitPtx(*llvmModule, *machine, result.ptx))
      error = llvm::joinErrors(std::move(error), failure("the NVPTX target cannot emit assembly"));
    clock.lap("codegen");
  });
  if (fatal) {
    llvm::consumeError(std::move(error));
    return failure("LLVM's code generator gave up: " + *fatal);
  }
  if (error)
    return std::move(error);
  if (!diagnosed.empty())
    return failure("LLVM's code generator gave up: " + diagnosed);
  return result;
}

} // namespace tegula::nvptx

//===- Host.cpp - LLVM dialect to native code -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Target/Host/Host.h"

#include "lib/Target/ErrorCollector.h"
#include "lib/Target/FatalErrorGuard.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/Transforms/Utils/Cloning.h"

#include <chrono>

extern "C" {
void LLVMInitializeX86Target();
void LLVMInitializeX86TargetInfo();
void LLVMInitializeX86TargetMC();
void LLVMInitializeX86AsmPrinter();
void LLVMInitializeX86AsmParser();
}

namespace tegula::host {
namespace {

/// The processor of this machine as LLVM names it, found once.
struct Processor {
  std::string triple, cpu, llvmFeatures;
  std::vector<std::string> required;
  const llvm::Target *target = nullptr;
};

const Processor &processor() {
  static const Processor found = [] {
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    Processor result;
    result.triple = llvm::sys::getProcessTriple();
    result.cpu = llvm::sys::getHostCPUName().str();
    // Of all that the processor has, the sets that change what vector code is made.
    static constexpr llvm::StringLiteral told[] = {"sse4.2",  "avx",      "f16c",     "fma",      "avx2",
                                                   "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512bf16"};
    llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
    for (const auto &feature : features)
      result.llvmFeatures +=
          (result.llvmFeatures.empty() ? "" : ",") + std::string(feature.second ? "+" : "-") + feature.first().str();
    for (llvm::StringRef name : told)
      if (features.lookup(name))
        result.required.push_back(name.str());
    std::string error;
    result.target = llvm::TargetRegistry::lookupTarget(llvm::Triple(result.triple), error);
    return result;
  }();
  return found;
}

llvm::Error failure(const llvm::Twine &message) { return llvm::createStringError(message); }

std::unique_ptr<llvm::TargetMachine> createTargetMachine() {
  const Processor &host = processor();
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Standard;
  return std::unique_ptr<llvm::TargetMachine>(
      host.target->createTargetMachine(llvm::Triple(host.triple), host.cpu, host.llvmFeatures, options,
                                       llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

/// Gives every function the processor, so that the vectorisers see its registers.
void setProcessor(llvm::Module &module) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", processor().cpu);
    function.addFnAttr("target-features", processor().llvmFeatures);
    function.addFnAttr("no-trapping-math", "true");
    function.addFnAttr("reciprocal-estimates", "none"); // they are wrong at zero and infinity
    function.addFnAttr("prefer-vector-width", "512");
  }
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = true;
  tuning.LoopInterleaving = true;
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
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3).run(module, modules);
}

bool emit(llvm::Module &module, llvm::TargetMachine &machine, llvm::CodeGenFileType type, std::string &result) {
  llvm::SmallString<0> bytes;
  bytes.reserve(1 << 15);
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type, /*DisableVerify=*/true))
    return false;
  passes.run(module);
  result = bytes.str().str();
  return true;
}

} // namespace

void registerTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
}

llvm::Expected<HostCode> compileForHost(mlir::ModuleOp module, const HostOptions &options) {
  if (!processor().target)
    return failure("this build of LLVM has no code generator for " + processor().triple);
  auto start = std::chrono::steady_clock::now();
  auto lap = [&](llvm::StringRef stage) {
    auto now = std::chrono::steady_clock::now();
    if (options.onStage)
      options.onStage(stage, std::chrono::duration<double, std::milli>(now - start).count());
    start = now;
  };
  HostCode code;
  code.cpu = processor().cpu;
  code.features = processor().required;
  if (auto scratch = module->getAttrOfType<mlir::IntegerAttr>(kScratchAttr))
    code.scratchBytes = scratch.getInt();

  // Declared before what lives in it, so that it is destroyed last even when code generation was abandoned.
  llvm::LLVMContext context;
  std::string diagnosed;
  context.setDiagnosticHandler(std::make_unique<ErrorCollector>(diagnosed));
  std::unique_ptr<llvm::Module> translated = mlir::translateModuleToLLVMIR(module, context);
  if (!translated)
    return failure("translation to LLVM IR failed");
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine();
  translated->setTargetTriple(llvm::Triple(processor().triple));
  translated->setDataLayout(machine->createDataLayout());
  setProcessor(*translated);
  lap("translate");

  bool emitted = true;
  std::optional<std::string> fatal = catchFatalErrors([&] {
    optimize(*translated, *machine);
    lap("llvm-opt");
    if (options.keepText) {
      llvm::raw_string_ostream(code.llvmIR) << *translated;
      // Code generation changes the module: the assembly is made from a copy.
      emitted = emit(*llvm::CloneModule(*translated), *machine, llvm::CodeGenFileType::AssemblyFile, code.assembly);
    }
    emitted = emitted && emit(*translated, *machine, llvm::CodeGenFileType::ObjectFile, code.object);
  });
  if (fatal)
    return failure("the code generator failed: " + *fatal);
  if (!diagnosed.empty())
    return failure("the code generator failed: " + diagnosed);
  if (!emitted)
    return failure("LLVM cannot emit objects for " + processor().triple);
  lap("codegen");
  llvm::Expected<std::string> linked = linkSharedObject(code.object);
  if (!linked)
    return linked.takeError();
  code.sharedObject = std::move(*linked);
  if (!options.keepText)
    code.object.clear();
  lap("link");
  return code;
}

} // namespace tegula::host

//===- Compiler.cpp - One kernel from its source to an image ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Compiler/Compiler.h"

#include "dialects/TileGPU/IR/TileGPU.h"
#include "lib/Compiler/CodeGeneration.h"
#include "lib/Compiler/MLIRDiagnostics.h"
#include "lib/Compiler/Pipelines.h"
#include "lib/Target/NVPTX/Features.h"

#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace mlir;
using namespace tegula;

namespace {

/// Remembers the pass that runs, so that a failure can name it.
class CurrentPass : public PassInstrumentation {
public:
  explicit CurrentPass(std::string &name) : name(name) {}
  void runBeforePass(Pass *pass, Operation *) override { name = pass->getArgument().str(); }

private:
  std::string &name;
};

/// One compile: the state that its steps share.
class Compilation {
public:
  Compilation(const CompileRequest &request, SourceManager &sources, tegula::DiagnosticEngine &diagnostics,
              StageTimes *times)
      : request(request), sources(sources), diagnostics(diagnostics), times(times), context(makeRegistry()),
        bridge(&context, diagnostics, request.remarks) {
    context.disableMultithreading();
    context.printOpOnDiagnostic(verifyBetweenPasses()); // a kernel's author reads source, not IR
  }

  std::optional<runtime::KernelImage> run() {
    if (!emit())
      return std::nullopt;
    describe();
    PhaseOptions options{request.target.name, request.numWarps, request.maxRegisters, request.remarks};
    if (!runPhase("tile", addTilePhase, options))
      return std::nullopt;
    if (!keep("tile", Stage::Tile))
      return std::move(image);
    if (request.target.isHost()) {
      if (!runPhase("host", addHostPhase, options))
        return std::nullopt;
    } else {
      if (!runPhase("tile-gpu", addTileGPUPhase, options))
        return std::nullopt;
      if (!keep("tile-gpu", Stage::TileGPU))
        return std::move(image);
      readGPUAttributes();
      if (!runPhase("gpu-llvm", addGPULLVMPhase, options))
        return std::nullopt;
    }
    auto onStage = [this](llvm::StringRef stage, double milliseconds) { addTime(stage, milliseconds); };
    if (!generateCode(*module, request, image, diagnostics, onStage))
      return std::nullopt;
    return std::move(image);
  }

private:
  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerFrontendDialects(registry);
    registerCodeGeneration(registry);
    return registry;
  }

  using Clock = std::chrono::steady_clock;
  void addTime(llvm::StringRef stage, double milliseconds) {
    if (times)
      times->emplace_back(stage.str(), milliseconds);
  }
  void addTime(llvm::StringRef stage, Clock::time_point start) {
    addTime(stage, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }

  bool emit() {
    Clock::time_point start = Clock::now();
    FrontendOptions options;
    options.fuseFloats = request.fpFusion;
    options.debug = request.debug;
    options.numWarps = request.numWarps;
    options.numCtas = request.numCtas;
    if (const nvptx::Features *features = nvptx::findFeatures(request.target.name))
      options.computeCapability = features->capability;
    module =
        emitKernel(context, *request.environment, request.function, request.arguments, options, sources, diagnostics);
    addTime("front end", start);
    return bool(module);
  }

  /// What a launch needs to know, read off the kernel and the request.
  void describe() {
    func::FuncOp kernel = *module->getOps<func::FuncOp>().begin();
    runtime::KernelMetadata &metadata = image.metadata;
    metadata.name = kernel.getName().str();
    metadata.target = request.target.name;
    metadata.numWarps = request.numWarps;
    metadata.numStages = request.numStages;
    metadata.numCtas = request.numCtas;
    metadata.version = compilerVersion();
    for (const ArgumentBinding &argument : request.arguments) {
      if (argument.constant)
        metadata.constants.push_back({argument.name, reprOf(argument.constant)});
      else
        metadata.arguments.push_back({argument.name, argument.type.str(), argument.divisibility});
    }
  }

  /// What the GPU phase decided that a launch must know.
  void readGPUAttributes() {
    func::FuncOp kernel = *module->getOps<func::FuncOp>().begin();
    if (auto warps = kernel->getAttrOfType<IntegerAttr>(tile_gpu::kNumWarpsAttr))
      image.metadata.numWarps = warps.getInt();
    if (auto shared = kernel->getAttrOfType<IntegerAttr>(tile_gpu::kSharedBytesAttr))
      image.metadata.shared = shared.getInt();
  }

  bool runPhase(llvm::StringRef name, void (*add)(OpPassManager &, const PhaseOptions &), const PhaseOptions &options) {
    Clock::time_point start = Clock::now();
    PassManager passes(&context, ModuleOp::getOperationName());
    passes.enableVerifier(verifyBetweenPasses());
    std::string pass;
    passes.addInstrumentation(std::make_unique<CurrentPass>(pass));
    add(passes, options);
    std::string before;
    if (verifyBetweenPasses())
      llvm::raw_string_ostream(before) << *module;
    size_t errors = diagnostics.errorCount();
    bool ok = succeeded(passes.run(*module));
    addTime(name, start);
    if (!ok && diagnostics.errorCount() == errors)
      reportInternalError(name, pass);
    return ok;
  }

  /// TEGULA_VERIFY=1 checks the IR after every pass: for the compiler's own tests.
  static bool verifyBetweenPasses() {
    static const bool wanted = [] {
      const char *value = getenv("TEGULA_VERIFY");
      return value && *value && *value != '0';
    }();
    return wanted;
  }

  /// A pass failed and did not say why: that is Tegula's mistake. The module is saved where it stands.
  void reportInternalError(llvm::StringRef phase, const std::string &pass) {
    SmallString<128> path;
    int descriptor;
    std::string where = "the module could not be saved";
    if (!llvm::sys::fs::createTemporaryFile("tegula-" + image.metadata.name, "mlir", descriptor, path)) {
      llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
      module->print(out, OpPrintingFlags().enableDebugInfo().assumeVerified());
      where = ("the module at that point is in " + path).str();
    }
    diagnostics
        .error("internal-error", sourceRangeOf(module->getLoc()),
               "internal error: pass '" + pass + "' of phase '" + phase.str() + "' failed on kernel '" +
                   image.metadata.name + "'")
        .withHint("this is a bug of Tegula; " + where);
  }

  /// Keeps the text of a stage on request; false when the compile ends with this stage.
  bool keep(llvm::StringRef name, Stage stage) {
    bool last = request.stopAfter == stage;
    if (last || request.keepStages) {
      std::string text;
      llvm::raw_string_ostream out(text);
      module->print(out, OpPrintingFlags().assumeVerified());
      out << '\n';
      image.setSection(name, std::move(text));
    }
    return !last;
  }

  const CompileRequest &request;
  SourceManager &sources;
  tegula::DiagnosticEngine &diagnostics;
  StageTimes *times;
  MLIRContext context;
  DiagnosticBridge bridge;
  OwningOpRef<ModuleOp> module;
  runtime::KernelImage image;
};

} // namespace

std::optional<runtime::KernelImage> tegula::compileKernel(const CompileRequest &request, SourceManager &sources,
                                                          tegula::DiagnosticEngine &diagnostics, StageTimes *times) {
  return Compilation(request, sources, diagnostics, times).run();
}

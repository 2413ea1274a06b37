//===- Tegulac.cpp - The command-line compiler ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles one kernel of a Python file without Python and without executing the file. See kUsage.
#include "lib/Compiler/Compiler.h"
#include "lib/Compiler/Signature.h"
#include "lib/Frontend/ModuleEnvironment.h"
#include "lib/Runtime/Files.h"
#include "lib/Syntax/Dump.h"
#include "lib/Syntax/Parser.h"
#include "tegula-c/Compiler.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace tegula;

static constexpr char kUsage[] = R"(usage: tegulac FILE.py [options]

  FILE.py              the source; - is standard input
  --kernel NAME        the kernel; may be left out when the file holds one
  --signature TEXT     "x_ptr: *fp16:16, n: i32:16, eps: fp32, BLOCK: 1024": a type or a constant for each parameter;
                       :16 promises that a value or address is a multiple of 16
  --target NAME        host (default), sm_80, sm_86, sm_89, sm_90a
  --num-warps N        warps a program, a power of two up to 32 (4)
  --num-stages N       depth of pipelined loops (3)
  --maxnreg N          registers a thread at most
  --debug              keep device assertions
  --no-fp-fusion       never turn a * b + c into one fma
  --emit STAGE         ast, tile, tile-gpu, llvm, ptx, cubin, obj, asm, or image (default): what a program loads
  -o FILE              output; - is standard output (the default for text)
  --time               print what each stage took
  --remarks            print what the compiler decided
  --version, --help
)";

namespace {

struct CommandLine {
  std::string file, kernel, signature, emit = "image", output;
  bool time = false, noFpFusion = false;
  CompileRequest request;
};

/// The command line of one run. Everything that is reported goes to standard error at the end.
class Tegulac {
public:
  int run(int argc, char **argv) {
    int status = compile(argc, argv);
    std::cerr << diagnostics.text(sources.lineLookup());
    return status;
  }

private:
  bool fail(std::string message, std::string hint = {}) {
    Diagnostic &error = diagnostics.error("command-line", {}, std::move(message));
    if (!hint.empty())
      error.withHint(std::move(hint));
    return false;
  }

  bool number(llvm::StringRef option, llvm::StringRef text, int least, int most, int &value) {
    if (!text.getAsInteger(10, value) && value >= least && value <= most)
      return true;
    return fail(option.str() + " takes a number from " + std::to_string(least) + " to " + std::to_string(most) +
                ", got '" + text.str() + "'");
  }

  bool *flagOf(llvm::StringRef option) {
    return llvm::StringSwitch<bool *>(option)
        .Case("--time", &line.time)
        .Case("--remarks", &request().remarks)
        .Case("--debug", &request().debug)
        .Case("--no-fp-fusion", &line.noFpFusion)
        .Default(nullptr);
  }

  bool parseOptions(int argc, char **argv) {
    request().target.name = "host";
    for (int i = 1; i < argc; ++i) {
      llvm::StringRef option = argv[i], value;
      if (!option.starts_with("-") || option == "-") {
        if (!line.file.empty())
          return fail("expected one file, got '" + line.file + "' and '" + option.str() + "'");
        line.file = option.str();
        continue;
      }
      if (bool *flag = flagOf(option)) {
        *flag = true;
        continue;
      }
      bool known = llvm::StringSwitch<bool>(option.split('=').first)
                       .Cases({"--kernel", "--signature", "--target", "--num-warps", "--num-stages", "--maxnreg",
                               "--emit", "-o"},
                              true)
                       .Default(false);
      if (!known)
        return fail("unknown option '" + option.str() + "'", "tegulac --help lists them");
      if (option.contains('=') && option.starts_with("--"))
        std::tie(option, value) = option.split('=');
      else if (++i < argc)
        value = argv[i];
      else
        return fail("option '" + option.str() + "' needs a value");
      if (!setOption(option, value))
        return false;
    }
    request().fpFusion = !line.noFpFusion;
    return !line.file.empty() || fail("expected a file", "usage: tegulac FILE.py --kernel NAME --signature TEXT");
  }

  bool setOption(llvm::StringRef option, llvm::StringRef value) {
    if (option == "--kernel")
      line.kernel = value.str();
    else if (option == "--signature")
      line.signature = value.str();
    else if (option == "--emit")
      line.emit = value.str();
    else if (option == "-o")
      line.output = value.str();
    else if (option == "--num-warps")
      return number(option, value, 1, 32, request().numWarps) &&
             (llvm::isPowerOf2_32(request().numWarps) || fail("--num-warps must be a power of 2, got " + value.str()));
    else if (option == "--num-stages")
      return number(option, value, 1, 64, request().numStages);
    else if (option == "--maxnreg")
      return number(option, value, 16, 255, request().maxRegisters);
    else if (option == "--target") {
      std::string error;
      return Target::parse(value.str(), request().target, error) || fail(error);
    }
    return true;
  }

  int compile(int argc, char **argv) {
    for (int i = 1; i < argc; ++i) {
      llvm::StringRef option = argv[i];
      if (option == "--help" || option == "-h")
        return std::cout << kUsage, 0;
      if (option == "--version")
        return std::cout << "tegulac " << compilerVersion() << '\n', 0;
    }
    if (!parseOptions(argc, argv) || !checkEmit())
      return 2;
    auto start = std::chrono::steady_clock::now();
    if (line.emit == "ast")
      return emitAst();
    const SourceBuffer *buffer = readSource();
    if (!buffer)
      return 1;
    environment = ModuleEnvironment::fromBuffer(*buffer, sources, diagnostics);
    if (!environment || !findKernel() || !bindArguments())
      return 1;
    request().environment = environment.get();
    StageTimes times;
    std::chrono::duration<double, std::milli> parse = std::chrono::steady_clock::now() - start;
    times.emplace_back("parse", parse.count());
    auto image = compileKernel(request(), sources, diagnostics, line.time ? &times : nullptr);
    if (!image || !writeOutput(*image))
      return 1;
    if (line.time)
      printTimes(times);
    return 0;
  }

  bool checkEmit() {
    bool host = request().target.isHost();
    std::vector<llvm::StringRef> stages = {"ast", "tile"};
    if (host)
      stages.insert(stages.end(), {"llvm", "asm", "obj", "image"});
    else
      stages.insert(stages.end(), {"tile-gpu", "llvm", "ptx", "cubin", "image"});
    if (!llvm::is_contained(stages, line.emit))
      return fail("target " + request().target.name + " has no stage '" + line.emit + "'",
                  "its stages are " + llvm::join(stages, ", "));
    if (line.emit == "tile")
      request().stopAfter = Stage::Tile;
    else if (line.emit == "tile-gpu")
      request().stopAfter = Stage::TileGPU;
    request().keepStages = line.emit != "image";
    return true;
  }

  bool findKernel() {
    std::vector<std::string> kernels = environment->kernels();
    if (line.kernel.empty() && kernels.size() == 1)
      line.kernel = kernels.front();
    std::string list = kernels.empty() ? "the file holds no function decorated with jit"
                                       : "the file's kernels are " + llvm::join(kernels, ", ");
    if (line.kernel.empty())
      return fail("expected --kernel NAME", list);
    request().function = environment->find(line.kernel);
    return request().function || fail("'" + line.file + "' has no kernel '" + line.kernel + "'", list);
  }

  bool bindArguments() {
    FunctionSource source;
    std::string error;
    if (environment->functionSource(request().function, source, error) != Environment::Answer::Found)
      return fail(error);
    std::vector<SignatureEntry> entries;
    return parseSignature(line.signature, sources, diagnostics, entries) &&
           bindSignature(entries, *source.def, source.file, *environment, diagnostics, request().arguments);
  }

  /// The file, or standard input for "-"; null after reporting.
  const SourceBuffer *readSource() {
    bool isStream = line.file == "-";
    const SourceBuffer *buffer = isStream ? sources.addStream("<stdin>", stdin) : sources.addFile(line.file);
    if (!buffer)
      fail("cannot read " + (isStream ? "standard input" : "'" + line.file + "'") + ": " + strerror(errno));
    return buffer;
  }

  int emitAst() {
    const SourceBuffer *buffer = readSource();
    if (!buffer)
      return 1;
    std::unique_ptr<ast::Tree> tree = parse(*buffer, diagnostics);
    return tree && write(ast::dump(*tree->module, {.indent = 2}) + "\n") ? 0 : 1;
  }

  bool writeOutput(const runtime::KernelImage &image) {
    if (line.emit == "image") {
      if (line.output.empty())
        line.output = image.metadata.name + ".tgk";
      return write(image.serialize());
    }
    const std::string *section = image.section(line.emit);
    if (!section)
      return fail("no " + line.emit + " was made",
                  line.emit == "cubin" ? "no assembler was found: set TEGULA_NVJITLINK or TEGULA_PTXAS_PATH" : "");
    return write(*section);
  }

  bool write(const std::string &data) {
    if (line.output.empty() || line.output == "-") {
      std::cout.write(data.data(), data.size());
      return bool(std::cout.flush()) || fail("cannot write to standard output");
    }
    // A device or a pipe is written to: a file renamed into its place would end it.
    std::error_code ignored;
    auto kind = std::filesystem::status(line.output, ignored).type();
    if (kind == std::filesystem::file_type::character || kind == std::filesystem::file_type::block ||
        kind == std::filesystem::file_type::fifo) {
      std::ofstream out(line.output, std::ios::binary);
      return bool(out.write(data.data(), std::streamsize(data.size())).flush()) ||
             fail("cannot write '" + line.output + "'");
    }
    runtime::Status status = runtime::writeFileAtomically(line.output, data);
    return status.ok() || fail(status.message());
  }

  static void printTimes(const StageTimes &times) {
    double total = 0;
    for (const auto &[stage, milliseconds] : times) {
      fprintf(stderr, "%-16s %8.2f ms\n", stage.c_str(), milliseconds);
      total += milliseconds;
    }
    fprintf(stderr, "%-16s %8.2f ms\n", "total", total);
  }

  CompileRequest &request() { return line.request; }

  CommandLine line;
  SourceManager sources;
  DiagnosticEngine diagnostics;
  std::unique_ptr<ModuleEnvironment> environment;
};

} // namespace

int tegula_compiler_main(int argc, char **argv) { return Tegulac().run(argc, argv); }

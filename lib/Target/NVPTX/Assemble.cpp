//===- Assemble.cpp - PTX to cubin -----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Target/NVPTX/Assemble.h"
#include "lib/Target/NVPTX/CudaFiles.h"
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <optional>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char **environ;

namespace tegula::nvptx {
namespace {

//===----------------------------------------------------------------------===//
// What an assembler says
//===----------------------------------------------------------------------===//

/// The number before `unit` in the line, e.g. 27 for " registers" in "Used 27 registers, used 1 barriers".
std::optional<int> numberBefore(std::string_view line, std::string_view unit) {
  size_t end = line.find(unit);
  if (end == std::string_view::npos)
    return std::nullopt;
  size_t begin = end;
  while (begin > 0 && line[begin - 1] >= '0' && line[begin - 1] <= '9')
    --begin;
  int value = 0;
  if (begin == end || std::from_chars(line.data() + begin, line.data() + end, value).ec != std::errc())
    return std::nullopt;
  return value;
}

/// Reads the lines of `ptxas -v`. nvJitLink adds lines of its own ("info : used 27 registers"), which count what the
/// system reserves as well and are passed over.
void readLog(Assembly &assembly) {
  std::string_view rest = assembly.log;
  while (!rest.empty()) {
    size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find("(C75") != std::string_view::npos)
      assembly.warnings.emplace_back(line);
    if (auto stack = numberBefore(line, " bytes stack frame"))
      assembly.stackBytes = std::max(assembly.stackBytes, *stack);
    auto stores = numberBefore(line, " bytes spill stores"), loads = numberBefore(line, " bytes spill loads");
    if (stores && loads)
      assembly.spillBytes = std::max(assembly.spillBytes, *stores + *loads);
    if (line.find("Used ") == std::string_view::npos)
      continue;
    if (auto registers = numberBefore(line, " registers"))
      assembly.registers = std::max(assembly.registers, *registers);
    if (auto shared = numberBefore(line, " bytes smem"))
      assembly.sharedBytes = std::max(assembly.sharedBytes, *shared);
  }
}

/// An assembler older than our PTX; the next one may be newer.
bool saysTooOld(const std::string &log) {
  return log.find("Unsupported .version") != std::string::npos ||
         log.find("is not defined for option") != std::string::npos;
}

//===----------------------------------------------------------------------===//
// nvJitLink
//===----------------------------------------------------------------------===//

struct NvJitLink {
  using Handle = void *;
  int (*create)(Handle *, uint32_t, const char **) = nullptr;
  int (*destroy)(Handle *) = nullptr;
  int (*addData)(Handle, int, const void *, size_t, const char *) = nullptr;
  int (*complete)(Handle) = nullptr;
  int (*getCubinSize)(Handle, size_t *) = nullptr;
  int (*getCubin)(Handle, void *) = nullptr;
  int (*getErrorLogSize)(Handle, size_t *) = nullptr;
  int (*getErrorLog)(Handle, char *) = nullptr;
  int (*getInfoLogSize)(Handle, size_t *) = nullptr;
  int (*getInfoLog)(Handle, char *) = nullptr;
  std::string identity;

  bool open(const std::string &file) {
    void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
      return false;
    bool complete = true;
    auto load = [&](auto &function, const char *name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
      complete &= function != nullptr;
    };
    int (*version)(unsigned *, unsigned *) = nullptr;
    load(create, "nvJitLinkCreate");
    load(destroy, "nvJitLinkDestroy");
    load(addData, "nvJitLinkAddData");
    load(this->complete, "nvJitLinkComplete");
    load(getCubinSize, "nvJitLinkGetLinkedCubinSize");
    load(getCubin, "nvJitLinkGetLinkedCubin");
    load(getErrorLogSize, "nvJitLinkGetErrorLogSize");
    load(getErrorLog, "nvJitLinkGetErrorLog");
    load(getInfoLogSize, "nvJitLinkGetInfoLogSize");
    load(getInfoLog, "nvJitLinkGetInfoLog");
    load(version, "nvJitLinkVersion");
    if (!complete) {
      dlclose(library);
      return false;
    }
    unsigned major = 0, minor = 0;
    version(&major, &minor);
    identity = "nvJitLink " + std::to_string(major) + "." + std::to_string(minor);
    return true;
  }
};

/// Opened once in the process and never closed; null when there is none.
const NvJitLink *nvJitLink() {
  static const NvJitLink *instance = []() -> const NvJitLink * {
    auto *library = new NvJitLink;
    for (const std::string &file : nvJitLinkCandidates())
      if (library->open(file))
        return library;
    delete library;
    return nullptr;
  }();
  return instance;
}

std::string readText(int (*size)(void *, size_t *), int (*get)(void *, char *), void *handle) {
  size_t bytes = 0;
  if (size(handle, &bytes) || bytes <= 1)
    return "";
  std::string text(bytes, '\0');
  get(handle, text.data());
  text.resize(strnlen(text.data(), bytes));
  return text;
}

Assembly runNvJitLink(const NvJitLink &library, std::string_view ptx, const AssembleOptions &options) {
  Assembly assembly;
  assembly.assembler = library.identity;
  assembly.status = Assembly::Failed;
  std::string arch = options.features->archOption();
  std::vector<const char *> flags = {arch.c_str(), options.optLevel ? "-O3" : "-O0", "-verbose"};
  if (options.lineInfo)
    flags.push_back("-lineinfo");
  void *handle = nullptr;
  if (int code = library.create(&handle, flags.size(), flags.data())) {
    assembly.log = "nvJitLink refuses the target (code " + std::to_string(code) + "): Unsupported .version or target";
    return assembly;
  }
  // The terminating NUL is part of the input: without it the kind of input is misread at random.
  std::string text(ptx);
  constexpr int kInputPtx = 2;
  int code = library.addData(handle, kInputPtx, text.c_str(), text.size() + 1, "kernel");
  if (!code)
    code = library.complete(handle);
  size_t bytes = 0;
  if (!code)
    code = library.getCubinSize(handle, &bytes);
  if (!code) {
    assembly.cubin.resize(bytes);
    code = library.getCubin(handle, assembly.cubin.data());
  }
  assembly.log = readText(library.getInfoLogSize, library.getInfoLog, handle);
  if (code)
    assembly.log += readText(library.getErrorLogSize, library.getErrorLog, handle);
  library.destroy(&handle);
  if (!code) {
    assembly.status = Assembly::Ok;
    readLog(assembly);
  } else if (assembly.log.empty()) {
    assembly.log = "nvJitLink failed with code " + std::to_string(code);
  }
  return assembly;
}

//===----------------------------------------------------------------------===//
// ptxas
//===----------------------------------------------------------------------===//

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

/// Runs a program with its output and errors in a file; its exit code, -1 when it did not start or was killed.
int runProgram(const std::vector<std::string> &arguments, const std::string &outputFile) {
  std::vector<char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, outputFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  int failed = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed)
    return -1;
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A folder of our own for the files of one run.
class ScratchFolder {
public:
  ScratchFolder() {
    const char *base = getenv("TMPDIR");
    path_ = std::string(base && *base ? base : "/tmp") + "/tegula-XXXXXX";
    if (!mkdtemp(path_.data()))
      path_.clear();
  }
  ~ScratchFolder() {
    if (path_.empty())
      return;
    for (const char *name : {"kernel.ptx", "kernel.cubin", "log"})
      unlink(file(name).c_str());
    rmdir(path_.c_str());
  }
  bool exists() const { return !path_.empty(); }
  std::string file(const char *name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

struct Ptxas {
  std::string path, identity;
};

const Ptxas *ptxas() {
  static const Ptxas *instance = []() -> const Ptxas * {
    std::string path = findPtxas();
    ScratchFolder folder;
    if (path.empty() || !folder.exists() || runProgram({path, "--version"}, folder.file("log")) != 0)
      return nullptr;
    std::string text = readFile(folder.file("log")), version;
    if (size_t at = text.find(", V"); at != std::string::npos)
      version = text.substr(at + 3, text.find_first_of(" \n", at + 3) - at - 3);
    return new Ptxas{path, "ptxas " + version};
  }();
  return instance;
}

Assembly runPtxas(const Ptxas &program, std::string_view ptx, const AssembleOptions &options) {
  Assembly assembly;
  assembly.assembler = program.identity;
  assembly.status = Assembly::Failed;
  ScratchFolder folder;
  if (!folder.exists()) {
    assembly.log = "cannot make a temporary folder: " + std::string(strerror(errno));
    return assembly;
  }
  std::string input = folder.file("kernel.ptx"), output = folder.file("kernel.cubin"), log = folder.file("log");
  std::ofstream(input, std::ios::binary).write(ptx.data(), ptx.size());
  std::vector<std::string> arguments = {
      program.path, options.features->archOption(), "-v", options.optLevel ? "-O3" : "-O0", input, "-o", output};
  if (options.lineInfo)
    arguments.push_back("-lineinfo");
  int code = runProgram(arguments, log);
  assembly.log = readFile(log);
  if (code == 0) {
    assembly.cubin = readFile(output);
    assembly.status = assembly.cubin.empty() ? Assembly::Failed : Assembly::Ok;
    readLog(assembly);
  } else if (assembly.log.empty()) {
    assembly.log = program.path + " ended with code " + std::to_string(code);
  }
  return assembly;
}

} // namespace

Assembly assemble(std::string_view ptx, const AssembleOptions &options) {
  Assembly assembly;
  if (options.choice != AssemblerChoice::Ptxas)
    if (const NvJitLink *library = nvJitLink()) {
      assembly = runNvJitLink(*library, ptx, options);
      if (assembly.status == Assembly::Ok || !saysTooOld(assembly.log))
        return assembly;
    }
  if (options.choice != AssemblerChoice::NvJitLink)
    if (const Ptxas *program = ptxas()) {
      assembly = runPtxas(*program, ptx, options);
      if (assembly.status == Assembly::Ok || !saysTooOld(assembly.log))
        return assembly;
    }
  // None at all, or none that is new enough: the driver may be.
  assembly.status = Assembly::NoAssembler;
  assembly.assembler.clear();
  return assembly;
}

std::string assemblerIdentity() {
  if (const NvJitLink *library = nvJitLink())
    return library->identity;
  if (const Ptxas *program = ptxas())
    return program->identity;
  return "driver";
}

void warmUpAssembler() {
  static std::once_flag started;
  std::call_once(started, [] { std::thread([] { assemblerIdentity(); }).detach(); });
}

} // namespace tegula::nvptx

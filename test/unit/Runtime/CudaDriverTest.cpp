//===- CudaDriverTest.cpp - GPUs and their failures, on a driver that is made up ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver is opened once in a process, so each case runs in a process of its own: EXPECT_EXIT starts this program
// again and compares what it says on stderr.
//===----------------------------------------------------------------------===//
#include "Images.h"
#include "tegula/Runtime.h"

#include <cstring>
#include <functional>
#include <sys/wait.h>
#include <thread>
#include <tuple>

using namespace tegula::runtime;
using namespace tegula::runtime::test;
using testing::ExitedWithCode;

namespace {

using Environment = std::vector<std::pair<const char *, const char *>>;

void useFake(const Environment &environment = {}) {
  setenv("TEGULA_LIBCUDA", TEGULA_TEST_FAKE_CUDA, 1);
  for (auto [name, value] : environment)
    setenv(name, value, 1);
}

[[noreturn]] void finish(const std::string &text) {
  fprintf(stderr, "%s|", text.c_str());
  _exit(0);
}

std::string loadError(const KernelImage &image, int device = Device::automatic) {
  std::string bytes = image.serialize();
  return Kernel::load(bytesOf(bytes), device).status().message();
}

Kernel loaded(const KernelImage &image, int device = Device::automatic) {
  std::string bytes = image.serialize();
  auto kernel = Kernel::load(bytesOf(bytes), device);
  if (!kernel)
    finish(kernel.status().message());
  return std::move(*kernel);
}

/// All that the statement says must match.
void expectMatches(const std::function<std::string()> &statement, const std::string &pattern) {
  EXPECT_EXIT(finish(statement()), ExitedWithCode(0), pattern + "\\|$");
}

/// The statement's last words must be `expected`, as they stand.
void expectSaid(const std::function<std::string()> &statement, const std::string &expected) {
  std::string pattern;
  for (char c : expected)
    pattern += strchr("\\^$.|?*+()[]{}", c) ? std::string("\\") + c : std::string(1, c);
  EXPECT_EXIT(finish(statement()), ExitedWithCode(0), pattern + "\\|");
}

TEST(CudaDriver, NoLibrary) {
  expectSaid(
      [] {
        setenv("TEGULA_LIBCUDA", "/nowhere/libcuda.so.1", 1);
        return std::to_string(Device::count()) + " " + tegula_last_error();
      },
      "0 no CUDA driver: /nowhere/libcuda.so.1: cannot open shared object file: No such file or directory; install "
      "NVIDIA's "
      "driver, or compile for target host to run on the CPU");
  expectSaid(
      [] {
        setenv("TEGULA_LIBCUDA", "/nowhere/libcuda.so.1", 1);
        return loadError(gpuImage());
      },
      "cannot load kernel 'add': no CUDA driver: /nowhere/libcuda.so.1: cannot open shared object file: No such file "
      "or "
      "directory; install NVIDIA's driver, or compile for target host to run on the CPU");
}

TEST(CudaDriver, LibraryThatIsNoDriver) {
  expectSaid(
      [] {
        setenv("TEGULA_LIBCUDA", TEGULA_TEST_HOST_KERNELS, 1);
        return loadError(gpuImage());
      },
      "cannot load kernel 'add': the CUDA driver library has no cuInit; it is too old: install a newer driver");
}

TEST(CudaDriver, NoGpu) {
  expectSaid([] { return useFake({{"FAKE_INIT", "100"}}), loadError(gpuImage()); },
             "cannot load kernel 'add': no CUDA device: the driver is installed but finds no GPU");
  expectSaid(
      [] { return useFake({{"FAKE_DEVICES", "0"}}), loadError(gpuImage()); },
      "cannot load kernel 'add': no CUDA device: the driver is installed but finds no GPU (is CUDA_VISIBLE_DEVICES "
      "empty?)");
  expectSaid([] { return useFake({{"FAKE_DEVICES", "2"}}), loadError(gpuImage(), 2); },
             "cannot load kernel 'add': there is no GPU 2; this machine shows 2, numbered from 0");
}

TEST(CudaDriver, DriverThatDoesNotStart) {
  expectSaid([] { return useFake({{"FAKE_INIT", "803"}}), loadError(gpuImage()); },
             "cannot load kernel 'add': the CUDA driver does not start: CUDA_ERROR_803: words of the driver");
  expectSaid(
      [] { return useFake({{"FAKE_INIT", "34"}}), loadError(gpuImage()); },
      "cannot load kernel 'add': the CUDA driver does not start: CUDA_ERROR_34: words of the driver; the library "
      "found is the toolkit's stub, not a driver");
}

TEST(CudaDriver, DeviceInfo) {
  expectSaid(
      [] {
        useFake({{"FAKE_DEVICES", "3"}});
        auto info = Device::info(2);
        return std::string(info->name) + " sm_" + std::to_string(info->capability_major * 10 + info->capability_minor) +
               " " + std::to_string(info->shared_memory_per_block_optin) + " " + std::to_string(info->clock_khz) + " " +
               std::to_string(Device::count()) + " " + std::to_string(Device::current());
      },
      "Fake 2 sm_90 232448 0 3 0");
}

TEST(CudaLoad, ArchitectureMustFit) {
  expectSaid(
      [] { return useFake({{"FAKE_CAPABILITY", "80"}}), loadError(gpuImage("sm_90a")); },
      "cannot load kernel 'add': it was compiled for sm_90a; GPU 0 (Fake 0) is sm_80; compile it for that target");
  // sm_90a is for that GPU only, sm_90 runs on all later ones by its PTX, sm_80 on sm_86 by its cubin.
  expectSaid(
      [] { return useFake({{"FAKE_CAPABILITY", "100"}}), loadError(gpuImage("sm_90a")); },
      "cannot load kernel 'add': it was compiled for sm_90a; GPU 0 (Fake 0) is sm_100; compile it for that target");
  for (auto [target, gpu, from] : {std::tuple{"sm_90", "100", "ptx"},
                                   {"sm_80", "86", "cubin"},
                                   {"sm_80", "90", "ptx"},
                                   {"sm_90a", "90", "cubin"},
                                   {"sm_86", "86", "cubin"}})
    expectSaid([=] { return useFake({{"FAKE_CAPABILITY", gpu}}), loaded(gpuImage(target)).info().loaded_from; }, from);
  expectSaid(
      [] { return useFake({{"FAKE_CAPABILITY", "80"}}), loadError(gpuImage("sm_86")); },
      "cannot load kernel 'add': it was compiled for sm_86; GPU 0 (Fake 0) is sm_80; compile it for that target");
  expectSaid([] { return useFake(), loadError(gpuImage("gfx942")); },
             "cannot load kernel 'add': expected target 'host' or 'sm_XY'; got 'gfx942'");
}

TEST(CudaLoad, PtxWhereTheDriverRefusesTheCubin) {
  expectSaid([] { return useFake({{"FAKE_LOAD_CUBIN", "209"}}), loaded(gpuImage()).info().loaded_from; }, "ptx");
  expectSaid(
      [] {
        useFake({{"FAKE_LOAD_CUBIN", "200"}, {"FAKE_LOAD_PTX", "222"}});
        return loadError(gpuImage());
      },
      "cannot load kernel 'add': the driver (CUDA 12.2) does not take its ptx: CUDA_ERROR_222: words of the driver; "
      "the "
      "driver may be too old for it: update the driver\nptxas: line 3 is wrong");
  expectSaid(
      [] {
        useFake({{"FAKE_LOAD_CUBIN", "200"}});
        KernelImage image = gpuImage(), cubinOnly;
        cubinOnly.metadata = image.metadata;
        cubinOnly.metadata.assembler = "nvjitlink 13.0";
        cubinOnly.setSection("cubin", "x");
        return loadError(cubinOnly);
      },
      "cannot load kernel 'add': the driver (CUDA 12.2) does not take its cubin (made by nvjitlink 13.0): "
      "CUDA_ERROR_200: "
      "words of the driver; the driver may be too old for it: update the driver");
}

TEST(CudaLoad, ResourcesAreCheckedWithNumbers) {
  auto resource = [] {
    int64_t required, limit;
    std::string name = tegula_last_error_resource(&required, &limit);
    return " [" + name + " " + std::to_string(required) + " " + std::to_string(limit) + "]";
  };
  expectSaid(
      [&] {
        useFake();
        KernelImage image = gpuImage();
        image.metadata.shared = 300000;
        return loadError(image) + resource();
      },
      "cannot load kernel 'add': out of shared memory: it needs 300000 bytes; GPU 0 (Fake 0) is sm_90 and has 232448 "
      "for a "
      "block; use smaller blocks or fewer num_stages [shared memory 300000 232448]");
  expectSaid(
      [&] {
        useFake({{"FAKE_STATIC", "32449"}});
        KernelImage image = gpuImage();
        image.metadata.shared = 200000;
        return loadError(image) + resource();
      },
      "cannot load kernel 'add': out of shared memory: it needs 232449 bytes; GPU 0 (Fake 0) is sm_90 and has 232448 "
      "for a "
      "block; use smaller blocks or fewer num_stages [shared memory 232449 232448]");
  expectSaid(
      [&] {
        useFake({{"FAKE_MAX_THREADS", "384"}});
        KernelImage image = gpuImage();
        image.metadata.numWarps = 16;
        return loadError(image) + resource();
      },
      "cannot load kernel 'add': out of threads: num_warps=16 needs 512 a block; with 40 registers a thread it can "
      "have 384; "
      "use fewer num_warps [threads 512 384]");
}

TEST(CudaLoad, MissingEntryAndMissingCode) {
  expectSaid(
      [] {
        useFake();
        KernelImage image = gpuImage();
        image.metadata.name = "absent";
        return loadError(image);
      },
      "cannot load kernel 'absent': its code has no entry of that name");
  expectSaid(
      [] {
        useFake();
        KernelImage image;
        image.metadata.name = "k";
        image.metadata.target = "sm_80";
        return loadError(image);
      },
      "cannot load kernel 'k': the image has no cubin and no PTX");
}

TEST(CudaLaunch, InTheKernelsOwnContext) {
  // Loading pushes the primary context; the first launch of a thread without a context makes it current to stay.
  expectMatches(
      [] {
        useFake({{"FAKE_TRACE", "1"}});
        KernelImage image = gpuImage();
        image.metadata.shared = 100000;
        image.metadata.numWarps = 8;
        Kernel kernel = loaded(image);
        (void)kernel.launch({5, 6, 7}, nullptr, 42);
        (void)kernel.launch({0}, nullptr, 43);
        return kernel.launch({1}, nullptr, 44).message() + "done " + std::to_string(kernel.info().registers);
      },
      "^push 0\nload cubin 0\nattribute 8=100000\npop\nset 0\n"
      "launch grid 5,6,7 block 256,1,1 shared 100000 arg0 42\n"
      "launch grid 1,1,1 block 256,1,1 shared 100000 arg0 44\npush 0\npop\ndone 40"); // unloaded in its context
}

TEST(CudaLaunch, BesideAnotherGpusContext) {
  expectMatches(
      [] {
        useFake({{"FAKE_TRACE", "1"}, {"FAKE_DEVICES", "2"}});
        Kernel first = loaded(gpuImage(), 0), second = loaded(gpuImage(), 1);
        (void)first.launch({1}, nullptr, 1);
        (void)second.launch({1}, nullptr, 2);
        (void)first.launch({1}, nullptr, 3);
        return std::to_string(Device::current()) + std::to_string(second.device());
      },
      "^push 0\nload cubin 0\npop\npush 1\nload cubin 0\npop\nset 0\nlaunch [^\n]* arg0 1\n"
      "push 1\nlaunch [^\n]* arg0 2\npop\nlaunch [^\n]* arg0 3\npush 1\npop\npush 0\npop\n01");
}

TEST(CudaLaunch, FromAnotherThread) {
  expectSaid(
      [] {
        useFake();
        Kernel kernel = loaded(gpuImage());
        std::string message = "not run";
        std::thread([&] { message = kernel.launch({1}, nullptr, 1).message(); }).join();
        return message;
      },
      "");
}

TEST(CudaLaunch, Clusters) {
  expectMatches(
      [] {
        useFake({{"FAKE_TRACE", "1"}});
        KernelImage image = gpuImage();
        image.metadata.numCtas = 2;
        return loaded(image).launch({5, 6, 7}, nullptr, 42).message();
      },
      "set 0\nlaunch grid 10,6,7 block 128 cluster id 4 size 2,1,1 of 1\npush 0\npop\n");
}

TEST(CudaLaunch, Failures) {
  expectSaid(
      [] { return useFake({{"FAKE_LAUNCH", "1"}}), loaded(gpuImage()).launch({1, 70000}, nullptr, 1).message(); },
      "cannot launch kernel 'add' (grid 1x70000x1, 128 threads, 0 bytes of shared memory): the grid is too large; a "
      "GPU takes up to 2147483647x65535x65535");
  expectSaid(
      [] { return useFake({{"FAKE_LAUNCH", "719"}}), loaded(gpuImage()).launch({1}, nullptr, 1).message(); },
      "cannot launch kernel 'add' (grid 1x1x1, 128 threads, 0 bytes of shared memory): CUDA_ERROR_719: words of the "
      "driver; an earlier kernel on this GPU may be what failed");
  expectSaid([] { return useFake({{"FAKE_SYNCHRONIZE", "700"}}), Device::synchronize(0).message(); },
             "work on GPU 0 failed: CUDA_ERROR_700: words of the driver");
}

TEST(CudaMemory, GoesThereAndBack) {
  expectSaid(
      [] {
        useFake();
        auto buffer = Buffer<int>::from(std::vector<int>{1, 2, 3}, 0);
        std::vector<int> back(3);
        if (!buffer || !buffer->read(back).ok() || back[2] != 3)
          return std::string("lost");
        auto large = Buffer<int>::create(size_t(1) << 40, 0);
        return large.status().message();
      },
      "cannot allocate 4398046511104 bytes on GPU 0: CUDA_ERROR_2: words of the driver");
}

TEST(CudaDriver, SaysThatAForkedChildCannotUseIt) {
  expectSaid(
      [] {
        useFake();
        Kernel kernel = loaded(gpuImage());
        pid_t child = fork();
        if (child == 0) {
          setenv("FAKE_LAUNCH", "3", 1);
          finish(kernel.launch({1}, nullptr, 1).message());
        }
        waitpid(child, nullptr, 0);
        return std::string();
      },
      "cannot launch kernel 'add' (grid 1x1x1, 128 threads, 0 bytes of shared memory): CUDA_ERROR_3: words of the "
      "driver; "
      "CUDA was started before this process was forked: use the 'spawn' start method|");
}

} // namespace

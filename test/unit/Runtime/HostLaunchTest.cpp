//===- HostLaunchTest.cpp - Loading and launching on the CPU, from C++ -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Images.h"
#include "tegula/Runtime.h"

#include <filesystem>
#include <thread>

using namespace tegula::runtime;
using namespace tegula::runtime::test;

extern "C" const char *version_through_c(void);
extern "C" int load_through_c(const void *image, size_t size);

namespace {

Kernel loaded(const KernelImage &image) {
  std::string bytes = image.serialize();
  auto kernel = Kernel::load(bytesOf(bytes));
  EXPECT_TRUE(kernel.ok()) << kernel.status().message();
  return std::move(*kernel);
}

std::string loadError(const KernelImage &image, int device = Device::automatic) {
  std::string bytes = image.serialize();
  return Kernel::load(bytesOf(bytes), device).status().message();
}

TEST(HostLaunch, CoversTheGrid) {
  Kernel kernel = loaded(hostImage("fill_ids", "out_ptr: *i32"));
  for (Grid grid : {Grid{1}, Grid{7}, Grid{300}, Grid{5, 3}, Grid{13, 7, 11}, Grid{1, 1, 64}}) {
    std::vector<int32_t> out(size_t(grid.x) * grid.y * grid.z, 0);
    Status status = kernel.launch(grid, nullptr, out.data());
    ASSERT_TRUE(status.ok()) << status.message();
    for (size_t p = 0; p < out.size(); ++p)
      ASSERT_EQ(out[p], int32_t(p % grid.x + 1000 * (p / grid.x % grid.y) + 1000000 * (p / grid.x / grid.y)));
  }
}

TEST(HostLaunch, EmptyGridRunsNothing) {
  Kernel kernel = loaded(hostImage("fill_ids", "out_ptr: *i32"));
  int32_t out = 5;
  for (Grid grid : {Grid{0}, Grid{3, 0}, Grid{3, 3, 0}})
    EXPECT_TRUE(kernel(grid, nullptr, &out).ok());
  EXPECT_EQ(out, 5);
}

TEST(HostLaunch, GridThatIsTooLarge) {
  Kernel kernel = loaded(hostImage("fill_ids", "out_ptr: *i32"));
  int32_t out = 0;
  EXPECT_EQ(kernel.launch({3000000000u}, nullptr, &out).message(),
            "cannot launch kernel 'fill_ids': the grid 3000000000x1x1 has too many programs");
  EXPECT_EQ(kernel.launch({2000000000u, 2000000000u, 9}, nullptr, &out).code(), TEGULA_ERROR_INVALID_ARGUMENT);
}

TEST(HostLaunch, ReadsValuesOfEachType) {
  Kernel kernel = loaded(hostImage("echo", "a: i1, b: i8, c: u16, d: i64, e: fp64, f: fp16, g: bf16, out_ptr: *fp64"));
  std::vector<double> out(7);
  Status status = kernel.launch({1}, nullptr, true, -5, 65535, int64_t(1) << 40, 2.5f, 1.5, 1.5f, out.data());
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(out, (std::vector<double>{1, -5, 65535, 1099511627776.0, 2.5, 0x3e00, 0x3fc0}));
}

TEST(HostLaunch, BuffersAndScalars) {
  Kernel kernel = loaded(hostImage("scale_rows", "x_ptr: *fp32:16, out_ptr: *fp32:16, n: i32:16, scale: fp32"));
  std::vector<float> x(64 * 100);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = float(i);
  auto in = Buffer<float>::from(x, kernel.device());
  auto out = Buffer<float>::create(x.size(), kernel.device());
  ASSERT_TRUE(in.ok() && out.ok());
  Status status = kernel({100}, nullptr, *in, out->data(), 64, 0.5);
  ASSERT_TRUE(status.ok()) << status.message();
  std::vector<float> back(x.size());
  ASSERT_TRUE(out->read(back).ok());
  for (size_t i = 0; i < x.size(); ++i)
    ASSERT_EQ(back[i], x[i] * 0.5f);
  EXPECT_EQ(out->write(std::vector<float>(7000)).message(),
            "expected at most 6400 elements, the size of the buffer; got 7000");
}

TEST(HostLaunch, Scratch) {
  Kernel kernel = loaded(hostImage("sum_in_scratch", "out_ptr: *i64, size: i64", 4096));
  std::vector<int64_t> out(500);
  ASSERT_TRUE(kernel.launch({500}, nullptr, out.data(), 4096).ok());
  for (int64_t p = 0; p < 500; ++p)
    ASSERT_EQ(out[size_t(p)], p * 512);
}

TEST(HostLaunch, ManyThreadsLaunchOneKernel) {
  Kernel kernel = loaded(hostImage("fill_ids", "out_ptr: *i32"));
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        std::vector<int32_t> out(97, 0);
        ASSERT_TRUE(kernel.launch({97}, nullptr, out.data()).ok());
        for (int p = 0; p < 97; ++p)
          ASSERT_EQ(out[size_t(p)], p);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(HostLaunch, ObjectsLoadedInTurnAreNotMixedUp) {
  // The descriptor of the first is free again when the second is loaded, so both had the same number.
  for (int round = 0; round < 20; ++round) {
    Kernel first = loaded(hostImage("fill_ids", "out_ptr: *i32"));
    Kernel second = loaded(hostImage("fill_ids", "out_ptr: *i32", 0, TEGULA_TEST_OTHER_KERNEL));
    int32_t a = 10, b = 10;
    ASSERT_TRUE(first.launch({1}, nullptr, &a).ok());
    ASSERT_TRUE(second.launch({1}, nullptr, &b).ok());
    EXPECT_EQ(a, 10);
    EXPECT_EQ(b, -7);
  }
}

TEST(HostLaunch, LoadingKeepsNoDescriptor) {
  auto descriptors = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  auto before = descriptors();
  std::vector<Kernel> kernels;
  for (int i = 0; i < 50; ++i)
    kernels.push_back(loaded(hostImage("fill_ids", "out_ptr: *i32")));
  EXPECT_EQ(descriptors(), before);
}

TEST(HostLaunch, FilesLoadToo) {
  TemporaryFolder folder;
  ASSERT_TRUE(hostImage("fill_ids", "out_ptr: *i32").writeFile(folder / "k.tgk").ok());
  auto kernel = Kernel::load(folder / "k.tgk");
  ASSERT_TRUE(kernel.ok()) << kernel.status().message();
  EXPECT_EQ(kernel->name(), "fill_ids");
  EXPECT_EQ(kernel->device(), Device::host);
  EXPECT_STREQ(kernel->info().loaded_from, "host");
  EXPECT_EQ(Kernel::load(folder / "none.tgk").status().message(),
            "cannot open '" + folder / "none.tgk" + "': no such file or folder");
  ASSERT_TRUE(writeFileAtomically(folder / "text", "def kernel():").ok());
  EXPECT_EQ(Kernel::load(folder / "text").status().message(), folder / "text" + ": not a kernel image");
}

TEST(HostLaunch, LoadErrors) {
  KernelImage image = hostImage("fill_ids", "out_ptr: *i32");
  image.metadata.name = "gone";
  EXPECT_EQ(loadError(image), "cannot load kernel 'gone': its code has no symbol of that name");
  image.setSection("host", "not a library");
  EXPECT_EQ(loadError(image), "cannot load kernel 'gone': the host section is not an ELF shared object");
  image.setSection("host", "\177ELF but no more than that");
  EXPECT_TRUE(loadError(image).starts_with("cannot load kernel 'gone': cannot map the kernel's code: "))
      << loadError(image);
  KernelImage empty;
  empty.metadata.name = "k";
  empty.metadata.target = "host";
  EXPECT_EQ(loadError(empty), "cannot load kernel 'k': the image has no host section");
  EXPECT_EQ(loadError(empty, 0),
            "kernel 'k' was compiled for the host; it cannot be loaded on GPU 0; compile it for the GPU's sm_XY");
  EXPECT_EQ(loadError(gpuImage(), Device::host),
            "kernel 'add' was compiled for sm_90a; it cannot be loaded on the host; "
            "compile it for target host");
}

#if defined(__x86_64__)
TEST(HostLaunch, CodeForAnotherProcessorIsRefused) {
  KernelImage image = hostImage("fill_ids", "out_ptr: *i32");
  image.metadata.cpu = "diamondrapids";
  image.metadata.features = {"sse4.2", "avx512bitalg"};
  if (__builtin_cpu_supports("avx512bitalg"))
    GTEST_SKIP() << "this processor has it";
  EXPECT_EQ(loadError(image),
            "cannot load kernel 'fill_ids': it was compiled for diamondrapids with avx512bitalg, which this "
            "processor lacks; compile it on this machine");
}
#endif

TEST(LaunchChecks, CountAndTypes) {
  Kernel kernel = loaded(hostImage("scale_rows", "x_ptr: *fp32:16, out_ptr: *fp32:16, n: i32:16, scale: fp32"));
  alignas(64) float x[16] = {}, out[16] = {};
  alignas(64) double wide[16] = {};
  auto message = [&](const auto &...args) { return kernel.launch({1}, nullptr, args...).message(); };
  EXPECT_EQ(message(x, out, 16, 1.f), "");
  EXPECT_EQ(message(static_cast<const void *>(x), out, 16u, 1.f), "");
  EXPECT_EQ(message(x, out, 16), "kernel 'scale_rows' takes 4 arguments (x_ptr: *fp32, out_ptr: *fp32, n: i32, scale: "
                                 "fp32); got 3");
  EXPECT_EQ(message(16, out, 16, 1.f), "kernel 'scale_rows': argument 0 'x_ptr' is *fp32; got int32");
  EXPECT_EQ(message(x, wide, 16, 1.f), "kernel 'scale_rows': argument 1 'out_ptr' is *fp32; got a pointer to double");
  EXPECT_EQ(message(x, out, 16.0, 1.f), "kernel 'scale_rows': argument 2 'n' is i32; got double");
  EXPECT_EQ(message(x, out, 16, 1), "kernel 'scale_rows': argument 3 'scale' is fp32; got int32");
  EXPECT_EQ(message(x, out, int64_t(1) << 32, 1.f),
            "kernel 'scale_rows': argument 2 'n' is i32, which cannot hold 4294967296");
  EXPECT_EQ(message(x, out, 17, 1.f),
            "kernel 'scale_rows': argument 2 'n' was compiled as divisible by 16; got 17, which "
            "is not; compile the kernel without that assumption");
  EXPECT_EQ(message(x + 1, out, 16, 1.f),
            "kernel 'scale_rows': argument 0 'x_ptr' was compiled as divisible by 16; got "
            "that address, which is not; compile the kernel without that assumption");
}

TEST(LaunchChecks, RangesOfSmallTypes) {
  Kernel kernel = loaded(hostImage("echo", "a: i1, b: i8, c: u16, d: i64, e: fp64, f: fp16, g: bf16, out_ptr: *fp64"));
  double out[7];
  auto ok = [&](auto a, auto b, auto c, auto d) {
    return kernel.launch({1}, nullptr, a, b, c, d, 0., 0., 0., out).ok();
  };
  EXPECT_TRUE(ok(1, -128, 0, INT64_MIN));
  EXPECT_TRUE(ok(false, 'c', uint64_t(65535), uint64_t(INT64_MAX)));
  EXPECT_FALSE(ok(2, 0, 0, 0));
  EXPECT_FALSE(ok(0, 128, 0, 0));
  EXPECT_FALSE(ok(0, 0, -1, 0));
  EXPECT_FALSE(ok(0, 0, 65536, 0));
  EXPECT_FALSE(ok(0, 0, 0, UINT64_MAX));
}

TEST(LaunchChecks, SmallFloatsRoundToNearestEven) {
  EXPECT_EQ(float16FromFloat(1.f), 0x3c00);
  EXPECT_EQ(float16FromFloat(-2.f), 0xc000);
  EXPECT_EQ(float16FromFloat(65504.f), 0x7bff);
  EXPECT_EQ(float16FromFloat(65519.9f), 0x7bff);
  EXPECT_EQ(float16FromFloat(65520.f), 0x7c00);
  EXPECT_EQ(float16FromFloat(1e-5f), 0x00a8);
  EXPECT_EQ(float16FromFloat(5.9604645e-8f), 0x0001);
  EXPECT_EQ(float16FromFloat(2.9802322e-8f), 0x0000);
  EXPECT_EQ(float16FromFloat(6.103515625e-5f), 0x0400);
  EXPECT_EQ(float16FromFloat(1.f + 1.f / 2048), 0x3c00);
  EXPECT_EQ(float16FromFloat(1.f + 3.f / 2048), 0x3c02);
  EXPECT_EQ(float16FromFloat(__builtin_inff()), 0x7c00);
  EXPECT_EQ(float16FromFloat(__builtin_nanf("")), 0x7e00);
  EXPECT_EQ(bfloat16FromFloat(1.f + 1.f / 256), 0x3f80);
  EXPECT_EQ(bfloat16FromFloat(1.f + 3.f / 256), 0x3f82);
  EXPECT_EQ(bfloat16FromFloat(3.4e38f), 0x7f80);
  EXPECT_EQ(bfloat16FromFloat(__builtin_nanf("")) & 0x7fc0, 0x7fc0);
}

TEST(LaunchChecks, SmallFloatsComeBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    bool nan = (bits & 0x7fff) > 0x7c00;
    ASSERT_EQ(float16FromFloat(floatFromFloat16(uint16_t(bits))), nan ? (bits & 0x8000) | 0x7e00 : bits);
    if ((bits & 0x7fff) <= 0x7f80) {
      ASSERT_EQ(bfloat16FromFloat(floatFromBfloat16(uint16_t(bits))), bits);
    }
  }
  EXPECT_EQ(floatFromFloat16(0x3555), 0.333251953125f);
  EXPECT_EQ(floatFromFloat16(0x0001), 0x1p-24f);
}

TEST(LaunchChecks, TheRawLauncherIsTheSameLaunch) {
  Kernel kernel = loaded(hostImage("fill_ids", "out_ptr: *i32"));
  std::vector<int32_t> out(10, 0);
  int32_t *pointer = out.data();
  void *args[] = {&pointer};
  const tegula_launcher *launcher = tegula_get_launcher(kernel.get());
  EXPECT_EQ(launcher->launch(launcher, 10, 1, 1, nullptr, args), TEGULA_OK);
  EXPECT_EQ(tegula_launch(kernel.get(), 10, 1, 1, nullptr, args), TEGULA_OK);
  EXPECT_EQ(out[9], 18);
  EXPECT_EQ(launcher->device, TEGULA_DEVICE_HOST);
}

TEST(HostDevice, MemoryStreamsAndEvents) {
  void *memory, *stream;
  ASSERT_EQ(tegula_memory_allocate(TEGULA_DEVICE_HOST, 100, &memory), TEGULA_OK);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 64, 0u);
  EXPECT_EQ(tegula_memory_fill(TEGULA_DEVICE_HOST, memory, 3, 100), TEGULA_OK);
  EXPECT_EQ(static_cast<char *>(memory)[99], 3);
  tegula_memory_release(TEGULA_DEVICE_HOST, memory);
  EXPECT_EQ(tegula_memory_allocate(TEGULA_DEVICE_HOST, SIZE_MAX - 100, &memory), TEGULA_ERROR_OUT_OF_RESOURCES);
  EXPECT_EQ(memory, nullptr);
  EXPECT_EQ(tegula_stream_create(TEGULA_DEVICE_HOST, &stream), TEGULA_OK);
  EXPECT_EQ(tegula_synchronize(TEGULA_DEVICE_HOST, stream), TEGULA_OK);
  tegula_event *from, *to;
  ASSERT_EQ(tegula_event_create(TEGULA_DEVICE_HOST, &from), TEGULA_OK);
  ASSERT_EQ(tegula_event_create(TEGULA_DEVICE_HOST, &to), TEGULA_OK);
  ASSERT_EQ(tegula_event_record(from, nullptr), TEGULA_OK);
  usleep(2000);
  ASSERT_EQ(tegula_event_record(to, nullptr), TEGULA_OK);
  float milliseconds = 0;
  ASSERT_EQ(tegula_event_elapsed(from, to, &milliseconds), TEGULA_OK);
  EXPECT_GE(milliseconds, 2);
  tegula_event_destroy(from);
  tegula_event_destroy(to);
}

TEST(ImageApi, ShowsMetadataAndSections) {
  std::string bytes = gpuImage().serialize();
  tegula_image *image;
  ASSERT_EQ(tegula_image_open(bytes.data(), bytes.size(), &image), TEGULA_OK);
  EXPECT_EQ(tegula_image_num_sections(image), 2u);
  EXPECT_STREQ(tegula_image_section_name(image, 1), "ptx");
  EXPECT_EQ(tegula_image_section_name(image, 2), nullptr);
  size_t size;
  EXPECT_EQ(static_cast<const char *>(tegula_image_section(image, "cubin", &size))[1], 'E');
  EXPECT_EQ(size, 13u);
  EXPECT_EQ(tegula_image_section(image, "sass", &size), nullptr);
  EXPECT_NE(std::string(tegula_image_metadata(image)).find("\"target\":\"sm_90a\""), std::string::npos);
  tegula_image_close(image);
  EXPECT_EQ(tegula_image_open("nonsense", 8, &image), TEGULA_ERROR_IMAGE);
  EXPECT_EQ(image, nullptr);
  EXPECT_STREQ(tegula_last_error(), "kernel image: not a kernel image");
  EXPECT_EQ(tegula_image_open(nullptr, 8, &image), TEGULA_ERROR_IMAGE);
  EXPECT_EQ(tegula_image_open_file(nullptr, &image), TEGULA_ERROR_INVALID_ARGUMENT);
}

TEST(CApi, WorksFromC) {
  EXPECT_STREQ(version_through_c(), TEGULA_TEST_VERSION);
  std::string bytes = hostImage("fill_ids", "out_ptr: *i32").serialize();
  EXPECT_EQ(load_through_c(bytes.data(), bytes.size()), TEGULA_OK);
  EXPECT_EQ(load_through_c(bytes.data(), bytes.size() - 1), TEGULA_ERROR_IMAGE);
}

} // namespace

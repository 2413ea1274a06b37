//===- GpuTest.cpp - Loading and launching on a GPU that is there ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels are PTX by hand, so that nothing but the driver is needed. Without a GPU every test says SKIPPED.
//===----------------------------------------------------------------------===//
#include "Images.h"
#include "tegula/Runtime.h"

#include <thread>

using namespace tegula::runtime;
using namespace tegula::runtime::test;

namespace {

// out[i] = x[i] * scale for i < n; one element for each thread of 128.
const char *const scalePtx = R"(
.version 7.0
.target sm_80
.address_size 64
.visible .entry scale(.param .u64 x, .param .u64 out, .param .u32 n, .param .f32 scale)
{
  .reg .pred %p<2>; .reg .b32 %r<6>; .reg .f32 %f<4>; .reg .b64 %d<8>;
  ld.param.u64 %d1, [x]; ld.param.u64 %d2, [out]; ld.param.u32 %r1, [n]; ld.param.f32 %f1, [scale];
  mov.u32 %r2, %ctaid.x; mov.u32 %r3, %tid.x; mad.lo.u32 %r4, %r2, 128, %r3;
  setp.ge.u32 %p1, %r4, %r1;
  @%p1 bra done;
  mul.wide.u32 %d3, %r4, 4; add.u64 %d4, %d1, %d3; add.u64 %d5, %d2, %d3;
  ld.global.f32 %f2, [%d4]; mul.f32 %f3, %f2, %f1; st.global.f32 [%d5], %f3;
done:
  ret;
}
)";

// Passes one value through 100 KB of dynamic shared memory.
const char *const sharedPtx = R"(
.version 7.0
.target sm_80
.address_size 64
.extern .shared .align 16 .b8 memory[];
.visible .entry far(.param .u64 out)
{
  .reg .b32 %r<3>; .reg .b64 %d<2>;
  ld.param.u64 %d1, [out];
  mov.u32 %r1, 77; st.shared.u32 [memory+99996], %r1; bar.sync 0; ld.shared.u32 %r2, [memory+99996];
  st.global.u32 [%d1], %r2;
  ret;
}
)";

const char *const trapPtx = R"(
.version 7.0
.target sm_80
.address_size 64
.visible .entry broken() { trap; }
)";

KernelImage ptxImage(const std::string &name, const char *ptx, const std::string &signature, int64_t shared = 0) {
  KernelImage image;
  image.metadata.name = name;
  image.metadata.target = "sm_80";
  image.metadata.shared = shared;
  image.metadata.arguments = arguments(signature);
  image.setSection("ptx", ptx);
  return image;
}

class Gpu : public testing::Test {
protected:
  void SetUp() override {
    if (Device::count() == 0)
      GTEST_SKIP() << tegula_last_error();
  }
  static Kernel loaded(const KernelImage &image) {
    std::string bytes = image.serialize();
    auto kernel = Kernel::load(bytesOf(bytes));
    EXPECT_TRUE(kernel.ok()) << kernel.status().message();
    return std::move(*kernel);
  }
  static void expectScales(const Kernel &kernel, void *stream) {
    std::vector<float> x(1000), back(1000);
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = float(i);
    auto in = Buffer<float>::from(x, 0), out = Buffer<float>::create(x.size(), 0);
    ASSERT_TRUE(in.ok()) << in.status().message();
    ASSERT_TRUE(out.ok()) << out.status().message();
    Status status = kernel.launch({8}, stream, *in, *out, 1000, 0.5f);
    ASSERT_TRUE(status.ok()) << status.message();
    ASSERT_EQ(tegula_synchronize(0, stream), TEGULA_OK) << tegula_last_error();
    ASSERT_TRUE(out->read(back).ok());
    for (size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(back[i], x[i] * 0.5f);
  }
  static constexpr const char *scaleSignature = "x: *fp32:16, out: *fp32:16, n: i32, scale: fp32";
};

TEST_F(Gpu, TellsAboutItself) {
  auto info = Device::info(0);
  ASSERT_TRUE(info.ok()) << info.status().message();
  EXPECT_GE(info->capability_major, 7);
  EXPECT_GT(info->multiprocessors, 0);
  EXPECT_EQ(info->warp_size, 32);
  EXPECT_GE(info->shared_memory_per_block_optin, 49152);
  EXPECT_GT(info->memory_bytes, uint64_t(1) << 30);
  printf("%s, sm_%d%d, %d multiprocessors, %d bytes of shared memory, clock %d kHz, driver %d\n", info->name,
         info->capability_major, info->capability_minor, info->multiprocessors, info->shared_memory_per_block_optin,
         info->clock_khz, info->driver_version);
}

TEST_F(Gpu, LaunchesOnTheDefaultStreamAndOnAnother) {
  Kernel kernel = loaded(ptxImage("scale", scalePtx, scaleSignature));
  EXPECT_STREQ(kernel.info().loaded_from, "ptx");
  EXPECT_GT(kernel.info().registers, 0);
  expectScales(kernel, nullptr);
  auto stream = Stream::create(0);
  ASSERT_TRUE(stream.ok()) << stream.status().message();
  expectScales(kernel, stream->get());
}

TEST_F(Gpu, LaunchesFromThreadsThatHaveNoContext) {
  Kernel kernel = loaded(ptxImage("scale", scalePtx, scaleSignature));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round)
        expectScales(kernel, nullptr);
    });
  // The very first call on a thread is a launch: nothing made a context current before.
  auto x = Buffer<float>::create(1000, 0), out = Buffer<float>::create(1000, 0);
  Status status;
  std::thread([&] { status = kernel.launch({8}, nullptr, *x, *out, 1000, 1.f); }).join();
  EXPECT_TRUE(status.ok()) << status.message();
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(Gpu, OptsInToLargeSharedMemory) {
  Kernel kernel = loaded(ptxImage("far", sharedPtx, "out: *i32", 100000));
  auto out = Buffer<int32_t>::create(1, 0);
  Status status = kernel.launch({1}, nullptr, *out);
  ASSERT_TRUE(status.ok()) << status.message();
  int32_t value = 0;
  ASSERT_TRUE(out->read({&value, 1}).ok());
  EXPECT_EQ(value, 77);
}

TEST_F(Gpu, RefusesMoreSharedMemoryThanThereIs) {
  std::string bytes = ptxImage("far", sharedPtx, "out: *i32", 10 << 20).serialize();
  auto kernel = Kernel::load(bytesOf(bytes));
  EXPECT_EQ(kernel.status().code(), TEGULA_ERROR_OUT_OF_RESOURCES);
  int64_t required, limit;
  EXPECT_STREQ(tegula_last_error_resource(&required, &limit), "shared memory");
  EXPECT_EQ(required, 10 << 20);
  EXPECT_EQ(limit, Device::info(0)->shared_memory_per_block_optin);
}

TEST_F(Gpu, PtxThatDoesNotAssembleIsQuoted) {
  std::string bytes =
      ptxImage("k", ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry k() { nonsense; }\n", "")
          .serialize();
  std::string message = Kernel::load(bytesOf(bytes)).status().message();
  EXPECT_NE(message.find("does not take its ptx"), std::string::npos) << message;
  EXPECT_NE(message.find("nonsense"), std::string::npos) << message;
}

TEST_F(Gpu, GridThatIsTooLarge) {
  Kernel kernel = loaded(ptxImage("scale", scalePtx, scaleSignature));
  auto x = Buffer<float>::create(1000, 0);
  Status status = kernel.launch({1, 70000}, nullptr, *x, *x, 1000, 1.f);
  EXPECT_EQ(status.code(), TEGULA_ERROR_INVALID_ARGUMENT);
  expectScales(kernel, nullptr);
}

TEST_F(Gpu, TimesWithEvents) {
  tegula_event *from, *to;
  ASSERT_EQ(tegula_event_create(0, &from), TEGULA_OK) << tegula_last_error();
  ASSERT_EQ(tegula_event_create(0, &to), TEGULA_OK);
  auto buffer = Buffer<float>::create(1 << 24, 0);
  ASSERT_EQ(tegula_event_record(from, nullptr), TEGULA_OK) << tegula_last_error();
  ASSERT_TRUE(buffer->fill(1).ok());
  ASSERT_EQ(tegula_event_record(to, nullptr), TEGULA_OK);
  float milliseconds = -1;
  ASSERT_EQ(tegula_event_elapsed(from, to, &milliseconds), TEGULA_OK) << tegula_last_error();
  EXPECT_GT(milliseconds, 0);
  tegula_event_destroy(from);
  tegula_event_destroy(to);
}

// Last: after it the process cannot use the GPU any more, so it runs in a process of its own.
TEST_F(Gpu, AKernelThatFailsIsReportedBySynchronize) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto failure = [] {
    Kernel kernel = loaded(ptxImage("broken", trapPtx, ""));
    (void)kernel.launch({1}, nullptr);
    fprintf(stderr, "%s", Device::synchronize(0).message().c_str());
    _exit(0);
  };
  EXPECT_EXIT(failure(), testing::ExitedWithCode(0), "work on GPU 0 failed: CUDA_ERROR_");
}

} // namespace

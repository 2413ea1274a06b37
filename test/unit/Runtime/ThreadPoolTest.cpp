//===- ThreadPoolTest.cpp -------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/Host/ThreadPool.h"

#include <atomic>
#include <cfenv>
#include <mutex>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace tegula::runtime;
using namespace tegula::runtime::host;

namespace {

/// parallelFor over a callable.
template <typename Body> Status forEachRange(int64_t total, size_t scratch, Body body) {
  return parallelFor(
      total, scratch,
      [](void *context, int64_t begin, int64_t end, void *memory) {
        (*static_cast<Body *>(context))(begin, end, memory);
      },
      &body);
}

void expectEachOnce(int64_t total) {
  auto counts = std::make_unique<std::atomic<int>[]>(size_t(total));
  ASSERT_TRUE(forEachRange(total, 0, [&](int64_t begin, int64_t end, void *) {
                ASSERT_LT(begin, end);
                for (int64_t i = begin; i < end; ++i)
                  counts[size_t(i)].fetch_add(1, std::memory_order_relaxed);
              }).ok());
  for (int64_t i = 0; i < total; ++i)
    ASSERT_EQ(counts[size_t(i)].load(), 1) << i << " of " << total;
}

TEST(ThreadPool, CountComesFromTheEnvironment) { EXPECT_EQ(numThreads(), 5); } // set in Main.cpp

TEST(ThreadPool, RunsEachProgramOnce) {
  for (int64_t total : {0, 1, 2, 3, 4, 5, 7, 39, 40, 41, 1000, 100003})
    expectEachOnce(total);
}

TEST(ThreadPool, ManySmallLaunchesInARow) {
  for (int round = 0; round < 20000; ++round) {
    std::atomic<int64_t> sum{0};
    ASSERT_TRUE(forEachRange(10, 0, [&](int64_t begin, int64_t end, void *) { sum += end - begin; }).ok());
    ASSERT_EQ(sum.load(), 10);
  }
}

TEST(ThreadPool, LaunchesAfterAPauseWakeSleepingWorkers) {
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    expectEachOnce(500);
  }
}

TEST(ThreadPool, UsesSeveralThreads) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  ASSERT_TRUE(forEachRange(64, 0, [&](int64_t, int64_t, void *) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                std::lock_guard lock(mutex);
                threads.insert(std::this_thread::get_id());
              }).ok());
  EXPECT_GT(threads.size(), 1u);
  EXPECT_LE(threads.size(), 5u);
}

TEST(ThreadPool, ManyCallersAtOnce) {
  std::vector<std::thread> callers;
  for (int i = 0; i < 6; ++i)
    callers.emplace_back([] {
      for (int round = 0; round < 200; ++round)
        expectEachOnce(97);
    });
  for (std::thread &caller : callers)
    caller.join();
}

TEST(ThreadPool, NestedLaunchesRunOnTheirThread) {
  std::atomic<int64_t> inner{0};
  ASSERT_TRUE(forEachRange(50, 128, [&](int64_t begin, int64_t end, void *scratch) {
                for (int64_t i = begin; i < end; ++i) {
                  *static_cast<int64_t *>(scratch) = i;
                  auto id = std::this_thread::get_id();
                  ASSERT_TRUE(forEachRange(20, 4096, [&](int64_t b, int64_t e, void *mine) {
                                EXPECT_EQ(std::this_thread::get_id(), id);
                                EXPECT_NE(mine, scratch);
                                *static_cast<int64_t *>(mine) = -1;
                                inner += e - b;
                              }).ok());
                  EXPECT_EQ(*static_cast<int64_t *>(scratch), i); // the inner launch had scratch of its own
                }
              }).ok());
  EXPECT_EQ(inner.load(), 1000);
}

TEST(ThreadPool, ScratchIsAlignedPrivateAndGrows) {
  for (size_t bytes : {1, 64, 100, 5000, 300, 1 << 20}) {
    ASSERT_TRUE(forEachRange(200, bytes, [&](int64_t begin, int64_t, void *scratch) {
                  ASSERT_EQ(reinterpret_cast<uintptr_t>(scratch) % 64, 0u);
                  auto *mine = static_cast<volatile unsigned char *>(scratch);
                  unsigned char mark = static_cast<unsigned char>(begin);
                  for (size_t i = 0; i < bytes; ++i)
                    mine[i] = mark;
                  for (size_t i = 0; i < bytes; ++i)
                    ASSERT_EQ(mine[i], mark);
                }).ok());
  }
}

TEST(ThreadPool, ScratchThatCannotBeHadIsAnError) {
  for (int64_t total : {1, 100}) {
    Status status = forEachRange(total, size_t(1) << 62, [](int64_t, int64_t, void *) { FAIL(); });
    EXPECT_EQ(status.code(), TEGULA_ERROR_HOST);
    EXPECT_EQ(status.message(), "cannot allocate 4611686018427387904 bytes of scratch memory for a thread");
  }
  expectEachOnce(1000);
}

TEST(ThreadPool, WorksInAChildOfFork) {
  expectEachOnce(1000); // the parent has its workers
  for (int round = 0; round < 5; ++round) {
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(20); // a hang is a failure
      expectEachOnce(1000);
      expectEachOnce(1000);
      _exit(testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    expectEachOnce(1000);
  }
}

TEST(ThreadPool, ForkWhileOthersLaunch) {
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop)
      expectEachOnce(500);
  });
  for (int round = 0; round < 20; ++round) {
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      std::atomic<int64_t> sum{0};
      Status status = forEachRange(100, 0, [&](int64_t begin, int64_t end, void *) { sum += end - begin; });
      _exit(status.ok() && sum == 100 ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  stop = true;
  busy.join();
}

TEST(ThreadPool, ComputesInTheCallersRoundingMode) {
#if defined(__x86_64__)
  int old = fegetround();
  fesetround(FE_UPWARD);
  std::atomic<int> wrong{0};
  ASSERT_TRUE(forEachRange(200, 0, [&](int64_t, int64_t, void *) {
                volatile double one = 1, three = 3;
                if ((_mm_getcsr() & _MM_ROUND_MASK) != _MM_ROUND_UP || one / three * three < 1)
                  ++wrong;
                std::this_thread::sleep_for(std::chrono::microseconds(20));
              }).ok());
  fesetround(old);
  EXPECT_EQ(wrong.load(), 0);
#endif
}

} // namespace

//===- ThreadPool.cpp - Spreads a range of programs over the CPU's threads ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A launch takes tens of microseconds, so handing it over must take few. A worker that ran out of work watches `epoch`
// for a moment before it sleeps on it (futex); a caller that finds the workers awake makes no system call.
//
//   caller:  job = …; open = true; epoch++; wake sleepers; work; open = false; wait until inside == 0
//   worker:  wait until epoch changes; inside++; if open: work; inside--
//
// A worker that comes late either sees open == false and leaves, or is counted in `inside` before the caller looks:
// both orders are safe because all these accesses are sequentially consistent. It may so enter a later launch than the
// one that woke it; what it reads is that launch's job, which stays as it is while anybody is inside.
//
// Launches from several threads take turns (`turn`): each has the whole machine. A launch from inside a program runs
// on its own thread. After fork() the child has no workers: it forgets the pool and makes a new one when it needs one.
// The pool is never destroyed: workers may outlive static destructors.
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Host/ThreadPool.h"
#include "lib/Runtime/Log.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <linux/futex.h>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tegula::runtime::host {

namespace {

using Clock = std::chrono::steady_clock;
using Word = std::atomic<uint32_t>;
static_assert(sizeof(Word) == 4, "a futex is four bytes");

constexpr auto watchTime = std::chrono::microseconds(40);

void futexWait(Word &word, uint32_t expected) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}
void futexWake(Word &word, int count) { syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0); }

void pause() {
#if defined(__x86_64__)
  _mm_pause();
#else
  std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
}

/// Polls until `done` or until watchTime is over. It yields now and then: on a busy machine the thread that it waits
/// for may have been put on the same processor, and polling would hold it up.
template <typename Done> bool watch(Done done) {
  for (int i = 0; i < 64; ++i) {
    if (done())
      return true;
    pause();
  }
  auto until = Clock::now() + watchTime;
  do {
    for (int i = 0; i < 32; ++i) {
      if (done())
        return true;
      pause();
    }
    sched_yield();
  } while (Clock::now() < until);
  return done();
}

int allowedProcessors() {
  // The mask of a machine with many processors may be larger than cpu_set_t.
  for (int processors = 1024; processors <= 1 << 20; processors *= 2) {
    cpu_set_t *mask = CPU_ALLOC(processors);
    size_t size = CPU_ALLOC_SIZE(processors);
    if (!mask)
      break;
    int rc = sched_getaffinity(0, size, mask);
    int count = rc == 0 ? CPU_COUNT_S(size, mask) : 0;
    CPU_FREE(mask);
    if (rc == 0)
      return std::max(1, count);
    if (errno != EINVAL)
      break;
  }
  return std::max(1, int(sysconf(_SC_NPROCESSORS_ONLN)));
}

int configuredThreads() {
  const char *text = std::getenv("TEGULA_NUM_THREADS");
  if (!text || !*text)
    return allowedProcessors();
  char *end = nullptr;
  errno = 0;
  long value = std::strtol(text, &end, 10);
  if (*end != '\0' || errno != 0 || value < 1 || value > 1024) {
    int allowed = allowedProcessors();
    logWarningOnce("TEGULA_NUM_THREADS", std::string("TEGULA_NUM_THREADS must be an integer from 1 to 1024; got '") +
                                             text + "'; using " + std::to_string(allowed));
    return allowed;
  }
  return int(value);
}

/// A thread's own memory for kernels; grows, is freed with the thread.
class Scratch {
public:
  ~Scratch() { std::free(memory); }
  /// Null when there is no memory.
  void *atLeast(size_t bytes) {
    if (bytes <= size)
      return memory;
    std::free(memory);
    size = 0;
    size_t wanted = (bytes + 63) / 64 * 64;
    memory = std::aligned_alloc(64, wanted);
    if (memory)
      size = wanted;
    return memory;
  }

private:
  void *memory = nullptr;
  size_t size = 0;
};
thread_local Scratch threadScratch;

/// How many bodies this thread is inside of.
thread_local int depth = 0;

struct Job {
  RangeFunction body;
  void *context;
  int64_t total;
  int64_t chunk;
  size_t scratchBytes;
  unsigned floatingPointState;
};

/// Rounding mode and treatment of denormal numbers: a launch computes as its caller would.
unsigned floatingPointState() {
#if defined(__x86_64__)
  return _mm_getcsr() & ~unsigned(_MM_EXCEPT_MASK);
#else
  return 0;
#endif
}
void setFloatingPointState([[maybe_unused]] unsigned state) {
#if defined(__x86_64__)
  if (floatingPointState() != state)
    _mm_setcsr(state);
#endif
}

Status noScratch(size_t bytes) {
  return Status(TEGULA_ERROR_HOST,
                "cannot allocate " + std::to_string(bytes) + " bytes of scratch memory for a thread");
}

Status runOnThisThread(int64_t total, size_t scratchBytes, RangeFunction body, void *context) {
  Scratch inner; // an outer body of this thread may be using the thread's
  Scratch &scratch = depth > 0 ? inner : threadScratch;
  void *memory = scratchBytes ? scratch.atLeast(scratchBytes) : nullptr;
  if (scratchBytes && !memory)
    return noScratch(scratchBytes);
  ++depth;
  body(context, 0, total, memory);
  --depth;
  return Status();
}

class ThreadPool {
public:
  /// The process's pool; made by whoever comes first.
  static ThreadPool &get();

  Status run(int64_t total, size_t scratchBytes, RangeFunction body, void *context);

private:
  explicit ThreadPool(int threads);
  void start();
  static void *workerMain(void *pool);
  [[noreturn]] void serve();
  bool work();
  void leave();

  static void forget() { instance.store(nullptr); }
  static std::atomic<ThreadPool *> instance;

  std::mutex turn;
  int threads;
  int workers = 0; ///< started; under `turn`
  bool mayWatch;   ///< false when threads outnumber processors: a watcher would hold up a worker

  Job job = {};
  alignas(64) std::atomic<int64_t> next{0};
  alignas(64) Word epoch{0};
  std::atomic<int> sleepers{0};
  std::atomic<bool> open{false};
  alignas(64) Word inside{0};
  std::atomic<bool> callerSleeps{false};
};

std::atomic<ThreadPool *> ThreadPool::instance{nullptr};

ThreadPool::ThreadPool(int threads) : threads(threads), mayWatch(threads <= allowedProcessors()) {}

ThreadPool &ThreadPool::get() {
  ThreadPool *pool = instance.load(std::memory_order_acquire);
  if (pool)
    return *pool;
  static const int registered = pthread_atfork(nullptr, nullptr, forget);
  (void)registered;
  auto fresh = std::unique_ptr<ThreadPool>(new ThreadPool(numThreads()));
  if (instance.compare_exchange_strong(pool, fresh.get()))
    return *fresh.release();
  return *pool;
}

void ThreadPool::start() {
  sigset_t all, old; // signals belong to the program's own threads
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  while (workers < threads - 1) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, workerMain, this) != 0) {
      threads = workers + 1; // fewer threads, same results
      break;
    }
    ++workers;
    pthread_setname_np(thread, ("tegula-" + std::to_string(workers)).c_str());
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

void *ThreadPool::workerMain(void *pool) { static_cast<ThreadPool *>(pool)->serve(); }

void ThreadPool::serve() {
  uint32_t seen = 0;
  while (true) {
    auto changed = [&] { return epoch.load() != seen; };
    if (!(mayWatch && watch(changed))) {
      sleepers.fetch_add(1);
      while (!changed())
        futexWait(epoch, seen);
      sleepers.fetch_sub(1);
    }
    seen = epoch.load();
    inside.fetch_add(1);
    if (open.load())
      work();
    leave();
  }
}

/// Takes chunks until none is left. False when this thread could not get its scratch and took none.
bool ThreadPool::work() {
  void *scratch = nullptr;
  if (job.scratchBytes && !(scratch = threadScratch.atLeast(job.scratchBytes)))
    return false;
  setFloatingPointState(job.floatingPointState);
  ++depth;
  int64_t begin;
  while ((begin = next.fetch_add(job.chunk, std::memory_order_relaxed)) < job.total)
    job.body(job.context, begin, std::min(begin + job.chunk, job.total), scratch);
  --depth;
  return true;
}

void ThreadPool::leave() {
  if (inside.fetch_sub(1) == 1 && callerSleeps.load())
    futexWake(inside, 1);
}

Status ThreadPool::run(int64_t total, size_t scratchBytes, RangeFunction body, void *context) {
  std::lock_guard lock(turn);
  if (workers < threads - 1)
    start();
  // Eight chunks a thread: small enough to balance, large enough that the counter is not felt.
  int64_t chunk = std::max<int64_t>(1, total / (int64_t(threads) * 8));
  job = {body, context, total, chunk, scratchBytes, floatingPointState()};
  next.store(0, std::memory_order_relaxed);
  open.store(true);
  epoch.fetch_add(1);
  if (int asleep = sleepers.load())
    futexWake(epoch, int(std::min<int64_t>(asleep, (total - 1) / chunk)));

  work();

  open.store(false);
  auto allLeft = [&] { return inside.load() == 0; };
  if (!(mayWatch && watch(allLeft))) {
    callerSleeps.store(true);
    while (uint32_t present = inside.load())
      futexWait(inside, present);
    callerSleeps.store(false);
  }
  return next.load(std::memory_order_relaxed) < total ? noScratch(scratchBytes) : Status();
}

} // namespace

int numThreads() {
  static const int count = configuredThreads();
  return count;
}

Status parallelFor(int64_t total, size_t scratchBytes, RangeFunction body, void *context) {
  if (total <= 0)
    return Status();
  if (total == 1 || depth > 0 || numThreads() == 1)
    return runOnThisThread(total, scratchBytes, body, context);
  return ThreadPool::get().run(total, scratchBytes, body, context);
}

} // namespace tegula::runtime::host

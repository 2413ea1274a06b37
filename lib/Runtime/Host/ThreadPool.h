//===- ThreadPool.h - Spreads a range of programs over the CPU's threads -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One pool for the process, made at the first launch that needs it. The calling thread works too. Chunks of the
// range are handed out by one atomic counter, so that uneven programs balance themselves.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_RUNTIME_HOST_THREADPOOL_H
#define TEGULA_LIB_RUNTIME_HOST_THREADPOOL_H

#include "tegula/Status.h"

#include <cstddef>
#include <cstdint>

namespace tegula::runtime::host {

/// Runs [begin, end). `scratch` belongs to the calling thread until it returns.
using RangeFunction = void (*)(void *context, int64_t begin, int64_t end, void *scratch);

/// TEGULA_NUM_THREADS when it is set, else the number of processors that the process may run on. Read once.
int numThreads();

/// Calls `body` on disjoint ranges that cover [0, total) and returns when all have run. `scratch` is 64-byte aligned
/// and has scratchBytes (null when that is 0). Called from inside a body it runs on the calling thread alone. Safe in a
/// child of fork(): the child makes threads of its own.
Status parallelFor(int64_t total, size_t scratchBytes, RangeFunction body, void *context);

} // namespace tegula::runtime::host

#endif

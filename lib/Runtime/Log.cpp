//===- Log.cpp - Warnings of the runtime ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No mutex anywhere, so that a child of fork() may log whatever the parent's threads were doing.
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Log.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <unistd.h>

namespace tegula::runtime {

namespace {

struct Sink {
  tegula_log_callback callback; ///< null: stderr
  void *user;
  const Sink *previous; ///< sinks are few and are never freed: another thread may be calling one
};
std::atomic<const Sink *> sink{nullptr};

/// Hashes of the topics said so far; when the table is full, further topics are said each time.
std::atomic<uint64_t> saidTopics[64];

} // namespace

void setLogCallback(tegula_log_callback callback, void *user) {
  const Sink *previous = sink.load();
  auto *fresh = new Sink{callback, user, previous};
  while (!sink.compare_exchange_weak(previous, fresh))
    fresh->previous = previous;
}

void logWarning(const std::string &message) {
  if (const Sink *to = sink.load(); to && to->callback)
    return to->callback(to->user, message.c_str());
  std::string line = "tegula: warning: " + message + "\n";
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

void logWarningOnce(const std::string &topic, const std::string &message) {
  uint64_t hash = std::hash<std::string>()(topic) | 1;
  for (std::atomic<uint64_t> &slot : saidTopics) {
    uint64_t seen = 0;
    if (slot.compare_exchange_strong(seen, hash))
      break;
    if (seen == hash)
      return;
  }
  logWarning(message);
}

} // namespace tegula::runtime

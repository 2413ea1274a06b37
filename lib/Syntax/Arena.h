//===- Arena.h - Memory that lives and dies with one syntax tree ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nodes, their lists and their strings are bumped out of blocks and freed
// together. Nothing in an arena is destroyed one by one: only trivially
// destructible things may live there.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_SYNTAX_ARENA_H
#define TEGULA_SYNTAX_ARENA_H

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tegula::ast {

class Arena {
public:
  Arena() = default;
  Arena(const Arena &) = delete;
  Arena &operator=(const Arena &) = delete;

  template <class T, class... Args> T *make(Args &&...args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
  }

  /// A copy of `items` that lives in the arena.
  template <class T> std::span<T> copy(const std::vector<T> &items) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (items.empty())
      return {};
    size_t size = items.size() * sizeof(T);
    void *memory = allocate(size, alignof(T));
    std::memcpy(memory, items.data(), size);
    return {static_cast<T *>(memory), items.size()};
  }

  std::string_view copy(std::string_view text) {
    if (text.empty())
      return {};
    char *memory = static_cast<char *>(allocate(text.size(), 1));
    std::memcpy(memory, text.data(), text.size());
    return {memory, text.size()};
  }

private:
  void *allocate(size_t size, size_t alignment) {
    size_t offset = (used + alignment - 1) & ~(alignment - 1);
    if (blocks.empty() || offset + size > capacity) {
      capacity = size > blockSize ? size : blockSize;
      blocks.push_back(std::make_unique_for_overwrite<std::byte[]>(capacity));
      offset = 0;
    }
    used = offset + size;
    return blocks.back().get() + offset;
  }

  static constexpr size_t blockSize = 32 * 1024;
  std::vector<std::unique_ptr<std::byte[]>> blocks;
  size_t used = 0;
  size_t capacity = 0;
};

} // namespace tegula::ast

#endif // TEGULA_SYNTAX_ARENA_H

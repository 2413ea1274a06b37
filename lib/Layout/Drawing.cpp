//===- Drawing.cpp - A layout as a table ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Layout/Drawing.h"
#include "lib/Layout/Constructors.h"

#include <algorithm>
#include <bit>

namespace tegula {

namespace {
std::string cellOf(const LinearLayout &layout, const LinearLayout &firstHolder, int64_t holders, uint64_t element) {
  const Space &hardware = layout.ins();
  uint64_t place = firstHolder.apply(element);
  std::string text;
  if (uint64_t block = hardware.coordinate(place, Dim::Block))
    text = std::to_string(block) + "/";
  if (hardware.bits(Dim::Offset)) {
    text += std::to_string(hardware.coordinate(place, Dim::Offset));
  } else {
    uint64_t thread =
        hardware.coordinate(place, Dim::Warp) << hardware.bits(Dim::Lane) | hardware.coordinate(place, Dim::Lane);
    text += std::to_string(thread) + ":" + std::to_string(hardware.coordinate(place, Dim::Register));
  }
  if (holders > 1)
    text += "x" + std::to_string(holders);
  return text;
}

std::string padLeft(const std::string &text, size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

using List = std::vector<int64_t>;

/// name(argument, ...) with arguments that are lists of numbers.
struct Call {
  std::string name;
  std::vector<List> arguments;
  std::vector<int> order;
};

std::optional<Call> parseCall(std::string_view text, std::string &error) {
  Call call;
  size_t at = 0;
  auto skip = [&] {
    while (at < text.size() && text[at] == ' ')
      ++at;
  };
  auto name = [&] {
    size_t start = at;
    while (at < text.size() && (std::isalpha(static_cast<unsigned char>(text[at])) || text[at] == '_'))
      ++at;
    return std::string(text.substr(start, at - start));
  };
  skip();
  call.name = name();
  skip();
  if (call.name.empty() || at >= text.size() || text[at] != '(') {
    error =
        "expected a layout such as [4, 8] register=[[0, 1]] ... or name(arguments); got '" + std::string(text) + "'";
    return std::nullopt;
  }
  do {
    ++at;
    skip();
    bool isOrder = name() == "order";
    if (isOrder && (at >= text.size() || text[at++] != '=')) {
      error = "expected '=' after 'order'";
      return std::nullopt;
    }
    List list;
    do {
      int64_t value = 0;
      size_t start = at;
      while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) && at - start < 13)
        value = value * 10 + (text[at++] - '0');
      if (at == start) {
        error = "expected numbers such as 16 or 16x128 at character " + std::to_string(at);
        return std::nullopt;
      }
      list.push_back(value);
    } while (at < text.size() && text[at] == 'x' && ++at);
    if (isOrder)
      call.order.assign(list.begin(), list.end());
    else
      call.arguments.push_back(list);
    skip();
  } while (at < text.size() && text[at] == ',');
  if (at >= text.size() || text[at] != ')') {
    error = "expected ')' at character " + std::to_string(at);
    return std::nullopt;
  }
  ++at;
  skip();
  if (at != text.size()) {
    error = "expected nothing after ')'; got '" + std::string(text.substr(at)) + "'";
    return std::nullopt;
  }
  return call;
}

bool isPowerOfTwo(int64_t value) { return value > 0 && std::has_single_bit(uint64_t(value)); }

/// The rule that the call breaks, or an empty string.
std::string checkCall(const Call &call) {
  struct Signature {
    const char *name;
    const char *parameters;
    size_t count;
    size_t lists; ///< parameters 1 .. lists have as many entries as the shape
  };
  constexpr Signature signatures[] = {
      {"blocked", "shape, sizePerThread, threadsPerWarp, warpsPerCta", 4, 3},
      {"contiguous", "shape, elementsPerThread, warps", 3, 0},
      {"mma", "shape, warps", 2, 1},
      {"wgmma", "shape, warps, n", 3, 1},
      {"operand_a", "shape, bits, warps", 3, 0},
      {"operand_b", "shape, bits, warps", 3, 0},
      {"memory", "shape", 1, 0},
      {"swizzled", "shape, vec, perPhase, maxPhase", 4, 0},
      {"tma", "shape, bits, swizzleBytes", 3, 0},
  };
  const Signature *signature = nullptr;
  std::string names;
  for (const Signature &each : signatures) {
    names += (names.empty() ? "" : ", ") + std::string(each.name);
    if (call.name == each.name)
      signature = &each;
  }
  if (!signature)
    return "unknown layout '" + call.name + "'; expected one of " + names;
  std::string form = call.name + "(" + signature->parameters + ")";
  if (call.arguments.size() != signature->count)
    return "expected " + form + "; got " + std::to_string(call.arguments.size()) + " arguments";
  const List &shape = call.arguments[0];
  bool matrix = call.name.find("mma") != std::string::npos || call.name.find("operand") != std::string::npos;
  if (!isLayoutShape(shape) || (matrix && shape.size() != 2))
    return form + ": the shape needs " + (matrix ? "two " : "") + "powers of two";
  int bits = 0;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    const List &list = call.arguments[i];
    bool warps = (call.name == "operand_a" || call.name == "operand_b") && i == 2;
    size_t entries = i <= signature->lists ? shape.size() : warps ? 2 : 1;
    if (list.size() != entries)
      return form + ": argument " + std::to_string(i + 1) + " needs " + std::to_string(entries) +
             (entries == 1 ? " number" : " numbers") + "; got " + std::to_string(list.size());
    for (int64_t value : list) {
      if (!isPowerOfTwo(value) || value > (int64_t(1) << 20))
        return form + ": expected powers of two; got " + std::to_string(value);
      bits += std::countr_zero(uint64_t(value));
    }
  }
  for (int64_t size : shape)
    bits += std::countr_zero(uint64_t(size));
  if (bits > kMaxBits - 10)
    return form + ": too large to draw";
  if (!call.order.empty()) {
    std::vector<int> sorted = call.order;
    std::sort(sorted.begin(), sorted.end());
    for (size_t i = 0; i < sorted.size(); ++i)
      if (sorted.size() != shape.size() || sorted[i] != int(i))
        return form + ": order must name each axis once";
  }
  auto oneOf = [](int64_t value, std::initializer_list<int64_t> values) {
    return std::find(values.begin(), values.end(), value) != values.end();
  };
  if (call.name == "wgmma" && call.arguments[2][0] < 8)
    return form + ": n must be at least 8";
  if ((call.name == "operand_a" || call.name == "operand_b") && !oneOf(call.arguments[1][0], {8, 16, 32}))
    return form + ": bits must be 8, 16 or 32";
  if (call.name == "tma" &&
      (!oneOf(call.arguments[1][0], {8, 16, 32, 64}) || !oneOf(call.arguments[2][0], {16, 32, 64, 128})))
    return form + ": bits must be 8, 16, 32 or 64, and swizzleBytes 16, 32, 64 or 128";
  return {};
}
} // namespace

std::string drawLayout(const LinearLayout &layout, const DrawOptions &options) {
  if (layout.ins().isTensor() || !layout.outs().isTensor() || !layout.isSurjective())
    return "(only layouts that reach every element of a tensor can be drawn)\n";
  const Space &tensor = layout.outs();
  LinearLayout firstHolder = layout.pseudoinvert();
  int64_t holders = int64_t(1) << std::popcount(layout.freeBits());
  int rank = tensor.rank();
  int64_t columns = rank ? tensor.size(rank - 1) : 1, rows = rank > 1 ? tensor.size(rank - 2) : 1,
          tables = layout.numElements() / columns / rows;
  int64_t wrap = rank == 1 && columns > 16 ? 16 : columns; // a vector is drawn in lines of 16
  if (rank == 1) {
    rows = columns / wrap;
    columns = wrap;
  }
  std::string text;
  int64_t drawn = 0;
  for (int64_t table = 0; table < tables && drawn < options.maxRows; ++table) {
    if (tables > 1) {
      auto at = tensor.coordinates(uint64_t(table * rows * columns));
      text += table ? "\n[" : "[";
      for (int i = 0; i < rank - 2; ++i)
        text += std::to_string(at[i]) + ", ";
      text += "*, *]\n";
    }
    int64_t shown = std::min<int64_t>(columns, options.maxColumns);
    std::vector<std::vector<std::string>> lines(1);
    lines[0].push_back("");
    for (int64_t c = 0; c < shown; ++c)
      lines[0].push_back(std::to_string(c));
    for (int64_t r = 0; r < rows && drawn < options.maxRows; ++r, ++drawn) {
      lines.push_back({std::to_string(rank == 1 ? r * columns : r)});
      for (int64_t c = 0; c < shown; ++c)
        lines.back().push_back(cellOf(layout, firstHolder, holders, uint64_t((table * rows + r) * columns + c)));
    }
    size_t width = 0, head = 0;
    for (const auto &line : lines) {
      head = std::max(head, line[0].size());
      for (size_t i = 1; i < line.size(); ++i)
        width = std::max(width, line[i].size());
    }
    for (const auto &line : lines) {
      text += padLeft(line[0], head);
      for (size_t i = 1; i < line.size(); ++i)
        text += "  " + padLeft(line[i], width);
      text += columns > shown ? "  ...\n" : "\n";
    }
  }
  if (drawn < tables * rows)
    text += "... " + std::to_string(tables * rows - drawn) + " more rows\n";
  return text;
}

std::optional<LinearLayout> layoutFromText(std::string_view text, std::string *error) {
  size_t start = text.find_first_not_of(" \t\n");
  if (start != std::string_view::npos && text[start] == '[')
    return LinearLayout::parse(text, error);
  std::string message;
  auto call = parseCall(text, message);
  if (call)
    message = checkCall(*call);
  if (!message.empty()) {
    if (error)
      *error = message;
    return std::nullopt;
  }
  const auto &arguments = call->arguments;
  const List &shape = arguments[0];
  auto number = [&](size_t i) { return arguments[i][0]; };
  if (call->name == "blocked")
    return blockedLayout(shape, arguments[1], arguments[2], arguments[3], call->order);
  if (call->name == "contiguous")
    return contiguousLayout(shape, number(1), int(number(2)), call->order);
  if (call->name == "mma")
    return mmaAccumulatorLayout(shape, int(arguments[1][0]), int(arguments[1][1]));
  if (call->name == "wgmma")
    return mmaAccumulatorLayout(shape, int(arguments[1][0]), int(arguments[1][1]), number(2));
  if (call->name == "operand_a")
    return mmaOperandALayout(shape, int(number(1)), int(arguments[2][0]), int(arguments[2][1]));
  if (call->name == "operand_b")
    return mmaOperandBLayout(shape, int(number(1)), int(arguments[2][0]), int(arguments[2][1]));
  if (call->name == "memory")
    return memoryLayout(shape, call->order);
  if (call->name == "swizzled")
    return swizzledMemoryLayout(shape, number(1), number(2), number(3), call->order);
  return tmaMemoryLayout(shape, int(number(1)), int(number(2)), call->order);
}

} // namespace tegula

//===- Unicode.cpp - UTF-8 in and out -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/Unicode.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

using namespace tegula;

namespace {

struct Interval {
  uint32_t first, last;
};

#include "lib/Syntax/IdentifierTables.inc"

bool contains(const Interval *begin, const Interval *end, char32_t value) {
  const Interval *at = std::upper_bound(begin, end, value, [](char32_t v, const Interval &i) { return v < i.first; });
  return at != begin && value <= at[-1].last;
}

/// Decodes like `unicode::decode`, but takes lone surrogates if asked to.
unicode::Decoded decodeAny(std::string_view text, size_t at, bool surrogates) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  unsigned lead = byte(at);
  unicode::Decoded bad = {0xFFFD, 1, false};
  if (lead < 0x80)
    return {lead, 1, true};
  unsigned length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4)
    return bad;
  char32_t value = lead & (0xFF >> (length + 1));
  for (unsigned i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80)
      return bad;
    value = value << 6 | (byte(at + i) & 0x3F);
  }
  bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000) || value > 0x10FFFF;
  bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || (surrogate && !surrogates))
    return bad;
  return {value, length, true};
}

} // namespace

unicode::Decoded unicode::decode(std::string_view text, size_t at) { return decodeAny(text, at, /*surrogates=*/false); }

std::optional<size_t> unicode::findInvalid(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    Decoded c = decode(text, at);
    if (!c.valid)
      return at;
    at += c.length;
  }
  return std::nullopt;
}

void unicode::append(std::string &out, char32_t value) {
  if (value < 0x80) {
    out += char(value);
  } else if (value < 0x800) {
    out += char(0xC0 | value >> 6);
    out += char(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    out += char(0xE0 | value >> 12);
    out += char(0x80 | (value >> 6 & 0x3F));
    out += char(0x80 | (value & 0x3F));
  } else {
    out += char(0xF0 | value >> 18);
    out += char(0x80 | (value >> 12 & 0x3F));
    out += char(0x80 | (value >> 6 & 0x3F));
    out += char(0x80 | (value & 0x3F));
  }
}

bool unicode::isIdentifierStart(char32_t value) {
  return contains(std::begin(identifierStart), std::end(identifierStart), value);
}

bool unicode::isIdentifierContinue(char32_t value) {
  return isIdentifierStart(value) || contains(std::begin(identifierContinue), std::end(identifierContinue), value);
}

void unicode::appendJsonString(std::string &out, std::string_view text) {
  static const char digits[] = "0123456789abcdef";
  auto escape = [&](uint32_t unit) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
      out += digits[unit >> shift & 15];
  };
  out += '"';
  for (size_t at = 0; at < text.size();) {
    Decoded c = decodeAny(text, at, /*surrogates=*/true);
    at += c.length;
    switch (c.value) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    default:
      if (c.value >= 0x20 && c.value < 0x7F) {
        out += char(c.value);
      } else if (c.value < 0x10000) {
        escape(c.value);
      } else {
        escape(0xD800 + ((c.value - 0x10000) >> 10));
        escape(0xDC00 + ((c.value - 0x10000) & 0x3FF));
      }
    }
  }
  out += '"';
}

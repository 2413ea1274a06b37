//===- tegula/Float16.h - The 16-bit float formats --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels read and write fp16 and bf16; C++20 has no type for them. Here they are their bits in a uint16_t.
// Rounding is to nearest, ties to even; NaNs stay NaNs.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_FLOAT16_H
#define TEGULA_FLOAT16_H

#include <bit>
#include <cstdint>

namespace tegula::runtime {

inline uint16_t float16FromFloat(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value), sign = bits >> 16 & 0x8000;
  bits &= 0x7fffffff;
  if (bits > 0x7f800000)
    return uint16_t(sign | 0x7e00);
  if (bits >= 0x477ff000) // rounds to 65536 or more
    return uint16_t(sign | 0x7c00);
  if (bits < 0x38800000) // subnormal: adding 0.5 makes the float adder round at the right bit
    return uint16_t(sign | (std::bit_cast<uint32_t>(std::bit_cast<float>(bits) + 0.5f) - 0x3f000000));
  return uint16_t(sign | ((bits - 0x38000000 + 0xfff + (bits >> 13 & 1)) >> 13));
}

inline float floatFromFloat16(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000) << 16, rest = half & 0x7fff;
  if (rest >= 0x7c00) // infinity, NaN
    return std::bit_cast<float>(sign | 0x7f800000 | (rest & 0x3ff) << 13);
  // Exponents differ by 112: the multiplication is exact and also makes subnormals normal.
  return std::bit_cast<float>(std::bit_cast<uint32_t>(std::bit_cast<float>(rest << 13) * 0x1p112f) | sign);
}

inline uint16_t bfloat16FromFloat(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return uint16_t(bits >> 16 | 0x40);
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline float floatFromBfloat16(uint16_t bits) { return std::bit_cast<float>(uint32_t(bits) << 16); }

} // namespace tegula::runtime

#endif

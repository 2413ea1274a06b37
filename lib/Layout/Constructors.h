//===- Constructors.h - Layouts by name ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every layout that the compiler speaks of is a LinearLayout; the names below only say how it is built. In the tables a
// column is written by the axis and the step, r4 = (4, 0), c8 = (0, 8), of a tensor with rows r and columns c.
//
// | layout                                    | register               | lane                | warp      |
// |-------------------------------------------|------------------------|---------------------|-----------|
// | blocked, 8 per thread along c, 4x8 lanes  | c1 c2 c4               | c8 c16 c32, r1 r2   | r4 ...    |
// | mma m16n8 / wgmma accumulator             | c1, r8, then c8 c16 .. | c2 c4, r1 r2 r4     | r16 r32   |
// | A operand m16k16, 16-bit                  | k1, r8, k8             | k2 k4, r1 r2 r4     | as rows   |
// | B operand k16n8, 16-bit                   | k1, k8                 | k2 k4, n1 n2 n4     | as columns|
//
// | memory                                    | offset                                                        |
// |-------------------------------------------|---------------------------------------------------------------|
// | row-major                                 | c1 c2 c4 ... r1 r2 ...                                        |
// | 128-byte swizzle, 16-bit                  | c1 c2 c4 c8 c16 c32, r1^c8 r2^c16 r4^c32, r8 r16 ..., c64 ... |
//
// Sizes are powers of two. `order` lists the axes, minor first; empty means last axis first (row-major).
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/LinearLayout.h"

namespace tegula {

// --- Registers ---------------------------------------------------------------------------------------

/// A box of sizePerThread elements per thread, threadsPerWarp such boxes per warp, warpsPerCta such per CTA, each in
/// the given order of axes; repeated in registers when the tensor is larger, replicated over lanes and warps when it is
/// smaller. Registers never repeat an element.
LinearLayout blockedLayout(std::span<const int64_t> shape, std::span<const int64_t> sizePerThread,
                           std::span<const int64_t> threadsPerWarp, std::span<const int64_t> warpsPerCta,
                           std::span<const int> order = {});

/// A blocked layout for memory accesses: `elementsPerThread` consecutive elements along order[0] in each thread, lanes
/// and then warps filling the axes in order. The default choice of a kernel without opinions.
LinearLayout contiguousLayout(std::span<const int64_t> shape, int64_t elementsPerThread, int numWarps,
                              std::span<const int> order = {}, int lanes = 32);

/// The layout of one CTA's part, repeated over the CTAs of a cluster along the axes.
LinearLayout acrossBlocks(const LinearLayout &perCta, std::span<const int64_t> blocksPerAxis,
                          std::span<const int> order = {});

/// The layout left when the axis is reduced away: its columns vanish, lanes and warps along it become replicas,
/// registers along it disappear. Equally: the layout a row of `parent` must have to be broadcast along the axis without
/// movement.
LinearLayout sliceLayout(const LinearLayout &parent, int axis);

/// tl.expand_dims: same places, a new axis of size 1.
LinearLayout expandDimsLayout(const LinearLayout &operand, int axis);
/// tl.broadcast_to, result from operand: axes of size 1 grow in registers.
LinearLayout broadcastResultLayout(const LinearLayout &operand, std::span<const int64_t> shape);
/// tl.broadcast_to, operand from result: what each thread must hold so that broadcasting is a register rename.
LinearLayout broadcastOperandLayout(const LinearLayout &result, std::span<const int64_t> operandShape);
/// tl.join: a new last axis of size 2, in register bit 0.
LinearLayout joinLayout(const LinearLayout &operand);
/// tl.split: the operand's last axis, of size 2, must be one register column; nothing when another dimension holds it.
std::optional<LinearLayout> trySplitLayout(const LinearLayout &operand);
/// The register bit that tells the two halves of tl.split's operand apart; -1 when no register does.
int splitRegisterBit(const LinearLayout &operand);
/// An operand layout that trySplitLayout accepts and whose halves have the layout `result`.
LinearLayout splitOperandLayout(const LinearLayout &result);
/// tl.trans: result from operand, and operand from result.
LinearLayout transResultLayout(const LinearLayout &operand, std::span<const int> order);
LinearLayout transOperandLayout(const LinearLayout &result, std::span<const int> order);

/// Accumulator of warp-level mma (instructionN = 8) and of wgmma (instructionN up to 256): 16 x instructionN per warp,
/// warps first along rows, then along columns. A warp group's four warps are the first two row bits: r16, r32.
LinearLayout mmaAccumulatorLayout(std::span<const int64_t> shape, int warpsAlongRows, int warpsAlongColumns,
                                  int64_t instructionN = 8);
/// First operand (rows x k) of that product in registers; elements of 8, 16 or 32 bits. Replicated over the warps along
/// columns.
LinearLayout mmaOperandALayout(std::span<const int64_t> shape, int elementBits, int warpsAlongRows,
                               int warpsAlongColumns);
/// Second operand (k x columns). Replicated over the warps along rows.
LinearLayout mmaOperandBLayout(std::span<const int64_t> shape, int elementBits, int warpsAlongRows,
                               int warpsAlongColumns);

// --- Memory ------------------------------------------------------------------------------------------

/// Plain row-major memory, or another order of the axes (minor first).
LinearLayout memoryLayout(std::span<const int64_t> shape, std::span<const int> order = {});
/// Along order[0], groups of `vec` elements are XORed with (row / perPhase) % maxPhase, row along order[1].
LinearLayout swizzledMemoryLayout(std::span<const int64_t> shape, int64_t vec, int64_t perPhase, int64_t maxPhase,
                                  std::span<const int> order = {});
/// The swizzles of TMA and wgmma: panels of swizzleBytes (32, 64 or 128; 16 = none) along order[0]; in each, 16-byte
/// pieces are XORed with the number of the 128-byte line. Byte address bits 7.. are XORed into bits 4...
LinearLayout tmaMemoryLayout(std::span<const int64_t> shape, int elementBits, int swizzleBytes,
                             std::span<const int> order = {});
/// The widest swizzle whose panel fits the minor axis: 128, 64, 32 or 16.
int tmaSwizzleBytes(std::span<const int64_t> shape, int elementBits, std::span<const int> order = {});

} // namespace tegula

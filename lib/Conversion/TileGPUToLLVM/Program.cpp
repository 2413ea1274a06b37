//===- Program.cpp - The program's place in the grid, barriers, messages ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   %p = tile.program_id 0       %ctaid.x
//   tile.barrier                 bar.sync 0
//   tile.assert %ok, "..."       a branch over: vprintf of the message with place and program; trap
//   tile.print "x: " (%x)        one vprintf an element, by the first thread that holds it:
//                                pid (0, 0, 0) idx (3) x: 5
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
#include "mlir/IR/Location.h"

namespace tegula::to_llvm {

using namespace mlir;

/// "%" doubled: text that is not ours inside a format.
static std::string escapeFormat(StringRef text) {
  std::string result;
  for (char c : text) {
    result += c;
    if (c == '%')
      result += '%';
  }
  return result;
}

/// "file.py:21" of the innermost place that a location names.
static std::string placeOf(Location location) {
  std::string place;
  location->walk([&](Location part) {
    if (auto range = dyn_cast<FileLineColRange>(part)) {
      place = range.getFilename().str() + ":" + std::to_string(range.getStartLine());
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return place;
}

static Values programIds(Emitter &e) { return {e.programId(0), e.programId(1), e.programId(2)}; }

static Lowered lowerAssert(KernelLowering &k, tile::AssertOp op) {
  Emitter &e = k.e;
  ArrayRef<Value> conditions = k.get(op.getCondition());
  Value failing = e.i1(false);
  for (auto [r, condition] : llvm::enumerate(conditions)) {
    Value bad = e.not_(condition);
    if (op.getMask()) {
      ArrayRef<Value> mask = k.get(op.getMask());
      bad = e.and_(bad, mask.size() == 1 ? mask.front() : mask[r]);
    }
    failing = e.or_(failing, bad);
  }
  Block *report = e.createBlock(), *rest = e.createBlock();
  e.branch(failing, report, rest);
  e.startBlock(report);
  std::string place = placeOf(op.getLoc());
  e.printf((place.empty() ? "" : escapeFormat(place) + ": ") +
               "program (%d, %d, %d): assertion failed: " + escapeFormat(op.getMessage()) + "\n",
           programIds(e));
  e.intrinsic("llvm.trap", {}, {});
  e.branch(rest);
  e.startBlock(rest);
  return Lowered::Done;
}

/// How one element prints, widened as the format wants it.
static std::pair<std::string, Value> formatElement(Emitter &e, Value value, Type type, bool hex, bool isSigned) {
  if (isa<tile::PointerType>(type))
    return {"%p", e.bitcast(value, e.i64Type())};
  if (isa<Float8E5M2Type, Float8E4M3FNType>(type))
    return {"0x%02x (fp8)", e.zext(value, e.i32Type())};
  if (isa<FloatType>(type)) {
    if (!hex)
      return {"%f", value};
    unsigned bits = type.getIntOrFloatBitWidth();
    value = e.bitcast(value, e.intType(bits));
    type = value.getType();
  }
  unsigned bits = type.getIntOrFloatBitWidth();
  if (hex)
    return {bits == 64 ? "0x%016llx" : "0x%0" + std::to_string(std::max(bits / 4, 1u)) + "x",
            bits < 32 ? e.zext(value, e.i32Type()) : value};
  isSigned &= bits > 1;
  if (bits < 32)
    value = isSigned ? e.sext(value, e.i32Type()) : e.zext(value, e.i32Type());
  return {bits == 64 ? (isSigned ? "%lld" : "%llu") : (isSigned ? "%d" : "%u"), value};
}

static void printOperand(KernelLowering &k, tile::PrintOp op, unsigned number) {
  Emitter &e = k.e;
  Value operand = op.getArgs()[number];
  const LinearLayout &layout = k.layoutOf(operand);
  // The first replica speaks; of a scalar, thread 0.
  Block *rest = nullptr;
  if (Value first = e.isFirstReplica(layout)) {
    Block *speak = e.createBlock();
    rest = e.createBlock();
    e.branch(first, speak, rest);
    e.startBlock(speak);
  }
  Values threadPart;
  for (int axis = 0; axis < layout.rank(); ++axis)
    threadPart.push_back(e.threadCoordinate(layout, axis));
  for (auto [r, value] : llvm::enumerate(k.get(operand))) {
    Values arguments = programIds(e);
    std::string format = "pid (%d, %d, %d) idx (";
    std::vector<int64_t> coordinates = layout.coordinates({.reg = r});
    for (int axis = 0; axis < layout.rank(); ++axis) {
      format += axis ? ", %d" : "%d";
      arguments.push_back(e.or_(threadPart[axis], e.i32(coordinates[axis]), /*disjoint=*/true));
    }
    format += ") " + escapeFormat(op.getPrefix());
    if (op.getArgs().size() > 1)
      format += "(operand " + std::to_string(number) + ") ";
    auto [conversion, shown] =
        formatElement(e, value, getElementTypeOrSelf(operand.getType()), op.getHex(), op.getIsSigned()[number] != 0);
    arguments.push_back(shown);
    e.printf(format + conversion + "\n", arguments);
  }
  if (rest) {
    e.branch(rest);
    e.startBlock(rest);
  }
}

static Lowered lowerPrint(KernelLowering &k, tile::PrintOp op) {
  Emitter &e = k.e;
  if (!op.getArgs().empty()) {
    for (unsigned i = 0; i < op.getArgs().size(); ++i)
      printOperand(k, op, i);
    return Lowered::Done;
  }
  Block *speak = e.createBlock(), *rest = e.createBlock();
  e.branch(e.isZero(e.threadIndex()), speak, rest);
  e.startBlock(speak);
  e.printf("pid (%d, %d, %d) " + escapeFormat(op.getPrefix()) + "\n", programIds(e));
  e.branch(rest);
  e.startBlock(rest);
  return Lowered::Done;
}

Lowered lowerProgram(KernelLowering &k, Operation *op) {
  if (auto id = dyn_cast<tile::ProgramIdOp>(op)) {
    k.setScalar(id.getResult(), k.e.programId(id.getAxis()));
    return Lowered::Done;
  }
  if (auto count = dyn_cast<tile::NumProgramsOp>(op)) {
    k.setScalar(count.getResult(), k.e.numPrograms(count.getAxis()));
    return Lowered::Done;
  }
  if (isa<tile::BarrierOp, tile_gpu::BarrierOp>(op)) {
    k.e.barrier();
    return Lowered::Done;
  }
  if (auto assume = dyn_cast<tile::AssumeOp>(op)) {
    LLVM::AssumeOp::create(k.e.b, k.e.loc, k.scalar(assume.getCondition()));
    return Lowered::Done;
  }
  if (auto check = dyn_cast<tile::AssertOp>(op))
    return lowerAssert(k, check);
  if (auto print = dyn_cast<tile::PrintOp>(op))
    return lowerPrint(k, print);
  return Lowered::NotMine;
}

} // namespace tegula::to_llvm

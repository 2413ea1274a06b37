//===- Exchange.cpp - Values from thread to thread ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plan's maps are linear, so an element's place in shared memory is
//
//      offset(thread) ^ offset(register)
//
// The first part is computed once. Of the second, the bits that no thread's part has are added as the instruction's
// immediate offset; the others (there are some only where the memory is swizzled) are XORed, once for each of their
// values.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/Exchange.h"

namespace tegula::to_llvm {

using namespace mlir;

Type exchangeType(Emitter &e, Type type) {
  if (isa<LLVM::LLVMPointerType>(type))
    return e.i64Type();
  return type.isInteger(1) ? e.i8Type() : type;
}

Value toExchangeType(Emitter &e, Value value) {
  Type to = exchangeType(e, value.getType());
  return to.isInteger(8) && value.getType().isInteger(1) ? e.zext(value, to) : e.bitcast(value, to);
}

Value fromExchangeType(Emitter &e, Value value, Type type) {
  if (type.isInteger(1))
    return e.compare(LLVM::ICmpPredicate::ne, value, e.zero(value.getType()));
  return e.bitcast(value, type);
}

static Values reorder(const ColumnAction &action, ArrayRef<Value> list) {
  Values result;
  for (int r = 0; r < action.numNew(); ++r)
    result.push_back(list[action(r)]);
  return result;
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

SharedExchange::SharedExchange(Emitter &e, const SharedMemoryPlan &plan, ArrayRef<Value> values, int64_t offset)
    : e(e), plan(plan), original(values.front().getType()), element(exchangeType(e, original)),
      bytes(element.getIntOrFloatBitWidth() / 8), offset(offset) {
  for (Value value : reorder(plan.sourceRegisters, values))
    stored.push_back(toExchangeType(e, value));
  auto prepare = [&](Side &side, const LinearLayout &map) {
    side.thread = e.threadCoordinate(map, int(Dim::Offset));
    side.threadBits = 0;
    for (Dim dim : {Dim::Lane, Dim::Warp})
      for (uint64_t column : map.columns(dim))
        side.threadBits |= map.outs().coordinate(column, Dim::Offset);
  };
  prepare(storeSide, plan.store);
  prepare(loadSide, plan.load);
}

Value SharedExchange::pointer(Side &side, const LinearLayout &map, uint64_t reg) {
  uint64_t place = map.outs().coordinate(map.at({.reg = reg}), Dim::Offset);
  uint64_t swizzled = place & side.threadBits, plain = place & ~side.threadBits;
  Value &base = side.pointers[swizzled];
  if (!base) {
    Value dynamic = e.xor_(side.thread, e.i32(swizzled));
    base = e.sharedPointer(0, e.mul(dynamic, e.i32(bytes)));
  }
  int64_t constant = offset + int64_t(plain * bytes);
  if (!constant)
    return base;
  return LLVM::GEPOp::create(e.b, e.loc, base.getType(), e.i8Type(), base, ArrayRef<LLVM::GEPArg>{int32_t(constant)});
}

void SharedExchange::store(int round) {
  // One of the threads that hold the same elements stores them.
  uint32_t replicas = plan.replicaLanes | plan.replicaWarps << 5;
  Value predicate = replicas ? e.isZero(e.and_(e.threadIndex(), e.i32(replicas))) : Value();
  int perRound = plan.store.size(Dim::Register), width = plan.swizzle.storeElements;
  for (int r = 0; r < perRound; r += width) {
    ArrayRef<Value> group = ArrayRef<Value>(stored).slice(round * perRound + r, width);
    Value where = pointer(storeSide, plan.store, r);
    unsigned bits = width * bytes * 8;
    if (!predicate) {
      e.store(width == 1 ? group.front() : e.makeVector(group), where, width * bytes);
      continue;
    }
    unsigned wordBits = bytes == 8 ? 64 : std::min(bits, 32u), registerBits = std::max(wordBits, 16u);
    Values operands = {where};
    std::string constraints = "l", list;
    for (Value word : e.pack(group, wordBits)) {
      operands.push_back(e.zext(word, e.intType(registerBits)));
      constraints += registerBits == 64 ? ",l" : registerBits == 32 ? ",r" : ",h";
      list += (list.empty() ? "$" : ",$") + std::to_string(operands.size() - 1);
    }
    unsigned words = operands.size() - 1;
    operands.push_back(predicate);
    std::string type = (words > 1 ? ".v" + std::to_string(words) : "") + ".b" + std::to_string(wordBits);
    e.inlineAsm("@$" + std::to_string(words + 1) + " st.shared" + type + " [$0], " +
                    (words > 1 ? "{" + list + "}" : list) + ";",
                constraints + ",b", {}, operands, /*sideEffects=*/true);
  }
}

void SharedExchange::load(int round) {
  int perRound = plan.load.size(Dim::Register), width = plan.swizzle.loadElements;
  for (int r = 0; r < perRound; r += width) {
    Value where = pointer(loadSide, plan.load, r);
    Type type = width == 1 ? element : e.vectorType(width, element);
    Value value = e.load(type, where, width * bytes);
    for (int i = 0; i < width; ++i)
      loaded.push_back(width == 1 ? value : e.extractElement(value, i));
  }
}

void SharedExchange::barrier() {
  if (plan.barrier == BarrierScope::Warp)
    e.warpBarrier();
  else
    e.barrier();
}

Values SharedExchange::result() {
  Values list = reorder(plan.destinationRegisters, loaded);
  // A value that several registers repeat is turned back once.
  llvm::DenseMap<Value, Value> turned;
  for (Value &value : list) {
    Value &slot = turned[value];
    if (!slot)
      slot = fromExchangeType(e, value, original);
    value = slot;
  }
  return list;
}

Values exchangeThroughShared(Emitter &e, const SharedMemoryPlan &plan, ArrayRef<Value> values, int64_t offset) {
  SharedExchange exchange(e, plan, values, offset);
  for (int round = 0; round < plan.rounds; ++round) {
    if (round)
      exchange.barrier();
    exchange.store(round);
    exchange.barrier();
    exchange.load(round);
  }
  return exchange.result();
}

//===----------------------------------------------------------------------===//
// Shuffles
//===----------------------------------------------------------------------===//

Values runShuffles(Emitter &e, const ShufflePlan &plan, ArrayRef<Value> values) {
  Type original = values.front().getType(), element = exchangeType(e, original);
  Values sources;
  for (Value value : reorder(plan.sourceRegisters, values))
    sources.push_back(toExchangeType(e, value));
  unsigned perWord = plan.elementsPerWord, wordBits = perWord * element.getIntOrFloatBitWidth();
  Values program;
  for (unsigned first = 0; first < sources.size(); first += perWord)
    program.push_back(perWord == 1 ? sources[first]
                                   : e.pack(ArrayRef<Value>(sources).slice(first, perWord), wordBits).front());

  llvm::SmallDenseMap<unsigned, Value, 8> bits;
  auto bit = [&](ThreadBit which) {
    unsigned position = which.bit + (which.dim == Dim::Warp ? 5 : 0);
    Value &slot = bits[position];
    if (!slot)
      slot = e.compare(LLVM::ICmpPredicate::ne, e.and_(e.threadIndex(), e.i32(int64_t(1) << position)), e.i32(0));
    return slot;
  };
  Value lane;
  for (const ShuffleStep &step : plan.steps) {
    switch (step.kind) {
    case ShuffleStep::Kind::Select:
      program.push_back(e.select(bit(step.condition), program[step.a], program[step.b]));
      break;
    case ShuffleStep::Kind::ShuffleXor:
      program.push_back(e.shuffleXor(program[step.a], step.lanes));
      break;
    case ShuffleStep::Kind::ShuffleIndex:
      if (!lane)
        lane = e.threadCoordinate(plan.laneMap, int(Dim::Lane));
      program.push_back(e.shuffleIndex(program[step.a], e.xor_(lane, e.i32(step.lanes))));
      break;
    }
  }

  Values list;
  llvm::DenseMap<Value, Values> unpacked;
  for (int index : plan.results) {
    Value word = program[index];
    Values &elements = unpacked[word];
    if (elements.empty()) {
      elements = perWord == 1 ? Values{word} : e.unpack(word, element, perWord);
      for (Value &value : elements)
        value = fromExchangeType(e, value, original);
    }
    llvm::append_range(list, elements);
  }
  return reorder(plan.destinationRegisters, list);
}

} // namespace tegula::to_llvm

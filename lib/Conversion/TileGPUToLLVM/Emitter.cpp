//===- Emitter.cpp - LLVM operations, folded as they are made --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Conversion/TileGPUToLLVM/Emitter.h"
#include "mlir/IR/BuiltinOps.h"

namespace tegula::to_llvm {

using namespace mlir;

Emitter::Emitter(LLVM::LLVMFuncOp function, const nvptx::Features &features, int64_t numWarps)
    : b(function.getContext()), loc(function.getLoc()), function(function), features(features), numWarps(numWarps) {}

OpBuilder Emitter::atEntry() {
  OpBuilder entry(context());
  entry.setInsertionPointToStart(&function.getBody().front());
  return entry;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value Emitter::constant(TypedAttr value) {
  Value &slot = constants_[value];
  if (!slot) {
    OpBuilder entry = atEntry();
    slot = LLVM::ConstantOp::create(entry, function.getLoc(), value.getType(), value);
    if (auto integer = dyn_cast<IntegerAttr>(value))
      integers_[slot] = integer.getValue().getSExtValue();
  }
  return slot;
}

Value Emitter::integer(Type type, int64_t value) {
  unsigned bits = type.getIntOrFloatBitWidth();
  return constant(IntegerAttr::get(type, APInt(bits, uint64_t(value), /*isSigned=*/true, /*implicitTrunc=*/true)));
}

Value Emitter::zero(Type type) {
  if (isa<LLVM::LLVMPointerType>(type)) {
    Value &slot = zeros_[type];
    if (!slot) {
      OpBuilder entry = atEntry();
      slot = LLVM::ZeroOp::create(entry, function.getLoc(), type);
    }
    return slot;
  }
  if (isa<FloatType>(type))
    return real(type, 0.0);
  return integer(type, 0);
}

std::optional<int64_t> Emitter::constantOf(Value value) const {
  auto it = integers_.find(value);
  if (it == integers_.end())
    return std::nullopt;
  return it->second;
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Value Emitter::add(Value lhs, Value rhs) {
  auto l = constantOf(lhs), r = constantOf(rhs);
  if (l && r)
    return integer(lhs.getType(), int64_t(uint64_t(*l) + uint64_t(*r)));
  if (l == 0)
    return rhs;
  if (r == 0)
    return lhs;
  return LLVM::AddOp::create(b, loc, lhs, rhs);
}

Value Emitter::sub(Value lhs, Value rhs) {
  auto l = constantOf(lhs), r = constantOf(rhs);
  if (l && r)
    return integer(lhs.getType(), int64_t(uint64_t(*l) - uint64_t(*r)));
  if (r == 0)
    return lhs;
  return LLVM::SubOp::create(b, loc, lhs, rhs);
}

Value Emitter::mul(Value lhs, Value rhs) {
  auto l = constantOf(lhs), r = constantOf(rhs);
  if (l && r)
    return integer(lhs.getType(), int64_t(uint64_t(*l) * uint64_t(*r)));
  if (l == 0 || r == 1)
    return lhs;
  if (r == 0 || l == 1)
    return rhs;
  return LLVM::MulOp::create(b, loc, lhs, rhs);
}

Value Emitter::and_(Value lhs, Value rhs) {
  auto l = constantOf(lhs), r = constantOf(rhs);
  if (l && r)
    return integer(lhs.getType(), *l & *r);
  if (l == 0 || r == -1 || lhs == rhs)
    return lhs;
  if (r == 0 || l == -1)
    return rhs;
  return LLVM::AndOp::create(b, loc, lhs, rhs);
}

Value Emitter::or_(Value lhs, Value rhs, bool disjoint) {
  auto l = constantOf(lhs), r = constantOf(rhs);
  if (l && r)
    return integer(lhs.getType(), *l | *r);
  if (l == 0 || r == -1 || lhs == rhs)
    return rhs;
  if (r == 0 || l == -1)
    return lhs;
  return LLVM::OrOp::create(b, loc, lhs, rhs, disjoint);
}

Value Emitter::xor_(Value lhs, Value rhs) {
  auto l = constantOf(lhs), r = constantOf(rhs);
  if (l && r)
    return integer(lhs.getType(), *l ^ *r);
  if (l == 0)
    return rhs;
  if (r == 0)
    return lhs;
  return LLVM::XOrOp::create(b, loc, lhs, rhs);
}

Value Emitter::shl(Value lhs, int64_t bits) {
  if (bits == 0)
    return lhs;
  if (auto l = constantOf(lhs))
    return integer(lhs.getType(), int64_t(uint64_t(*l) << bits));
  return LLVM::ShlOp::create(b, loc, lhs, integer(lhs.getType(), bits));
}

Value Emitter::lshr(Value lhs, int64_t bits) {
  if (bits == 0)
    return lhs;
  if (auto l = constantOf(lhs)) {
    unsigned width = lhs.getType().getIntOrFloatBitWidth();
    return integer(lhs.getType(), APInt(width, uint64_t(*l), true, true).lshr(bits).getSExtValue());
  }
  return LLVM::LShrOp::create(b, loc, lhs, integer(lhs.getType(), bits));
}

Value Emitter::compare(LLVM::ICmpPredicate predicate, Value lhs, Value rhs) {
  return LLVM::ICmpOp::create(b, loc, predicate, lhs, rhs);
}

Value Emitter::select(Value condition, Value yes, Value no) {
  if (yes == no)
    return yes;
  if (auto known = constantOf(condition))
    return *known ? yes : no;
  return LLVM::SelectOp::create(b, loc, condition, yes, no);
}

//===----------------------------------------------------------------------===//
// Representation
//===----------------------------------------------------------------------===//

Value Emitter::bitcast(Value value, Type type) {
  Type from = value.getType();
  if (from == type)
    return value;
  bool fromPointer = isa<LLVM::LLVMPointerType>(from), toPointer = isa<LLVM::LLVMPointerType>(type);
  if (fromPointer && toPointer)
    return value;
  if (fromPointer)
    return LLVM::PtrToIntOp::create(b, loc, type, value);
  if (toPointer)
    return LLVM::IntToPtrOp::create(b, loc, type, value);
  return LLVM::BitcastOp::create(b, loc, type, value);
}

Value Emitter::zext(Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (auto known = constantOf(value)) {
    unsigned width = value.getType().getIntOrFloatBitWidth();
    return integer(type, APInt(width, uint64_t(*known), true, true).getZExtValue());
  }
  return LLVM::ZExtOp::create(b, loc, type, value);
}

Value Emitter::sext(Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (auto known = constantOf(value))
    return integer(type, *known);
  return LLVM::SExtOp::create(b, loc, type, value);
}

Value Emitter::trunc(Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (auto known = constantOf(value))
    return integer(type, *known);
  return LLVM::TruncOp::create(b, loc, type, value);
}

Value Emitter::extractElement(Value vector, int64_t index) {
  return LLVM::ExtractElementOp::create(b, loc, vector, i32(index));
}

Value Emitter::makeVector(ArrayRef<Value> elements) {
  Type type = vectorType(elements.size(), elements.front().getType());
  Value &poison = poisons_[type];
  if (!poison) {
    OpBuilder entry = atEntry();
    poison = LLVM::PoisonOp::create(entry, function.getLoc(), type);
  }
  Value vector = poison;
  for (auto [i, element] : llvm::enumerate(elements))
    vector = LLVM::InsertElementOp::create(b, loc, vector, element, i32(i));
  return vector;
}

Values Emitter::pack(ArrayRef<Value> elements, unsigned wordBits) {
  Type type = elements.front().getType(), word = intType(wordBits);
  unsigned bits = isa<LLVM::LLVMPointerType>(type) ? 64 : type.getIntOrFloatBitWidth();
  Values words;
  if (bits >= wordBits) {
    for (Value element : elements) {
      Value whole = bitcast(element, intType(bits));
      for (unsigned part = 0; part < bits / wordBits; ++part)
        words.push_back(trunc(lshr(whole, part * wordBits), word));
    }
    return words;
  }
  unsigned perWord = wordBits / bits;
  for (unsigned first = 0; first < elements.size(); first += perWord) {
    Values group(elements.slice(first, std::min<size_t>(perWord, elements.size() - first)));
    bool allZero = llvm::all_of(group, [&](Value v) { return constantOf(v) == 0; });
    if (allZero) {
      words.push_back(integer(word, 0));
      continue;
    }
    while (group.size() < perWord)
      group.push_back(zero(type));
    words.push_back(bitcast(makeVector(group), word));
  }
  return words;
}

Values Emitter::unpack(ArrayRef<Value> words, Type type, unsigned count) {
  unsigned bits = isa<LLVM::LLVMPointerType>(type) ? 64 : type.getIntOrFloatBitWidth();
  unsigned wordBits = words.front().getType().getIntOrFloatBitWidth();
  Values elements;
  if (bits >= wordBits) {
    unsigned perElement = bits / wordBits;
    for (unsigned i = 0; i < count; ++i) {
      Value whole = zext(words[i * perElement], intType(bits));
      for (unsigned part = 1; part < perElement; ++part)
        whole = or_(whole, shl(zext(words[i * perElement + part], intType(bits)), part * wordBits), /*disjoint=*/true);
      elements.push_back(bitcast(whole, type));
    }
    return elements;
  }
  unsigned perWord = wordBits / bits;
  for (Value word : words) {
    Value vector = bitcast(word, vectorType(perWord, type));
    for (unsigned i = 0; i < perWord && elements.size() < count; ++i)
      elements.push_back(extractElement(vector, i));
  }
  return elements;
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

/// Each set bit of each column sends one bit of the thread's number to one bit of the image. Bits that travel the same
/// distance go together: (thread & mask) << distance, one such term for most layouts.
Value Emitter::threadWord(const LinearLayout &map, uint64_t mask, int shift) {
  uint32_t moves[128] = {}; // by distance + 64
  auto collect = [&](Dim dim, int firstBit) {
    for (int bit = 0; bit < map.bits(dim); ++bit)
      for (uint64_t image = (map.column(dim, bit) & mask) >> shift; image; image &= image - 1)
        moves[std::countr_zero(image) - (firstBit + bit) + 64] |= 1u << (firstBit + bit);
  };
  collect(Dim::Lane, 0);
  collect(Dim::Warp, 5);
  uint32_t all = uint32_t(32 * numWarps - 1);
  Value word = i32(0);
  for (int distance = -64; distance < 64; ++distance) {
    uint32_t bits = moves[distance + 64];
    if (!bits)
      continue;
    Value term = threadIndex();
    if (bits != all)
      term = and_(term, i32(bits));
    term = distance >= 0 ? shl(term, distance) : lshr(term, -distance);
    word = xor_(word, term);
  }
  return word;
}

Value Emitter::threadImage(const LinearLayout &map) { return threadWord(map, ~uint64_t(0), 0); }

Value Emitter::threadCoordinate(const LinearLayout &map, int axis) {
  return threadWord(map, map.outs().mask(axis), map.outs().shift(axis));
}

Value Emitter::isFirstReplica(const LinearLayout &layout) {
  auto masks = layout.freeVariableMasks();
  uint32_t bits = masks[int(Dim::Lane)] | masks[int(Dim::Warp)] << 5;
  // Warps and lanes that the layout does not mention hold the same as the first.
  uint32_t mentioned = (layout.size(Dim::Lane) - 1) | (layout.size(Dim::Warp) - 1) << 5;
  const uint32_t all = 32 * numWarps - 1;
  bits |= all & ~mentioned;
  if (!bits)
    return {};
  if (bits == all)
    return isZero(threadIndex());
  return isZero(and_(threadIndex(), i32(bits)));
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value Emitter::sharedPointer(int64_t offset, Value dynamic) {
  constexpr llvm::StringLiteral kName = "tegula_shared";
  Type pointer = pointerType(kSharedMemory);
  if (!sharedBase_) {
    auto module = function->getParentOfType<ModuleOp>();
    if (!module.lookupSymbol(kName)) {
      OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
      LLVM::GlobalOp::create(top, module.getLoc(), LLVM::LLVMArrayType::get(i8Type(), 0), /*isConstant=*/false,
                             LLVM::Linkage::External, kName, Attribute(), /*alignment=*/128, kSharedMemory);
    }
    OpBuilder entry = atEntry();
    sharedBase_ = LLVM::AddressOfOp::create(entry, function.getLoc(), pointer, kName);
  }
  Value result = sharedBase_;
  if (dynamic)
    result = LLVM::GEPOp::create(b, loc, pointer, i8Type(), result, ArrayRef<LLVM::GEPArg>{dynamic});
  if (offset)
    result = LLVM::GEPOp::create(b, loc, pointer, i8Type(), result, ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  return result;
}

Value Emitter::load(Type type, Value pointer, unsigned alignment) {
  return LLVM::LoadOp::create(b, loc, type, pointer, alignment);
}

void Emitter::store(Value value, Value pointer, unsigned alignment) {
  LLVM::StoreOp::create(b, loc, value, pointer, alignment);
}

//===----------------------------------------------------------------------===//
// Assembly and calls
//===----------------------------------------------------------------------===//

Values Emitter::inlineAsm(StringRef text, StringRef constraints, TypeRange results, ValueRange operands,
                          bool sideEffects) {
  Type result;
  if (results.size() == 1)
    result = results.front();
  else if (results.size() > 1)
    result = LLVM::LLVMStructType::getLiteral(context(), llvm::to_vector(results));
  TypeRange types = result ? TypeRange(result) : TypeRange();
  auto op = LLVM::InlineAsmOp::create(b, loc, types, operands, b.getStringAttr(text), b.getStringAttr(constraints),
                                      sideEffects ? b.getUnitAttr() : UnitAttr(), UnitAttr(),
                                      LLVM::TailCallKindAttr::get(context(), LLVM::tailcallkind::TailCallKind::None),
                                      LLVM::AsmDialectAttr::get(context(), LLVM::AsmDialect::AD_ATT), ArrayAttr());
  Values values;
  if (results.size() == 1)
    values.push_back(op->getResult(0));
  else
    for (unsigned i = 0; i < results.size(); ++i)
      values.push_back(LLVM::ExtractValueOp::create(b, loc, op->getResult(0), ArrayRef<int64_t>{int64_t(i)}));
  return values;
}

Value Emitter::intrinsic(StringRef name, Type result, ValueRange operands) {
  auto op = LLVM::CallIntrinsicOp::create(b, loc, result ? TypeRange(result) : TypeRange(), b.getStringAttr(name),
                                          operands, LLVM::FastmathFlagsAttr());
  return result ? op->getResult(0) : Value();
}

Value Emitter::call(StringRef symbol, Type result, ValueRange operands) {
  auto module = function->getParentOfType<ModuleOp>();
  auto type = LLVM::LLVMFunctionType::get(result, llvm::to_vector(operands.getTypes()));
  auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(symbol);
  if (!callee) {
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    callee = LLVM::LLVMFuncOp::create(top, loc, symbol, type);
  }
  return LLVM::CallOp::create(b, loc, callee, operands).getResult();
}

LLVM::GlobalOp Emitter::stringGlobal(StringRef text) {
  auto module = function->getParentOfType<ModuleOp>();
  std::string zeroEnded = text.str() + '\0';
  for (unsigned number = 0;; ++number) {
    std::string name = "tegula_text_" + std::to_string(number);
    auto global = module.lookupSymbol<LLVM::GlobalOp>(name);
    if (global && cast<StringAttr>(global.getValueAttr()).getValue() == zeroEnded)
      return global;
    if (!global) {
      OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
      return LLVM::GlobalOp::create(top, loc, LLVM::LLVMArrayType::get(i8Type(), zeroEnded.size()), /*isConstant=*/true,
                                    LLVM::Linkage::Internal, name, b.getStringAttr(zeroEnded), /*alignment=*/1,
                                    kGlobalMemory);
    }
  }
}

void Emitter::printf(StringRef format, ValueRange arguments) {
  Type generic = pointerType(0);
  LLVM::GlobalOp text = stringGlobal(format);
  Value address = LLVM::AddressOfOp::create(b, loc, pointerType(kGlobalMemory), text.getSymName());
  address = LLVM::AddrSpaceCastOp::create(b, loc, generic, address);
  Value buffer = LLVM::ZeroOp::create(b, loc, generic);
  if (!arguments.empty()) {
    // As C passes variable arguments: small integers as int, floats as double, each aligned to its size.
    Values widened;
    SmallVector<Type> types;
    for (Value argument : arguments) {
      Type type = argument.getType();
      if (isa<FloatType>(type) && !type.isF64())
        argument = LLVM::FPExtOp::create(b, loc, f64Type(), argument);
      else if (type.isInteger() && type.getIntOrFloatBitWidth() < 32)
        argument = sext(argument, i32Type());
      widened.push_back(argument);
      types.push_back(argument.getType());
    }
    auto record = LLVM::LLVMStructType::getLiteral(context(), types);
    Value one = i32(1);
    OpBuilder entry = atEntry();
    entry.setInsertionPointAfterValue(one);
    buffer = LLVM::AllocaOp::create(entry, loc, generic, record, one, /*alignment=*/8);
    for (auto [i, value] : llvm::enumerate(widened)) {
      Value slot = LLVM::GEPOp::create(b, loc, generic, record, buffer, ArrayRef<LLVM::GEPArg>{0, int32_t(i)});
      LLVM::StoreOp::create(b, loc, value, slot);
    }
  }
  call("vprintf", i32Type(), {address, buffer});
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

Block *Emitter::createBlock(TypeRange arguments) {
  OpBuilder::InsertionGuard guard(b);
  SmallVector<Location> locations(arguments.size(), loc);
  return b.createBlock(&function.getBody(), function.getBody().end(), arguments, locations);
}

void Emitter::branch(Block *target, ValueRange arguments) { LLVM::BrOp::create(b, loc, arguments, target); }

void Emitter::branch(Value condition, Block *yes, Block *no, ValueRange noArguments) {
  LLVM::CondBrOp::create(b, loc, condition, yes, ValueRange(), no, noArguments);
}

} // namespace tegula::to_llvm

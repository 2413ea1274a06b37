//===- Memory.cpp - Pointers, loads and stores -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread's registers are grouped into accesses of up to 16 bytes: those of neighbours in memory, as the layout has
// them and as AxisInfo can promise alignment and one mask for all of them.
//
//   %v = tile.load %p mask %m other %z : tensor<4096x!tile.ptr<f16>, #l> -> tensor<4096xf16, #l>
//
//   mov.b32 w0, z01; ...
//   @m0 ld.global.v4.b32 {w0, w1, w2, w3}, [p0];        one register list; masked-off lanes keep `other`, or zero
//
// | access                              | becomes                                                              |
// |-------------------------------------|----------------------------------------------------------------------|
// | load, no mask, no hint              | llvm.load of a vector, which LLVM may schedule and merge             |
// | load, other                         | inline PTX, predicated by the mask of the access's first element     |
// | store, no mask, no hint, no replica | llvm.store of a vector                                               |
// | store, other                        | inline PTX, predicated by the mask and by being the first replica    |
// | volatile                            | ld.volatile                                                          |
//
// Hints: a cache modifier is the `.ca .cg .cs .cv .wb .wt` of the instruction. An eviction policy sets the L1's
// priority (where no cache modifier stands in its place) and the L2's through a policy made by createpolicy.
//
// An i1 is a byte in memory: loads test it, stores widen it. Addresses are 64-bit: a 32-bit offset is sign-extended
// before it is scaled.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
#include "lib/Layout/VectorWidth.h"

namespace tegula::to_llvm {

using namespace mlir;

/// The first 2^n register columns walk along one axis in steps 1, 2, 4, ...
static bool lowColumnsAreNeighbours(const LinearLayout &layout, int64_t elements) {
  int bits = llvm::Log2_64(elements);
  if (bits > layout.bits(Dim::Register))
    return false;
  for (int axis = 0; axis < layout.rank(); ++axis) {
    bool along = true;
    for (int bit = 0; bit < bits && along; ++bit)
      along = bit < layout.outs().bits(axis) &&
              layout.column(Dim::Register, bit) == uint64_t(1) << (layout.outs().shift(axis) + bit);
    if (along)
      return true;
  }
  return false;
}

KernelLowering::Accesses KernelLowering::groupAccesses(Operation *op, Value pointers, Value mask,
                                                       unsigned elementBits) {
  tile_gpu::LayoutAttr attribute = tile_gpu::layoutOf(pointers);
  if (!attribute)
    return {{0}};
  const LinearLayout &layout = attribute.getLinearLayout();
  VectorAccess best = vectorAccess(layout, 0, 1);
  int64_t widest = 128 / elementBits;
  if (op->hasAttr(tile_gpu::kVectorAttr)) {
    int64_t width = std::min(tile_gpu::accessVector(op), widest);
    if (lowColumnsAreNeighbours(layout, width))
      best = {int(width), ColumnAction::identity(layout.bits(Dim::Register))};
  } else {
    for (int axis = 0; axis < layout.rank(); ++axis) {
      int64_t width = std::min(axes().accessWidth(pointers, mask, axis), widest);
      if (width <= best.elements)
        continue;
      VectorAccess access = vectorAccess(layout, axis, int(width));
      if (access.elements > best.elements)
        best = access;
    }
  }
  Accesses accesses;
  for (int first = 0; first < best.registers.numNew(); first += best.elements) {
    SmallVector<unsigned, 16> registers;
    for (int i = 0; i < best.elements; ++i)
      registers.push_back(best.registers(first + i));
    accesses.push_back(std::move(registers));
  }
  return accesses;
}

namespace {

StringRef cacheText(tile::CacheModifier cache) {
  switch (cache) {
  case tile::CacheModifier::None:
    return "";
  case tile::CacheModifier::CA:
    return ".ca";
  case tile::CacheModifier::CG:
    return ".cg";
  case tile::CacheModifier::CS:
    return ".cs";
  case tile::CacheModifier::CV:
    return ".cv";
  case tile::CacheModifier::WB:
    return ".wb";
  case tile::CacheModifier::WT:
    return ".wt";
  }
  return "";
}

/// How the bytes of one access travel in PTX registers.
struct AccessShape {
  unsigned words = 1, wordBits = 32;

  /// 16 bytes are four 32-bit registers, or two of 64 when the elements are such.
  static AccessShape of(unsigned elements, unsigned elementBits) {
    unsigned bits = elements * elementBits;
    unsigned word = elementBits == 64 ? 64 : std::min(bits, 32u);
    return {bits / word, word};
  }
  StringRef constraint() const { return wordBits == 64 ? "l" : wordBits == 32 ? "r" : "h"; }
  /// Bytes travel in 16-bit registers.
  unsigned registerBits() const { return std::max(wordBits, 16u); }
  std::string type() const { return (words > 1 ? ".v" + std::to_string(words) : "") + ".b" + std::to_string(wordBits); }
  /// "$2" or "{$2,$3,$4,$5}".
  std::string operands(unsigned first) const {
    std::string text = words > 1 ? "{" : "";
    for (unsigned i = 0; i < words; ++i)
      text += (i ? ",$" : "$") + std::to_string(first + i);
    return text + (words > 1 ? "}" : "");
  }
};

/// The hints of one operation, as text and as an operand.
struct Hints {
  std::string text; ///< ".cg.L2::cache_hint"
  Value policy;     ///< null without an L2 policy

  Hints(Emitter &e, tile::CacheModifier cache, tile::EvictionPolicy evict) {
    text = cacheText(cache).str();
    if (evict == tile::EvictionPolicy::Normal)
      return;
    std::string name = evict == tile::EvictionPolicy::EvictFirst ? "evict_first" : "evict_last";
    if (text.empty())
      text = ".L1::" + name;
    text += ".L2::cache_hint";
    policy = e.inlineAsm("createpolicy.fractional.L2::" + name + ".b64 $0, 1.0;", "=l", e.i64Type(), {}, false).front();
  }
};

/// The elements of an access as PTX registers, and back.
Values toWords(Emitter &e, ArrayRef<Value> elements, AccessShape shape) {
  Values words = e.pack(elements, shape.wordBits);
  for (Value &word : words)
    word = e.zext(word, e.intType(shape.registerBits()));
  return words;
}

Values fromWords(Emitter &e, ArrayRef<Value> words, AccessShape shape, Type element, unsigned count) {
  Values narrow;
  for (Value word : words)
    narrow.push_back(e.trunc(word, e.intType(shape.wordBits)));
  return e.unpack(narrow, element, count);
}

Values loadByAsm(Emitter &e, Value pointer, Value predicate, Values initial, AccessShape shape, const Hints &hints,
                 bool isVolatile) {
  Type word = e.intType(shape.registerBits());
  std::string constraints, text;
  for (unsigned i = 0; i < shape.words; ++i)
    constraints += (i ? ",=" : "=") + shape.constraint().str();
  Values operands;
  unsigned next = shape.words;
  if (predicate)
    for (unsigned i = 0; i < shape.words; ++i, ++next) {
      constraints += "," + std::to_string(i);
      operands.push_back(initial[i]);
    }
  std::string address = "[$" + std::to_string(next++) + "]";
  constraints += ",l";
  operands.push_back(pointer);
  if (hints.policy && !isVolatile) {
    address += ", $" + std::to_string(next++);
    constraints += ",l";
    operands.push_back(hints.policy);
  }
  if (predicate) {
    text = "@$" + std::to_string(next++) + " ";
    constraints += ",b";
    operands.push_back(predicate);
  }
  // PTX has no hints on volatile loads.
  text += (isVolatile ? "ld.volatile.global" : "ld.global" + hints.text) + shape.type() + " " + shape.operands(0) +
          ", " + address + ";";
  return e.inlineAsm(text, constraints, SmallVector<Type>(shape.words, word), operands, /*sideEffects=*/true);
}

void storeByAsm(Emitter &e, Value pointer, ArrayRef<Value> words, Value predicate, AccessShape shape,
                const Hints &hints) {
  std::string constraints = "l", text;
  Values operands = {pointer};
  unsigned next = 1;
  for (Value word : words) {
    constraints += "," + shape.constraint().str();
    operands.push_back(word);
    ++next;
  }
  std::string policy;
  if (hints.policy) {
    policy = ", $" + std::to_string(next++);
    constraints += ",l";
    operands.push_back(hints.policy);
  }
  if (predicate) {
    text = "@$" + std::to_string(next++) + " ";
    constraints += ",b";
    operands.push_back(predicate);
  }
  text += "st.global" + hints.text + shape.type() + " [$0], " + shape.operands(1) + policy + ";";
  e.inlineAsm(text, constraints, {}, operands, /*sideEffects=*/true);
}

/// The type in which an element lies in memory.
Type memoryType(KernelLowering &k, Type type) {
  Type element = k.elementType(type);
  return element.isInteger(1) ? k.e.i8Type() : element;
}

Value maskOf(KernelLowering &k, Value mask, unsigned reg) {
  if (!mask)
    return {};
  ArrayRef<Value> list = k.get(mask);
  Value value = list.size() == 1 ? list.front() : list[reg];
  auto known = k.e.constantOf(value);
  return known && *known ? Value() : value; // always true: no mask
}

Values loadPlain(Emitter &e, Value pointer, Type element, unsigned count, bool isVolatile) {
  unsigned bytes = (isa<LLVM::LLVMPointerType>(element) ? 64 : element.getIntOrFloatBitWidth()) * count / 8;
  Type type = count > 1 ? e.vectorType(count, element) : element;
  // Pointers have no vector type of theirs: they travel as integers.
  bool pointers = count > 1 && isa<LLVM::LLVMPointerType>(element);
  if (pointers)
    type = e.vectorType(count, e.i64Type());
  Value loaded = LLVM::LoadOp::create(e.b, e.loc, type, pointer, /*alignment=*/bytes, isVolatile);
  if (count == 1)
    return {loaded};
  Values elements;
  for (unsigned i = 0; i < count; ++i) {
    Value value = e.extractElement(loaded, i);
    elements.push_back(pointers ? e.bitcast(value, element) : value);
  }
  return elements;
}

Lowered lowerLoad(KernelLowering &k, tile::LoadOp op) {
  Emitter &e = k.e;
  Type element = memoryType(k, op.getType());
  unsigned elementBits = k.memoryBits(op.getType());
  ArrayRef<Value> pointers = k.get(op.getPtr());
  ArrayRef<Value> others = op.getOther() ? k.get(op.getOther()) : ArrayRef<Value>();
  bool plainHints = op.getCache() == tile::CacheModifier::None && op.getEvict() == tile::EvictionPolicy::Normal;
  bool isBool = k.elementType(op.getType()).isInteger(1);
  std::optional<Hints> hints;
  Values result(k.numRegisters(op.getType()));
  for (ArrayRef<unsigned> registers : k.groupAccesses(op, op.getPtr(), op.getMask(), elementBits)) {
    Value pointer = pointers[registers.front()], mask = maskOf(k, op.getMask(), registers.front());
    Values elements;
    if (!mask && (plainHints || op.getIsVolatile())) {
      elements = loadPlain(e, pointer, element, registers.size(), op.getIsVolatile());
    } else {
      if (!hints)
        hints.emplace(e, op.getCache(), op.getEvict());
      AccessShape shape = AccessShape::of(registers.size(), elementBits);
      Values initial;
      if (mask) {
        if (others.empty()) {
          initial.assign(shape.words, e.integer(e.intType(shape.registerBits()), 0));
        } else {
          Values group;
          for (unsigned reg : registers)
            group.push_back(isBool ? e.zext(others[others.size() == 1 ? 0 : reg], element)
                                   : others[others.size() == 1 ? 0 : reg]);
          initial = toWords(e, group, shape);
        }
      }
      Values words = loadByAsm(e, pointer, mask, initial, shape, *hints, op.getIsVolatile());
      elements = fromWords(e, words, shape, element, registers.size());
    }
    for (auto [reg, value] : llvm::zip_equal(registers, elements))
      result[reg] = isBool ? e.compare(LLVM::ICmpPredicate::ne, value, e.zero(element)) : value;
  }
  k.set(op.getResult(), result);
  return Lowered::Done;
}

Lowered lowerStore(KernelLowering &k, tile::StoreOp op) {
  Emitter &e = k.e;
  Type type = op.getValue().getType(), element = memoryType(k, type);
  unsigned elementBits = k.memoryBits(type);
  ArrayRef<Value> pointers = k.get(op.getPtr()), values = k.get(op.getValue());
  bool plainHints = op.getCache() == tile::CacheModifier::None && op.getEvict() == tile::EvictionPolicy::Normal;
  bool isBool = k.elementType(type).isInteger(1);
  Value first = e.isFirstReplica(k.layoutOf(type));
  std::optional<Hints> hints;
  for (ArrayRef<unsigned> registers : k.groupAccesses(op, op.getPtr(), op.getMask(), elementBits)) {
    Value pointer = pointers[registers.front()], predicate = maskOf(k, op.getMask(), registers.front());
    if (first)
      predicate = predicate ? e.and_(first, predicate) : first;
    Values elements;
    for (unsigned reg : registers)
      elements.push_back(isBool ? e.zext(values[reg], element) : values[reg]);
    if (!predicate && plainHints && !isa<LLVM::LLVMPointerType>(element)) {
      Value whole = elements.size() == 1 ? elements.front() : e.makeVector(elements);
      e.store(whole, pointer, elementBits / 8 * elements.size());
      continue;
    }
    if (!hints)
      hints.emplace(e, op.getCache(), op.getEvict());
    AccessShape shape = AccessShape::of(registers.size(), elementBits);
    storeByAsm(e, pointer, toWords(e, elements, shape), predicate, shape, *hints);
  }
  return Lowered::Done;
}

Lowered lowerAddPtr(KernelLowering &k, tile::AddPtrOp op) {
  Emitter &e = k.e;
  Type pointee = k.pointeeType(op.getType());
  if (isa<LLVM::LLVMPointerType>(pointee))
    pointee = e.i64Type();
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (e.constantOf(v[1]) == 0)
      return v[0];
    Value offset = e.sext(v[1], e.i64Type());
    return LLVM::GEPOp::create(e.b, e.loc, v[0].getType(), pointee, v[0], ArrayRef<LLVM::GEPArg>{offset});
  });
  return Lowered::Done;
}

} // namespace

Lowered lowerMemory(KernelLowering &k, Operation *op) {
  if (auto load = dyn_cast<tile::LoadOp>(op))
    return lowerLoad(k, load);
  if (auto store = dyn_cast<tile::StoreOp>(op))
    return lowerStore(k, store);
  if (auto add = dyn_cast<tile::AddPtrOp>(op))
    return lowerAddPtr(k, add);
  if (isa<tile::PtrCastOp, tile::IntToPtrOp, tile::PtrToIntOp>(op)) {
    Type to = k.elementType(op->getResult(0).getType());
    k.mapElements(op, [&](ValueRange v) { return k.e.bitcast(v[0], to); });
    return Lowered::Done;
  }
  return Lowered::NotMine;
}

} // namespace tegula::to_llvm

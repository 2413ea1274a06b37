//===- MemoryOps.cpp - Pointers, loads and stores ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace tegula::tile;

using Effects = SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

/// Checks that two operands are both scalars or blocks of one shape.
static LogicalResult verifySameShape(Operation *op, Type a, Type b) {
  if (shapeOf(a) != shapeOf(b) || isa<RankedTensorType>(a) != isa<RankedTensorType>(b))
    return op->emitOpError() << "expected one shape, got " << a << " and " << b;
  return success();
}

/// Checks what loads and stores share: value, mask.
static LogicalResult verifyAccess(Operation *op, Type pointer, Type value, Value mask) {
  auto element = cast<PointerType>(getElementTypeOrSelf(pointer)).getPointee();
  if (value != withElement(pointer, element))
    return op->emitOpError() << "expected a value of type " << withElement(pointer, element) << ", got " << value;
  if (mask && failed(verifySameShape(op, pointer, mask.getType())))
    return failure();
  return success();
}

LogicalResult AddPtrOp::verify() { return verifySameShape(*this, getPtr().getType(), getOffset().getType()); }

OpFoldResult AddPtrOp::fold(FoldAdaptor adaptor) {
  if (matchPattern(adaptor.getOffset(), m_Zero()))
    return getPtr();
  return {};
}

LogicalResult IntToPtrOp::verify() { return verifySameShape(*this, getSrc().getType(), getType()); }
LogicalResult PtrToIntOp::verify() { return verifySameShape(*this, getSrc().getType(), getType()); }
LogicalResult PtrCastOp::verify() { return verifySameShape(*this, getSrc().getType(), getType()); }

OpFoldResult PtrCastOp::fold(FoldAdaptor) {
  if (getSrc().getType() == getType())
    return getSrc();
  if (auto inner = getSrc().getDefiningOp<PtrCastOp>(); inner && inner.getSrc().getType() == getType())
    return inner.getSrc();
  return {};
}

//===----------------------------------------------------------------------===//
// The optional clauses of an access: mask, other, cache, evict, volatile
//===----------------------------------------------------------------------===//

namespace {
struct AccessClauses {
  std::optional<OpAsmParser::UnresolvedOperand> mask, other;
};
} // namespace

template <typename EnumAttr, typename Enum>
static ParseResult parseEnumClause(OpAsmParser &parser, OperationState &state, StringRef name,
                                   std::optional<Enum> (*symbolize)(StringRef)) {
  StringRef word;
  SMLoc at = parser.getCurrentLocation();
  if (parser.parseEqual() || parser.parseKeyword(&word))
    return failure();
  std::optional<Enum> value = symbolize(word);
  if (!value)
    return parser.emitError(at) << "unknown " << name << " '" << word << "'";
  state.addAttribute(name, EnumAttr::get(parser.getContext(), *value));
  return success();
}

static ParseResult parseClauses(OpAsmParser &parser, OperationState &state, AccessClauses &clauses) {
  auto operand = [&](std::optional<OpAsmParser::UnresolvedOperand> &into) {
    return parser.parseOperand(into.emplace());
  };
  while (true) {
    if (succeeded(parser.parseOptionalKeyword("mask"))) {
      if (operand(clauses.mask))
        return failure();
    } else if (succeeded(parser.parseOptionalKeyword("other"))) {
      if (operand(clauses.other))
        return failure();
    } else if (succeeded(parser.parseOptionalKeyword("cache"))) {
      if (parseEnumClause<CacheModifierAttr, CacheModifier>(parser, state, "cache", symbolizeCacheModifier))
        return failure();
    } else if (succeeded(parser.parseOptionalKeyword("evict"))) {
      if (parseEnumClause<EvictionPolicyAttr, EvictionPolicy>(parser, state, "evict", symbolizeEvictionPolicy))
        return failure();
    } else if (succeeded(parser.parseOptionalKeyword("volatile"))) {
      state.addAttribute("is_volatile", parser.getBuilder().getUnitAttr());
    } else {
      return success();
    }
  }
}

static void printClauses(OpAsmPrinter &printer, Value mask, Value other, CacheModifier cache, EvictionPolicy evict,
                         bool isVolatile) {
  if (mask)
    printer << " mask " << mask;
  if (other)
    printer << " other " << other;
  if (cache != CacheModifier::None)
    printer << " cache = " << stringifyCacheModifier(cache);
  if (evict != EvictionPolicy::Normal)
    printer << " evict = " << stringifyEvictionPolicy(evict);
  if (isVolatile)
    printer << " volatile";
}

static const llvm::StringLiteral kClauseNames[] = {"cache", "evict", "is_volatile", "operandSegmentSizes"};

static SmallVector<StringRef> clauseNames() { return {std::begin(kClauseNames), std::end(kClauseNames)}; }

//===----------------------------------------------------------------------===//
// LoadOp
//===----------------------------------------------------------------------===//

void LoadOp::build(OpBuilder &builder, OperationState &state, Value ptr, Value mask, Value other) {
  Type type = withElement(ptr.getType(), cast<PointerType>(getElementTypeOrSelf(ptr.getType())).getPointee());
  build(builder, state, type, ptr, mask, other, CacheModifier::None, EvictionPolicy::Normal, false);
}

ParseResult LoadOp::parse(OpAsmParser &parser, OperationState &state) {
  OpAsmParser::UnresolvedOperand ptr;
  AccessClauses clauses;
  Type ptrType, type;
  if (parser.parseOperand(ptr) || parseClauses(parser, state, clauses) ||
      parser.parseOptionalAttrDict(state.attributes) || parser.parseColonType(ptrType) || parser.parseArrow() ||
      parser.parseType(type) || parser.resolveOperand(ptr, ptrType, state.operands))
    return failure();
  Type maskType = withElement(ptrType, parser.getBuilder().getI1Type());
  if (clauses.mask && parser.resolveOperand(*clauses.mask, maskType, state.operands))
    return failure();
  if (clauses.other && parser.resolveOperand(*clauses.other, type, state.operands))
    return failure();
  llvm::copy(ArrayRef<int32_t>({1, clauses.mask.has_value(), clauses.other.has_value()}),
             state.getOrAddProperties<Properties>().operandSegmentSizes.begin());
  state.addTypes(type);
  return success();
}

void LoadOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getPtr();
  printClauses(printer, getMask(), getOther(), getCache(), getEvict(), getIsVolatile());
  printer.printOptionalAttrDict((*this)->getAttrs(), clauseNames());
  printer << " : " << getPtr().getType() << " -> " << getType();
}

LogicalResult LoadOp::verify() {
  if (failed(verifyAccess(*this, getPtr().getType(), getType(), getMask()))) // (C1), (C2)
    return failure();
  if (getOther() && getOther().getType() != getType()) // (C3)
    return emitOpError() << "expected other of type " << getType() << ", got " << getOther().getType();
  if (getOther() && !getMask()) // (C4)
    return emitOpError() << "other needs a mask";
  return success();
}

void LoadOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Read::get(), &getPtrMutable(), GlobalMemory::get());
  if (getIsVolatile())
    effects.emplace_back(MemoryEffects::Write::get(), GlobalMemory::get());
}

void LoadOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  // A mask that is true everywhere goes, together with `other`.
  patterns.add(+[](LoadOp op, PatternRewriter &rewriter) -> LogicalResult {
    if (!op.getMask() || !matchPattern(op.getMask(), m_One()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.getOtherMutable().clear();
      op.getMaskMutable().clear();
    });
    return success();
  });
  // A mask that is false everywhere leaves `other`.
  patterns.add(+[](LoadOp op, PatternRewriter &rewriter) -> LogicalResult {
    if (!op.getMask() || !op.getOther() || op.getIsVolatile() || !matchPattern(op.getMask(), m_Zero()))
      return failure();
    rewriter.replaceOp(op, op.getOther());
    return success();
  });
}

//===----------------------------------------------------------------------===//
// StoreOp
//===----------------------------------------------------------------------===//

ParseResult StoreOp::parse(OpAsmParser &parser, OperationState &state) {
  OpAsmParser::UnresolvedOperand ptr, value;
  AccessClauses clauses;
  Type ptrType;
  if (parser.parseOperand(ptr) || parser.parseComma() || parser.parseOperand(value) ||
      parseClauses(parser, state, clauses) || parser.parseOptionalAttrDict(state.attributes) ||
      parser.parseColonType(ptrType) || parser.resolveOperand(ptr, ptrType, state.operands))
    return failure();
  auto pointer = dyn_cast<PointerType>(getElementTypeOrSelf(ptrType));
  if (!pointer)
    return parser.emitError(parser.getNameLoc()) << "expected a pointer type, got " << ptrType;
  if (parser.resolveOperand(value, withElement(ptrType, pointer.getPointee()), state.operands))
    return failure();
  Type maskType = withElement(ptrType, parser.getBuilder().getI1Type());
  if (clauses.mask && parser.resolveOperand(*clauses.mask, maskType, state.operands))
    return failure();
  if (clauses.other)
    return parser.emitError(parser.getNameLoc()) << "a store has no other";
  return success();
}

void StoreOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getPtr() << ", " << getValue();
  printClauses(printer, getMask(), {}, getCache(), getEvict(), false);
  printer.printOptionalAttrDict((*this)->getAttrs(), clauseNames());
  printer << " : " << getPtr().getType();
}

LogicalResult StoreOp::verify() {
  if (cast<PointerType>(getElementTypeOrSelf(getPtr().getType())).getIsConst()) // (C3)
    return emitOpError() << "cannot store through " << getPtr().getType();
  return verifyAccess(*this, getPtr().getType(), getValue().getType(), getMask()); // (C1), (C2)
}

void StoreOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Write::get(), &getPtrMutable(), GlobalMemory::get());
}

void StoreOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  // A mask that is true everywhere goes; a store under a mask that is false everywhere goes whole.
  patterns.add(+[](StoreOp op, PatternRewriter &rewriter) -> LogicalResult {
    if (!op.getMask())
      return failure();
    if (matchPattern(op.getMask(), m_Zero())) {
      rewriter.eraseOp(op);
      return success();
    }
    if (!matchPattern(op.getMask(), m_One()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getMaskMutable().clear(); });
    return success();
  });
}

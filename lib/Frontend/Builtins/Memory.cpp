//===- Memory.cpp - Loads and stores ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/BuiltinCall.h"

#include "dialects/Tile/IR/Tile.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

/// The word of the language as the dialect's enumeration; false after reporting.
static bool getCache(BuiltinCall &call, unsigned i, bool isStore, tile::CacheModifier &result) {
  std::string word;
  if (!call.getString(i, word))
    return false;
  using tile::CacheModifier;
  std::optional<CacheModifier> found = isStore ? llvm::StringSwitch<std::optional<CacheModifier>>(word)
                                                     .Case("", CacheModifier::None)
                                                     .Case(".wb", CacheModifier::WB)
                                                     .Case(".cg", CacheModifier::CG)
                                                     .Case(".cs", CacheModifier::CS)
                                                     .Case(".wt", CacheModifier::WT)
                                                     .Default(std::nullopt)
                                               : llvm::StringSwitch<std::optional<CacheModifier>>(word)
                                                     .Case("", CacheModifier::None)
                                                     .Case(".ca", CacheModifier::CA)
                                                     .Case(".cg", CacheModifier::CG)
                                                     .Case(".cs", CacheModifier::CS)
                                                     .Case(".cv", CacheModifier::CV)
                                                     .Default(std::nullopt);
  if (!found) {
    call.error("wrong-argument",
               "`cache_modifier` of " + call.builtin.displayName() + " is one of \"\", " +
                   (isStore ? "\".wb\", \".cg\", \".cs\", \".wt\"" : "\".ca\", \".cg\", \".cs\", \".cv\"") + "; got " +
                   reprOf(call[i]));
    return false;
  }
  result = *found;
  return true;
}

static bool getEviction(BuiltinCall &call, unsigned i, tile::EvictionPolicy &result) {
  std::string word;
  if (!call.getString(i, word))
    return false;
  if (word.empty() || word == "evict_normal")
    result = tile::EvictionPolicy::Normal;
  else if (word == "evict_first")
    result = tile::EvictionPolicy::EvictFirst;
  else if (word == "evict_last")
    result = tile::EvictionPolicy::EvictLast;
  else {
    call.error("wrong-argument", "`eviction_policy` of " + call.builtin.displayName() +
                                     " is one of \"\", \"evict_first\", \"evict_last\"; got " + reprOf(call[i]));
    return false;
  }
  return true;
}

static bool refuseBlockPointerOptions(BuiltinCall &call, unsigned boundary, int padding) {
  bool given = (call[boundary].isTuple() && !call[boundary].items().empty()) || call[boundary].isInt();
  if (padding >= 0 && call[unsigned(padding)].isString() && !call[unsigned(padding)].asString().empty())
    given = true;
  if (given)
    call.error("unsupported-builtin", "`boundary_check` and `padding_option` are for block pointers, which are not "
                                      "supported yet")
        .withHint("mask the access");
  return !given;
}

static Tensor getPointer(BuiltinCall &call) {
  Tensor pointer = call[0].asTensor();
  if (!pointer || !pointer.type.isPointer()) {
    call.error("type-error",
               call.builtin.displayName() + " takes a pointer or a block of pointers; got " + describeValue(call[0]));
    return {};
  }
  if (pointer.type.pointee().isVoid()) {
    call.error("type-error", call.builtin.displayName() + " needs a pointer to a type; got " + pointer.type.str());
    return {};
  }
  return pointer;
}

static Tensor getMask(BuiltinCall &call, unsigned i) {
  Tensor mask = call.tensor(i);
  if (mask && !mask.type.isBool()) {
    call.error("type-error", "a mask must be a bool; got " + mask.type.str()).withHint("compare it with 0");
    return {};
  }
  return mask;
}

static Value emitLoad(BuiltinCall &call) {
  Tensor pointer = getPointer(call);
  if (!pointer || !refuseBlockPointerOptions(call, 3, 4))
    return {};
  tile::CacheModifier cache;
  tile::EvictionPolicy eviction;
  bool isVolatile;
  if (!getCache(call, 5, false, cache) || !getEviction(call, 6, eviction) || !call.getBool(7, isVolatile))
    return {};
  bool hasMask = !call[1].isNone(), hasOther = !call[2].isNone();
  if (hasOther && !hasMask) {
    call.error("wrong-argument", "`other` of tl.load needs a mask").withHint("pass mask= as well");
    return {};
  }
  Type element = pointer.type.pointee();
  SmallVector<Tensor, 3> parts{pointer};
  if (hasMask) {
    Tensor mask = getMask(call, 1);
    if (!mask)
      return {};
    parts.push_back(mask);
  }
  if (hasOther) {
    Tensor other = call[2].isNumber() && !element.isPointer() ? call.ops.constant(element, call[2])
                                                              : call.ops.cast(call.tensor(2), element);
    if (!other)
      return {};
    parts.push_back(other);
  }
  if (!pointer.type.isBlock())
    for (size_t i = 1; i < parts.size(); ++i)
      if (parts[i].type.isBlock()) {
        call.error("shape-mismatch",
                   "a load through one pointer takes a scalar mask and other; got " + parts[i].type.str())
            .withHint("add a block of offsets to the pointer");
        return {};
      }
  if (!call.ops.broadcastAll(parts))
    return {};
  Type type = parts[0].type.withElement(element);
  auto load = tile::LoadOp::create(call.ops.builder, call.ops.loc(), parts[0].value,
                                   hasMask ? parts[1].value : mlir::Value(), hasOther ? parts[2].value : mlir::Value());
  load.setCache(cache);
  load.setEvict(eviction);
  load.setIsVolatile(isVolatile);
  return Value::tensor(load.getResult(), type);
}

static Value emitStore(BuiltinCall &call) {
  Tensor pointer = getPointer(call);
  if (!pointer || !refuseBlockPointerOptions(call, 3, -1))
    return {};
  if (pointer.type.isConstPointer()) {
    call.error("const-pointer", "cannot store to a constant pointer; got " + pointer.type.scalar().str())
        .withHint("drop `tl.const` from the parameter's annotation");
    return {};
  }
  tile::CacheModifier cache;
  tile::EvictionPolicy eviction;
  if (!getCache(call, 4, true, cache) || !getEviction(call, 5, eviction))
    return {};
  Type element = pointer.type.pointee();
  Tensor value = call[1].isNumber() && !element.isPointer() ? call.ops.constant(element, call[1]) : call.tensor(1);
  if (!value)
    return {};
  bool hasMask = !call[2].isNone();
  Tensor mask = hasMask ? getMask(call, 2) : Tensor();
  if (hasMask && !mask)
    return {};
  SmallVector<int64_t, 4> shape = pointer.type.shape();
  auto bring = [&](Tensor &tensor, StringRef what) {
    std::optional<SmallVector<int64_t, 4>> common = TensorOps::commonShape(pointer.type, tensor.type);
    if (!common || *common != shape) {
      call.error("shape-mismatch", "the " + what + " of shape " + shapeText(tensor.type.shape()) +
                                       " cannot be broadcast to the pointer's shape " + shapeText(shape))
          .withHint(pointer.type.isBlock() ? "" : "add a block of offsets to the pointer");
      return false;
    }
    tensor = call.ops.broadcastTo(tensor, shape);
    return bool(tensor);
  };
  if (!bring(value, "value") || (hasMask && !bring(mask, "mask")))
    return {};
  value = call.ops.cast(value, element);
  if (!value)
    return {};
  tile::StoreOp::create(call.ops.builder, call.ops.loc(), pointer.value, value.value,
                        hasMask ? mask.value : mlir::Value(), cache, eviction);
  return Value::none();
}

ArrayRef<Builtin> memoryBuiltins() {
  static const Builtin table[] = {
      {"load",
       "(pointer, mask=None, other=None, boundary_check=(), padding_option='', cache_modifier='', eviction_policy='', "
       "volatile=False)",
       "The elements that pointers name; `other`, or zero, where the mask is false.", emitLoad},
      {"store", "(pointer, value, mask=None, boundary_check=(), cache_modifier='', eviction_policy='')",
       "Writes the elements that pointers name, where the mask is true.", emitStore, Builtin::Method},
  };
  return table;
}

} // namespace tegula

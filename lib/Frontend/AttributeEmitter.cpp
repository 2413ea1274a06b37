//===- AttributeEmitter.cpp - Attributes and subscripts ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/ConstEval.h"
#include "lib/Frontend/Emitter.h"

#include "dialects/Tile/IR/Tile.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

static Value shapeTuple(Type type) {
  std::vector<Value> dims;
  for (int64_t size : type.shape())
    dims.push_back(Value::integer(Integer(size)));
  return Value::tuple(std::move(dims));
}

Value Emitter::getattr(const Value &object, StringRef name) {
  std::string problem;
  std::vector<std::string> candidates;
  switch (object.kind()) {
  case Value::Kind::Tensor: {
    Tensor tensor = object.asTensor();
    if (name == "shape")
      return shapeTuple(tensor.type);
    if (name == "dtype")
      return Value::type(tensor.type.scalar());
    if (name == "type")
      return Value::type(tensor.type);
    if (name == "numel")
      return Value::integer(Integer(tensor.type.numel()));
    if (name == "T") {
      if (tensor.type.rank() != 2) {
        error("shape-mismatch", "T transposes a block of 2 dimensions; got " + tensor.type.str());
        return {};
      }
      Type type = tensor.type.withShape({tensor.type.dim(1), tensor.type.dim(0)});
      return Value::tensor(
          tile::TransOp::create(builder, location(), ops.ir(type), tensor.value, ArrayRef<int32_t>{1, 0}), type);
    }
    if (Value method = tensorMethod(name))
      return Value::method(object, method);
    candidates = {"shape", "dtype", "type", "numel", "T"};
    for (const std::string &member : moduleNames("tl"))
      if (tensorMethod(member))
        candidates.push_back(member);
    break;
  }
  case Value::Kind::Module:
    if (Value member = moduleMember(object.modulePath(), name))
      return member;
    candidates = moduleNames(object.modulePath());
    break;
  case Value::Kind::Object: {
    ObjectRef reference = object.asObject();
    Value result;
    switch (reference.environment->getattr(reference.handle, name, result, problem)) {
    case Environment::Answer::Found:
      return result;
    case Environment::Answer::Failed:
      error("attribute-error", problem);
      return {};
    case Environment::Answer::NotFound:
      break;
    }
    break;
  }
  case Value::Kind::Function:
    if (name == "__name__")
      if (const LoadedFunction *loaded = load(object.asFunction()))
        return Value::string(loaded->source.name);
    if (name == "fn")
      return object;
    break;
  default:
    if (Value result = constAttribute(object, name, problem))
      return result;
    if (!problem.empty()) {
      error("attribute-error", problem);
      return {};
    }
    if (object.isNumber()) {
      // A literal, or an argument folded to a constant, answers as the scalar that it would become.
      if (name == "dtype" || name == "type")
        return Value::type(ops.literalType(object));
      if (name == "shape")
        return Value::tuple({});
      if (Value method = tensorMethod(name))
        return Value::method(object, method);
    }
    candidates = constAttributeNames(object);
    break;
  }
  std::string owner = object.kind() == Value::Kind::Module ? "`" + object.modulePath() + "`" : describeValue(object);
  error("attribute-error", owner + " has no attribute `" + name.str() + "`").withHint(suggestion(name, candidates));
  return {};
}

//===----------------------------------------------------------------------===//
// Subscripts
//===----------------------------------------------------------------------===//

Value Emitter::emitSubscript(const ast::Subscript *node) {
  Value object = emit(node->value);
  if (!object)
    return {};
  Value index = emit(node->slice);
  if (!index)
    return {};
  if (object.isTensor())
    return emitTensorSubscript(object.asTensor(), index);
  if (index.isTensor()) {
    error("type-error", "an index into a tuple must be known at compile time; got " + describeValue(index));
    return {};
  }
  std::string problem;
  Value result = constSubscript(object, index, problem);
  if (!result)
    error("constexpr-error", problem);
  return result;
}

/// `None` inserts a dimension, `:` keeps one; nothing else is allowed.
Value Emitter::emitTensorSubscript(Tensor tensor, const Value &index) {
  SmallVector<Value, 4> parts;
  if (index.isTuple())
    parts.append(index.items().begin(), index.items().end());
  else
    parts.push_back(index);
  unsigned kept = 0;
  for (const Value &part : parts) {
    bool isFull = part.kind() == Value::Kind::Slice && part.asSlice().start.isNone() && part.asSlice().stop.isNone() &&
                  part.asSlice().step.isNone();
    if (!isFull && !part.isNone()) {
      error("unsupported-construct", "a block is indexed with `:` and `None` only; got " + describeValue(part))
          .withHint("select elements with tl.where and a reduction, or load them through a pointer");
      return {};
    }
    kept += isFull;
  }
  if (kept > tensor.type.rank()) {
    error("shape-mismatch", "the index has " + Twine(kept) + " `:` but the block has " + Twine(tensor.type.rank()) +
                                (tensor.type.rank() == 1 ? " dimension" : " dimensions"));
    return {};
  }
  for (unsigned i = 0; i < parts.size(); ++i)
    if (parts[i].isNone() && !(tensor = ops.expandDims(tensor, i)))
      return {};
  return Value::tensor(tensor);
}

} // namespace tegula

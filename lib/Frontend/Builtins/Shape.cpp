//===- Shape.cpp - Changing shapes ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/BuiltinCall.h"

#include "dialects/Tile/IR/Tile.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

static Value emitBroadcast(BuiltinCall &call) {
  Tensor a = call.tensor(0), b = a ? call.tensor(1) : Tensor();
  if (!a || !b || !call.ops.broadcastPair(a, b))
    return {};
  return Value::tuple({Value::tensor(a), Value::tensor(b)});
}

static Value emitBroadcastTo(BuiltinCall &call) {
  Tensor x = call.tensor(0);
  SmallVector<int64_t> shape;
  if (!x || !call.getShape(1, shape))
    return {};
  if (x.type.isBlock() && x.type.rank() != shape.size()) {
    call.error("shape-mismatch",
               "tl.broadcast_to keeps the number of dimensions; got " + x.type.str() + " and shape " + shapeText(shape))
        .withHint("insert dimensions with [:, None] or tl.expand_dims first");
    return {};
  }
  return Value::tensor(call.ops.broadcastTo(x, shape));
}

static Value emitExpandDims(BuiltinCall &call) {
  Tensor x = call.tensor(0);
  SmallVector<int64_t> axes;
  if (!x || !call.getInts(1, axes))
    return {};
  int64_t rank = int64_t(x.type.rank() + axes.size());
  for (int64_t &axis : axes) {
    int64_t resolved = axis < 0 ? axis + rank : axis;
    if (resolved < 0 || resolved >= rank) {
      call.error("invalid-axis",
                 "axis " + Twine(axis) + " is out of range for a result of " + Twine(rank) + " dimensions");
      return {};
    }
    axis = resolved;
  }
  llvm::sort(axes);
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
    call.error("invalid-axis", "an axis stands twice in " + reprOf(call[1]));
    return {};
  }
  for (int64_t axis : axes)
    if (!(x = call.ops.expandDims(x, unsigned(axis))))
      return {};
  return Value::tensor(x);
}

static Value emitReshape(BuiltinCall &call) {
  Tensor x = call.tensor(0);
  SmallVector<int64_t> shape;
  bool reorder = call.builtin.variant == 1;
  if (!x || !call.getShape(1, shape) || (!reorder && !call.getBool(2, reorder)))
    return {};
  return Value::tensor(call.ops.reshape(x, shape, reorder));
}

static Value emitTrans(BuiltinCall &call) {
  Tensor x = call.block(0);
  SmallVector<int64_t> dims;
  if (!x || !call.getInts(1, dims))
    return {};
  int64_t rank = x.type.rank();
  if (dims.empty() && call.builtin.variant == 0) {
    if (rank < 2) {
      call.error("shape-mismatch", "tl.trans without an order swaps the last two dimensions; got " + x.type.str());
      return {};
    }
    for (int64_t i = 0; i < rank; ++i)
      dims.push_back(i);
    std::swap(dims[rank - 1], dims[rank - 2]);
  }
  SmallVector<int32_t> order;
  SmallVector<bool> seen(rank, false);
  SmallVector<int64_t> shape;
  for (int64_t dim : dims) {
    int64_t resolved = dim < 0 ? dim + rank : dim;
    if (resolved < 0 || resolved >= rank || seen[resolved] || dims.size() != size_t(rank)) {
      call.error("invalid-axis",
                 "the order must name each of the " + Twine(rank) + " dimensions once; got " + shapeText(dims));
      return {};
    }
    seen[resolved] = true;
    order.push_back(int32_t(resolved));
    shape.push_back(x.type.dim(unsigned(resolved)));
  }
  if (dims.size() != size_t(rank)) {
    call.error("invalid-axis",
               "the order must name each of the " + Twine(rank) + " dimensions once; got " + shapeText(dims));
    return {};
  }
  Type type = x.type.withShape(shape);
  return Value::tensor(tile::TransOp::create(call.ops.builder, call.ops.loc(), call.ops.ir(type), x.value, order),
                       type);
}

static Value emitJoin(BuiltinCall &call) {
  Tensor a = call.tensor(0), b = a ? call.tensor(1) : Tensor();
  if (!a || !b)
    return {};
  if (a.type.scalar() != b.type.scalar()) {
    call.error("type-error", "tl.join takes two values of one type; got " + a.type.str() + " and " + b.type.str());
    return {};
  }
  if (!call.ops.broadcastPair(a, b))
    return {};
  bool scalars = !a.type.isBlock();
  if (scalars) {
    a = call.ops.splat(a, {1});
    b = call.ops.splat(b, {1});
  }
  SmallVector<int64_t, 4> shape = a.type.shape();
  shape.push_back(2);
  if (std::optional<std::string> problem = checkShape(shape)) {
    call.error("invalid-shape", *problem);
    return {};
  }
  Type type = a.type.withShape(shape);
  Tensor joined{tile::JoinOp::create(call.ops.builder, call.ops.loc(), call.ops.ir(type), a.value, b.value), type};
  return Value::tensor(scalars ? call.ops.reshape(joined, {2}) : joined);
}

static Value emitSplit(BuiltinCall &call) {
  Tensor x = call.block(0);
  if (!x)
    return {};
  unsigned rank = x.type.rank();
  if (x.type.dim(rank - 1) != 2) {
    call.error("shape-mismatch", "tl.split needs a last dimension of 2; got " + x.type.str());
    return {};
  }
  bool scalars = rank == 1;
  if (scalars)
    x = call.ops.reshape(x, {1, 2});
  Type type = x.type.withShape(ArrayRef<int64_t>(x.type.shape()).drop_back());
  auto split = tile::SplitOp::create(call.ops.builder, call.ops.loc(), call.ops.ir(type), call.ops.ir(type), x.value);
  Tensor a{split.getLhs(), type}, b{split.getRhs(), type};
  if (scalars) {
    a = call.ops.reshape(a, {});
    b = call.ops.reshape(b, {});
  }
  return Value::tuple({Value::tensor(a), Value::tensor(b)});
}

static Value emitItem(BuiltinCall &call) {
  Tensor x = call.tensor(0);
  if (!x)
    return {};
  if (x.type.numel() != 1) {
    call.error("type-error", "item() takes a block of one element; got " + x.type.str());
    return {};
  }
  return Value::tensor(call.ops.reshape(x, {}));
}

ArrayRef<Builtin> shapeBuiltins() {
  static const Builtin table[] = {
      {"broadcast", "(input, other)", "Both values, brought to their common shape.", emitBroadcast},
      {"broadcast_to", "(input, *shape)", "The block repeated along its dimensions of size one.", emitBroadcastTo,
       Builtin::Method},
      {"expand_dims", "(input, axis)", "The block with dimensions of size one inserted.", emitExpandDims,
       Builtin::Method},
      {"reshape", "(input, *shape, can_reorder=False)", "The same elements in row-major order under another shape.",
       emitReshape, Builtin::Method},
      {"view", "(input, *shape)", "The same elements under another shape, in any order.", emitReshape, Builtin::Method,
       1},
      {"trans", "(input, *dims)", "The block with its dimensions permuted; the last two swapped by default.", emitTrans,
       Builtin::Method},
      {"permute", "(input, *dims)", "The block with its dimensions permuted.", emitTrans, Builtin::Method, 1},
      {"join", "(a, b)", "Two blocks side by side in a new last dimension.", emitJoin},
      {"split", "(a)", "The two halves of a last dimension of size two.", emitSplit, Builtin::Method},
      {"item", "(input)", "The element of a block that has one.", emitItem, Builtin::Method},
  };
  return table;
}

} // namespace tegula

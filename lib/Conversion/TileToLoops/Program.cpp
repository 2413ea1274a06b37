//===- Program.cpp - The program, the entry, asserts and prints -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One kernel becomes two functions:
//
//   NAME.program(args..., x, y, z, nx, ny, nz, scratch)        one program; i1 result (stop) if it has asserts
//   NAME(args, grid, begin, end, scratch)                      the C entry: programs [begin, end), x fastest
//
// The entry unpacks `void **args` once, then counts x, y, z up without divisions. LLVM inlines the program.
//
// A failing assert writes one line to standard error, sets the exported `const char *NAME.failure` (if it is still
// null) to the message, and ends the range: the entry returns at once. The launcher looks at that symbol, which exists
// only in kernels with asserts, after a launch and sets it back to null.
#include "lib/Conversion/TileToLoops/Kernel.h"
#include "lib/Conversion/TileToLoops/Scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;
using tile::shapeOf;

static bool isBlock(Value value) { return isa<RankedTensorType>(value.getType()); }

void Kernel::makeProgram() {
  Location loc = source.getLoc();
  Type i32 = b.getI32Type(), pointer = LLVM::LLVMPointerType::get(b.getContext());
  SmallVector<Type> types;
  for (Type type : source.getArgumentTypes())
    types.push_back(ssaType(type));
  types.append(6, i32);
  types.push_back(pointer);
  b.setInsertionPointAfter(source);
  SmallVector<Type> results;
  if (mayFail)
    results.push_back(b.getI1Type());
  program = func::FuncOp::create(b, loc, (source.getName() + ".program").str(), b.getFunctionType(types, results));
  program.setPrivate();
  program->setAttr("llvm.linkage", LLVM::LinkageAttr::get(b.getContext(), LLVM::Linkage::Internal));
  Block *entry = program.addEntryBlock();
  unsigned count = source.getNumArguments();
  for (unsigned i = 0; i < count; ++i) {
    scalars.map(source.getArgument(i), entry->getArgument(i));
    auto divisibility = source.getArgAttrOfType<IntegerAttr>(i, tile::kDivisibilityAttr);
    if (isa<LLVM::LLVMPointerType>(types[i]) && divisibility && divisibility.getInt() > 0)
      program.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(), divisibility);
  }
  for (unsigned axis = 0; axis < 3; ++axis) {
    ids[axis] = entry->getArgument(count + axis);
    counts[axis] = entry->getArgument(count + 3 + axis);
  }
  scratch = entry->getArgument(count + 6);
  program.setArgAttr(count + 6, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  program.setArgAttr(count + 6, LLVM::LLVMDialect::getAlignAttrName(), b.getI64IntegerAttr(64));
  b.setInsertionPointToStart(entry);
}

void Kernel::makeEntry() {
  Location loc = source.getLoc();
  Type i1 = b.getI1Type(), i32 = b.getI32Type(), i64 = b.getI64Type();
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  std::string name = source.getName().str();
  b.setInsertionPointAfter(program);
  source.setName(name + ".source");
  auto entry = func::FuncOp::create(b, loc, name, b.getFunctionType({pointer, pointer, i64, i64, pointer}, {}));
  entry->setAttr("tegula.entry", b.getUnitAttr());
  entry.setArgAttr(0, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  entry.setArgAttr(1, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  entry.setArgAttr(4, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  entry.setArgAttr(4, LLVM::LLVMDialect::getAlignAttrName(), b.getI64IntegerAttr(64));
  Block *block = entry.addEntryBlock();
  b.setInsertionPointToStart(block);
  Value packed = block->getArgument(0), grid = block->getArgument(1);

  SmallVector<Value> args;
  for (auto [i, type] : llvm::enumerate(source.getArgumentTypes())) {
    Value slot = LLVM::GEPOp::create(b, loc, pointer, pointer, packed, ArrayRef<LLVM::GEPArg>{int32_t(i)});
    Value place = LLVM::LoadOp::create(b, loc, pointer, slot, 8);
    Value loaded = LLVM::LoadOp::create(b, loc, memoryType(type), place, sizeOf(type));
    args.push_back(fromMemory(b, loc, loaded, type));
  }
  Value size[3];
  for (int32_t axis = 0; axis < 3; ++axis) {
    Value place = LLVM::GEPOp::create(b, loc, pointer, i32, grid, ArrayRef<LLVM::GEPArg>{axis});
    size[axis] = LLVM::LoadOp::create(b, loc, i32, place, 4);
  }
  auto number = [&](Type type, int64_t n) -> Value {
    return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, n));
  };
  Value begin = block->getArgument(2), end = block->getArgument(3);
  // Where it begins; an empty range must not divide by a grid of nothing.
  SmallVector<Value> start;
  Value left = begin;
  for (unsigned axis = 0; axis < 2; ++axis) {
    Value wide = arith::MaxSIOp::create(b, loc, arith::ExtSIOp::create(b, loc, i64, size[axis]), number(i64, 1));
    start.push_back(arith::TruncIOp::create(b, loc, i32, arith::RemUIOp::create(b, loc, left, wide)));
    left = arith::DivUIOp::create(b, loc, left, wide);
  }
  start.push_back(arith::TruncIOp::create(b, loc, i32, left));
  if (mayFail)
    start.push_back(number(i1, 0));
  auto loop = scf::ForOp::create(b, loc, begin, end, number(i64, 1), start);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(loop.getBody());
    SmallVector<Value> id(loop.getRegionIterArgs().begin(), loop.getRegionIterArgs().begin() + 3);
    SmallVector<Value> operands(args);
    operands.append(id);
    operands.append({size[0], size[1], size[2], block->getArgument(4)});
    SmallVector<Value> next;
    Value stopped;
    if (mayFail) {
      auto branch = scf::IfOp::create(b, loc, TypeRange{i1}, loop.getRegionIterArgs()[3], true);
      OpBuilder then = branch.getThenBodyBuilder(), els = branch.getElseBodyBuilder();
      scf::YieldOp::create(then, loc, loop.getRegionIterArgs()[3]);
      scf::YieldOp::create(els, loc, func::CallOp::create(els, loc, program, operands).getResults());
      stopped = branch.getResult(0);
    } else {
      func::CallOp::create(b, loc, program, operands);
    }
    auto equal = [&](Value x, Value y) -> Value {
      return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, x, y);
    };
    Value zero = number(i32, 0), one = number(i32, 1);
    Value x = arith::AddIOp::create(b, loc, id[0], one), rowEnds = equal(x, size[0]);
    Value yNext = arith::AddIOp::create(b, loc, id[1], one), planeEnds = equal(yNext, size[1]);
    Value yOrZero = arith::SelectOp::create(b, loc, planeEnds, zero, yNext);
    Value both = arith::AndIOp::create(b, loc, rowEnds, planeEnds);
    next.push_back(arith::SelectOp::create(b, loc, rowEnds, zero, x));
    next.push_back(arith::SelectOp::create(b, loc, rowEnds, yOrZero, id[1]));
    next.push_back(arith::SelectOp::create(b, loc, both, arith::AddIOp::create(b, loc, id[2], one), id[2]));
    if (mayFail)
      next.push_back(stopped);
    scf::YieldOp::create(b, loc, next);
  }
  func::ReturnOp::create(b, loc);
}

//===----------------------------------------------------------------------===//
// Asserts and prints
//===----------------------------------------------------------------------===//

void Kernel::stringConstant(StringRef text) {
  std::string name = (source.getName() + ".text" + Twine(numStrings++)).str();
  std::string bytes = text.str() + '\0';
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  LLVM::GlobalOp::create(b, source.getLoc(), type, /*isConstant=*/true, LLVM::Linkage::Private, name,
                         b.getStringAttr(bytes));
  // Taken by name: see addressOfText.
}

static Value addressOfText(OpBuilder &b, Location loc, StringRef name) {
  return LLVM::AddressOfOp::create(b, loc, LLVM::LLVMPointerType::get(b.getContext()), name);
}

/// A C function with a variable number of arguments, declared once.
static void callVariadic(OpBuilder &b, Location loc, ModuleOp module, StringRef name, ArrayRef<Type> fixed,
                         ValueRange operands) {
  auto type = LLVM::LLVMFunctionType::get(b.getI32Type(), fixed, /*isVarArg=*/true);
  auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!callee) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    callee = LLVM::LLVMFuncOp::create(b, loc, name, type);
  }
  LLVM::CallOp::create(b, loc, callee, operands);
}

/// file:line:column of a location, the innermost call site's.
static std::string placeOf(Location loc) {
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return placeOf(call.getCallee());
  if (auto named = dyn_cast<NameLoc>(loc))
    return placeOf(named.getChildLoc());
  if (auto fused = dyn_cast<FusedLoc>(loc); fused && !fused.getLocations().empty())
    return placeOf(fused.getLocations().front());
  if (auto file = dyn_cast<FileLineColLoc>(loc))
    return (file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn())).str();
  return "kernel";
}

void Kernel::lowerAssert(tile::AssertOp op) {
  Location loc = op.getLoc();
  Value holds;
  auto constant = [&](OpBuilder &at, bool value) -> Value {
    return arith::ConstantOp::create(at, loc, at.getBoolAttr(value));
  };
  auto under = [&](OpBuilder &at, Value condition, Value mask) -> Value {
    return arith::OrIOp::create(at, loc, condition, arith::XOrIOp::create(at, loc, mask, constant(at, true)));
  };
  if (isBlock(op.getCondition())) {
    Nest nest(*this, loc, shapeOf(op.getCondition().getType()));
    nest.need(op.getCondition());
    if (op.getMask() && isBlock(op.getMask()))
      nest.need(op.getMask());
    nest.plan();
    if (nest.hasVariants() || nest.numLoops() > 1) { // one flat loop over a buffer
      materialise(op.getCondition());
      if (op.getMask() && isBlock(op.getMask()))
        materialise(op.getMask());
    }
    Nest flat(*this, loc, shapeOf(op.getCondition().getType()));
    flat.need(op.getCondition());
    if (op.getMask() && isBlock(op.getMask()))
      flat.need(op.getMask());
    flat.plan();
    flat.openOuter();
    Value init = constant(b, true);
    holds = flat.inner(init,
                       [&](ValueRange carried) {
                         Value condition = flat.element(op.getCondition());
                         OpBuilder at = flat.here();
                         if (op.getMask()) {
                           Value mask = flat.element(op.getMask());
                           at = flat.here();
                           condition = under(at, condition, mask);
                         }
                         at = flat.here();
                         return SmallVector<Value>{arith::AndIOp::create(at, loc, carried.front(), condition)};
                       })
                .front();
    flat.close();
  } else {
    holds = scalars.lookup(op.getCondition());
    if (op.getMask())
      holds = under(b, holds, scalars.lookup(op.getMask()));
  }
  std::string place = placeOf(loc), message = op.getMessage().str();
  std::string said = place + ": assertion failed" + (message.empty() ? "" : ": " + message);
  std::string name = (source.getName() + ".text" + Twine(numStrings)).str();
  stringConstant(said);
  // `tegula.check` becomes a branch to the program's end once there are branches (FinishLoops.cpp).
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  if (!module.lookupSymbol("tegula.check")) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    Type i32 = b.getI32Type();
    func::FuncOp::create(b, loc, "tegula.check", b.getFunctionType({b.getI1Type(), pointer, i32, i32, i32}, {}))
        .setPrivate();
  }
  func::CallOp::create(b, loc, "tegula.check", TypeRange(),
                       ValueRange{holds, addressOfText(b, loc, name), ids[0], ids[1], ids[2]});
}

void Kernel::lowerPrint(tile::PrintOp op) {
  Location loc = op.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  auto print = [&](OpBuilder &at, const std::string &format, ArrayRef<Value> values) {
    std::string name = (source.getName() + ".text" + Twine(numStrings)).str();
    stringConstant(format);
    SmallVector<Value> operands = {addressOfText(at, loc, name)};
    operands.append(values.begin(), values.end());
    callVariadic(at, loc, module, "printf", {pointer}, operands);
  };
  auto escaped = [](StringRef text) {
    std::string out;
    for (char c : text)
      out += c == '%' ? std::string("%%") : std::string(1, c);
    return out;
  };
  std::string head = "pid (%d, %d, %d) idx (";
  std::string prefix = escaped(op.getPrefix());
  if (op.getArgs().empty())
    return print(b, "pid (%d, %d, %d) " + prefix + "\n", {ids[0], ids[1], ids[2]});
  for (auto [k, arg] : llvm::enumerate(op.getArgs())) {
    Type element = getElementTypeOrSelf(arg.getType());
    bool isSigned = op.getIsSigned()[k] != 0;
    std::string format = op.getHex() ? "0x%llx" : isSigned ? "%lld" : "%llu";
    if (isa<FloatType>(element) && !op.getHex())
      format = "%f";
    else if (isa<tile::PointerType>(element))
      format = "%p";
    std::string operand = op.getArgs().size() > 1 ? "(operand " + std::to_string(k) + ") " : "";
    auto promoted = [&](OpBuilder &at, Value value) -> Value {
      if (isa<tile::PointerType>(element))
        return value;
      if (isa<FloatType>(element)) {
        if (!op.getHex())
          return emitFloatCast(at, loc, value, element, at.getF64Type());
        if (isa<FloatType>(value.getType()))
          value = arith::BitcastOp::create(at, loc, at.getIntegerType(value.getType().getIntOrFloatBitWidth()), value);
      }
      if (value.getType().isInteger(64))
        return value;
      if (isSigned && !element.isInteger(1) && !op.getHex())
        return arith::ExtSIOp::create(at, loc, at.getI64Type(), value);
      return arith::ExtUIOp::create(at, loc, at.getI64Type(), value);
    };
    if (!isBlock(arg)) {
      print(b, head + ") " + prefix + operand + format + "\n",
            {ids[0], ids[1], ids[2], promoted(b, scalars.lookup(arg))});
      continue;
    }
    ArrayRef<int64_t> shape = shapeOf(arg.getType());
    materialise(arg);
    Nest nest(*this, loc, shape);
    nest.need(arg);
    for (unsigned dim = 0; dim < shape.size(); ++dim)
      nest.cutAtDimension(dim);
    nest.plan();
    nest.openOuter();
    nest.inner({}, [&, arg = arg](ValueRange) {
      Value value = nest.element(arg);
      std::string line = head;
      SmallVector<Value> values = {ids[0], ids[1], ids[2]};
      for (unsigned dim = 0; dim < shape.size(); ++dim) {
        line += dim == 0 ? "%lld" : ", %lld";
        values.push_back(nest.indexAlong(dim));
      }
      OpBuilder at = nest.here();
      values.push_back(promoted(at, value));
      print(at, line + ") " + prefix + operand + format + "\n", values);
      return SmallVector<Value>();
    });
    nest.close();
  }
}

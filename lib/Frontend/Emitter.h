//===- Emitter.h - Walks a kernel's tree and builds its IR ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One Emitter compiles one kernel. It walks statements in order with a scope that
// maps each local name to what it stands for at this point: an SSA value, or a value
// of compile time. There is no separate SSA construction: a construct that joins
// control flow compares the scopes of its arms and gives results to the operation.
//
// Helpers are emitted in place, one Frame per call: locations chain through CallSiteLoc.
//
// Early returns. A statement list answers with a Flow: it fell through, it always
// returned, or it returned where an i1 says so. When one arm of an `if` always
// returns, the rest of the list moves into the other arm; when that is not so, the
// rest is guarded by the i1:
//
//   if pid >= n: return          scf.if %out { } else { rest }
//   rest
//
//   if a:                        %returned = scf.if %a { .. yield %b } else { yield false }
//     if b: return               scf.if %returned { } else { rest }
//   rest
//
// Sources: Emitter.cpp (kernel, errors, locations), ExpressionEmitter.cpp,
// AttributeEmitter.cpp, CallEmitter.cpp, StatementEmitter.cpp, BranchEmitter.cpp,
// LoopEmitter.cpp.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Builtins.h"
#include "lib/Frontend/Frontend.h"
#include "lib/Frontend/TensorOps.h"
#include "lib/Syntax/Walk.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/ScopeExit.h"

namespace tegula {

/// A function's tree and where it came from.
struct LoadedFunction {
  FunctionSource source;
  std::unique_ptr<ast::Tree> tree; // when this compile parsed it
  const ast::FunctionDef *def = nullptr;
  llvm::StringRef file;
};

/// What a local name stands for. An invalid value: the name was bound on one side of a run-time `if` or inside a loop,
/// and is gone; `site` says where.
struct Binding {
  Value value;
  const ast::Node *site = nullptr;
  /// Annotated `tl.constexpr`: may not be bound again.
  bool isConstexpr = false;
};

using Scope = llvm::MapVector<llvm::StringRef, Binding>;

/// One call in progress.
struct Frame {
  FunctionRef function;
  const LoadedFunction *loaded = nullptr;
  Frame *caller = nullptr;
  const ast::Node *callSite = nullptr; // in the caller
  mlir::LocationAttr callerLocation;
  Scope locals;
  /// Names whose next binding is constexpr: `x: tl.constexpr` without a value.
  llvm::SmallVector<llvm::StringRef, 2> pendingConstexpr;
  unsigned loopDepth = 0;

  bool isLibrary() const { return loaded && loaded->source.isLibrary; }
};

/// How a list of statements ended.
struct Flow {
  enum Kind { FallsThrough, Returns, MayReturn } kind = FallsThrough;
  /// What was returned; None for a bare return. Invalid: the function's end was reached without one.
  Value value;
  mlir::Value returned; // i1, of MayReturn
  const ast::Node *site = nullptr;
  bool failed = false;

  static Flow failure() {
    Flow flow;
    flow.failed = true;
    return flow;
  }
};

/// The arguments of a call, evaluated.
struct CallArguments {
  llvm::SmallVector<Value, 8> positional;
  llvm::SmallVector<std::pair<llvm::StringRef, Value>, 4> keywords;
};

class Emitter : public Reporter {
public:
  Emitter(mlir::MLIRContext &context, Environment &environment, const FrontendOptions &options, SourceManager &sources,
          DiagnosticEngine &diagnostics);

  mlir::OwningOpRef<mlir::ModuleOp> emitKernel(void *kernel, llvm::ArrayRef<ArgumentBinding> arguments);

  //===--- Errors and places (Emitter.cpp) ------------------------------------===//

  Diagnostic &error(llvm::StringRef kind, const llvm::Twine &message) override {
    return report(Severity::Error, kind, message);
  }
  Diagnostic &warning(llvm::StringRef kind, const llvm::Twine &message) override {
    return report(Severity::Warning, kind, message);
  }
  /// At another node of the current function.
  Diagnostic &errorAt(const ast::Node *node, llvm::StringRef kind, const llvm::Twine &message);
  mlir::Location location() override;
  SourceRange rangeOf(const ast::Node *node) const;
  /// Adds notes that say where the compile-time names in an expression of the user's call were bound.
  void noteBindings(Diagnostic &diagnostic, const ast::Node *expression);
  /// "did you mean `x`?" when something is close; empty otherwise.
  static std::string suggestion(llvm::StringRef name, llvm::ArrayRef<std::string> candidates);

  //===--- Expressions --------------------------------------------------------===//

  Value emit(const ast::Expr *expr);
  Value getattr(const Value &object, llvm::StringRef name);
  Value call(const Value &callee, CallArguments &arguments);
  /// Calls a function of the language with positional arguments, as builtins do with their combine functions.
  Value callFunction(FunctionRef function, llvm::ArrayRef<Value> arguments);
  /// Binds arguments to a builtin's parameters, in their order; false after reporting.
  bool bindBuiltin(const Builtin &builtin, CallArguments &arguments, llvm::SmallVectorImpl<Value> &bound);
  /// Literals become run-time scalars, tuples item by item: what assignment does.
  Value decay(const Value &value);

  //===--- State --------------------------------------------------------------===//

  mlir::MLIRContext &context;
  Environment &environment;
  const FrontendOptions &options;
  SourceManager &sources;
  DiagnosticEngine &diagnostics;
  mlir::OpBuilder builder;
  TensorOps ops;
  Frame *frame = nullptr;
  /// The node that errors and operations belong to.
  const ast::Node *current = nullptr;

private:
  Diagnostic &report(Severity severity, llvm::StringRef kind, const llvm::Twine &message);
  const LoadedFunction *load(FunctionRef function);
  /// Counts one step of work; false once the compile has done an unreasonable amount.
  bool step(size_t work = 1);
  mlir::Location locationOf(const Frame &frame, const ast::Node *node) const;

  // Expressions.
  Value emitByKind(const ast::Expr *expr);
  Value emitName(const ast::Name *name);
  Value emitBinary(ast::BinaryOperator op, const Value &left, const Value &right);
  Value emitUnary(ast::UnaryOperator op, const Value &operand);
  Value emitBoolOp(const ast::BoolOp *node);
  Value emitCompare(const ast::Compare *node);
  Value compareTwo(ast::CompareOperator op, const Value &left, const Value &right);
  Value emitTernary(const ast::IfExp *node);
  Value emitTuple(ast::ExprList elements, bool isList);
  Value emitComprehension(ast::ExprList elements, ast::Nodes<ast::Comprehension> generators);
  Value emitFormatted(const ast::JoinedStr *node);
  Value emitSubscript(const ast::Subscript *node);
  Value emitTensorSubscript(Tensor tensor, const Value &index);
  Value emitCall(const ast::Call *node);
  Value lookupGlobal(llvm::StringRef name);
  bool emitArguments(const ast::Call *node, CallArguments &arguments);

  // Calls.
  Value callInlined(FunctionRef function, CallArguments &arguments);
  bool bindParameters(const LoadedFunction &loaded, Frame &callee, CallArguments &arguments);
  /// `Point(x, y)` of a NamedTuple class of the host; nothing when the object is no such class.
  std::optional<Value> makeNamedTuple(ObjectRef cls, CallArguments &arguments);
  Value callEnvironment(Environment *owner, void *object, const CallArguments &arguments);
  Diagnostic &wrongArgumentCount(const LoadedFunction &loaded, const llvm::Twine &message);

  // Statements.
  Flow emitBody(ast::StmtList statements, bool isTail);
  Flow emitStatement(const ast::Stmt *statement, ast::StmtList rest, bool isTail, bool &tookRest);
  bool emitAssign(const ast::Expr *target, const Value &value, bool keepConstexpr);
  bool bind(llvm::StringRef name, const Value &value, const ast::Node *site, bool isConstexpr);
  bool emitAugmented(const ast::AugAssign *node);
  bool emitAnnotated(const ast::AnnAssign *node);
  Flow emitReturn(const ast::Return *node);
  bool emitAssert(const ast::Assert *node);
  Flow unsupported(const ast::Node *node, llvm::StringRef hint = "");

  // Branches.
  struct Arm {
    mlir::Block *block = nullptr;
    Scope scope;
    Flow flow;
  };
  /// A condition as a compile-time bool or an i1; neither after an error.
  struct Condition {
    std::optional<bool> known;
    mlir::Value value;
    explicit operator bool() const { return known || value; }
  };
  Condition emitCondition(const Value &value);
  Flow emitIf(const ast::If *node, ast::StmtList rest, bool isTail, bool &tookRest);
  Flow emitRuntimeIf(mlir::Value condition, llvm::function_ref<Flow()> thenBody, llvm::function_ref<Flow()> elseBody,
                     ast::StmtList rest, bool isTail, bool &tookRest);
  Flow guardRest(const Flow &flow, ast::StmtList rest, bool isTail);
  Flow joinArms(mlir::scf::IfOp op, Arm &thenArm, Arm &elseArm, const Scope &before);

  // Loops.
  bool emitFor(const ast::For *node);
  bool emitUnrolled(const ast::For *node, llvm::ArrayRef<Value> items);
  bool emitRangeLoop(const ast::For *node, const Builtin &range, llvm::ArrayRef<Value> bounds);
  bool emitWhile(const ast::While *node);
  struct Carried {
    llvm::StringRef name;
    Value initial;
    const ast::Node *site;
  };
  bool findCarried(llvm::ArrayRef<const ast::Node *> parts, llvm::SmallVectorImpl<Carried> &carried);
  bool checkLoopEnd(llvm::ArrayRef<Carried> carried, const Scope &before, llvm::SmallVectorImpl<mlir::Value> &yields);
  void restoreAfterLoop(llvm::ArrayRef<Carried> carried, const Scope &before, mlir::ValueRange results);

  llvm::DenseMap<std::pair<void *, void *>, std::unique_ptr<LoadedFunction>> loadedFunctions;
  unsigned depth = 0;
  unsigned callDepth = 0;
  uint64_t steps = 0;
  bool exhausted = false;
  friend class BuiltinCall;
  friend struct EmitDepth;
};

/// Appends the run-time scalars and blocks in a value, tuples in order.
void collectTensors(const Value &value, llvm::SmallVectorImpl<Tensor> &tensors);
/// The same value with its tensors replaced, in the same order.
Value replaceTensors(const Value &value, mlir::ValueRange &replacements);

/// Names that the statements bind, each once.
void collectAssigned(const ast::Node &node, llvm::SmallVectorImpl<llvm::StringRef> &names);

/// Whether an annotation means constexpr: `tl.constexpr`, `constexpr`, "tl.constexpr".
bool isConstexprAnnotation(const ast::Expr *annotation);

} // namespace tegula

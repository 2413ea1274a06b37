//===- Emitter.cpp - The kernel as a whole; places and errors ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/Emitter.h"

#include "dialects/Tile/IR/Tile.h"
#include "lib/Frontend/StdLibrary.h"
#include "lib/Syntax/Parser.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

Emitter::Emitter(MLIRContext &context, Environment &environment, const FrontendOptions &options, SourceManager &sources,
                 DiagnosticEngine &diagnostics)
    : context(context), environment(environment), options(options), sources(sources), diagnostics(diagnostics),
      builder(&context), ops(builder, *this, options.fuseFloats, options.debug) {}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

SourceRange Emitter::rangeOf(const ast::Node *node) const {
  return {std::string_view(frame->loaded->file), node ? node->span : SourceSpan()};
}

mlir::Location Emitter::locationOf(const Frame &where, const ast::Node *node) const {
  SourceSpan span = node ? node->span : SourceSpan();
  LocationAttr place = FileLineColRange::get(StringAttr::get(&context, where.loaded->file), span.line, span.column,
                                             span.endLine, span.endColumn);
  if (where.callerLocation)
    place = CallSiteLoc::get(mlir::Location(place), mlir::Location(where.callerLocation));
  return place;
}

mlir::Location Emitter::location() {
  if (!frame)
    return UnknownLoc::get(&context);
  return locationOf(*frame, current);
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

/// The innermost place that the user wrote, then the calls that lead there.
Diagnostic &Emitter::report(Severity severity, StringRef kind, const Twine &message) {
  const Frame *where = frame;
  const ast::Node *node = current;
  while (where && where->isLibrary() && where->caller) {
    node = where->callSite;
    where = where->caller;
  }
  SourceRange range;
  if (where)
    range = SourceRange(std::string_view(where->loaded->file), node ? node->span : SourceSpan());
  Diagnostic &diagnostic = diagnostics.report(severity, std::string_view(kind), std::move(range), message.str());
  unsigned shown = 0;
  for (; where && where->caller && shown < 8; where = where->caller, ++shown)
    diagnostic.note(SourceRange(std::string_view(where->caller->loaded->file), where->callSite->span),
                    "in the call of " + where->loaded->source.name + " here");
  return diagnostic;
}

Diagnostic &Emitter::errorAt(const ast::Node *node, StringRef kind, const Twine &message) {
  const ast::Node *before = current;
  current = node;
  Diagnostic &diagnostic = error(kind, message);
  current = before;
  return diagnostic;
}

void Emitter::noteBindings(Diagnostic &diagnostic, const ast::Node *expression) {
  const Frame *where = frame;
  while (where && where->isLibrary() && where->caller)
    where = where->caller;
  if (!where || !expression)
    return;
  SmallVector<StringRef, 4> seen;
  ast::walk(*expression, [&](const ast::Node &node) {
    auto *name = node.as<ast::Name>();
    if (!name || is_contained(seen, StringRef(name->id)))
      return true;
    seen.push_back(name->id);
    auto found = where->locals.find(StringRef(name->id));
    if (found == where->locals.end() || !found->second.site || !found->second.value.isNumber())
      return true;
    SourceRange place(std::string_view(where->loaded->file), found->second.site->span);
    if (none_of(diagnostic.notes, [&](const DiagnosticNote &note) { return note.range == place; }))
      diagnostic.note(place, std::string(name->id) + " is bound to " + reprOf(found->second.value) + " here");
    return true;
  });
}

std::string Emitter::suggestion(StringRef name, ArrayRef<std::string> candidates) {
  std::string best;
  // A name of one letter is close to every other.
  unsigned bestDistance = name.size() < 2 ? 1 : std::max<unsigned>(1, unsigned(name.size()) / 3) + 1;
  for (const std::string &candidate : candidates) {
    if (candidate == name || candidate.empty())
      continue;
    unsigned distance = name.edit_distance(candidate, true, bestDistance);
    if (StringRef(candidate).equals_insensitive(name))
      distance = 0;
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best.empty() ? "" : "did you mean `" + best + "`?";
}

bool Emitter::step(size_t work) {
  // Some hundred times the largest real kernel; what exceeds it is a loop unrolled without end.
  constexpr uint64_t limit = 1'000'000;
  steps += work;
  if (steps < limit)
    return true;
  if (!exhausted)
    error("too-large", "the kernel unrolls to more than " + Twine(limit) + " expressions");
  exhausted = true;
  return false;
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

const LoadedFunction *Emitter::load(FunctionRef function) {
  auto &entry = loadedFunctions[{function.environment, function.handle}];
  if (entry)
    return entry->def ? entry.get() : nullptr;
  entry = std::make_unique<LoadedFunction>();
  LoadedFunction &loaded = *entry;
  std::string problem;
  if (function.environment->functionSource(function.handle, loaded.source, problem) != Environment::Answer::Found) {
    error("no-source", problem.empty() ? Twine("the text of this function is not known") : Twine(problem));
    return nullptr;
  }
  if (loaded.source.def) {
    loaded.def = loaded.source.def;
    loaded.file = loaded.source.file;
    return &loaded;
  }
  const SourceBuffer &buffer = sources.add(loaded.source.file, loaded.source.text, loaded.source.firstLine);
  loaded.tree = parse(buffer, diagnostics);
  if (!loaded.tree)
    return nullptr;
  loaded.file = loaded.source.file;
  const ast::FunctionDef *def = nullptr;
  for (const ast::Stmt *statement : loaded.tree->module->body)
    if (!def)
      def = statement->as<ast::FunctionDef>();
  if (!def) {
    error("no-source", "the text of " + Twine(loaded.source.name) + " holds no `def`");
    return nullptr;
  }
  loaded.def = def;
  if (loaded.source.name.empty())
    loaded.source.name = std::string(def->name);
  return &loaded;
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> Emitter::emitKernel(void *kernel, ArrayRef<ArgumentBinding> arguments) {
  size_t errorsBefore = diagnostics.errorCount();
  FunctionRef function{&environment, kernel};
  const LoadedFunction *loaded = load(function);
  if (!loaded)
    return nullptr;
  const ast::FunctionDef *def = loaded->def;

  Frame top;
  top.function = function;
  top.loaded = loaded;
  frame = &top;
  current = def;

  SmallVector<const ast::Arg *> parameters;
  for (auto list : {def->args->posonlyargs, def->args->args, def->args->kwonlyargs})
    for (const ast::Arg *parameter : list)
      parameters.push_back(parameter);
  if (def->args->vararg || def->args->kwarg) {
    errorAt(def->args->vararg ? def->args->vararg : def->args->kwarg, "unsupported-construct",
            "a kernel takes a fixed number of parameters; got `*" + Twine(def->args->vararg ? "" : "*") +
                std::string((def->args->vararg ? def->args->vararg : def->args->kwarg)->arg) + "`");
    return nullptr;
  }
  if (arguments.size() != parameters.size()) {
    diagnostics.error("wrong-argument-count",
                      SourceRange(std::string_view(loaded->file), def->nameSpan.isValid() ? def->nameSpan : def->span),
                      loaded->source.name + " takes " + std::to_string(parameters.size()) +
                          (parameters.size() == 1 ? " argument; got " : " arguments; got ") +
                          std::to_string(arguments.size()));
    return nullptr;
  }

  SmallVector<mlir::Type> types;
  SmallVector<const ArgumentBinding *> runtime;
  for (auto [parameter, argument] : zip(parameters, arguments)) {
    if (!argument.name.empty() && argument.name != parameter->arg) {
      errorAt(parameter, "wrong-argument",
              "the argument `" + argument.name + "` stands in the place of parameter `" + std::string(parameter->arg) +
                  "`");
      return nullptr;
    }
    if (argument.constant)
      continue;
    Type element = argument.type;
    while (element.isPointer())
      element = element.pointee();
    if (!element || element.isBlock() || (element.isVoid() && !argument.type.isPointer()) || !element.isSupported()) {
      errorAt(parameter, "type-error", "a parameter cannot have the type " + argument.type.str());
      return nullptr;
    }
    if (isConstexprAnnotation(parameter->annotation)) {
      errorAt(parameter, "wrong-argument",
              "`" + Twine(std::string(parameter->arg)) + "` is a constexpr parameter and needs a value; got the type " +
                  argument.type.str());
      return nullptr;
    }
    types.push_back(ops.ir(argument.type));
    runtime.push_back(&argument);
  }

  OwningOpRef<ModuleOp> module = ModuleOp::create(location());
  builder.setInsertionPointToEnd(module->getBody());
  auto funcOp = func::FuncOp::create(builder, location(), loaded->source.name, builder.getFunctionType(types, {}));
  funcOp->setAttr(tile::kKernelAttr, builder.getUnitAttr());
  Block *entry = funcOp.addEntryBlock();
  builder.setInsertionPointToEnd(entry);

  unsigned index = 0;
  for (auto [parameter, argument] : zip(parameters, arguments)) {
    Binding &binding = top.locals[StringRef(parameter->arg)];
    binding.site = parameter;
    if (argument.constant) {
      binding.value = argument.constant;
      continue;
    }
    entry->getArgument(index).setLoc(locationOf(top, parameter));
    binding.value = Value::tensor(entry->getArgument(index), argument.type);
    funcOp.setArgAttr(index, tile::kNameAttr, builder.getStringAttr(std::string(parameter->arg)));
    if (argument.divisibility > 1)
      funcOp.setArgAttr(index, tile::kDivisibilityAttr, builder.getI64IntegerAttr(argument.divisibility));
    ++index;
  }

  Flow flow = emitBody(def->body, /*isTail=*/true);
  if (flow.failed || diagnostics.errorCount() != errorsBefore)
    return nullptr;
  if (flow.kind != Flow::FallsThrough && flow.value && !flow.value.isNone()) {
    errorAt(flow.site, "kernel-returns-value", "a kernel returns nothing; got " + describeValue(flow.value))
        .withHint("store the result through a pointer");
    return nullptr;
  }
  current = def;
  func::ReturnOp::create(builder, location());
  frame = nullptr;
  return module;
}

void registerFrontendDialects(DialectRegistry &registry) {
  registry.insert<arith::ArithDialect, func::FuncDialect, math::MathDialect, scf::SCFDialect, tile::TileDialect>();
}

OwningOpRef<ModuleOp> emitKernel(MLIRContext &context, Environment &environment, void *kernel,
                                 ArrayRef<ArgumentBinding> arguments, const FrontendOptions &options,
                                 SourceManager &sources, DiagnosticEngine &diagnostics) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect, math::MathDialect, scf::SCFDialect, tile::TileDialect>();
  Emitter emitter(context, environment, options, sources, diagnostics);
  return emitter.emitKernel(kernel, arguments);
}

} // namespace tegula

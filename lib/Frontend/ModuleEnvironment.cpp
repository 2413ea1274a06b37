//===- ModuleEnvironment.cpp - A module file as an environment --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/ModuleEnvironment.h"

#include "lib/Frontend/Builtins.h"
#include "lib/Frontend/ConstEval.h"
#include "lib/Syntax/Parser.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstring>
#include <deque>
#include <map>

using namespace llvm;
using tegula::ast::Kind;

namespace tegula {

namespace {

/// A function or class of the module, or the module itself: what handles point at.
struct Entity {
  enum Form { Module, Class, Jit, Constexpr, Plain } form = Module;
  std::string name;
  const ast::FunctionDef *def = nullptr;
  StringMap<Value> members; // of a class
};

/// The last component of a decorator: "jit" of `@triton.jit(do_not_specialize=...)`.
StringRef decoratorName(const ast::Expr *decorator) {
  if (auto *call = decorator->as<ast::Call>())
    decorator = call->func;
  if (auto *attribute = decorator->as<ast::Attribute>())
    return attribute->attr;
  if (auto *name = decorator->as<ast::Name>())
    return name->id;
  return "";
}

} // namespace

/// What the modules of one program share.
struct ModuleEnvironment::Shared {
  SourceManager &sources;
  DiagnosticEngine &diagnostics;
  std::map<std::string, std::unique_ptr<ModuleEnvironment>> siblings;
  unsigned depth = 0;
};

struct ModuleEnvironment::Impl {
  ModuleEnvironment *self = nullptr;
  std::shared_ptr<Shared> shared;
  std::string path;
  const SourceBuffer *buffer = nullptr;
  std::unique_ptr<ast::Tree> tree;
  std::deque<Entity> entities;
  StringMap<Value> names;
  StringMap<std::string> unknown; // names that are bound to something that cannot be evaluated, and why
  std::vector<std::string> jitNames;
  PythonEvaluator evaluator{500'000};
  std::vector<std::unique_ptr<ast::Tree>> snippets;

  Value lookUp(StringRef name, std::string &error) {
    auto found = names.find(name);
    if (found != names.end())
      return found->second;
    auto reason = unknown.find(name);
    if (reason != unknown.end())
      error = "`" + name.str() + "` is bound at module level to something that is not known at compile time (" +
              reason->second + ")";
    return {};
  }

  Value evaluate(const ast::Expr *expr, std::string &error) {
    auto lookup = [&](StringRef name, std::string &why) { return lookUp(name, why); };
    return evaluator.evaluate(expr, lookup, error);
  }

  void bind(StringRef name, Value value, std::string why = "") {
    if (value) {
      names[name] = std::move(value);
      unknown.erase(name);
    } else {
      names.erase(name);
      unknown[name] = why.empty() ? "it is computed at run time" : std::move(why);
    }
  }

  void bindTarget(const ast::Expr *target, const Value &value, const std::string &why) {
    if (auto *name = target->as<ast::Name>()) {
      bind(name->id, value, why);
    } else if (auto *tuple = target->as<ast::Tuple>()) {
      for (size_t i = 0; i < tuple->elts.size(); ++i)
        bindTarget(tuple->elts[i],
                   value.isTuple() && value.items().size() == tuple->elts.size() ? value.items()[i] : Value(), why);
    }
  }

  Value defineFunction(const ast::FunctionDef *def, const std::string &qualifiedName) {
    Entity &entity = entities.emplace_back();
    entity.form = Entity::Plain;
    entity.name = qualifiedName;
    entity.def = def;
    for (const ast::Expr *decorator : def->decoratorList) {
      StringRef name = decoratorName(decorator);
      if (name == "jit" || name == "pointwise_dynamic")
        entity.form = Entity::Jit;
      else if ((name == "constexpr_function" || name == "constexpr") && entity.form == Entity::Plain)
        entity.form = Entity::Constexpr;
    }
    if (entity.form == Entity::Jit)
      jitNames.push_back(qualifiedName);
    return entity.form == Entity::Plain ? Value::object(self, &entity) : Value::function(self, &entity);
  }

  void defineClass(const ast::ClassDef *def) {
    Entity &entity = entities.emplace_back();
    entity.form = Entity::Class;
    entity.name = std::string(def->name);
    bool isNamedTuple = any_of(def->bases, [](const ast::Expr *base) { return decoratorName(base) == "NamedTuple"; });
    std::vector<Value> fields;
    for (const ast::Stmt *statement : def->body) {
      auto *field = statement->as<ast::AnnAssign>();
      if (auto *target = isNamedTuple && field ? field->target->as<ast::Name>() : nullptr)
        fields.push_back(Value::string(StringRef(target->id)));
      if (auto *function = statement->as<ast::FunctionDef>())
        entity.members[StringRef(function->name)] =
            defineFunction(function, entity.name + "." + std::string(function->name));
      auto *assign = statement->as<ast::Assign>();
      auto *name = assign && assign->targets.size() == 1 ? assign->targets[0]->as<ast::Name>() : nullptr;
      std::string ignored;
      if (name)
        if (Value value = evaluate(assign->value, ignored))
          entity.members[StringRef(name->id)] = value;
    }
    if (isNamedTuple)
      entity.members["_fields"] = Value::tuple(std::move(fields));
    bind(def->name, Value::object(self, &entity));
  }

  //===--- Imports ----------------------------------------------------------===//

  /// A file beside this one, `level` folders up; null when there is none or it does not parse.
  ModuleEnvironment *sibling(StringRef dotted, unsigned level) {
    SmallString<256> base(path);
    sys::path::remove_filename(base);
    for (unsigned i = 1; i < level; ++i)
      sys::path::append(base, "..");
    SmallVector<StringRef> parts;
    if (!dotted.empty())
      dotted.split(parts, '.');
    for (StringRef part : parts)
      sys::path::append(base, part);
    for (std::string candidate : {base.str().str() + ".py", base.str().str() + "/__init__.py"}) {
      auto known = shared->siblings.find(candidate);
      if (known != shared->siblings.end())
        return known->second.get();
      if (!sys::fs::is_regular_file(candidate) || shared->depth >= 16 || shared->siblings.size() >= 64)
        continue;
      // An entry first, so that a cycle of imports ends.
      shared->siblings[candidate] = nullptr;
      const SourceBuffer *text = shared->sources.addFile(candidate);
      if (!text)
        return nullptr;
      ++shared->depth;
      auto module = make(shared, candidate, *text);
      --shared->depth;
      ModuleEnvironment *result = module.get();
      shared->siblings[candidate] = std::move(module);
      return result;
    }
    return nullptr;
  }

  /// False when the module is not one that can be had here: what makes a `try` take its handler.
  bool import(const ast::Import *node) {
    bool found = true;
    for (const ast::Alias *alias : node->names) {
      StringRef dotted = alias->name, as = alias->asname;
      Value module = importedModule(dotted);
      if (module) {
        // `import triton.language` binds `triton`; with a name of its own, the submodule.
        StringRef root = dotted.split('.').first;
        bind(as.empty() ? root : as, as.empty() ? importedModule(root) : module);
        continue;
      }
      ModuleEnvironment *file = sibling(dotted, 0);
      StringRef name = as.empty() ? dotted.split('.').first : as;
      if (file && (!as.empty() || !dotted.contains('.'))) {
        bind(name, Value::object(file, nullptr));
      } else {
        bind(name, Value(), "the module `" + dotted.str() + "` is not part of the kernel language");
        found = false;
      }
    }
    return found;
  }

  bool importFrom(const ast::ImportFrom *node) {
    bool found = true;
    Value module = node->level == 0 ? importedModule(StringRef(node->module)) : Value();
    ModuleEnvironment *file = module ? nullptr : sibling(StringRef(node->module), node->level);
    for (const ast::Alias *alias : node->names) {
      StringRef name = alias->name, as = alias->asname.empty() ? alias->name : alias->asname;
      if (name == "*") {
        if (module)
          for (const std::string &member : moduleNames(module.modulePath()))
            bind(member, moduleMember(module.modulePath(), member));
        if (file)
          for (auto &entry : file->impl->names)
            if (!entry.first().starts_with("_"))
              bind(entry.first(), entry.second);
        continue;
      }
      Value value;
      std::string why;
      if (module) {
        value = moduleMember(module.modulePath(), name);
        // Decorators and types of the host side have no meaning inside a kernel.
      } else if (file) {
        value = file->impl->lookUp(name, why);
      } else if (ModuleEnvironment *inside =
                     node->level ? sibling((node->module.empty() ? "" : std::string(node->module) + ".") + name.str(),
                                           node->level)
                                 : nullptr) {
        value = Value::object(inside, nullptr);
      }
      if (!value) {
        // Of the package itself, names of the host side (`jit`, `autotune`) exist without a meaning in kernels.
        found = found && module && module.modulePath() == "triton";
        why = "it is imported from `" + std::string(node->level, '.') + std::string(node->module) + "`";
      }
      bind(as, value, why);
    }
    return found;
  }

  //===--- Statements ---------------------------------------------------------===//

  /// False when an import in it failed.
  bool run(ast::StmtList statements, unsigned depth = 0) {
    bool fine = true;
    for (const ast::Stmt *statement : statements) {
      switch (statement->kind) {
      case Kind::Import:
        fine = import(statement->as<ast::Import>()) && fine;
        break;
      case Kind::ImportFrom:
        fine = importFrom(statement->as<ast::ImportFrom>()) && fine;
        break;
      case Kind::FunctionDef:
        bind(statement->as<ast::FunctionDef>()->name,
             defineFunction(statement->as<ast::FunctionDef>(), std::string(statement->as<ast::FunctionDef>()->name)));
        break;
      case Kind::ClassDef:
        defineClass(statement->as<ast::ClassDef>());
        break;
      case Kind::Assign: {
        auto *node = statement->as<ast::Assign>();
        std::string why;
        Value value = evaluate(node->value, why);
        for (const ast::Expr *target : node->targets)
          bindTarget(target, value, why);
        break;
      }
      case Kind::AnnAssign: {
        auto *node = statement->as<ast::AnnAssign>();
        std::string why;
        if (node->value)
          bindTarget(node->target, evaluate(node->value, why), why);
        break;
      }
      case Kind::AugAssign: {
        auto *node = statement->as<ast::AugAssign>();
        std::string why;
        Value left = evaluate(node->target, why);
        Value right = left ? evaluate(node->value, why) : Value();
        bindTarget(node->target, right ? constBinary(node->op, left, right, why) : Value(), why);
        break;
      }
      case Kind::If: {
        auto *node = statement->as<ast::If>();
        std::string why;
        Value test = evaluate(node->test, why);
        if (depth > 100)
          break;
        if (test) {
          fine = run(constTruth(test) ? node->body : node->orelse, depth + 1) && fine;
        } else {
          // Unknown: names of both arms, those of the first win.
          run(node->orelse, depth + 1);
          run(node->body, depth + 1);
        }
        break;
      }
      case Kind::Try: {
        auto *node = statement->as<ast::Try>();
        if (depth > 100)
          break;
        if (!run(node->body, depth + 1)) {
          for (const ast::ExceptHandler *handler : node->handlers)
            if (run(handler->body, depth + 1))
              break;
        } else {
          run(node->orelse, depth + 1);
        }
        run(node->finalbody, depth + 1);
        break;
      }
      case Kind::With:
        if (depth <= 100)
          run(statement->as<ast::With>()->body, depth + 1);
        break;
      default:
        break;
      }
    }
    return fine;
  }

  static std::unique_ptr<ModuleEnvironment> make(std::shared_ptr<Shared> shared, const std::string &path,
                                                 const SourceBuffer &buffer) {
    auto impl = std::make_unique<Impl>();
    Impl *inside = impl.get();
    inside->shared = std::move(shared);
    inside->path = path;
    inside->buffer = &buffer;
    inside->tree = parse(buffer, inside->shared->diagnostics);
    if (!inside->tree)
      return nullptr;
    std::unique_ptr<ModuleEnvironment> result(new ModuleEnvironment(std::move(impl)));
    inside->self = result.get();
    inside->bind("__name__", Value::string("tegula_module"));
    inside->run(inside->tree->module->body);
    return result;
  }
};

ModuleEnvironment::ModuleEnvironment(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
ModuleEnvironment::~ModuleEnvironment() = default;

std::unique_ptr<ModuleEnvironment> ModuleEnvironment::fromText(const std::string &path, std::string text,
                                                               SourceManager &sources, DiagnosticEngine &diagnostics) {
  return fromBuffer(sources.add(path, std::move(text)), sources, diagnostics);
}

std::unique_ptr<ModuleEnvironment> ModuleEnvironment::fromBuffer(const SourceBuffer &buffer, SourceManager &sources,
                                                                 DiagnosticEngine &diagnostics) {
  return Impl::make(std::make_shared<Shared>(Shared{sources, diagnostics, {}, 0}), buffer.file(), buffer);
}

std::unique_ptr<ModuleEnvironment> ModuleEnvironment::fromFile(const std::string &path, SourceManager &sources,
                                                               DiagnosticEngine &diagnostics) {
  const SourceBuffer *buffer = sources.addFile(path);
  if (!buffer) {
    diagnostics.error("unreadable-file", SourceRange(), "cannot read '" + path + "': " + std::strerror(errno));
    return nullptr;
  }
  return fromBuffer(*buffer, sources, diagnostics);
}

void *ModuleEnvironment::find(StringRef name) {
  auto [first, second] = name.split('.');
  auto found = impl->names.find(first);
  if (found == impl->names.end())
    return nullptr;
  Value value = found->second;
  if (!second.empty()) {
    if (value.kind() != Value::Kind::Object || !value.asObject().handle || value.asObject().environment != this)
      return nullptr;
    value = static_cast<Entity *>(value.asObject().handle)->members.lookup(second);
  }
  if (!value.isFunction() || value.asFunction().environment != this)
    return nullptr;
  auto *entity = static_cast<Entity *>(value.asFunction().handle);
  return entity->form == Entity::Jit ? entity : nullptr;
}

std::vector<std::string> ModuleEnvironment::kernels() const { return impl->jitNames; }

Value ModuleEnvironment::evaluate(const std::string &text, std::string &error) {
  DiagnosticEngine problems;
  SourceBuffer buffer("<value>", text);
  std::unique_ptr<ast::Tree> tree = parse(buffer, problems);
  auto *statement = tree && tree->module->body.size() == 1 ? tree->module->body[0]->as<ast::ExprStmt>() : nullptr;
  if (!statement) {
    error = problems.hasErrors() ? problems.all().front().message : "an expression is expected";
    return {};
  }
  Value value = impl->evaluate(statement->value, error);
  impl->snippets.push_back(std::move(tree));
  return value;
}

Value ModuleEnvironment::evaluate(const ast::Expr *expr, std::string &error) { return impl->evaluate(expr, error); }

Environment::Answer ModuleEnvironment::lookup(void *, StringRef name, Value &result, std::string &error) {
  result = impl->lookUp(name, error);
  return result ? Answer::Found : error.empty() ? Answer::NotFound : Answer::Failed;
}

Environment::Answer ModuleEnvironment::getattr(void *object, StringRef name, Value &result, std::string &error) {
  if (!object)
    return lookup(nullptr, name, result, error);
  auto *entity = static_cast<Entity *>(object);
  if (name == "__name__") {
    result = Value::string(entity->name);
    return Answer::Found;
  }
  auto found = entity->members.find(name);
  if (found == entity->members.end())
    return Answer::NotFound;
  result = found->second;
  return Answer::Found;
}

Environment::Answer ModuleEnvironment::call(void *object, ArrayRef<Value> arguments, const Keywords &keywords,
                                            Value &result, std::string &error) {
  auto *entity = static_cast<Entity *>(object);
  if (!entity || entity->form == Entity::Module || entity->form == Entity::Class) {
    error = entity ? "the class `" + entity->name + "` cannot be called in a kernel" : "a module cannot be called";
    return Answer::Failed;
  }
  if (entity->form == Entity::Plain) {
    error = "the function `" + entity->name +
            "` is plain Python and cannot be called in a kernel; decorate it with "
            "@jit, or with @constexpr_function when it computes with compile-time values";
    return Answer::Failed;
  }
  PythonEvaluator evaluator;
  result = evaluator.callFunction({this, entity}, arguments, keywords, error);
  return result ? Answer::Found : Answer::Failed;
}

Environment::Answer ModuleEnvironment::functionSource(void *function, FunctionSource &result, std::string &error) {
  auto *entity = static_cast<Entity *>(function);
  if (!entity || !entity->def) {
    error = "this is not a function";
    return Answer::Failed;
  }
  result.name = std::string(entity->def->name);
  result.file = impl->buffer->file();
  result.firstLine = impl->buffer->firstLine();
  result.def = entity->def;
  result.buffer = impl->buffer;
  result.isConstexprFunction = entity->form == Entity::Constexpr;
  return Answer::Found;
}

std::vector<std::string> ModuleEnvironment::names(void *) {
  std::vector<std::string> result;
  for (auto &entry : impl->names)
    result.push_back(entry.first().str());
  llvm::sort(result);
  return result;
}

} // namespace tegula

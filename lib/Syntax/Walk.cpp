//===- Walk.cpp - Looking at every node -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Syntax/Walk.h"

using namespace tegula;
using namespace tegula::ast;

namespace {

/// Calls `visit` with the children given as fields: nodes, which may be null, and
/// lists of them.
struct Visit {
  const std::function<void(const Node &)> &visit;

  void operator()(const Node *node) const {
    if (node)
      visit(*node);
  }
  template <class T> void operator()(Nodes<T> nodes) const {
    for (const T *node : nodes)
      (*this)(node);
  }
  template <class First, class Second, class... Rest> void operator()(First first, Second second, Rest... rest) const {
    (*this)(first);
    (*this)(second);
    ((*this)(rest), ...);
  }
};

template <class T> const T &cast(const Node &node) { return static_cast<const T &>(node); }

} // namespace

void ast::forEachChild(const Node &node, const std::function<void(const Node &)> &function) {
  Visit visit{function};
  switch (node.kind) {
  case Kind::Module:
    return visit(cast<Module>(node).body);
  case Kind::FunctionDef:
  case Kind::AsyncFunctionDef: {
    auto &n = cast<FunctionDef>(node);
    return visit(n.decoratorList, n.typeParams, n.args, n.returns, n.body);
  }
  case Kind::ClassDef: {
    auto &n = cast<ClassDef>(node);
    return visit(n.decoratorList, n.typeParams, n.bases, n.keywords, n.body);
  }
  case Kind::Return:
    return visit(cast<Return>(node).value);
  case Kind::Delete:
    return visit(cast<Delete>(node).targets);
  case Kind::Assign:
    return visit(cast<Assign>(node).value, cast<Assign>(node).targets);
  case Kind::TypeAlias: {
    auto &n = cast<TypeAlias>(node);
    return visit(n.name, n.typeParams, n.value);
  }
  case Kind::AugAssign:
    return visit(cast<AugAssign>(node).target, cast<AugAssign>(node).value);
  case Kind::AnnAssign: {
    auto &n = cast<AnnAssign>(node);
    return visit(n.annotation, n.value, n.target);
  }
  case Kind::For:
  case Kind::AsyncFor: {
    auto &n = cast<For>(node);
    return visit(n.iter, n.target, n.body, n.orelse);
  }
  case Kind::While: {
    auto &n = cast<While>(node);
    return visit(n.test, n.body, n.orelse);
  }
  case Kind::If: {
    auto &n = cast<If>(node);
    return visit(n.test, n.body, n.orelse);
  }
  case Kind::With:
  case Kind::AsyncWith:
    return visit(cast<With>(node).items, cast<With>(node).body);
  case Kind::Match:
    return visit(cast<Match>(node).subject, cast<Match>(node).cases);
  case Kind::Raise:
    return visit(cast<Raise>(node).exc, cast<Raise>(node).cause);
  case Kind::Try:
  case Kind::TryStar: {
    auto &n = cast<Try>(node);
    return visit(n.body, n.handlers, n.orelse, n.finalbody);
  }
  case Kind::Assert:
    return visit(cast<Assert>(node).test, cast<Assert>(node).msg);
  case Kind::Import:
    return visit(cast<Import>(node).names);
  case Kind::ImportFrom:
    return visit(cast<ImportFrom>(node).names);
  case Kind::ExprStmt:
    return visit(cast<ExprStmt>(node).value);
  case Kind::Global:
  case Kind::Nonlocal:
  case Kind::Pass:
  case Kind::Break:
  case Kind::Continue:
  case Kind::Constant:
  case Kind::Name:
  case Kind::MatchSingleton:
  case Kind::MatchStar:
  case Kind::Alias:
  case Kind::TypeVarTuple:
  case Kind::ParamSpec:
    return;
  case Kind::BoolOp:
    return visit(cast<BoolOp>(node).values);
  case Kind::NamedExpr:
    return visit(cast<NamedExpr>(node).value, cast<NamedExpr>(node).target);
  case Kind::BinOp:
    return visit(cast<BinOp>(node).left, cast<BinOp>(node).right);
  case Kind::UnaryOp:
    return visit(cast<UnaryOp>(node).operand);
  case Kind::Lambda:
    return visit(cast<Lambda>(node).args, cast<Lambda>(node).body);
  case Kind::IfExp: {
    auto &n = cast<IfExp>(node);
    return visit(n.test, n.body, n.orelse);
  }
  case Kind::Dict: {
    auto &n = cast<Dict>(node);
    for (size_t i = 0; i < n.values.size(); ++i)
      visit(n.keys[i], n.values[i]);
    return;
  }
  case Kind::Set:
    return visit(cast<Set>(node).elts);
  case Kind::ListComp:
    return visit(cast<ListComp>(node).generators, cast<ListComp>(node).elt);
  case Kind::SetComp:
    return visit(cast<SetComp>(node).generators, cast<SetComp>(node).elt);
  case Kind::DictComp: {
    auto &n = cast<DictComp>(node);
    return visit(n.generators, n.key, n.value);
  }
  case Kind::GeneratorExp: {
    auto &n = cast<GeneratorExp>(node);
    return visit(n.generators, n.elt);
  }
  case Kind::Await:
    return visit(cast<Await>(node).value);
  case Kind::Yield:
    return visit(cast<Yield>(node).value);
  case Kind::YieldFrom:
    return visit(cast<YieldFrom>(node).value);
  case Kind::Compare:
    return visit(cast<Compare>(node).left, cast<Compare>(node).comparators);
  case Kind::Call: {
    auto &n = cast<Call>(node);
    return visit(n.func, n.args, n.keywords);
  }
  case Kind::FormattedValue: {
    auto &n = cast<FormattedValue>(node);
    return visit(n.value, n.formatSpec);
  }
  case Kind::JoinedStr:
    return visit(cast<JoinedStr>(node).values);
  case Kind::Attribute:
    return visit(cast<Attribute>(node).value);
  case Kind::Subscript:
    return visit(cast<Subscript>(node).value, cast<Subscript>(node).slice);
  case Kind::Starred:
    return visit(cast<Starred>(node).value);
  case Kind::List:
    return visit(cast<List>(node).elts);
  case Kind::Tuple:
    return visit(cast<Tuple>(node).elts);
  case Kind::Slice: {
    auto &n = cast<Slice>(node);
    return visit(n.lower, n.upper, n.step);
  }
  case Kind::MatchValue:
    return visit(cast<MatchValue>(node).value);
  case Kind::MatchSequence:
    return visit(cast<MatchSequence>(node).patterns);
  case Kind::MatchMapping:
    return visit(cast<MatchMapping>(node).keys, cast<MatchMapping>(node).patterns);
  case Kind::MatchClass: {
    auto &n = cast<MatchClass>(node);
    return visit(n.cls, n.patterns, n.kwdPatterns);
  }
  case Kind::MatchAs:
    return visit(cast<MatchAs>(node).pattern);
  case Kind::MatchOr:
    return visit(cast<MatchOr>(node).patterns);
  case Kind::Comprehension: {
    auto &n = cast<Comprehension>(node);
    return visit(n.iter, n.target, n.ifs);
  }
  case Kind::ExceptHandler:
    return visit(cast<ExceptHandler>(node).type, cast<ExceptHandler>(node).body);
  case Kind::Arguments: {
    auto &n = cast<Arguments>(node);
    return visit(n.posonlyargs, n.args, n.vararg, n.kwonlyargs, n.kwDefaults, n.kwarg, n.defaults);
  }
  case Kind::Arg:
    return visit(cast<Arg>(node).annotation);
  case Kind::Keyword:
    return visit(cast<Keyword>(node).value);
  case Kind::WithItem:
    return visit(cast<WithItem>(node).contextExpr, cast<WithItem>(node).optionalVars);
  case Kind::MatchCase: {
    auto &n = cast<MatchCase>(node);
    return visit(n.pattern, n.guard, n.body);
  }
  case Kind::TypeVar:
    return visit(cast<TypeVar>(node).bound);
  }
}

void ast::walk(const Node &node, const std::function<bool(const Node &)> &visit) {
  if (visit(node))
    forEachChild(node, [&](const Node &child) { walk(child, visit); });
}

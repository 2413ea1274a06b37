//===- CEnvironment.cpp - The environment behind C callbacks ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/CAPI/CEnvironment.h"

#include "lib/Frontend/Builtins.h"

using namespace tegula;

const char *CEnvironment::keep(std::string text) { return texts.emplace_back(std::move(text)).c_str(); }

Environment::Answer CEnvironment::answer(int code, const char *message, std::string &error) const {
  if (code == TEGULA_FOUND)
    return Answer::Found;
  if (code == TEGULA_NOT_FOUND)
    return Answer::NotFound;
  error = message ? message : "the host gave no reason";
  return Answer::Failed;
}

Environment::Answer CEnvironment::convert(int code, const char *message, const tegula_value &value, Value &result,
                                          std::string &error) {
  Answer how = answer(code, message, error);
  if (how != Answer::Found)
    return how;
  result = fromC(value, error);
  return result ? Answer::Found : Answer::Failed;
}

Value CEnvironment::fromC(const tegula_value &value, std::string &error) {
  llvm::StringRef text(value.text ? value.text : "",
                       value.text ? (value.text_size ? value.text_size : strlen(value.text)) : 0);
  switch (value.kind) {
  case TEGULA_VALUE_NONE:
    return Value::none();
  case TEGULA_VALUE_BOOL:
    return Value::boolean(value.integer != 0);
  case TEGULA_VALUE_INT: {
    if (!value.text)
      return Value::integer(Integer(value.integer));
    if (std::optional<Integer> integer = Integer::parse(text))
      return Value::integer(*integer);
    error = "the integer " + text.take_front(40).str() + "... is too large";
    return {};
  }
  case TEGULA_VALUE_FLOAT:
    return Value::real(value.real);
  case TEGULA_VALUE_STRING:
    return Value::string(text);
  case TEGULA_VALUE_TYPE:
    if (Type type = Type::parse(text))
      return Value::type(type);
    error = "there is no type '" + text.str() + "'";
    return {};
  case TEGULA_VALUE_TUPLE: {
    std::vector<Value> items;
    std::vector<std::string> fields;
    for (size_t i = 0; i < value.num_items; ++i) {
      items.push_back(fromC(value.items[i], error));
      if (!items.back())
        return {};
      if (value.field_names)
        fields.push_back(value.field_names[i]);
    }
    return Value::tuple(std::move(items), std::move(fields));
  }
  case TEGULA_VALUE_BUILTIN:
    if (Value builtin = languageMember(text))
      return builtin;
    error = "the language has no '" + text.str() + "'";
    return {};
  case TEGULA_VALUE_FUNCTION:
    return Value::function(this, value.object);
  case TEGULA_VALUE_OBJECT:
    return Value::object(this, value.object);
  }
  error = "the host gave a value of an unknown kind";
  return {};
}

bool CEnvironment::toC(const Value &value, tegula_value &result) {
  result = {};
  switch (value.kind()) {
  case Value::Kind::None:
    result.kind = TEGULA_VALUE_NONE;
    return true;
  case Value::Kind::Bool:
    result.kind = TEGULA_VALUE_BOOL;
    result.integer = value.asBool();
    return true;
  case Value::Kind::Int: {
    result.kind = TEGULA_VALUE_INT;
    if (std::optional<int64_t> small = value.asInteger().asInt64()) {
      result.integer = *small;
    } else {
      result.text = keep(value.asInteger().str());
      result.text_size = texts.back().size();
    }
    return true;
  }
  case Value::Kind::Float:
    result.kind = TEGULA_VALUE_FLOAT;
    result.real = value.asDouble();
    return true;
  case Value::Kind::String:
    result.kind = TEGULA_VALUE_STRING;
    result.text = keep(value.asString());
    result.text_size = texts.back().size();
    return true;
  case Value::Kind::Type:
    result.kind = TEGULA_VALUE_TYPE;
    result.text = keep(value.asType().str());
    result.text_size = texts.back().size();
    return true;
  case Value::Kind::Tuple: {
    result.kind = TEGULA_VALUE_TUPLE;
    std::vector<tegula_value> &items = tuples.emplace_back(value.items().size());
    for (auto [item, into] : llvm::zip(value.items(), items))
      if (!toC(item, into))
        return false;
    result.items = items.data();
    result.num_items = items.size();
    if (!value.fieldNames().empty()) {
      std::vector<const char *> &fields = nameLists.emplace_back();
      for (const std::string &field : value.fieldNames())
        fields.push_back(keep(field));
      result.field_names = fields.data();
    }
    return true;
  }
  case Value::Kind::Builtin:
    result.kind = TEGULA_VALUE_BUILTIN;
    result.text = keep(value.asBuiltin()->name.str());
    result.text_size = texts.back().size();
    return true;
  case Value::Kind::Function:
    result.kind = TEGULA_VALUE_FUNCTION;
    result.object = value.asFunction().handle;
    return value.asFunction().environment == this;
  case Value::Kind::Object:
    result.kind = TEGULA_VALUE_OBJECT;
    result.object = value.asObject().handle;
    return value.asObject().environment == this;
  default:
    return false;
  }
}

Environment::Answer CEnvironment::lookup(void *function, llvm::StringRef name, Value &result, std::string &error) {
  tegula_value value{};
  const char *message = nullptr;
  int code = callbacks.lookup(callbacks.user, function, keep(name.str()), &value, &message);
  return convert(code, message, value, result, error);
}

Environment::Answer CEnvironment::getattr(void *object, llvm::StringRef name, Value &result, std::string &error) {
  tegula_value value{};
  const char *message = nullptr;
  int code = callbacks.getattr(callbacks.user, object, keep(name.str()), &value, &message);
  return convert(code, message, value, result, error);
}

Environment::Answer CEnvironment::call(void *object, llvm::ArrayRef<Value> arguments, const Keywords &keywords,
                                       Value &result, std::string &error) {
  std::vector<tegula_value> all;
  std::vector<const char *> keywordNames;
  auto add = [&](const Value &value) {
    if (toC(value, all.emplace_back()))
      return true;
    error = "a compile-time function cannot take " + describeValue(value);
    return false;
  };
  for (const Value &argument : arguments)
    if (!add(argument))
      return Answer::Failed;
  for (const auto &[name, value] : keywords) {
    if (!add(value))
      return Answer::Failed;
    keywordNames.push_back(keep(name));
  }
  tegula_value value{};
  const char *message = nullptr;
  int code = callbacks.call(callbacks.user, object, all.data(), all.size(), keywordNames.data(), keywordNames.size(),
                            &value, &message);
  return convert(code, message, value, result, error);
}

Environment::Answer CEnvironment::functionSource(void *function, FunctionSource &result, std::string &error) {
  tegula_function_source source{};
  const char *message = nullptr;
  int code = callbacks.function_source(callbacks.user, function, &source, &message);
  Answer how = answer(code, message, error);
  if (how != Answer::Found)
    return how;
  result = {};
  result.name = source.name;
  result.text.assign(source.source, source.source_size);
  result.file = source.filename;
  result.firstLine = source.first_line;
  result.isConstexprFunction = source.is_constexpr_function;
  return Answer::Found;
}

std::vector<std::string> CEnvironment::names(void *function) {
  if (!callbacks.names)
    return {};
  const char *const *list = nullptr;
  size_t count = callbacks.names(callbacks.user, function, &list);
  return {list, list + count};
}

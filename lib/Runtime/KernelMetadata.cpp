//===- KernelMetadata.cpp - Metadata of a kernel image as JSON ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writing is total: bytes that are not UTF-8 are replaced. Reading checks the type
// of every known key and ignores unknown ones, so that a newer compiler may add some.
//===----------------------------------------------------------------------===//
#include "lib/Runtime/KernelImage.h"

#include <climits>
#include <nlohmann/json.hpp>

using Json = nlohmann::ordered_json;

namespace tegula::runtime {

namespace {

/// Reads one JSON object key by key and remembers the first complaint.
class ObjectReader {
public:
  ObjectReader(const Json &object, std::string where) : object(object), where(std::move(where)) {}

  void read(const char *key, std::string &to, bool required = false) {
    if (const Json *value = find(key, required)) {
      if (value->is_string())
        to = value->get_ref<const std::string &>();
      else
        complain(key, "a string", *value);
    }
  }
  template <typename Int> void readInt(const char *key, Int &to, int64_t least, int64_t most) {
    const Json *value = find(key, false);
    if (!value)
      return;
    if (!value->is_number_integer() || (value->is_number_unsigned() && value->get<uint64_t>() > uint64_t(INT64_MAX)))
      return complain(key, "an integer", *value);
    int64_t number = value->get<int64_t>();
    if (number < least || number > most)
      return complain(key, "an integer from " + std::to_string(least) + " to " + std::to_string(most), *value);
    to = static_cast<Int>(number);
  }
  /// Null unless the key holds an array.
  const Json *array(const char *key) {
    const Json *value = find(key, false);
    if (value && !value->is_array()) {
      complain(key, "an array", *value);
      return nullptr;
    }
    return value;
  }
  void complain(const std::string &key, const std::string &expected, const Json &got) {
    fail("metadata key '" + where + key + "' must be " + expected + "; got " + got.type_name());
  }
  void fail(std::string text) {
    if (error.empty())
      error = std::move(text);
  }

  std::string error;

private:
  const Json *find(const char *key, bool required) {
    auto it = object.find(key);
    if (it != object.end())
      return &*it;
    if (required)
      fail("metadata key '" + where + key + "' is missing");
    return nullptr;
  }

  const Json &object;
  std::string where;
};

} // namespace

std::string KernelMetadata::toJson() const {
  Json args = Json::array();
  for (const KernelArgument &arg : arguments)
    args.push_back({{"name", arg.name}, {"type", arg.type}, {"divisibility", arg.divisibility}});
  Json bound = Json::array();
  for (const KernelConstant &constant : constants)
    bound.push_back({{"name", constant.name}, {"value", constant.value}});
  Json json = {{"name", name},
               {"target", target},
               {"cpu", cpu},
               {"features", features},
               {"num_warps", numWarps},
               {"num_stages", numStages},
               {"num_ctas", numCtas},
               {"shared", shared},
               {"scratch", scratch},
               {"arguments", std::move(args)},
               {"constants", std::move(bound)},
               {"registers", registers},
               {"spills", spills},
               {"assembler", assembler},
               {"version", version}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<KernelMetadata> KernelMetadata::fromJson(std::string_view text) {
  auto bad = [](std::string why) { return Status(TEGULA_ERROR_IMAGE, std::move(why)); };
  Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return bad("metadata is not JSON");
  if (!json.is_object())
    return bad(std::string("metadata must be a JSON object; got ") + json.type_name());

  KernelMetadata result;
  ObjectReader reader(json, "");
  reader.read("name", result.name, /*required=*/true);
  reader.read("target", result.target, /*required=*/true);
  reader.read("cpu", result.cpu);
  reader.readInt("num_warps", result.numWarps, 1, 64);
  reader.readInt("num_stages", result.numStages, 0, INT_MAX);
  reader.readInt("num_ctas", result.numCtas, 1, 64);
  reader.readInt("shared", result.shared, 0, INT_MAX);
  reader.readInt("scratch", result.scratch, 0, int64_t(1) << 40);
  reader.readInt("registers", result.registers, -1, INT_MAX);
  reader.readInt("spills", result.spills, -1, INT_MAX);
  reader.read("assembler", result.assembler);
  reader.read("version", result.version);
  if (const Json *features = reader.array("features"))
    for (const Json &feature : *features) {
      if (feature.is_string())
        result.features.push_back(feature.get<std::string>());
      else
        reader.complain("features", "an array of strings", feature);
    }
  if (const Json *arguments = reader.array("arguments"))
    for (const Json &argument : *arguments) {
      if (!argument.is_object()) {
        reader.complain("arguments", "an array of objects", argument);
        break;
      }
      ObjectReader item(argument, "arguments[" + std::to_string(result.arguments.size()) + "].");
      KernelArgument &arg = result.arguments.emplace_back();
      item.read("name", arg.name, true);
      item.read("type", arg.type, true);
      item.readInt("divisibility", arg.divisibility, 1, 1 << 30);
      if (!item.error.empty())
        reader.fail(item.error);
    }
  if (const Json *constants = reader.array("constants"))
    for (const Json &constant : *constants) {
      if (!constant.is_object()) {
        reader.complain("constants", "an array of objects", constant);
        break;
      }
      ObjectReader item(constant, "constants[" + std::to_string(result.constants.size()) + "].");
      KernelConstant &bound = result.constants.emplace_back();
      item.read("name", bound.name, true);
      item.read("value", bound.value, true);
      if (!item.error.empty())
        reader.fail(item.error);
    }
  if (!reader.error.empty())
    return bad(reader.error);
  return result;
}

} // namespace tegula::runtime

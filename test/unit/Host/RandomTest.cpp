//===- RandomTest.cpp - Random programs against an interpreter --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs of random operations on blocks of i32: arithmetic, shape changes, reductions, scans, masked loads and stores
// into one small memory (so that they overlap in every way), loops and branches that carry blocks. Each operation is
// written as text and as a step of an interpreter that works on whole blocks, in program order; compiled code must
// leave the same memory. TEGULA_RANDOM_PROGRAMS=n runs n of them, TEGULA_RANDOM_SEED=s starts at program s.
#include "test/unit/Host/HostKernel.h"

#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <random>

using tegula::testing::HostKernel;

namespace {
using Shape = std::vector<int64_t>;
using Data = std::vector<int32_t>;

int64_t product(const Shape &shape) {
  int64_t n = 1;
  for (int64_t size : shape)
    n *= size;
  return n;
}

constexpr int kMemory = 2048;

class Generator {
public:
  explicit Generator(unsigned seed) : dice(seed) {}

  struct Value {
    int id;
    Shape shape;
  };

  std::string text() const {
    return "func.func @k(%mem: !tile.ptr<i32>, %n: i32) attributes {tile.kernel} {\n"
           "%zero = arith.constant 0 : i32\n%one = arith.constant 1 : i32\n%three = arith.constant 3 : i32\n"
           "%five = arith.constant 5 : i32\n%yes = arith.cmpi sgt, %n, %five : i32\n" +
           code + "return\n}";
  }

  void generate(int operations) {
    for (int i = 0; i < 3; ++i)
      arange();
    for (int i = 0; i < operations; ++i)
      step(0);
    for (int i = 0; i < 2; ++i)
      store();
  }

  void interpret(Data &memory, int32_t n) {
    mem = &memory;
    count = n;
    for (auto &one : steps)
      one();
  }

private:
  int pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(dice); }
  static std::string dims(const Shape &shape) {
    std::string out;
    for (int64_t size : shape)
      out += std::to_string(size) + "x";
    return out;
  }
  static std::string type(const Shape &shape, const std::string &element = "i32") {
    return "tensor<" + dims(shape) + element + ">";
  }
  static std::string name(const Value &v) { return "%v" + std::to_string(v.id); }
  std::string fresh() { return "%t" + std::to_string(temporaries++); }
  Data &data(int id) {
    if (size_t(id) >= values.size())
      values.resize(id + 1);
    return values[id];
  }
  Value make(Shape shape) {
    data(next);
    return {next++, std::move(shape)};
  }
  Value any() { return pool[pick(int(pool.size()))]; }
  void line(const std::string &text) { code += text + "\n"; }
  void add(std::function<void()> work) { steps.push_back(std::move(work)); }

  Shape randomShape(int bits) {
    Shape shape;
    int rank = 1 + pick(3);
    for (int d = 0; d + 1 < rank; ++d) {
      int b = pick(bits + 1);
      shape.push_back(int64_t(1) << b);
      bits -= b;
    }
    shape.push_back(int64_t(1) << bits);
    std::shuffle(shape.begin(), shape.end(), dice);
    return shape;
  }
  static int bitsOf(int64_t n) { return n <= 1 ? 0 : 1 + bitsOf(n / 2); }

  void arange() {
    int64_t n = int64_t(1) << (2 + pick(5)), start = pick(20);
    Value v = make({n});
    line(name(v) + " = tile.arange " + std::to_string(start) + ", " + std::to_string(start + n) + " : " +
         type(v.shape));
    add([=, this] {
      Data &out = data(v.id);
      out.resize(n);
      for (int64_t i = 0; i < n; ++i)
        out[i] = int32_t(start + i);
    });
    pool.push_back(v);
  }

  Value reshaped(const Value &v, const Shape &shape) {
    if (v.shape == shape)
      return v;
    Value r = make(shape);
    line(name(r) + " = tile.reshape " + name(v) + " : " + type(v.shape) + " -> " + type(shape));
    add([=, this] { data(r.id) = Data(data(v.id)); });
    return r;
  }

  /// A value of the shape, from the pool if one has it.
  Value ofShape(const Shape &shape) {
    for (int attempt = 0; attempt < 4; ++attempt) {
      Value v = any();
      if (product(v.shape) == product(shape))
        return reshaped(v, shape);
    }
    int32_t c = pick(100) - 50;
    Value v = make(shape);
    line(name(v) + " = arith.constant dense<" + std::to_string(c) + "> : " + type(shape));
    add([=, this] { data(v.id).assign(product(shape), c); });
    return v;
  }

  void binary() {
    static const std::pair<const char *, int32_t (*)(int32_t, int32_t)> ops[] = {
        {"arith.addi", [](int32_t a, int32_t b) { return int32_t(uint32_t(a) + uint32_t(b)); }},
        {"arith.subi", [](int32_t a, int32_t b) { return int32_t(uint32_t(a) - uint32_t(b)); }},
        {"arith.muli", [](int32_t a, int32_t b) { return int32_t(uint32_t(a) * uint32_t(b)); }},
        {"arith.xori", [](int32_t a, int32_t b) { return a ^ b; }},
        {"arith.minsi", [](int32_t a, int32_t b) { return std::min(a, b); }},
        {"arith.divsi", [](int32_t a, int32_t b) { return b == 0 || (a == INT32_MIN && b == -1) ? a : a / b; }},
        {"arith.remsi", [](int32_t a, int32_t b) { return b == 0 || b == -1 ? 0 : a % b; }}};
    auto [op, apply] = ops[pick(std::size(ops))];
    Value a = any(), b = ofShape(a.shape), r = make(a.shape);
    line(name(r) + " = " + op + " " + name(a) + ", " + name(b) + " : " + type(a.shape));
    add([=, this] {
      Data out(product(r.shape));
      for (size_t i = 0; i < out.size(); ++i)
        out[i] = apply(data(a.id)[i], data(b.id)[i]);
      data(r.id) = std::move(out);
    });
    pool.push_back(r);
  }

  void select() {
    Value a = any(), b = ofShape(a.shape), c = ofShape(a.shape), r = make(a.shape);
    std::string p = fresh();
    line(p + " = arith.cmpi slt, " + name(a) + ", " + name(b) + " : " + type(a.shape));
    line(name(r) + " = arith.select " + p + ", " + name(c) + ", " + name(a) + " : " + type(a.shape, "i1") + ", " +
         type(a.shape));
    add([=, this] {
      Data out(product(r.shape));
      for (size_t i = 0; i < out.size(); ++i)
        out[i] = data(a.id)[i] < data(b.id)[i] ? data(c.id)[i] : data(a.id)[i];
      data(r.id) = std::move(out);
    });
    pool.push_back(r);
  }

  void transpose() {
    Value v = any();
    Value a = reshaped(v, randomShape(bitsOf(product(v.shape))));
    std::vector<int> order(a.shape.size());
    for (size_t d = 0; d < order.size(); ++d)
      order[d] = int(d);
    std::shuffle(order.begin(), order.end(), dice);
    Shape shape;
    std::string list;
    for (int d : order) {
      shape.push_back(a.shape[d]);
      list += (list.empty() ? "" : ", ") + std::to_string(d);
    }
    Value r = make(shape);
    line(name(r) + " = tile.trans " + name(a) + " [" + list + "] : " + type(a.shape) + " -> " + type(shape));
    add([=, this] {
      Data out(product(shape));
      for (size_t i = 0; i < out.size(); ++i) {
        std::vector<int64_t> index(order.size());
        int64_t rest = i, from = 0;
        for (size_t d = order.size(); d-- > 0; rest /= shape[d])
          index[order[d]] = rest % shape[d];
        for (size_t d = 0; d < index.size(); ++d)
          from = from * a.shape[d] + index[d];
        out[i] = data(a.id)[from];
      }
      data(r.id) = std::move(out);
    });
    pool.push_back(r);
  }

  void broadcast() {
    Value a = any();
    if (product(a.shape) > 256 || a.shape.size() > 2)
      return;
    int axis = pick(int(a.shape.size()) + 1);
    int64_t times = int64_t(1) << (1 + pick(3));
    Shape one = a.shape, shape = a.shape;
    one.insert(one.begin() + axis, 1);
    shape.insert(shape.begin() + axis, times);
    Value e = make(one), r = make(shape);
    line(name(e) + " = tile.expand_dims " + name(a) + " " + std::to_string(axis) + " : " + type(a.shape) + " -> " +
         type(one));
    line(name(r) + " = tile.broadcast " + name(e) + " : " + type(one) + " -> " + type(shape));
    int64_t inner = 1;
    for (size_t d = axis; d < a.shape.size(); ++d)
      inner *= a.shape[d];
    add([=, this] {
      Data out(product(shape));
      for (int64_t i = 0; i < int64_t(out.size()); ++i)
        out[i] = data(a.id)[i / (inner * times) * inner + i % inner];
      data(r.id) = std::move(out);
    });
    pool.push_back(r);
  }

  void joinOrSplit() {
    Value a = any();
    int64_t n = product(a.shape);
    if (pick(2) && n <= 256) {
      Value b = ofShape(a.shape);
      Shape shape = a.shape;
      shape.push_back(2);
      Value r = make(shape);
      line(name(r) + " = tile.join " + name(a) + ", " + name(b) + " : " + type(a.shape) + " -> " + type(shape));
      add([=, this] {
        Data out(2 * n);
        for (int64_t i = 0; i < n; ++i) {
          out[2 * i] = data(a.id)[i];
          out[2 * i + 1] = data(b.id)[i];
        }
        data(r.id) = std::move(out);
      });
      pool.push_back(r);
    } else if (n >= 8) {
      Value p = reshaped(a, {n / 2, 2}), l = make({n / 2}), r = make({n / 2});
      line(name(l) + ", " + name(r) + " = tile.split " + name(p) + " : " + type(p.shape) + " -> " + type(l.shape));
      add([=, this] {
        Data left(n / 2), right(n / 2);
        for (int64_t i = 0; i < n / 2; ++i) {
          left[i] = data(p.id)[2 * i];
          right[i] = data(p.id)[2 * i + 1];
        }
        data(l.id) = std::move(left);
        data(r.id) = std::move(right);
      });
      pool.push_back(l);
      pool.push_back(r);
    }
  }

  void reduceOrScan() {
    Value v = any();
    Value a = reshaped(v, randomShape(bitsOf(product(v.shape))));
    int axis = pick(int(a.shape.size()));
    bool scan = pick(3) == 0, reverse = pick(2);
    static const std::pair<const char *, int32_t (*)(int32_t, int32_t)> ops[] = {
        {"arith.addi", [](int32_t a, int32_t b) { return int32_t(uint32_t(a) + uint32_t(b)); }},
        {"arith.xori", [](int32_t a, int32_t b) { return a ^ b; }},
        {"arith.maxsi", [](int32_t a, int32_t b) { return std::max(a, b); }}};
    auto [op, apply] = ops[pick(3)];
    std::string region = " {\n^bb0(%a: i32, %b: i32):\n";
    if (pick(3) == 0) // more than one operation: no neutral element is known
      region += "  %z = arith.addi %a, %zero : i32\n  %c = " + std::string(op) + " %z, %b : i32\n";
    else
      region += "  %c = " + std::string(op) + " %a, %b : i32\n";
    region += "  tile.yield %c : i32\n}";
    int64_t size = a.shape[axis], inner = 1;
    for (size_t d = axis + 1; d < a.shape.size(); ++d)
      inner *= a.shape[d];
    if (scan) {
      Value r = make(a.shape);
      line(name(r) + " = tile.scan (" + name(a) + ") axis " + std::to_string(axis) + (reverse ? " reverse" : "") +
           " : " + type(a.shape) + region);
      add([=, this] {
        Data out = data(a.id);
        for (int64_t i = 0; i < int64_t(out.size()); ++i) {
          int64_t k = reverse ? int64_t(out.size()) - 1 - i : i, at = k / inner % size;
          if (reverse ? at + 1 < size : at > 0)
            out[k] = apply(out[reverse ? k + inner : k - inner], out[k]);
        }
        data(r.id) = std::move(out);
      });
      pool.push_back(r);
      return;
    }
    Shape shape = a.shape;
    shape.erase(shape.begin() + axis);
    auto compute = [=, this] {
      Data out(product(shape));
      std::vector<bool> begun(out.size());
      for (int64_t i = 0; i < product(a.shape); ++i) {
        int64_t to = i / (inner * size) * inner + i % inner;
        out[to] = begun[to] ? apply(out[to], data(a.id)[i]) : data(a.id)[i];
        begun[to] = true;
      }
      return out;
    };
    std::string text = "tile.reduce (" + name(a) + ") axis " + std::to_string(axis) + " : (" + type(a.shape) + ") -> ";
    if (shape.empty()) { // back to a block, so that everything in the pool is one
      std::string s = fresh();
      Value r = make({16});
      line(s + " = " + text + "i32" + region);
      line(name(r) + " = tile.splat " + s + " : i32 -> " + type({16}));
      add([=, this] { data(r.id).assign(16, compute()[0]); });
      pool.push_back(r);
    } else {
      Value r = make(shape);
      line(name(r) + " = " + text + type(shape) + region);
      add([=, this] { data(r.id) = compute(); });
      pool.push_back(r);
    }
  }

  /// Pointers `mem + base + stride * index`, the index row-major, and a mask; `limit` gives its bound.
  struct Access {
    std::string pointers, mask;
    std::function<int64_t(int64_t)> address;
    std::function<bool(int64_t)> inside;
  };

  Access access(const Shape &shape) {
    int64_t n = product(shape), stride = n <= 256 ? 1 + pick(3) : 1, room = kMemory - stride * n;
    int64_t base = pick(int(room));
    if (pick(2))
      base = std::min<int64_t>(room, pick(40)); // close together
    std::string i = fresh(), j = fresh(), s = fresh(), m = fresh(), b = fresh(), o = fresh(), p = fresh(), q = fresh();
    std::string pointer = "!tile.ptr<i32>";
    line(i + " = tile.arange 0, " + std::to_string(n) + " : " + type({n}));
    line(j + " = tile.reshape " + i + " : " + type({n}) + " -> " + type(shape));
    line(s + " = arith.constant dense<" + std::to_string(stride) + "> : " + type(shape));
    line(m + " = arith.muli " + j + ", " + s + " : " + type(shape));
    line(b + " = arith.constant dense<" + std::to_string(base) + "> : " + type(shape));
    line(o + " = arith.addi " + m + ", " + b + " : " + type(shape));
    line(p + " = tile.splat %mem : " + pointer + " -> " + type(shape, pointer));
    line(q + " = tile.addptr " + p + ", " + o + " : " + type(shape, pointer) + ", " + type(shape));
    Access a;
    a.pointers = q;
    a.address = [=](int64_t k) { return base + stride * k; };
    a.inside = [](int64_t) { return true; };
    int kind = pick(4);
    if (kind == 0)
      return a;
    std::string limit = fresh(), l = fresh(), mask = fresh();
    a.mask = mask;
    if (kind == 1) { // a prefix: index * 3 < n * something
      line(l + " = arith.muli %n, %three : i32");
      line(limit + " = tile.splat " + l + " : i32 -> " + type(shape));
      line(mask + " = arith.cmpi slt, " + j + ", " + limit + " : " + type(shape));
      a.inside = [this](int64_t k) { return k < 3 * int64_t(count); };
    } else if (kind == 2) { // what lies behind a bound
      line(limit + " = tile.splat %n : i32 -> " + type(shape));
      line(mask + " = arith.cmpi sge, " + j + ", " + limit + " : " + type(shape));
      a.inside = [this](int64_t k) { return k >= count; };
    } else { // any bits
      Value v = ofShape(shape);
      int id = v.id;
      line(limit + " = arith.constant dense<3> : " + type(shape));
      line(l + " = arith.andi " + name(v) + ", " + limit + " : " + type(shape));
      line(mask + " = arith.cmpi ne, " + l + ", " + limit + " : " + type(shape));
      a.inside = [=, this](int64_t k) { return (data(id)[k] & 3) != 3; };
    }
    return a;
  }

  void load() {
    Shape shape = randomShape(3 + pick(6));
    Access a = access(shape);
    std::string other, pointer = "!tile.ptr<i32>";
    Value o{-1, {}};
    if (!a.mask.empty()) {
      other = " mask " + a.mask;
      if (pick(2)) {
        o = ofShape(shape);
        other += " other " + name(o);
      }
    }
    Value r = make(shape);
    line(name(r) + " = tile.load " + a.pointers + other + " : " + type(shape, pointer) + " -> " + type(shape));
    add([=, this] {
      Data out(product(shape));
      for (int64_t i = 0; i < int64_t(out.size()); ++i)
        out[i] = a.inside(i) ? (*mem)[a.address(i)] : o.id >= 0 ? data(o.id)[i] : 0;
      data(r.id) = std::move(out);
    });
    pool.push_back(r);
  }

  void store() {
    Value v = any();
    if (product(v.shape) > 1024)
      return;
    Access a = access(v.shape);
    line("tile.store " + a.pointers + ", " + name(v) + (a.mask.empty() ? "" : " mask " + a.mask) + " : " +
         type(v.shape, "!tile.ptr<i32>"));
    add([=, this] {
      Data from = data(v.id);
      std::vector<bool> inside(from.size());
      for (size_t i = 0; i < from.size(); ++i)
        inside[i] = a.inside(i);
      for (size_t i = 0; i < from.size(); ++i)
        if (inside[i])
          (*mem)[a.address(i)] = from[i];
    });
  }

  /// Generates operations as a body; returns its steps and leaves the pool as it was.
  template <typename Then> std::vector<std::function<void()>> body(int depth, int operations, Then then) {
    auto outer = std::move(steps);
    steps.clear();
    size_t known = pool.size();
    for (int i = 0; i < operations; ++i)
      step(depth + 1);
    then();
    auto inner = std::move(steps);
    steps = std::move(outer);
    pool.resize(known);
    return inner;
  }

  void loop(int depth) {
    Value a = any(), b = any(), ca = make(a.shape), cb = make(b.shape), ra = make(a.shape), rb = make(b.shape);
    std::string i = fresh();
    line(name(ra) + ", " + name(rb) + " = scf.for " + i + " = %zero to %three step %one iter_args(" + name(ca) + " = " +
         name(a) + ", " + name(cb) + " = " + name(b) + ") -> (" + type(a.shape) + ", " + type(b.shape) + ") : i32 {");
    size_t before = pool.size();
    pool.push_back(ca);
    pool.push_back(cb);
    Value ya{}, yb{};
    auto inner = body(depth, 2 + pick(4), [&] {
      ya = ofShape(a.shape);
      yb = ofShape(b.shape);
      line("scf.yield " + name(ya) + ", " + name(yb) + " : " + type(a.shape) + ", " + type(b.shape));
    });
    pool.resize(before);
    line("}");
    add([=, this] {
      Data first = data(a.id), second = data(b.id);
      data(ca.id) = first;
      data(cb.id) = second;
      for (int k = 0; k < 3; ++k) {
        for (auto &one : inner)
          one();
        first = data(ya.id);
        second = data(yb.id);
        data(ca.id) = first;
        data(cb.id) = second;
      }
      data(ra.id) = data(ca.id);
      data(rb.id) = data(cb.id);
    });
    pool.push_back(ra);
    pool.push_back(rb);
  }

  void branch(int depth) {
    Value like = any(), r = make(like.shape);
    line(name(r) + " = scf.if %yes -> " + type(like.shape) + " {");
    Value yes{}, no{};
    auto then = body(depth, 1 + pick(3), [&] {
      yes = ofShape(like.shape);
      line("scf.yield " + name(yes) + " : " + type(like.shape));
    });
    line("} else {");
    auto otherwise = body(depth, 1 + pick(3), [&] {
      no = ofShape(like.shape);
      line("scf.yield " + name(no) + " : " + type(like.shape));
    });
    line("}");
    add([=, this] {
      for (auto &one : count > 5 ? then : otherwise)
        one();
      data(r.id) = Data(data(count > 5 ? yes.id : no.id));
    });
    pool.push_back(r);
  }

  void step(int depth) {
    switch (pick(depth < 2 ? 14 : 12)) {
    case 0:
    case 1:
    case 2:
      return binary();
    case 3:
      return select();
    case 4:
      return transpose();
    case 5:
      return broadcast();
    case 6:
      return joinOrSplit();
    case 7:
    case 8:
      return reduceOrScan();
    case 9:
    case 10:
      return load();
    case 11:
      return store();
    case 12:
      return loop(depth);
    default:
      return branch(depth);
    }
  }

  std::mt19937 dice;
  std::string code;
  std::vector<std::function<void()>> steps;
  std::vector<Value> pool;
  std::vector<Data> values;
  int next = 0, temporaries = 0;
  Data *mem = nullptr;
  int32_t count = 0;
};

int fromEnvironment(const char *name, int otherwise) {
  const char *text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

TEST(Random, programs_leave_the_memory_that_the_interpreter_leaves) {
  int programs = fromEnvironment("TEGULA_RANDOM_PROGRAMS", 40), first = fromEnvironment("TEGULA_RANDOM_SEED", 0);
  for (int seed = first; seed < first + programs; ++seed) {
    Generator generator(seed);
    generator.generate(4 + seed % 12);
    std::string error;
    auto kernel = HostKernel::compile(generator.text(), error);
    ASSERT_TRUE(kernel) << "program " << seed << ": " << error << generator.text();
    for (int32_t n : {0, 5, 23, 100}) {
      std::mt19937 dice(seed);
      Data memory(kMemory);
      for (int32_t &word : memory)
        word = int32_t(dice()) % 1000;
      Data want = memory, got = memory;
      generator.interpret(want, n);
      int32_t *pointer = got.data();
      kernel->run({&pointer, &n}, 1);
      for (int i = 0; i < kMemory; ++i)
        ASSERT_EQ(got[i], want[i]) << "program " << seed << ", n " << n << ", word " << i << "\n" << generator.text();
    }
  }
}
} // namespace

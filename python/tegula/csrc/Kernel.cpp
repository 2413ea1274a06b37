//===- Kernel.cpp - A jit function's launch path ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See Kernel.h for the five steps. The hot path allocates nothing: argument values,
// codes and pointers live on the stack.
//
#include "Kernel.h"
#include <algorithm>
#include <cstring>

namespace tegula::python {

namespace {

constexpr size_t MaxOptions = 32;
constexpr size_t MaxVariants = 8192; // a kernel with more is called with ever new compile-time values: start again

uint64_t globalEpoch = 1;
PyObject *launchHook = nullptr; // owned

uint64_t mix(uint64_t hash, uint64_t word) {
  hash ^= word;
  hash *= 0x9e3779b97f4a7c15ull;
  return hash ^ (hash >> 29);
}

// Compile-time values are the same when they have the same type and value: 1, 1.0 and True are three values.
bool sameValue(PyObject *left, PyObject *right) {
  if (left == right)
    return true;
  PyTypeObject *type = Py_TYPE(left);
  if (type != Py_TYPE(right))
    return false;
  if (type == &PyLong_Type) {
    int overflow = 0, otherOverflow = 0;
    long long a = PyLong_AsLongLongAndOverflow(left, &overflow),
              b = PyLong_AsLongLongAndOverflow(right, &otherOverflow);
    if (!overflow && !otherOverflow)
      return a == b;
    return PyObject_RichCompareBool(left, right, Py_EQ) == 1;
  }
  if (type == &PyFloat_Type) {
    double a = PyFloat_AS_DOUBLE(left), b = PyFloat_AS_DOUBLE(right);
    return memcmp(&a, &b, sizeof(a)) == 0;
  }
  if (type == &PyUnicode_Type)
    return PyUnicode_Compare(left, right) == 0;
  if (type == &PyTuple_Type) {
    if (PyTuple_GET_SIZE(left) != PyTuple_GET_SIZE(right))
      return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(left); ++i)
      if (!sameValue(PyTuple_GET_ITEM(left, i), PyTuple_GET_ITEM(right, i)))
        return false;
    return true;
  }
  return false;
}

uint64_t hashValue(PyObject *value) {
  PyTypeObject *type = Py_TYPE(value);
  if (type == &PyLong_Type) {
    int overflow = 0;
    return uint64_t(PyLong_AsLongLongAndOverflow(value, &overflow));
  }
  if (type == &PyFloat_Type) {
    double real = PyFloat_AS_DOUBLE(value);
    uint64_t bits;
    memcpy(&bits, &real, sizeof(bits));
    return bits;
  }
  if (type == &PyUnicode_Type)
    return uint64_t(PyObject_Hash(value)); // kept in the string
  if (type == &PyTuple_Type) {
    uint64_t hash = 7;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i)
      hash = mix(hash, hashValue(PyTuple_GET_ITEM(value, i)));
    return hash;
  }
  return reinterpret_cast<uintptr_t>(value) >> 4;
}

// tl.constexpr(4) as an argument or option is the value 4. Borrowed from the wrapper.
PyObject *unwrap(PyObject *value) {
  while ((PyObject *)Py_TYPE(value) == registered.constexprType) {
    PyObject *inner = PyObject_GetAttrString(value, "value");
    if (!inner)
      return nullptr;
    Py_DECREF(inner); // the wrapper holds it
    value = inner;
  }
  return value;
}

void freeState(KernelObject::State *state) {
  if (!state)
    return;
  for (Parameter &parameter : state->parameters) {
    Py_XDECREF(parameter.name);
    Py_XDECREF(parameter.defaultValue);
  }
  for (PyObject *option : state->options)
    Py_XDECREF(option);
  for (Watch &watch : state->watches) {
    Py_XDECREF(watch.holder);
    Py_XDECREF(watch.name);
    Py_XDECREF(watch.value);
  }
  for (KeywordPlan &plan : state->plans)
    Py_XDECREF(plan.names);
  Py_XDECREF(state->metaTemplate);
  delete state;
}

} // namespace

//===----------------------------------------------------------------------===//
// Variants
//===----------------------------------------------------------------------===//

Variant::~Variant() {
  for (Constant &constant : constants)
    Py_XDECREF(constant.value);
  Py_XDECREF((PyObject *)compiled);
}

Variant *VariantTable::find(uint64_t hash, int device, const uint64_t *codes, size_t numWords,
                            const Constant *constants, size_t numConstants) const {
  if (slots.empty())
    return nullptr;
  size_t mask = slots.size() - 1;
  for (size_t slot = hash & mask; slots[slot]; slot = (slot + 1) & mask) {
    Variant *variant = slots[slot];
    if (variant->hash != hash || variant->device != device || variant->constants.size() != numConstants)
      continue;
    bool same = true;
    for (size_t i = 0; same && i < numWords; ++i)
      same = variant->codes[i] == codes[i];
    for (size_t i = 0; same && i < numConstants; ++i)
      same = variant->constants[i].index == constants[i].index &&
             sameValue(variant->constants[i].value, constants[i].value);
    if (same)
      return variant;
  }
  return nullptr;
}

void VariantTable::insert(Variant *variant) {
  if (2 * (count + 1) > slots.size()) {
    std::vector<Variant *> larger(std::max<size_t>(8, slots.size() * 2), nullptr);
    for (Variant *moved : slots)
      if (moved) {
        size_t slot = moved->hash & (larger.size() - 1);
        while (larger[slot])
          slot = (slot + 1) & (larger.size() - 1);
        larger[slot] = moved;
      }
    slots.swap(larger);
  }
  size_t slot = variant->hash & (slots.size() - 1);
  while (slots[slot])
    slot = (slot + 1) & (slots.size() - 1);
  slots[slot] = variant;
  ++count;
}

void VariantTable::clear() {
  std::vector<Variant *> old;
  old.swap(slots);
  count = 0;
  for (Variant *variant : old)
    delete variant; // may run Python code: the table is empty already
}

int VariantTable::traverse(visitproc visit, void *arg) const {
  for (Variant *variant : slots) {
    if (!variant)
      continue;
    Py_VISIT((PyObject *)variant->compiled);
    for (const Constant &constant : variant->constants)
      Py_VISIT(constant.value);
  }
  return 0;
}

//===----------------------------------------------------------------------===//
// Launching
//===----------------------------------------------------------------------===//

namespace {

bool requireState(KernelObject *kernel) {
  if (!kernel->state)
    PyErr_SetString(PyExc_RuntimeError, "the kernel was not initialised");
  return kernel->state != nullptr;
}

// Calls a method that raises; always returns null.
PyObject *refuse(KernelObject *kernel, const char *method, PyObject *const *arguments, size_t count,
                 PyObject *keywordNames) {
  Reference positional(PyTuple_New(Py_ssize_t(count)));
  Reference keywords(PyDict_New());
  if (!positional || !keywords)
    return nullptr;
  for (size_t i = 0; i < count; ++i)
    PyTuple_SET_ITEM(positional.get(), i, Py_NewRef(arguments[i]));
  for (Py_ssize_t i = 0, e = keywordNames ? PyTuple_GET_SIZE(keywordNames) : 0; i < e; ++i)
    if (PyDict_SetItem(keywords.get(), PyTuple_GET_ITEM(keywordNames, i), arguments[count + i]) < 0)
      return nullptr;
  Reference done(PyObject_CallMethod((PyObject *)kernel, method, "OO", positional.get(), keywords.get()));
  if (!PyErr_Occurred())
    PyErr_SetString(PyExc_TypeError, "the arguments do not fit the kernel's parameters");
  return nullptr;
}

// The plan of a call site's keywords; null (no exception) when a name is neither parameter nor option.
const KeywordPlan *planOf(KernelObject::State &state, PyObject *names) {
  for (KeywordPlan &plan : state.plans)
    if (plan.names == names)
      return &plan;
  size_t numParameters = state.parameters.size();
  std::vector<int> targets(size_t(PyTuple_GET_SIZE(names)));
  for (size_t i = 0; i < targets.size(); ++i) {
    PyObject *name = PyTuple_GET_ITEM(names, Py_ssize_t(i));
    auto find = [&](auto same) {
      for (size_t p = 0; p < numParameters; ++p)
        if (same(state.parameters[p].name))
          return int(p);
      for (size_t o = 0; o < state.options.size(); ++o)
        if (same(state.options[o]))
          return int(numParameters + o);
      return -1;
    };
    targets[i] = find([&](PyObject *known) { return known == name; });
    if (targets[i] < 0)
      targets[i] = find([&](PyObject *known) { return PyUnicode_Compare(known, name) == 0; });
    if (targets[i] < 0)
      return nullptr;
  }
  KeywordPlan &plan = state.plans[state.nextPlan++ % 4];
  PyObject *old = plan.names;
  plan.names = Py_NewRef(names);
  plan.targets = std::move(targets);
  Py_XDECREF(old);
  return &plan;
}

// Step 4. 1: unchanged, 0: changed (`changed` holds its name and old value), -1: exception. Only a value that is
// another object than before is compared, which may run Python.
struct Changed {
  Reference name, value;
};

int checkWatches(const KernelObject::State &state, Changed &changed) {
  for (size_t i = 0; i < state.watches.size(); ++i) {
    const Watch &watch = state.watches[i];
    PyObject *now = PyDict_CheckExact(watch.holder) ? PyDict_GetItemWithError(watch.holder, watch.name)
                    : PyCell_Check(watch.holder)    ? PyCell_GET(watch.holder)
                                                    : nullptr;
    if (now == watch.value) [[likely]]
      continue;
    if (!now && PyErr_Occurred())
      return -1;
    changed.name = Reference::borrow(watch.name);
    changed.value = Reference::borrow(watch.value);
    if (!now)
      return 0;
    Reference held = Reference::borrow(now);
    PyObject *left = unwrap(held.get()), *right = unwrap(changed.value.get());
    if (!left || !right)
      return -1;
    if (Py_TYPE(held.get()) != Py_TYPE(changed.value.get()) || Py_TYPE(left) != Py_TYPE(right))
      return 0;
    int same = sameValue(left, right) ? 1 : PyObject_RichCompareBool(left, right, Py_EQ);
    if (same <= 0)
      return same;
  }
  return 1;
}

// The dictionary that a grid function (META) and the hooks are given: all arguments and the launch options that were
// given.
PyObject *argumentDict(KernelObject::State &state, PyObject *const *bound, const Constant *options, size_t numOptions) {
  if (!state.metaTemplate) {
    state.metaTemplate = PyDict_New();
    for (const Parameter &parameter : state.parameters)
      if (!state.metaTemplate || PyDict_SetItem(state.metaTemplate, parameter.name, Py_None) < 0)
        return nullptr;
  }
  Reference dict(PyDict_Copy(state.metaTemplate));
  if (!dict)
    return nullptr;
  for (size_t i = 0; i < state.parameters.size(); ++i)
    if (PyDict_SetItem(dict.get(), state.parameters[i].name, bound[i]) < 0)
      return nullptr;
  for (size_t i = 0; i < numOptions; ++i)
    if (PyDict_SetItem(dict.get(), state.options[options[i].index - state.parameters.size()], options[i].value) < 0)
      return nullptr;
  return dict.release();
}

PyObject *tupleOf(PyObject *const *items, size_t count) {
  PyObject *tuple = PyTuple_New(Py_ssize_t(count));
  for (size_t i = 0; tuple && i < count; ++i)
    PyTuple_SET_ITEM(tuple, i, Py_NewRef(items[i]));
  return tuple;
}

// Asks Python for the variant and puts it into the table. Returns a new reference to what was compiled.
CompiledObject *compileVariant(KernelObject *kernel, PyObject *const *bound, const uint8_t *codes, size_t numWords,
                               uint64_t hash, int device, const Constant *constants, size_t numConstants,
                               const Constant *options, size_t numOptions, bool remember) {
  KernelObject::State &state = *kernel->state;
  size_t numParameters = state.parameters.size();
  std::vector<Reference> held; // Python may take a constexpr's value away meanwhile
  for (size_t i = 0; i < numConstants; ++i)
    held.push_back(Reference::borrow(constants[i].value));
  Reference tuple(tupleOf(bound, numParameters));
  Reference bytes(PyBytes_FromStringAndSize(reinterpret_cast<const char *>(codes), Py_ssize_t(numParameters)));
  Reference given(PyDict_New());
  if (!tuple || !bytes || !given)
    return nullptr;
  for (size_t i = 0; i < numOptions; ++i)
    if (PyDict_SetItem(given.get(), state.options[options[i].index - numParameters], options[i].value) < 0)
      return nullptr;
  Reference compiled(PyObject_CallMethod((PyObject *)kernel, "_compile_variant", "OOOi", tuple.get(), bytes.get(),
                                         given.get(), device));
  if (!compiled)
    return nullptr;
  if (!PyObject_TypeCheck(compiled.get(), &compiledType)) {
    PyErr_SetString(PyExc_TypeError, "_compile_variant must return a CompiledKernel");
    return nullptr;
  }
  auto *words = reinterpret_cast<const uint64_t *>(codes);
  // While Python compiled, another thread may have done the same, or changed a source.
  if (remember && state.epoch == globalEpoch && ((CompiledObject *)compiled.get())->launcher &&
      !state.variants.find(hash, device, words, numWords, constants, numConstants)) {
    if (state.variants.size() >= MaxVariants)
      state.variants.clear();
    auto *variant =
        new Variant{hash, device, {words, words + numWords}, {}, (CompiledObject *)Py_NewRef(compiled.get())};
    for (size_t i = 0; i < numConstants; ++i)
      variant->constants.push_back({constants[i].index, Py_NewRef(constants[i].value)});
    state.variants.insert(variant);
  }
  return (CompiledObject *)compiled.release();
}

} // namespace

PyObject *callKernel(KernelObject *kernel, PyObject *grid, PyObject *const *arguments, size_t count,
                     PyObject *keywordNames) {
  if (!requireState(kernel))
    return nullptr;
  KernelObject::State &state = *kernel->state;
  const size_t numParameters = state.parameters.size();
  if (state.epoch != globalEpoch) [[unlikely]] {
    state.epoch = globalEpoch;
    state.variants.clear();
  }

  // 1. Bind.
  if (count > numParameters) [[unlikely]]
    return refuse(kernel, "_refuse_binding", arguments, count, keywordNames);
  auto **bound = static_cast<PyObject **>(alloca(sizeof(PyObject *) * (numParameters + 1)));
  memcpy(bound, arguments, sizeof(PyObject *) * count);
  memset(bound + count, 0, sizeof(PyObject *) * (numParameters - count));
  Constant options[MaxOptions];
  size_t numOptions = 0;
  if (keywordNames && PyTuple_GET_SIZE(keywordNames)) {
    const KeywordPlan *plan = planOf(state, keywordNames);
    if (!plan) [[unlikely]]
      return refuse(kernel, "_refuse_binding", arguments, count, keywordNames);
    const int *targets = plan->targets.data();
    for (size_t i = 0, e = plan->targets.size(); i < e; ++i) {
      PyObject *value = arguments[count + i];
      size_t target = size_t(targets[i]);
      if (target < numParameters) {
        if (bound[target]) [[unlikely]]
          return refuse(kernel, "_refuse_binding", arguments, count, keywordNames);
        bound[target] = value;
        continue;
      }
      if (numOptions == MaxOptions || !(value = unwrap(value))) [[unlikely]]
        return refuse(kernel, "_refuse_binding", arguments, count, keywordNames);
      // In order of their index, so that the order at the call site does not matter.
      size_t place = numOptions++;
      for (; place && options[place - 1].index > target; --place)
        options[place] = options[place - 1];
      options[place] = {uint16_t(target), value};
    }
  }
  for (size_t i = count; i < numParameters; ++i)
    if (!bound[i] && !(bound[i] = state.parameters[i].defaultValue)) [[unlikely]]
      return refuse(kernel, "_refuse_binding", arguments, count, keywordNames);

  // 2. Read.
  size_t numWords = (numParameters + 7) / 8;
  auto *codeWords = static_cast<uint64_t *>(alloca(8 * (numWords + 1)));
  memset(codeWords, 0, 8 * (numWords + 1));
  auto *codes = reinterpret_cast<uint8_t *>(codeWords);
  auto *values = static_cast<Bits *>(alloca(sizeof(Bits) * (numParameters + 1)));
  auto *constants = static_cast<Constant *>(alloca(sizeof(Constant) * (numParameters + numOptions + 1)));
  size_t numConstants = 0;
  uint64_t hash = 0x7e6u;
  Reading reading;
  for (size_t i = 0; i < numParameters; ++i) {
    const Parameter &parameter = state.parameters[i];
    PyObject *constant = nullptr;
    if ((parameter.mode & ModeMask) == ModeConstexpr) {
      if (!(constant = unwrap(bound[i])))
        return nullptr;
      codes[i] = CodeConstant;
    } else {
      Read read = readArgument(bound[i], parameter.mode, parameter.element, parameter.name, reading, codes[i],
                               values[i], constant);
      if (read == Read::Failed) [[unlikely]] {
        if (reading.mixed)
          return refuse(kernel, "_refuse_devices", bound, numParameters, nullptr);
        return nullptr;
      }
      if (read == Read::Ok)
        continue;
    }
    constants[numConstants++] = {uint16_t(i), constant};
    hash = mix(hash, hashValue(constant));
  }
  for (size_t i = 0; i < numOptions; ++i) {
    constants[numConstants++] = options[i];
    hash = mix(hash, hashValue(options[i].value) + options[i].index);
  }
  for (size_t i = 0; i < numWords; ++i)
    hash = mix(hash, codeWords[i]);
  int device = reading.device;
  if (device == DeviceNone) [[unlikely]] {
    Reference asked(PyObject_CallMethod((PyObject *)kernel, "_default_device", nullptr));
    if (!asked)
      return nullptr;
    device = int(PyLong_AsLong(asked.get()));
    if (PyErr_Occurred())
      return nullptr;
  }
  hash = mix(hash, uint64_t(uint32_t(device)));

  // 3. Look up.
  Reference held;
  CompiledObject *compiled;
  if (Variant *variant = state.variants.find(hash, device, codeWords, numWords, constants, numConstants)) [[likely]] {
    compiled = variant->compiled;
    held = Reference::borrow((PyObject *)compiled);
    // 4. Check.
    Changed changed;
    int unchanged = state.watches.empty() ? 1 : checkWatches(state, changed);
    if (unchanged < 0)
      return nullptr;
    if (!unchanged) [[unlikely]] {
      Reference done(PyObject_CallMethod((PyObject *)kernel, "_refuse_changed_global", "OO", changed.name.get(),
                                         changed.value.get()));
      if (!PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError, "a global variable has changed since the kernel was compiled");
      return nullptr;
    }
  } else {
    compiled = compileVariant(kernel, bound, codes, numWords, hash, device, constants, numConstants, options,
                              numOptions, grid != nullptr);
    if (!compiled)
      return nullptr;
    held = Reference((PyObject *)compiled);
  }
  if (!grid)
    return held.release();

  // 5. Launch.
  if (state.hasPreRunHooks) [[unlikely]] {
    Reference dict(argumentDict(state, bound, options, numOptions));
    if (!dict)
      return nullptr;
    Reference done(PyObject_CallMethod((PyObject *)kernel, "_run_pre_run_hooks", "O", dict.get()));
    if (!done)
      return nullptr;
  }
  uint32_t sizes[3];
  Reference computed;
  if (PyCallable_Check(grid)) {
    Reference meta(argumentDict(state, bound, options, numOptions));
    if (!meta)
      return nullptr;
    computed = Reference(PyObject_CallOneArg(grid, meta.get()));
    if (!computed)
      return nullptr;
    grid = computed.get();
  }
  if (!readGrid(grid, sizes))
    return nullptr;
  if (!sizes[0] || !sizes[1] || !sizes[2]) [[unlikely]]
    return held.release();
  if (!compiled->launcher) [[unlikely]] {
    Reference loaded(PyObject_CallMethod((PyObject *)compiled, "_init_handles", nullptr));
    if (!loaded)
      return nullptr;
  }
  void *stream;
  if (!currentStream(reading, device, &stream))
    return nullptr;
  auto **pointers = static_cast<void **>(alloca(sizeof(void *) * (compiled->numArguments + 1)));
  if (!launchHook) [[likely]]
    return launchCompiled(compiled, sizes, stream, values, pointers) ? held.release() : nullptr;

  Reference hook = Reference::borrow(launchHook);
  Reference dict(argumentDict(state, bound, options, numOptions));
  auto run = [&](PyObject *entering) {
    return dict && Reference(PyObject_CallFunction(hook.get(), "OOO(III)O", entering, kernel, compiled, sizes[0],
                                                   sizes[1], sizes[2], dict.get()));
  };
  if (!run(Py_True) || !launchCompiled(compiled, sizes, stream, values, pointers) || !run(Py_False))
    return nullptr;
  return held.release();
}

PyObject *setLaunchHooks(PyObject *, PyObject *hook) {
  assign(launchHook, hook == Py_None ? nullptr : Py_NewRef(hook));
  Py_RETURN_NONE;
}

PyObject *invalidateVariants(PyObject *, PyObject *) {
  ++globalEpoch;
  Py_RETURN_NONE;
}

//===----------------------------------------------------------------------===//
// The Python type
//===----------------------------------------------------------------------===//

namespace {

PyObject *newKernel(PyTypeObject *type, PyObject *, PyObject *) {
  auto *self = (KernelObject *)type->tp_alloc(type, 0);
  return (PyObject *)self;
}

int traverse(PyObject *object, visitproc visit, void *arg) {
  KernelObject::State *state = ((KernelObject *)object)->state;
  if (!state)
    return 0;
  for (Parameter &parameter : state->parameters)
    Py_VISIT(parameter.defaultValue);
  for (Watch &watch : state->watches) {
    Py_VISIT(watch.holder);
    Py_VISIT(watch.value);
  }
  return state->variants.traverse(visit, arg);
}

int clear(PyObject *object) {
  auto *self = (KernelObject *)object;
  freeState(std::exchange(self->state, nullptr));
  return 0;
}

void freeKernel(PyObject *object) {
  PyObject_GC_UnTrack(object);
  clear(object);
  Py_TYPE(object)->tp_free(object);
}

PyObject *interned(PyObject *text) {
  PyObject *name = Py_NewRef(text);
  PyUnicode_InternInPlace(&name);
  return name;
}

// _configure(names, modes, elements, defaults, has_default, options)
PyObject *configure(PyObject *object, PyObject *args) {
  auto *self = (KernelObject *)object;
  PyObject *names, *defaults, *options;
  const char *modes, *elements, *hasDefault;
  Py_ssize_t numModes, numElements, numDefaults;
  if (!PyArg_ParseTuple(args, "O!y#y#O!y#O!", &PyTuple_Type, &names, &modes, &numModes, &elements, &numElements,
                        &PyTuple_Type, &defaults, &hasDefault, &numDefaults, &PyTuple_Type, &options))
    return nullptr;
  Py_ssize_t count = PyTuple_GET_SIZE(names);
  if (numModes != count || numElements != count || numDefaults != count || PyTuple_GET_SIZE(defaults) != count ||
      count > 1024) {
    PyErr_SetString(PyExc_ValueError, "a kernel has at most 1024 parameters");
    return nullptr;
  }
  auto *state = new KernelObject::State;
  state->epoch = globalEpoch;
  for (Py_ssize_t i = 0; i < count; ++i)
    state->parameters.push_back({interned(PyTuple_GET_ITEM(names, i)),
                                 hasDefault[i] ? Py_NewRef(PyTuple_GET_ITEM(defaults, i)) : nullptr, uint8_t(modes[i]),
                                 uint8_t(elements[i])});
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(options); ++i)
    state->options.push_back(interned(PyTuple_GET_ITEM(options, i)));
  freeState(std::exchange(self->state, state));
  Py_RETURN_NONE;
}

// _watch(holder, name, value)
PyObject *watch(PyObject *object, PyObject *args) {
  auto *self = (KernelObject *)object;
  PyObject *holder, *name, *value;
  if (!PyArg_ParseTuple(args, "OUO", &holder, &name, &value) || !requireState(self))
    return nullptr;
  for (const Watch &known : self->state->watches)
    if (known.holder == holder && PyUnicode_Compare(known.name, name) == 0)
      Py_RETURN_NONE;
  self->state->watches.push_back({Py_NewRef(holder), Py_NewRef(name), Py_NewRef(value)});
  Py_RETURN_NONE;
}

// _forget(): drops every variant and what is watched.
PyObject *forget(PyObject *object, PyObject *) {
  if (!requireState((KernelObject *)object))
    return nullptr;
  KernelObject::State &state = *((KernelObject *)object)->state;
  state.variants.clear();
  std::vector<Watch> old;
  old.swap(state.watches);
  for (Watch &watch : old) {
    Py_XDECREF(watch.holder);
    Py_XDECREF(watch.name);
    Py_XDECREF(watch.value);
  }
  Py_RETURN_NONE;
}

// _prepare(args, kwargs): the compiled kernel that this call would launch.
PyObject *prepare(PyObject *object, PyObject *args) {
  PyObject *positional, *keywords;
  if (!PyArg_ParseTuple(args, "O!O!", &PyTuple_Type, &positional, &PyDict_Type, &keywords))
    return nullptr;
  std::vector<PyObject *> values;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(positional); ++i)
    values.push_back(PyTuple_GET_ITEM(positional, i));
  size_t count = values.size();
  Reference names(PyTuple_New(PyDict_GET_SIZE(keywords)));
  if (!names)
    return nullptr;
  Py_ssize_t position = 0, index = 0;
  PyObject *name, *value;
  while (PyDict_Next(keywords, &position, &name, &value)) {
    PyTuple_SET_ITEM(names.get(), index++, Py_NewRef(name));
    values.push_back(value);
  }
  return callKernel((KernelObject *)object, nullptr, values.data(), count, names.get());
}

PyObject *variantCount(PyObject *object, void *) {
  KernelObject::State *state = ((KernelObject *)object)->state;
  return PyLong_FromSize_t(state ? state->variants.size() : 0);
}

PyObject *getHooked(PyObject *object, void *) {
  KernelObject::State *state = ((KernelObject *)object)->state;
  return PyBool_FromLong(state && state->hasPreRunHooks);
}

int setHooked(PyObject *object, PyObject *value, void *) {
  if (KernelObject::State *state = ((KernelObject *)object)->state)
    state->hasPreRunHooks = value && PyObject_IsTrue(value) == 1;
  return 0;
}

PyMethodDef methods[] = {
    {"_configure", configure, METH_VARARGS,
     "_configure(names, modes, elements, defaults, has_default, options): the parameters."},
    {"_watch", watch, METH_VARARGS, "_watch(holder, name, value): a global whose change later launches refuse."},
    {"_forget", forget, METH_NOARGS, "_forget(): drops the compiled variants from the launch table."},
    {"_prepare", prepare, METH_VARARGS, "_prepare(args, kwargs): the compiled kernel that this call would launch."},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef getset[] = {{"_num_variants", variantCount, nullptr, nullptr, nullptr},
                        {"_has_pre_run_hooks", getHooked, setHooked, nullptr, nullptr},
                        {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyMappingMethods mapping = {nullptr, makeLauncher, nullptr};

} // namespace

PyTypeObject kernelType = {PyVarObject_HEAD_INIT(nullptr, 0)};

bool readyKernel(PyObject *module) {
  kernelType.tp_name = "tegula._tegula.KernelBase";
  kernelType.tp_basicsize = sizeof(KernelObject);
  kernelType.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
  kernelType.tp_new = newKernel;
  kernelType.tp_dealloc = freeKernel;
  kernelType.tp_traverse = traverse;
  kernelType.tp_clear = clear;
  kernelType.tp_methods = methods;
  kernelType.tp_getset = getset;
  kernelType.tp_as_mapping = &mapping;
  kernelType.tp_doc = "A jit function's launch path.";
  return PyType_Ready(&kernelType) == 0 && PyModule_AddObjectRef(module, "KernelBase", (PyObject *)&kernelType) == 0;
}

} // namespace tegula::python

//===- Compile.cpp - Calling the compiler ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libtegula.so is opened at the first compile, so that a process whose kernels all
// come from the cache never loads it. The GIL is released while the compiler runs
// and taken in its callbacks, which go to a Python object with the methods lookup,
// getattr, call, function_source and names (tegula/compiler/environment.py). What a
// callback raises is turned into the compiler's error and handed back beside it.
//
#include "Compile.h"
#include "Values.h"
#include <dlfcn.h>

namespace tegula::python {

namespace {

struct Compiler {
  void *library = nullptr;
  decltype(&tegula_compile) compile;
  decltype(&tegula_result_ok) ok;
  decltype(&tegula_result_image) image;
  decltype(&tegula_result_diagnostics) diagnostics;
  decltype(&tegula_result_diagnostics_json) diagnosticsJson;
  decltype(&tegula_result_destroy) destroy;
  decltype(&tegula_version) version;
  decltype(&tegula_warm_up) warmUp;
};
Compiler compiler;

class HoldGil {
public:
  HoldGil() : state(PyGILState_Ensure()) {}
  ~HoldGil() { PyGILState_Release(state); }

private:
  PyGILState_STATE state;
};

struct Session {
  PyObject *environment; // borrowed
  PyObject *notFound;    // borrowed: what lookup and getattr return when there is no such name
  ValueArena arena;
  Reference exception; // the first one that a callback raised

  // Takes the pending exception: its message becomes the compiler's.
  int fail(const char **error) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (value && traceback)
      PyException_SetTraceback(value, traceback);
    std::string text = "an unknown error";
    if (value) {
      Reference message(PyObject_Str(value));
      const char *bytes = message ? PyUnicode_AsUTF8(message.get()) : nullptr;
      text = std::string(((PyTypeObject *)type)->tp_name) + (bytes && *bytes ? std::string(": ") + bytes : "");
      // Environment's own refusals are diagnostics already: no class in front, nothing to chain.
      bool refused = PyObject_HasAttrString(value, "is_diagnostic");
      if (refused && bytes)
        text = bytes;
      PyErr_Clear();
      if (!exception && !refused)
        exception = Reference::borrow(value);
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    *error = arena.keepText(std::move(text));
    return TEGULA_FAILED;
  }

  int answer(const Reference &result, tegula_value *out, const char **error) {
    if (!result)
      return fail(error);
    if (result.get() == notFound)
      return TEGULA_NOT_FOUND;
    return arena.convert(result.get(), *out) ? TEGULA_FOUND : fail(error);
  }
};

int lookup(void *user, void *function, const char *name, tegula_value *out, const char **error) {
  HoldGil gil;
  auto &session = *static_cast<Session *>(user);
  return session.answer(Reference(PyObject_CallMethod(session.environment, "lookup", "Os", (PyObject *)function, name)),
                        out, error);
}

int getattr(void *user, void *object, const char *name, tegula_value *out, const char **error) {
  HoldGil gil;
  auto &session = *static_cast<Session *>(user);
  return session.answer(Reference(PyObject_CallMethod(session.environment, "getattr", "Os", (PyObject *)object, name)),
                        out, error);
}

int call(void *user, void *object, const tegula_value *args, size_t numArgs, const char *const *keywordNames,
         size_t numKeywords, tegula_value *out, const char **error) {
  HoldGil gil;
  auto &session = *static_cast<Session *>(user);
  if (numKeywords > numArgs)
    numKeywords = numArgs;
  size_t numPositional = numArgs - numKeywords;
  Reference positional(PyTuple_New(Py_ssize_t(numPositional)));
  Reference keywords(PyDict_New());
  if (!positional || !keywords)
    return session.fail(error);
  for (size_t i = 0; i < numArgs; ++i) {
    Reference value(fromValue(args[i]));
    if (!value)
      return session.fail(error);
    if (i < numPositional)
      PyTuple_SET_ITEM(positional.get(), Py_ssize_t(i), value.release());
    else if (PyDict_SetItemString(keywords.get(), keywordNames[i - numPositional], value.get()) < 0)
      return session.fail(error);
  }
  return session.answer(Reference(PyObject_CallMethod(session.environment, "call", "OOO", (PyObject *)object,
                                                      positional.get(), keywords.get())),
                        out, error);
}

int functionSource(void *user, void *function, tegula_function_source *out, const char **error) {
  HoldGil gil;
  auto &session = *static_cast<Session *>(user);
  Reference found(PyObject_CallMethod(session.environment, "function_source", "O", (PyObject *)function));
  const char *name, *source, *filename;
  Py_ssize_t size;
  unsigned firstLine;
  int isConstexpr, noinline_;
  if (!found ||
      !PyArg_ParseTuple(found.get(), "ss#sIpp", &name, &source, &size, &filename, &firstLine, &isConstexpr, &noinline_))
    return session.fail(error);
  session.arena.keep(found.get()); // holds the strings
  *out = {name, source, size_t(size), filename, firstLine, isConstexpr, noinline_};
  return TEGULA_FOUND;
}

size_t visibleNames(void *user, void *function, const char *const **names) {
  HoldGil gil;
  auto &session = *static_cast<Session *>(user);
  Reference found(PyObject_CallMethod(session.environment, "names", "O", (PyObject *)function));
  Reference tuple(found ? PySequence_Tuple(found.get()) : nullptr);
  std::vector<const char *> &list = session.arena.keepNames();
  for (Py_ssize_t i = 0; tuple && i < PyTuple_GET_SIZE(tuple.get()); ++i)
    if (const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(tuple.get(), i)))
      list.push_back(session.arena.keepText(name));
  PyErr_Clear();
  *names = list.data();
  return list.size();
}

bool requireCompiler() {
  if (compiler.library)
    return true;
  PyErr_SetString(PyExc_RuntimeError, "the compiler is not open");
  return false;
}

} // namespace

PyObject *openCompiler(PyObject *, PyObject *path) {
  const char *name = PyUnicode_AsUTF8(path);
  if (!name)
    return nullptr;
  void *library;
  Py_BEGIN_ALLOW_THREADS library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  Py_END_ALLOW_THREADS if (!library) {
    PyErr_Format(PyExc_ImportError, "the compiler cannot be loaded: %s", dlerror());
    return nullptr;
  }
  Compiler fresh;
  const char *missing = nullptr;
  auto find = [&](auto &function, const char *symbol) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, symbol));
    if (!function)
      missing = symbol;
  };
  find(fresh.compile, "tegula_compile");
  find(fresh.ok, "tegula_result_ok");
  find(fresh.image, "tegula_result_image");
  find(fresh.diagnostics, "tegula_result_diagnostics");
  find(fresh.diagnosticsJson, "tegula_result_diagnostics_json");
  find(fresh.destroy, "tegula_result_destroy");
  find(fresh.version, "tegula_version");
  find(fresh.warmUp, "tegula_warm_up");
  if (missing) {
    PyErr_Format(PyExc_ImportError, "%s is no Tegula compiler of this version: it lacks %s", name, missing);
    dlclose(library);
    return nullptr;
  }
  // A library that was open before stays loaded: another thread may be compiling with it.
  fresh.library = library;
  compiler = fresh;
  Py_RETURN_NONE;
}

PyObject *compilerVersion(PyObject *, PyObject *) {
  return requireCompiler() ? PyUnicode_FromString(compiler.version()) : nullptr;
}

PyObject *warmUp(PyObject *, PyObject *target) {
  const char *name = PyUnicode_AsUTF8(target);
  if (!name || !requireCompiler())
    return nullptr;
  compiler.warmUp(name);
  Py_RETURN_NONE;
}

PyObject *compile(PyObject *, PyObject *args) {
  PyObject *function, *environment, *notFound, *arguments;
  tegula_compile_request request = {};
  if (!PyArg_ParseTuple(args, "OOOO!siiiipppp", &function, &environment, &notFound, &PyList_Type, &arguments,
                        &request.target, &request.num_warps, &request.num_stages, &request.num_ctas, &request.maxnreg,
                        &request.debug, &request.disable_fp_fusion, &request.keep_stages, &request.print_time) ||
      !requireCompiler())
    return nullptr;
  Session session;
  session.environment = environment;
  session.notFound = notFound;
  size_t count = size_t(PyList_GET_SIZE(arguments));
  std::vector<tegula_argument> bound(count);
  std::vector<tegula_value> constants(count);
  for (size_t i = 0; i < count; ++i) {
    PyObject *constant;
    if (!PyArg_ParseTuple(PyList_GET_ITEM(arguments, Py_ssize_t(i)), "szIO", &bound[i].name, &bound[i].type,
                          &bound[i].divisibility, &constant))
      return nullptr;
    session.arena.keep(PyList_GET_ITEM(arguments, Py_ssize_t(i)));
    if (bound[i].type)
      continue;
    if (!session.arena.convert(constant, constants[i]))
      return nullptr;
    constants[i].is_constexpr = 1;
    bound[i].constant = &constants[i];
  }
  request.function = function;
  request.arguments = bound.data();
  request.num_arguments = count;
  tegula_environment callbacks = {&session, lookup, getattr, call, functionSource, visibleNames};
  tegula_result *result;
  const Compiler used = compiler;
  Py_BEGIN_ALLOW_THREADS result = used.compile(&request, &callbacks);
  Py_END_ALLOW_THREADS size_t size = 0;
  bool ok = used.ok(result);
  const void *image = ok ? used.image(result, &size) : nullptr;
  const char *text = used.diagnostics(result), *json = used.diagnosticsJson(result);
  PyObject *answer = Py_BuildValue("(Oy#ssO)", ok ? Py_True : Py_False, image ? static_cast<const char *>(image) : "",
                                   Py_ssize_t(size), text ? text : "", json ? json : "[]",
                                   session.exception ? session.exception.get() : Py_None);
  used.destroy(result);
  return answer;
}

} // namespace tegula::python

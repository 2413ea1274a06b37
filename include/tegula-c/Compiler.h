/*===- tegula-c/Compiler.h - C API of the compiler ---------------------------===*\
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* Compiles one kernel from its source text. The caller hands over a function
|* of the kernel language and an *environment*: callbacks that resolve the names
|* which the function takes from outside its body. The compiler never imports
|* or executes Python itself; the Python package implements the environment over
|* a function's globals and closure, tegulac over the module's own source.
|*
|* Every function here is thread-safe; one compile owns everything it allocates.
\*===----------------------------------------------------------------------===*/
#ifndef TEGULA_C_COMPILER_H
#define TEGULA_C_COMPILER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TEGULA_API __attribute__((visibility("default")))

/* ---- Values that exist at compile time ----------------------------------- */

typedef enum {
  TEGULA_VALUE_NONE,
  TEGULA_VALUE_BOOL,     /* integer: 0 or 1 */
  TEGULA_VALUE_INT,      /* integer; when it needs more than 64 bits, text holds it in decimal */
  TEGULA_VALUE_FLOAT,    /* real */
  TEGULA_VALUE_STRING,   /* text, text_size: UTF-8 */
  TEGULA_VALUE_TYPE,     /* text: "fp16", "i32", "*fp16", "*kbf16" (const), ... */
  TEGULA_VALUE_TUPLE,    /* items, num_items; field_names when it is a named tuple */
  TEGULA_VALUE_BUILTIN,  /* text: qualified name under the language package: "load", "math.exp", "extra.libdevice.tanh",
                            or of a Python builtin with a "py." prefix: "py.len", "py.range", "py.min" */
  TEGULA_VALUE_FUNCTION, /* object: a jit function or constexpr function of the host */
  TEGULA_VALUE_OBJECT    /* object: anything else: modules, classes, instances; only getattr and call work on it */
} tegula_value_kind;

typedef struct tegula_value tegula_value;
struct tegula_value {
  tegula_value_kind kind;
  int is_constexpr; /* 1 when the host wrapped it in constexpr(...): usable as a kernel global */
  int64_t integer;
  double real;
  const char *text;
  size_t text_size;
  const tegula_value *items;
  size_t num_items;
  const char *const *field_names;
  void *object;
};

/* ---- Functions and the environment ---------------------------------------- */

/* The text of one function of the kernel language. */
typedef struct {
  const char *name;
  const char *source; /* from its first decorator or `def` to its end; indentation as in the file */
  size_t source_size;
  const char *filename;      /* for diagnostics */
  unsigned first_line;       /* line of the first character of source in that file, from 1 */
  int is_constexpr_function; /* compile-time Python: run through `call`, never compiled */
  int noinline;
} tegula_function_source;

/* Answers of a callback. */
enum { TEGULA_FOUND = 0, TEGULA_NOT_FOUND = 1, TEGULA_FAILED = 2 };

/* Callbacks. Memory that they hand out lives until tegula_compile returns. `object` and `function` are handles
   that the host gave out in a tegula_value (or the request). On TEGULA_FAILED `*error` holds a message. */
typedef struct {
  void *user;
  int (*lookup)(void *user, void *function, const char *name, tegula_value *out, const char **error);
  int (*getattr)(void *user, void *object, const char *name, tegula_value *out, const char **error);
  int (*call)(void *user, void *object, const tegula_value *args, size_t num_args, const char *const *keyword_names,
              size_t num_keywords /* the last num_keywords args are keywords */, tegula_value *out, const char **error);
  int (*function_source)(void *user, void *function, tegula_function_source *out, const char **error);
  /* Names visible to `function`, for "did you mean"; may be NULL. Returns their number. */
  size_t (*names)(void *user, void *function, const char *const **names);
} tegula_environment;

/* ---- Requests ---------------------------------------------------------------- */

/* What one parameter of the kernel is bound to. */
typedef struct {
  const char *name;
  const char *type;             /* "*fp16", "i32", "fp32", "u8", "i1"...; NULL when it is a constant */
  unsigned divisibility;        /* 16 when value or address is known to be divisible by 16, else 1 */
  const tegula_value *constant; /* constexpr, None or an int equal to 1; NULL otherwise */
} tegula_argument;

typedef struct {
  void *function;                   /* handle: its text comes from environment->function_source */
  const tegula_argument *arguments; /* one for each parameter, in order */
  size_t num_arguments;
  const char *target;    /* "sm_80", "sm_89", "sm_90a", ..., "host" */
  int num_warps;         /* 0: the default, 4 */
  int num_stages;        /* 0: the default, 3 */
  int num_ctas;          /* 0: the default, 1 */
  int maxnreg;           /* 0: no limit */
  int debug;             /* device asserts and overflow checks on */
  int disable_fp_fusion; /* 1: never contract mul+add */
  int keep_stages;       /* 1: keep the text of every stage as a section of the image */
  int print_time;        /* 1: record stage times: section "time" */
} tegula_compile_request;

/* ---- Results ------------------------------------------------------------------- */

typedef struct tegula_result tegula_result;

/* Compiles. Never returns NULL; look at tegula_result_ok. */
TEGULA_API tegula_result *tegula_compile(const tegula_compile_request *request, const tegula_environment *environment);
TEGULA_API int tegula_result_ok(const tegula_result *result);

/* The kernel image (see lib/Runtime/KernelImage.h): what libtegula_runtime loads, what a cache stores. */
TEGULA_API const void *tegula_result_image(const tegula_result *result, size_t *size);

/* Diagnostics, as rendered text (with line, caret and hint) and as a JSON array. Also warnings and remarks of a
   compile that went well. */
TEGULA_API const char *tegula_result_diagnostics(const tegula_result *result);
TEGULA_API const char *tegula_result_diagnostics_json(const tegula_result *result);
TEGULA_API void tegula_result_destroy(tegula_result *result);

/* "0.1.0+<build id>": part of every cache key. */
TEGULA_API const char *tegula_version(void);
/* Starts finding and opening the assembler in the background, so that the first compile does not wait for it. */
TEGULA_API void tegula_warm_up(const char *target);

/* The program behind the tool of that name: they link LLVM through this library. */
TEGULA_API int tegula_opt_main(int argc, char **argv);
TEGULA_API int tegula_lsp_server_main(int argc, char **argv);
TEGULA_API int tegula_compiler_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif

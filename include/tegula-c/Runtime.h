/*===- tegula-c/Runtime.h - C API of the runtime ------------------------------===*\
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* Loads compiled kernels (images that tegulac, the Python package or the compiler's
|* C API made) and launches them, on the CPU or on a CUDA GPU. libtegula_runtime.so
|* holds no compiler and opens the CUDA driver only when a GPU is asked for.
|*
|*   tegula_kernel *kernel;
|*   if (tegula_load_file("rmsnorm.tgk", TEGULA_DEVICE_AUTO, &kernel) != TEGULA_OK)
|*     fail(tegula_last_error());
|*   void *args[] = {&x, &w, &out, &stride, &n, &eps};
|*   tegula_launch(kernel, rows, 1, 1, stream, args);
|*
|* Every function is thread-safe. A function that returns tegula_status leaves a
|* text in tegula_last_error() when it fails, for the calling thread.
\*===----------------------------------------------------------------------===*/
#ifndef TEGULA_C_RUNTIME_H
#define TEGULA_C_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef TEGULA_API
#define TEGULA_API __attribute__((visibility("default")))
#endif

/* ---- Errors -------------------------------------------------------------------- */

typedef enum {
  TEGULA_OK = 0,
  TEGULA_ERROR_INVALID_ARGUMENT = 1,
  TEGULA_ERROR_IMAGE = 2,              /* not a kernel image, damaged, of another format version */
  TEGULA_ERROR_IO = 3,                 /* a file or folder: the text names it */
  TEGULA_ERROR_NO_DRIVER = 4,          /* no CUDA driver library, or one that does not start */
  TEGULA_ERROR_NO_DEVICE = 5,          /* no GPU, or none of that number */
  TEGULA_ERROR_WRONG_ARCHITECTURE = 6, /* the kernel was compiled for something else */
  TEGULA_ERROR_OUT_OF_RESOURCES = 7,   /* see tegula_last_error_resource */
  TEGULA_ERROR_DRIVER = 8,             /* the CUDA driver said no: the text holds its words */
  TEGULA_ERROR_HOST = 9,               /* the system could not load or run a host kernel */
  TEGULA_CACHE_MISS = 10               /* the disk cache has no (sound) entry of that key */
} tegula_status;

/* The text of the last failure on this thread; never NULL. Valid until the next failing call on this thread. */
TEGULA_API const char *tegula_last_error(void);

/* After TEGULA_ERROR_OUT_OF_RESOURCES: what ran out ("shared memory", "memory", "threads"), how much
   the kernel needs and how much there is. */
TEGULA_API const char *tegula_last_error_resource(int64_t *required, int64_t *limit);

/* "0.1.0": the version of the runtime. */
TEGULA_API const char *tegula_runtime_version(void);

/* Where warnings go (a damaged cache file, a cache folder that cannot be written); NULL restores the default,
   one line on stderr. The callback may be called from any thread. */
typedef void (*tegula_log_callback)(void *user, const char *message);
TEGULA_API void tegula_set_log_callback(tegula_log_callback callback, void *user);

/* Releases memory that a function of this header handed out. */
TEGULA_API void tegula_free(void *memory);

/* ---- Devices -------------------------------------------------------------------- */

enum {
  TEGULA_DEVICE_HOST = -1, /* the CPU */
  TEGULA_DEVICE_AUTO = -2  /* what the image was compiled for: the CPU, or the current GPU (else GPU 0) */
};

typedef struct {
  char name[256];
  int capability_major, capability_minor;
  int multiprocessors;
  int warp_size;
  int max_threads_per_block;
  int max_threads_per_multiprocessor;
  int registers_per_multiprocessor;
  int shared_memory_per_block;       /* without opting in */
  int shared_memory_per_block_optin; /* what a kernel may use at most */
  int shared_memory_per_multiprocessor;
  int l2_cache_bytes;
  int clock_khz;
  int memory_clock_khz;
  int memory_bus_bits;
  uint64_t memory_bytes;
  int driver_version; /* 13000 is CUDA 13.0 */
} tegula_device_info;

/* The number of GPUs; 0 when there is no driver or no GPU (tegula_last_error then says which). */
TEGULA_API int tegula_device_count(void);
/* The GPU whose context is current on this thread; 0 when there is none. */
TEGULA_API int tegula_current_device(void);
TEGULA_API tegula_status tegula_get_device_info(int device, tegula_device_info *info);
/* Threads that a launch on the host uses: TEGULA_NUM_THREADS, else those that the process may run on. */
TEGULA_API int tegula_host_num_threads(void);

/* ---- Kernel images: what the compiler makes ---------------------------------------- */

typedef struct tegula_image tegula_image;

TEGULA_API tegula_status tegula_image_open(const void *bytes, size_t size, tegula_image **image);
TEGULA_API tegula_status tegula_image_open_file(const char *path, tegula_image **image);
TEGULA_API void tegula_image_close(tegula_image *image);
/* Name, target, arguments, registers, ... as one JSON object: lib/Runtime/README.md lists the keys. */
TEGULA_API const char *tegula_image_metadata(const tegula_image *image);
TEGULA_API size_t tegula_image_num_sections(const tegula_image *image);
/* NULL when there is no such section. */
TEGULA_API const char *tegula_image_section_name(const tegula_image *image, size_t index);
/* "ptx", "cubin", "host", "ast", "tile", ...; NULL when the image has none of that name. One NUL follows the data. */
TEGULA_API const void *tegula_image_section(const tegula_image *image, const char *name, size_t *size);

/* ---- Kernels: an image, loaded on one device ----------------------------------------- */

typedef struct tegula_kernel tegula_kernel;

TEGULA_API tegula_status tegula_load(const void *image, size_t size, int device, tegula_kernel **kernel);
TEGULA_API tegula_status tegula_load_file(const char *path, int device, tegula_kernel **kernel);
TEGULA_API tegula_status tegula_load_image(const tegula_image *image, int device, tegula_kernel **kernel);
/* No launch of the kernel may be running or queued. NULL is allowed. */
TEGULA_API void tegula_unload(tegula_kernel *kernel);

typedef enum {
  TEGULA_PARAMETER_POINTER,
  TEGULA_PARAMETER_SIGNED,
  TEGULA_PARAMETER_UNSIGNED, /* also i1 (bool): one byte, 0 or 1 */
  TEGULA_PARAMETER_FLOAT,    /* fp64, fp32, fp16, bf16 by size and type */
  TEGULA_PARAMETER_OPAQUE    /* bytes whose meaning only the compiler knows; size may be 0 (unknown) */
} tegula_parameter_kind;

typedef struct {
  const char *name;
  const char *type; /* "*fp16", "i32", "fp32", ... */
  tegula_parameter_kind kind;
  unsigned size;                      /* bytes of the value that the args entry points at */
  unsigned divisibility;              /* 16: the kernel relies on the value or address being divisible by 16; else 1 */
  tegula_parameter_kind element_kind; /* what a pointer points at; OPAQUE when it is no pointer or not known */
  unsigned element_size;
} tegula_parameter;

typedef struct {
  const char *name;
  const char *target;      /* "sm_90a", ..., "host" */
  const char *metadata;    /* JSON, as of tegula_image_metadata */
  const char *loaded_from; /* "cubin", "ptx" (the driver's compiler) or "host" */
  int device;              /* GPU number or TEGULA_DEVICE_HOST */
  int num_warps, num_ctas;
  int registers;   /* per thread, as the driver tells; -1 when unknown */
  int spills;      /* bytes, from the assembler; -1 when unknown */
  int local_bytes; /* per thread: stack and spills, as the driver tells */
  int shared_static_bytes;
  int shared_dynamic_bytes;
  int max_threads;       /* per block, as the driver tells; 0 on the host */
  int64_t scratch_bytes; /* host: per thread */
  const tegula_parameter *parameters;
  size_t num_parameters;
} tegula_kernel_info;

/* Lives as long as the kernel. */
TEGULA_API const tegula_kernel_info *tegula_get_kernel_info(const tegula_kernel *kernel);

/* Launches grid_x * grid_y * grid_z programs. args[i] points at the value of parameter i. stream is a CUstream (NULL:
   the default stream); the host ignores it and returns when all programs ran. A grid with a zero launches nothing.
   Counts and types are not checked here: the C++ header and the Python package do. */
TEGULA_API tegula_status tegula_launch(const tegula_kernel *kernel, uint32_t grid_x, uint32_t grid_y, uint32_t grid_z,
                                       void *stream, void **args);

/* The same launch without the call through this library: all that it needs, worked out at load time. Lives as long
   as the kernel. */
typedef struct tegula_launcher tegula_launcher;
struct tegula_launcher {
  tegula_status (*launch)(const tegula_launcher *launcher, uint32_t grid_x, uint32_t grid_y, uint32_t grid_z,
                          void *stream, void **args);
  void *function;        /* CUfunction, or the host entry point */
  void *driver_launch;   /* cuLaunchKernel, or NULL */
  uint32_t block_x;      /* 32 * num_warps; 1 on the host */
  uint32_t shared_bytes; /* dynamic */
  int32_t device;
};
TEGULA_API const tegula_launcher *tegula_get_launcher(const tegula_kernel *kernel);

/* ---- Memory, streams, events: enough for examples, tests and benchmarks ----------------- */

/* device: a GPU number or TEGULA_DEVICE_HOST (64-byte aligned memory). */
TEGULA_API tegula_status tegula_memory_allocate(int device, size_t size, void **memory);
TEGULA_API void tegula_memory_release(int device, void *memory);
/* The caller's memory to the device's and back; done when the call returns. */
TEGULA_API tegula_status tegula_memory_write(int device, void *memory, const void *from, size_t size);
TEGULA_API tegula_status tegula_memory_read(int device, const void *memory, void *to, size_t size);
TEGULA_API tegula_status tegula_memory_fill(int device, void *memory, uint8_t byte, size_t size);

/* On the host a stream is NULL and everything has happened already; an event is a point in time. */
TEGULA_API tegula_status tegula_stream_create(int device, void **stream);
TEGULA_API void tegula_stream_destroy(int device, void *stream);
/* stream NULL: everything on the device. */
TEGULA_API tegula_status tegula_synchronize(int device, void *stream);

typedef struct tegula_event tegula_event;
TEGULA_API tegula_status tegula_event_create(int device, tegula_event **event);
TEGULA_API void tegula_event_destroy(tegula_event *event);
TEGULA_API tegula_status tegula_event_record(tegula_event *event, void *stream);
/* Waits for both. */
TEGULA_API tegula_status tegula_event_elapsed(tegula_event *from, tegula_event *to, float *milliseconds);

/* ---- The disk cache --------------------------------------------------------------------- */

/* directory NULL: $TEGULA_CACHE_DIR, else $TRITON_CACHE_DIR/tegula, else $XDG_CACHE_HOME/tegula, else ~/.cache/tegula.
   A key is any bytes that say all that the image depends on (source, types, constants, options, target, compiler
   version); the file's name is their SHA-256. Safe with any number of processes and threads. */

/* TEGULA_OK: *data (release it with tegula_free) is a whole, sound image. TEGULA_CACHE_MISS: there is none; a damaged
   file is removed and named in the log. */
TEGULA_API tegula_status tegula_cache_get(const char *directory, const void *key, size_t key_size, void **data,
                                          size_t *size);
/* Failure costs nothing but the entry; a folder that cannot be written is said once in the log. */
TEGULA_API tegula_status tegula_cache_put(const char *directory, const void *key, size_t key_size, const void *data,
                                          size_t size);
/* The default directory, or NULL when there is none (no cache). Release it with tegula_free. */
TEGULA_API char *tegula_cache_directory(void);
/* SHA-256 in lower-case hexadecimal, with its NUL. */
TEGULA_API void tegula_digest(const void *data, size_t size, char hex[65]);

#ifdef __cplusplus
}
#endif
#endif

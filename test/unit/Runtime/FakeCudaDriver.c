/* A CUDA driver without a GPU, for what the runtime does about devices and failures. The tests name it in
   TEGULA_LIBCUDA and say by environment variables how it behaves:

     FAKE_INIT, FAKE_COUNT_RC, FAKE_LOAD_CUBIN, FAKE_LOAD_PTX, FAKE_LAUNCH   a CUresult to answer with
     FAKE_DEVICES        number of GPUs (1)        FAKE_CAPABILITY  e.g. 90 (90)
     FAKE_MAX_THREADS    of the function (1024)    FAKE_STATIC      its static shared memory (0)
     FAKE_TRACE          1: say each context change and launch on stderr
*/
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int number(const char *name, int otherwise) {
  const char *text = getenv(name);
  return text ? atoi(text) : otherwise;
}
#define TRACE(...)                                                                                                     \
  do {                                                                                                                 \
    if (number("FAKE_TRACE", 0))                                                                                       \
      fprintf(stderr, __VA_ARGS__);                                                                                    \
  } while (0)

static char primary[8]; /* primary context of device i is &primary[i] */
static __thread char *current;
static __thread char *below; /* one level of push is all that the runtime uses */

int cuInit(unsigned flags) { return number("FAKE_INIT", 0); }
int cuDriverGetVersion(int *version) { return *version = 12020, 0; }
int cuGetErrorName(int error, const char **name) {
  static __thread char text[32];
  snprintf(text, sizeof text, "CUDA_ERROR_%d", error);
  return *name = text, 0;
}
int cuGetErrorString(int error, const char **text) { return *text = "words of the driver", 0; }
int cuDeviceGetCount(int *count) { return *count = number("FAKE_DEVICES", 1), number("FAKE_COUNT_RC", 0); }
int cuDeviceGet(int *device, int index) { return *device = index, 0; }
int cuDeviceGetName(char *name, int size, int device) { return snprintf(name, size, "Fake %d", device), 0; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { return *bytes = 1 << 30, 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  int capability = number("FAKE_CAPABILITY", 90);
  switch (attribute) {
  case 75:
    *value = capability / 10;
    return 0;
  case 76:
    *value = capability % 10;
    return 0;
  case 8:
    *value = 49152;
    return 0;
  case 97:
    *value = 232448;
    return 0;
  case 13:
    return 1; /* an attribute that this driver does not know */
  default:
    *value = attribute;
    return 0;
  }
}
int cuDevicePrimaryCtxRetain(void **context, int device) { return *context = &primary[device], 0; }
int cuCtxGetCurrent(void **context) { return *context = current, 0; }
int cuCtxSetCurrent(void *context) {
  current = context;
  TRACE("set %d\n", (int)(current - primary));
  return 0;
}
int cuCtxPushCurrent_v2(void *context) {
  below = current;
  current = context;
  TRACE("push %d\n", (int)(current - primary));
  return 0;
}
int cuCtxPopCurrent_v2(void **context) {
  *context = current;
  current = below;
  TRACE("pop\n");
  return 0;
}
int cuCtxGetDevice(int *device) { return *device = (int)(current - primary), current ? 0 : 201; }
int cuCtxSynchronize(void) { return number("FAKE_SYNCHRONIZE", 0); }

struct module {
  char *context;
};
int cuModuleLoadDataEx(void **module, const void *image, unsigned count, int *options, void **values) {
  int is_ptx = strstr(image, ".version") != NULL;
  int rc = is_ptx ? number("FAKE_LOAD_PTX", 0) : number("FAKE_LOAD_CUBIN", 0);
  if (rc != 0 && is_ptx && count > 0)
    strcpy(values[0], "ptxas: line 3 is wrong\n");
  TRACE("load %s %d\n", is_ptx ? "ptx" : "cubin", rc);
  if (rc != 0)
    return rc;
  struct module *result = malloc(sizeof *result);
  result->context = current;
  return *module = result, 0;
}
int cuModuleUnload(void *module) { return free(module), 0; }
int cuModuleGetFunction(void **function, void *module, const char *name) {
  return *function = module, strcmp(name, "absent") == 0 ? 500 : 0;
}
int cuFuncGetAttribute(int *value, int attribute, void *function) {
  switch (attribute) {
  case 0:
    *value = number("FAKE_MAX_THREADS", 1024);
    return 0;
  case 1:
    *value = number("FAKE_STATIC", 0);
    return 0;
  case 3:
    *value = 8;
    return 0;
  case 4:
    *value = 40;
    return 0;
  default:
    return 1;
  }
}
int cuFuncSetAttribute(void *function, int attribute, int value) {
  if (attribute == 8 && value + number("FAKE_STATIC", 0) > 232448)
    return 1;
  TRACE("attribute %d=%d\n", attribute, value);
  return 0;
}
int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **args, void **extra) {
  if (!current)
    return 201;
  if (current != ((struct module *)function)->context)
    return 400;
  TRACE("launch grid %u,%u,%u block %u,%u,%u shared %u arg0 %d\n", gx, gy, gz, bx, by, bz, shared, *(int *)args[0]);
  return number("FAKE_LAUNCH", 0);
}
int cuLaunchKernelEx(const unsigned *config, void *function, void **args, void **extra) {
  if (!current)
    return 201;
  const unsigned *cluster = *(const unsigned *const *)(config + 10);
  TRACE("launch grid %u,%u,%u block %u cluster id %u size %u,%u,%u of %u\n", config[0], config[1], config[2], config[3],
        cluster[0], cluster[2], cluster[3], cluster[4], config[12]);
  return number("FAKE_LAUNCH", 0);
}
int cuMemAlloc_v2(uint64_t *address, size_t size) {
  if (size > (1u << 30))
    return 2;
  return *address = (uint64_t)malloc(size), 0;
}
int cuMemFree_v2(uint64_t address) { return free((void *)address), 0; }
int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t size) { return memcpy((void *)to, from, size), 0; }
int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t size) { return memcpy(to, (void *)from, size), 0; }
int cuMemsetD8_v2(uint64_t to, unsigned char byte, size_t size) { return memset((void *)to, byte, size), 0; }
int cuStreamCreate(void **stream, unsigned flags) { return *stream = malloc(1), 0; }
int cuStreamDestroy_v2(void *stream) { return free(stream), 0; }
int cuStreamSynchronize(void *stream) { return 0; }
int cuEventCreate(void **event, unsigned flags) { return *event = malloc(1), 0; }
int cuEventDestroy_v2(void *event) { return free(event), 0; }
int cuEventRecord(void *event, void *stream) { return 0; }
int cuEventSynchronize(void *event) { return 0; }
int cuEventElapsedTime(float *milliseconds, void *from, void *to) { return *milliseconds = 1.5f, 0; }

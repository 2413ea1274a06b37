/* The C header, used from C. */
#include "tegula-c/Runtime.h"

const char *version_through_c(void) { return tegula_runtime_version(); }
int load_through_c(const void *image, size_t size) {
  tegula_kernel *kernel;
  tegula_status status = tegula_load(image, size, TEGULA_DEVICE_AUTO, &kernel);
  tegula_unload(kernel);
  return status;
}

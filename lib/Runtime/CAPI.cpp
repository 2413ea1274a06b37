//===- CAPI.cpp - The C interface of libtegula_runtime --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/Cache.h"
#include "lib/Runtime/Cuda/Device.h"
#include "lib/Runtime/Host/ThreadPool.h"
#include "lib/Runtime/LastError.h"
#include "lib/Runtime/LoadedKernel.h"
#include "lib/Runtime/Log.h"
#include "lib/Runtime/Memory.h"
#include "lib/Runtime/Sha256.h"

#include <cstdlib>
#include <cstring>

using namespace tegula::runtime;

struct tegula_image {
  KernelImage image;
  std::string metadata;
};

namespace {

std::string_view bytesOf(const void *data, size_t size) { return {static_cast<const char *>(data), data ? size : 0}; }

/// Moves the value to `out`, or keeps the failure for tegula_last_error.
template <typename T, typename Out> tegula_status deliver(Result<T> result, Out *out) {
  if (!result)
    return setLastError(result.status());
  *out = std::move(*result);
  return TEGULA_OK;
}

tegula_status deliverImage(Result<KernelImage> image, tegula_image **out) {
  *out = nullptr;
  if (!image)
    return setLastError(image.status());
  std::string metadata = image->metadata.toJson();
  *out = new tegula_image{std::move(*image), std::move(metadata)};
  return TEGULA_OK;
}

tegula_status load(const KernelImage &image, int device, tegula_kernel **out) {
  *out = nullptr;
  Result<std::unique_ptr<tegula_kernel>> kernel = loadKernel(image, device);
  if (!kernel)
    return setLastError(kernel.status());
  *out = kernel->release();
  return TEGULA_OK;
}

tegula_status load(const Result<KernelImage> &image, int device, tegula_kernel **out) {
  *out = nullptr;
  return image ? load(*image, device, out) : setLastError(image.status());
}

Status noPath() { return Status(TEGULA_ERROR_INVALID_ARGUMENT, "expected a path; got NULL"); }

char *copyOf(std::string_view bytes) {
  char *copy = static_cast<char *>(std::malloc(bytes.size() + 1));
  if (copy) {
    std::memcpy(copy, bytes.data(), bytes.size());
    copy[bytes.size()] = '\0';
  }
  return copy;
}

std::string cacheDirectory(const char *directory) { return directory ? directory : Cache::defaultDirectory(); }

} // namespace

extern "C" {

const char *tegula_last_error(void) { return lastErrorText(); }

const char *tegula_last_error_resource(int64_t *required, int64_t *limit) {
  const Shortage &shortage = lastShortage();
  if (required)
    *required = shortage.required;
  if (limit)
    *limit = shortage.limit;
  return shortage.resource;
}

const char *tegula_runtime_version(void) { return TEGULA_VERSION; }

void tegula_set_log_callback(tegula_log_callback callback, void *user) { setLogCallback(callback, user); }

void tegula_free(void *memory) { std::free(memory); }

int tegula_device_count(void) {
  Result<const cuda::Driver *> driver = cuda::driver();
  if (driver)
    return (*driver)->numDevices;
  setLastError(driver.status());
  return 0;
}

int tegula_current_device(void) { return cuda::currentDevice(); }

tegula_status tegula_get_device_info(int device, tegula_device_info *info) {
  return deliver(cuda::deviceInfo(device), info);
}

int tegula_host_num_threads(void) { return host::numThreads(); }

tegula_status tegula_image_open(const void *bytes, size_t size, tegula_image **image) {
  return deliverImage(KernelImage::parse(bytesOf(bytes, size)), image);
}

tegula_status tegula_image_open_file(const char *path, tegula_image **image) {
  return deliverImage(path ? KernelImage::readFile(path) : noPath(), image);
}

void tegula_image_close(tegula_image *image) { delete image; }

const char *tegula_image_metadata(const tegula_image *image) { return image->metadata.c_str(); }

size_t tegula_image_num_sections(const tegula_image *image) { return image->image.sections().size(); }

const char *tegula_image_section_name(const tegula_image *image, size_t index) {
  const auto &sections = image->image.sections();
  return index < sections.size() ? sections[index].name.c_str() : nullptr;
}

const void *tegula_image_section(const tegula_image *image, const char *name, size_t *size) {
  const std::string *section = name ? image->image.section(name) : nullptr;
  if (size)
    *size = section ? section->size() : 0;
  return section ? section->data() : nullptr;
}

tegula_status tegula_load(const void *image, size_t size, int device, tegula_kernel **kernel) {
  return load(KernelImage::parse(bytesOf(image, size)), device, kernel);
}

tegula_status tegula_load_file(const char *path, int device, tegula_kernel **kernel) {
  return load(path ? KernelImage::readFile(path) : noPath(), device, kernel);
}

tegula_status tegula_load_image(const tegula_image *image, int device, tegula_kernel **kernel) {
  return load(image->image, device, kernel);
}

void tegula_unload(tegula_kernel *kernel) { delete kernel; }

const tegula_kernel_info *tegula_get_kernel_info(const tegula_kernel *kernel) { return &kernel->info; }

tegula_status tegula_launch(const tegula_kernel *kernel, uint32_t grid_x, uint32_t grid_y, uint32_t grid_z,
                            void *stream, void **args) {
  return kernel->launch(kernel, grid_x, grid_y, grid_z, stream, args);
}

const tegula_launcher *tegula_get_launcher(const tegula_kernel *kernel) { return kernel; }

tegula_status tegula_memory_allocate(int device, size_t size, void **memory) {
  *memory = nullptr;
  return deliver(allocate(device, size), memory);
}

void tegula_memory_release(int device, void *memory) { release(device, memory); }

tegula_status tegula_memory_write(int device, void *memory, const void *from, size_t size) {
  return setLastError(copyTo(device, memory, from, size));
}

tegula_status tegula_memory_read(int device, const void *memory, void *to, size_t size) {
  return setLastError(copyFrom(device, memory, to, size));
}

tegula_status tegula_memory_fill(int device, void *memory, uint8_t byte, size_t size) {
  return setLastError(fill(device, memory, byte, size));
}

tegula_status tegula_stream_create(int device, void **stream) {
  *stream = nullptr;
  return deliver(createStream(device), stream);
}

void tegula_stream_destroy(int device, void *stream) { destroyStream(device, stream); }

tegula_status tegula_synchronize(int device, void *stream) { return setLastError(synchronize(device, stream)); }

tegula_status tegula_event_create(int device, tegula_event **event) {
  *event = nullptr;
  return deliver(createEvent(device), event);
}

void tegula_event_destroy(tegula_event *event) { destroyEvent(event); }

tegula_status tegula_event_record(tegula_event *event, void *stream) {
  return setLastError(recordEvent(event, stream));
}

tegula_status tegula_event_elapsed(tegula_event *from, tegula_event *to, float *milliseconds) {
  return deliver(elapsedMilliseconds(from, to), milliseconds);
}

tegula_status tegula_cache_get(const char *directory, const void *key, size_t key_size, void **data, size_t *size) {
  *data = nullptr;
  *size = 0;
  std::optional<std::string> found = Cache(cacheDirectory(directory)).get(bytesOf(key, key_size));
  if (!found || !(*data = copyOf(*found)))
    return setLastError(Status(TEGULA_CACHE_MISS, "the cache has no entry of that key"));
  *size = found->size();
  return TEGULA_OK;
}

tegula_status tegula_cache_put(const char *directory, const void *key, size_t key_size, const void *data, size_t size) {
  return setLastError(Cache(cacheDirectory(directory)).put(bytesOf(key, key_size), bytesOf(data, size)));
}

char *tegula_cache_directory(void) {
  std::string directory = Cache::defaultDirectory();
  return directory.empty() ? nullptr : copyOf(directory);
}

void tegula_digest(const void *data, size_t size, char hex[65]) {
  std::memcpy(hex, sha256(bytesOf(data, size)).c_str(), 65);
}

} // extern "C"

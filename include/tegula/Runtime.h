//===- tegula/Runtime.h - Launching compiled kernels from C++ ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   using namespace tegula::runtime;
//   Result<Kernel> kernel = Kernel::load("rmsnorm.tgk");   // for the CPU or a GPU: as it was compiled
//   if (!kernel)
//     return fail(kernel.status().message());
//   auto x = Buffer<float>::create(rows * n, kernel->device()), ...
//   Status status = kernel->launch({rows}, nullptr, x->data(), w->data(), out->data(), n, n, 1e-6f);
//
// Kernel::launch checks the number of arguments, their types, and what the kernel relies on (a divisible address or
// value) against what the image says, and packs them; a mistake is a Status that names the argument.
//
// Header only, over the C interface: link libtegula_runtime (CMake: Tegula::runtime). C++20.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_RUNTIME_H
#define TEGULA_RUNTIME_H

#include "tegula-c/Runtime.h"
#include "tegula/Float16.h"
#include "tegula/Status.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace tegula::runtime {

/// How many programs run, by axis.
struct Grid {
  uint32_t x = 1, y = 1, z = 1;
};

template <typename T> class Buffer;

namespace detail {

/// The value of one argument, as the kernel reads it.
struct Slot {
  alignas(8) unsigned char bytes[8];
  template <typename T> void set(T value) { std::memcpy(bytes, &value, sizeof(T)); }
};

enum class Mismatch { none, type, range, divisibility };

template <typename T> constexpr bool isFloat = std::is_floating_point_v<T>;
template <typename T> constexpr bool isInteger = std::is_integral_v<T> || std::is_enum_v<T>;

/// Whether a pointer to T may be handed over for elements of that kind. void and types of other libraries (__half, …)
/// are judged by their size alone.
template <typename T> bool pointeeFits(const tegula_parameter &parameter) {
  using Element = std::remove_cv_t<T>;
  if (parameter.element_kind == TEGULA_PARAMETER_OPAQUE)
    return true;
  if constexpr (std::is_void_v<Element>)
    return true;
  else {
    if (sizeof(Element) != parameter.element_size)
      return false;
    if constexpr (isFloat<Element>)
      return parameter.element_kind == TEGULA_PARAMETER_FLOAT;
    else if constexpr (std::is_pointer_v<Element>)
      return parameter.element_kind == TEGULA_PARAMETER_POINTER;
    else if constexpr (isInteger<Element>) // 8 and 16 bits also carry the small float formats
      return parameter.element_kind != TEGULA_PARAMETER_POINTER &&
             (parameter.element_kind != TEGULA_PARAMETER_FLOAT || sizeof(Element) <= 2);
    else
      return true;
  }
}

template <typename To, typename From> bool setInteger(Slot &slot, From value) {
  slot.set(To(value));
  return std::in_range<To>(+value); // promoted: in_range takes no characters and no bool
}

/// Puts `value` where the kernel will read parameter `parameter`.
template <typename T> Mismatch pack(const tegula_parameter &parameter, const T &value, Slot &slot) {
  const uint64_t alignment = parameter.divisibility ? parameter.divisibility : 1;
  if constexpr (std::is_null_pointer_v<T>) {
    slot.set(uint64_t(0));
    return parameter.kind == TEGULA_PARAMETER_POINTER ? Mismatch::none : Mismatch::type;
  } else if constexpr (std::is_pointer_v<T>) {
    if (parameter.kind != TEGULA_PARAMETER_POINTER || !pointeeFits<std::remove_pointer_t<T>>(parameter))
      return Mismatch::type;
    slot.set(value);
    return reinterpret_cast<uintptr_t>(value) % alignment ? Mismatch::divisibility : Mismatch::none;
  } else if constexpr (std::is_enum_v<T>) {
    return pack(parameter, static_cast<std::underlying_type_t<T>>(value), slot);
  } else if constexpr (std::is_integral_v<T>) {
    bool fits = false;
    if (parameter.kind == TEGULA_PARAMETER_SIGNED) {
      switch (parameter.size) {
      case 1:
        fits = setInteger<int8_t>(slot, value);
        break;
      case 2:
        fits = setInteger<int16_t>(slot, value);
        break;
      case 4:
        fits = setInteger<int32_t>(slot, value);
        break;
      case 8:
        fits = setInteger<int64_t>(slot, value);
        break;
      }
    } else if (parameter.kind == TEGULA_PARAMETER_UNSIGNED) {
      switch (parameter.size) {
      case 1:
        fits = setInteger<uint8_t>(slot, value);
        break;
      case 2:
        fits = setInteger<uint16_t>(slot, value);
        break;
      case 4:
        fits = setInteger<uint32_t>(slot, value);
        break;
      case 8:
        fits = setInteger<uint64_t>(slot, value);
        break;
      }
      if (parameter.type[1] == '1' && parameter.type[2] == '\0') // i1
        fits = fits && (value == T(0) || value == T(1));
    } else
      return Mismatch::type;
    if (!fits)
      return Mismatch::range;
    return uint64_t(value) % alignment ? Mismatch::divisibility : Mismatch::none;
  } else if constexpr (isFloat<T>) {
    if (parameter.kind != TEGULA_PARAMETER_FLOAT)
      return Mismatch::type;
    if (parameter.size == 8)
      slot.set(double(value));
    else if (parameter.size == 4)
      slot.set(float(value));
    else if (parameter.size == 2)
      slot.set(parameter.type[0] == 'b' ? bfloat16FromFloat(float(value)) : float16FromFloat(float(value)));
    else
      return Mismatch::type;
    return Mismatch::none;
  } else {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(Slot),
                  "a kernel's argument is a pointer, a number, a Buffer, or up to 8 plain bytes");
    if (parameter.size != 0 && parameter.size != sizeof(T))
      return Mismatch::type;
    slot.set(value);
    return Mismatch::none;
  }
}
template <typename T> Mismatch pack(const tegula_parameter &parameter, const Buffer<T> &buffer, Slot &slot) {
  return pack(parameter, buffer.data(), slot);
}

/// "float *", "a 4-byte signed integer": for error texts only.
template <typename T> std::string nameOf() {
  using Plain = std::remove_cv_t<T>;
  if constexpr (std::is_null_pointer_v<Plain>)
    return "nullptr";
  else if constexpr (std::is_pointer_v<Plain>)
    return "a pointer to " + nameOf<std::remove_pointer_t<Plain>>();
  else if constexpr (std::is_void_v<Plain>)
    return "void";
  else if constexpr (std::is_same_v<Plain, bool>)
    return "bool";
  else if constexpr (isFloat<Plain>)
    return sizeof(Plain) == 4 ? "float" : "double";
  else if constexpr (isInteger<Plain>)
    return (std::is_signed_v<Plain> ? "int" : "uint") + std::to_string(8 * sizeof(Plain));
  else
    return "a value of " + std::to_string(sizeof(Plain)) + " bytes";
}
template <typename T> struct ArgumentName {
  static std::string get() { return nameOf<T>(); }
};
template <typename T> struct ArgumentName<Buffer<T>> {
  static std::string get() { return "a buffer of " + nameOf<T>(); }
};

template <typename T> std::string valueOf(const T &value) {
  if constexpr (std::is_enum_v<T>)
    return std::to_string(static_cast<std::underlying_type_t<T>>(value));
  else if constexpr (std::is_arithmetic_v<T>)
    return std::to_string(value);
  else
    return "that address";
}

} // namespace detail

/// Questions about the machine.
struct Device {
  static constexpr int host = TEGULA_DEVICE_HOST;
  static constexpr int automatic = TEGULA_DEVICE_AUTO;

  /// The number of GPUs; 0 also when there is no driver.
  static int count() { return tegula_device_count(); }
  static int current() { return tegula_current_device(); }
  static int hostThreads() { return tegula_host_num_threads(); }
  static Result<tegula_device_info> info(int device) {
    tegula_device_info info;
    if (tegula_status code = tegula_get_device_info(device, &info))
      return Status::last(code);
    return info;
  }
  /// Waits for all work of the device.
  static Status synchronize(int device) {
    tegula_status code = tegula_synchronize(device, nullptr);
    return code ? Status::last(code) : Status();
  }
};

/// Memory of one device, released with the object.
template <typename T> class Buffer {
  static_assert(std::is_trivially_copyable_v<T>, "a buffer's elements are copied as bytes");

public:
  static Result<Buffer> create(size_t count, int device) {
    void *memory;
    if (count > std::numeric_limits<size_t>::max() / sizeof(T))
      return Status(TEGULA_ERROR_OUT_OF_RESOURCES, "a buffer of " + std::to_string(count) + " elements is too large");
    if (tegula_status code = tegula_memory_allocate(device, count * sizeof(T), &memory))
      return Status::last(code);
    return Buffer(static_cast<T *>(memory), count, device);
  }
  static Result<Buffer> from(std::span<const T> values, int device) {
    Result<Buffer> buffer = create(values.size(), device);
    if (buffer)
      if (Status status = buffer->write(values); !status)
        return status;
    return buffer;
  }

  Buffer(Buffer &&other) noexcept
      : memory(std::exchange(other.memory, nullptr)), count(std::exchange(other.count, 0)), where(other.where) {}
  Buffer &operator=(Buffer &&other) noexcept {
    std::swap(memory, other.memory);
    std::swap(count, other.count);
    std::swap(where, other.where);
    return *this;
  }
  ~Buffer() { tegula_memory_release(where, memory); }

  /// On a GPU: an address that only the GPU may follow.
  T *data() const { return memory; }
  size_t size() const { return count; }
  int device() const { return where; }

  /// Fails when there are more values than room.
  Status write(std::span<const T> values) {
    if (values.size() > count)
      return tooMany(values.size());
    tegula_status code = tegula_memory_write(where, memory, values.data(), values.size_bytes());
    return code ? Status::last(code) : Status();
  }
  Status read(std::span<T> values) const {
    if (values.size() > count)
      return tooMany(values.size());
    tegula_status code = tegula_memory_read(where, memory, values.data(), values.size_bytes());
    return code ? Status::last(code) : Status();
  }
  Status fill(uint8_t byte) {
    tegula_status code = tegula_memory_fill(where, memory, byte, count * sizeof(T));
    return code ? Status::last(code) : Status();
  }

private:
  Buffer(T *memory, size_t count, int device) : memory(memory), count(count), where(device) {}
  Status tooMany(size_t values) const {
    return Status(TEGULA_ERROR_INVALID_ARGUMENT, "expected at most " + std::to_string(count) +
                                                     " elements, the size of the buffer; got " +
                                                     std::to_string(values));
  }

  T *memory;
  size_t count;
  int where;
};

/// A kernel, loaded on one device. Moves, does not copy; launches may come from any thread.
class Kernel {
public:
  /// Device::automatic: the CPU or the current GPU, as the image was compiled.
  static Result<Kernel> load(const std::string &path, int device = Device::automatic) {
    tegula_kernel *kernel;
    if (tegula_status code = tegula_load_file(path.c_str(), device, &kernel))
      return Status::last(code);
    return Kernel(kernel);
  }
  static Result<Kernel> load(std::span<const std::byte> image, int device = Device::automatic) {
    tegula_kernel *kernel;
    if (tegula_status code = tegula_load(image.data(), image.size(), device, &kernel))
      return Status::last(code);
    return Kernel(kernel);
  }

  const tegula_kernel_info &info() const { return *tegula_get_kernel_info(handle.get()); }
  std::string name() const { return info().name; }
  int device() const { return launcher->device; }
  std::span<const tegula_parameter> parameters() const {
    return {information->parameters, information->num_parameters};
  }
  tegula_kernel *get() const { return handle.get(); }

  /// Launches on the stream (a CUstream or cudaStream_t; null: the default stream). On the host it returns when done.
  template <typename... Args> Status launch(Grid grid, void *stream, const Args &...args) const {
    constexpr size_t count = sizeof...(Args);
    if (count != information->num_parameters)
      return wrongCount(count);
    std::array<detail::Slot, count + 1> slots;
    std::array<void *, count + 1> pointers;
    Status problem;
    size_t index = 0;
    bool sound = (place(index++, args, slots, pointers, problem) && ...);
    if (!sound)
      return problem;
    tegula_status code = launcher->launch(launcher, grid.x, grid.y, grid.z, stream, pointers.data());
    return code ? Status::last(code) : Status();
  }

  /// As launch.
  template <typename... Args> Status operator()(Grid grid, void *stream, const Args &...args) const {
    return launch(grid, stream, args...);
  }

private:
  struct Unload {
    void operator()(tegula_kernel *kernel) const { tegula_unload(kernel); }
  };
  explicit Kernel(tegula_kernel *kernel)
      : handle(kernel), launcher(tegula_get_launcher(kernel)), information(tegula_get_kernel_info(kernel)) {}

  template <typename T, size_t N>
  bool place(size_t index, const T &value, std::array<detail::Slot, N> &slots, std::array<void *, N> &pointers,
             Status &problem) const {
    const tegula_parameter &parameter = information->parameters[index];
    pointers[index] = slots[index].bytes;
    detail::Mismatch mismatch = detail::pack(parameter, decayed(value), slots[index]);
    if (mismatch == detail::Mismatch::none) [[likely]]
      return true;
    problem = wrongArgument(index, mismatch, detail::ArgumentName<std::decay_t<T>>::get(), detail::valueOf(value));
    return false;
  }
  /// An array argument is a pointer to its first element.
  template <typename T> static decltype(auto) decayed(const T &value) {
    if constexpr (std::is_array_v<T>)
      return static_cast<const std::remove_extent_t<T> *>(value);
    else
      return (value);
  }

  Status wrongCount(size_t got) const {
    std::string expected;
    for (const tegula_parameter &parameter : parameters())
      expected += std::string(expected.empty() ? "" : ", ") + parameter.name + ": " + parameter.type;
    return Status(TEGULA_ERROR_INVALID_ARGUMENT, "kernel '" + name() + "' takes " +
                                                     std::to_string(information->num_parameters) + " arguments (" +
                                                     expected + "); got " + std::to_string(got));
  }
  Status wrongArgument(size_t index, detail::Mismatch mismatch, const std::string &type,
                       const std::string &value) const {
    const tegula_parameter &parameter = information->parameters[index];
    std::string text = "kernel '" + name() + "': argument " + std::to_string(index) + " '" + parameter.name + "' ";
    if (mismatch == detail::Mismatch::type)
      text += std::string("is ") + parameter.type + "; got " + type;
    else if (mismatch == detail::Mismatch::range)
      text += std::string("is ") + parameter.type + ", which cannot hold " + value;
    else
      text += "was compiled as divisible by " + std::to_string(parameter.divisibility) + "; got " + value +
              ", which is not; compile the kernel without that assumption";
    return Status(TEGULA_ERROR_INVALID_ARGUMENT, text);
  }

  std::unique_ptr<tegula_kernel, Unload> handle;
  const tegula_launcher *launcher;
  const tegula_kernel_info *information;
};

/// A stream of work on a GPU; on the host a stand-in.
class Stream {
public:
  static Result<Stream> create(int device) {
    void *stream;
    if (tegula_status code = tegula_stream_create(device, &stream))
      return Status::last(code);
    return Stream(stream, device);
  }
  Stream(Stream &&other) noexcept : handle(std::exchange(other.handle, nullptr)), device(other.device) {}
  Stream &operator=(Stream &&) = delete;
  ~Stream() { tegula_stream_destroy(device, handle); }

  void *get() const { return handle; }
  Status synchronize() const {
    tegula_status code = tegula_synchronize(device, handle);
    return code ? Status::last(code) : Status();
  }

private:
  Stream(void *handle, int device) : handle(handle), device(device) {}
  void *handle;
  int device;
};

} // namespace tegula::runtime

#endif

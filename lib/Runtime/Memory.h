//===- Memory.h - Memory, streams and events of any device ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `device` is a GPU's number or TEGULA_DEVICE_HOST throughout. On the host memory is plain memory, a stream is null
// and an event a point in time, so that one program serves both.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_RUNTIME_MEMORY_H
#define TEGULA_LIB_RUNTIME_MEMORY_H

#include "tegula/Status.h"

#include <cstddef>
#include <cstdint>

namespace tegula::runtime {

Result<void *> allocate(int device, size_t size);
void release(int device, void *memory);
Status copyTo(int device, void *memory, const void *from, size_t size);
Status copyFrom(int device, const void *memory, void *to, size_t size);
Status fill(int device, void *memory, uint8_t byte, size_t size);

Result<void *> createStream(int device);
void destroyStream(int device, void *stream);
Status synchronize(int device, void *stream);

Result<tegula_event *> createEvent(int device);
void destroyEvent(tegula_event *event);
Status recordEvent(tegula_event *event, void *stream);
Result<float> elapsedMilliseconds(tegula_event *from, tegula_event *to);

} // namespace tegula::runtime

#endif

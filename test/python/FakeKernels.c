/*===- FakeKernels.c - Host kernels that show what a launch passed ------------===*\
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
\*===----------------------------------------------------------------------===*/
#include <stdint.h>
#include <string.h>

/* dump(out, count, values...): out[0..2] = grid, out[3 + i] = the 8 bytes of value i. */
void dump(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch) {
  int64_t *out = *(int64_t **)args[0];
  int32_t count = *(int32_t *)args[1];
  (void)scratch;
  if (begin >= end)
    return;
  for (int i = 0; i < 3; ++i)
    out[i] = grid[i];
  for (int i = 0; i < count; ++i)
    memcpy(&out[3 + i], args[2 + i], 8);
}

/* Does nothing, whatever the arguments. */
void nothing(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch) {
  (void)args, (void)grid, (void)begin, (void)end, (void)scratch;
}

/* Kernels as the host back end compiles them, by hand: see lib/Runtime/Host/HostKernel.cpp. */
#include <math.h>
#include <stdint.h>

/* out_ptr: *i32. out[p] names p's coordinates. */
void fill_ids(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch) {
  int32_t *out = *(int32_t **)args[0];
  for (int64_t p = begin; p < end; ++p) {
    int64_t x = p % grid[0], y = p / grid[0] % grid[1], z = p / grid[0] / grid[1];
    out[p] += (int32_t)(x + 1000 * y + 1000000 * z);
  }
}

/* x_ptr: *fp32:16, out_ptr: *fp32:16, n: i32:16, scale: fp32. One row of n for each program. */
void scale_rows(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch) {
  const float *x = *(float **)args[0];
  float *out = *(float **)args[1];
  int32_t n = *(int32_t *)args[2];
  float scale = *(float *)args[3];
  for (int64_t p = begin; p < end; ++p)
    for (int32_t i = 0; i < n; ++i)
      out[p * n + i] = x[p * n + i] * scale;
}

/* out_ptr: *i64, size: i64. Uses all of its scratch; -1 when that is not aligned. */
void sum_in_scratch(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch) {
  int64_t *out = *(int64_t **)args[0];
  int64_t count = *(int64_t *)args[1] / 8;
  int64_t *numbers = scratch;
  for (int64_t p = begin; p < end; ++p) {
    for (int64_t i = 0; i < count; ++i)
      numbers[i] = p;
    int64_t sum = 0;
    for (int64_t i = 0; i < count; ++i)
      sum += numbers[i];
    out[p] = (uintptr_t)scratch % 64 ? -1 : sum;
  }
}

/* a: i1, b: i8, c: u16, d: i64, e: fp64, f: fp16, g: bf16, out_ptr: *fp64. Copies what it got. */
void echo(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch) {
  double *out = *(double **)args[7];
  out[0] = *(uint8_t *)args[0];
  out[1] = *(int8_t *)args[1];
  out[2] = *(uint16_t *)args[2];
  out[3] = (double)*(int64_t *)args[3];
  out[4] = *(double *)args[4];
  out[5] = *(uint16_t *)args[5];
  out[6] = *(uint16_t *)args[6];
}

/* As kernels/rmsnorm: x_ptr, w_ptr, out_ptr: *fp16:16, stride, N: i32:16, eps: fp32. */
void rmsnorm_kernel(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch) {
  const _Float16 *x = *(_Float16 **)args[0], *w = *(_Float16 **)args[1];
  _Float16 *out = *(_Float16 **)args[2];
  int32_t stride = *(int32_t *)args[3], n = *(int32_t *)args[4];
  float eps = *(float *)args[5];
  for (int64_t p = begin; p < end; ++p) {
    float squares = 0;
    for (int32_t i = 0; i < n; ++i)
      squares += (float)x[p * stride + i] * (float)x[p * stride + i];
    float scale = 1 / sqrtf(squares / n + eps);
    for (int32_t i = 0; i < n; ++i)
      out[p * stride + i] = (_Float16)((float)x[p * stride + i] * scale * (float)w[i]);
  }
}

/* Thirteen arguments and no work. */
void thirteen(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch) {}

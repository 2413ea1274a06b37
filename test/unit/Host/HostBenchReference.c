// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What HostBench compares with; compiled with -O3 -march=native -ffast-math.
#include <math.h>

void c_rmsnorm(const float *x, const float *w, float *out, int rows, int stride, int n, float eps) {
  for (int r = 0; r < rows; ++r) {
    const float *row = x + (long)r * stride;
    float *to = out + (long)r * stride, sum = 0;
    for (int i = 0; i < n; ++i)
      sum += row[i] * row[i];
    float scale = 1.0f / sqrtf(sum / n + eps);
    for (int i = 0; i < n; ++i)
      to[i] = row[i] * scale * w[i];
  }
}

void c_softmax(const float *x, float *out, int rows, int stride, int n) {
  for (int r = 0; r < rows; ++r) {
    const float *row = x + (long)r * stride;
    float *to = out + (long)r * stride, most = row[0], sum = 0;
    for (int i = 1; i < n; ++i)
      most = row[i] > most ? row[i] : most;
    for (int i = 0; i < n; ++i) {
      to[i] = expf(row[i] - most);
      sum += to[i];
    }
    for (int i = 0; i < n; ++i)
      to[i] /= sum;
  }
}

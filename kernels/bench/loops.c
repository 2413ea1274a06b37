/*===- loops.c - Hand-written loops that the CPU target is measured against -----===*\
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* cpu.py compiles this with -O3 -march=native -ffast-math -fopenmp on the machine
|* that it measures. OpenMP keeps its threads between calls.
\*===----------------------------------------------------------------------===*/
#include <math.h>
#include <stddef.h>

void rmsnorm(const float *restrict x, const float *restrict w, float *restrict out, long rows, long n, float eps,
             int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
  for (long row = 0; row < rows; ++row) {
    const float *restrict from = x + row * n;
    float *restrict to = out + row * n;
    float sum = 0;
    for (long i = 0; i < n; ++i)
      sum += from[i] * from[i];
    float scale = 1 / sqrtf(sum / (float)n + eps);
    for (long i = 0; i < n; ++i)
      to[i] = from[i] * scale * w[i];
  }
}

void softmax(const float *restrict x, float *restrict out, long rows, long n, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
  for (long row = 0; row < rows; ++row) {
    const float *restrict from = x + row * n;
    float *restrict to = out + row * n;
    float largest = from[0];
    for (long i = 1; i < n; ++i)
      largest = from[i] > largest ? from[i] : largest;
    float sum = 0;
    for (long i = 0; i < n; ++i) {
      to[i] = expf(from[i] - largest);
      sum += to[i];
    }
    float scale = 1 / sum;
    for (long i = 0; i < n; ++i)
      to[i] *= scale;
  }
}

void copy(const float *restrict x, float *restrict out, long rows, long n, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
  for (long row = 0; row < rows; ++row)
    for (long i = 0; i < n; ++i)
      out[row * n + i] = x[row * n + i];
}

/*===- LaunchLoop.c - Launches in a loop, for bench_launch.py -------------------===*\
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
\*===----------------------------------------------------------------------===*/
#include "tegula-c/Runtime.h"

#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec * 1e-3;
}

typedef int (*launch_kernel)(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                             unsigned block_y, unsigned block_z, unsigned shared_bytes, void *stream, void **args,
                             void **extra);

/* Microseconds of a launch through the driver alone; negative when the driver refuses. */
double driver_loop(void *driver_launch, void *function, unsigned block, unsigned shared, void *stream, void **args,
                   int count) {
  launch_kernel launch = (launch_kernel)driver_launch;
  double start = now();
  for (int i = 0; i < count; ++i)
    if (launch(function, 1, 1, 1, block, 1, 1, shared, stream, args, 0))
      return -1;
  return (now() - start) / count;
}

/* Microseconds of a launch through the runtime's launcher. */
double runtime_loop(const tegula_launcher *launcher, void *stream, void **args, int count) {
  double start = now();
  for (int i = 0; i < count; ++i)
    if (launcher->launch(launcher, 1, 1, 1, stream, args))
      return -1;
  return (now() - start) / count;
}

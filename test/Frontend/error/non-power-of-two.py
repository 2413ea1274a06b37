# RUN: not tegulac %s --kernel kernel --signature "p: *fp32, c: *kfp32" --emit tile -o - 2>&1 | FileCheck %s --match-full-lines --strict-whitespace
import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(p, c):
    tl.store(p + tl.arange(0, 1000), 1.0)


# CHECK:{{.*}}non-power-of-two.py:8:18: error: arange needs a power-of-two length; got 0..1000
# CHECK-NEXT:    8 |     tl.store(p + tl.arange(0, 1000), 1.0)
# CHECK-NEXT:      |                  ^~~~~~~~~~~~~~~~~~
# CHECK-NEXT:hint: the next power of two is 1024; mask the tail

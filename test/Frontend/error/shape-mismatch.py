# RUN: not tegulac %s --kernel kernel --signature "p: *fp32, c: *kfp32" --emit tile -o - 2>&1 | FileCheck %s --match-full-lines --strict-whitespace
import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(p, c):
    tl.store(p, tl.sum(tl.arange(0, 8) + tl.arange(0, 16)))


# CHECK:{{.*}}shape-mismatch.py:8:24: error: the shapes [8] and [16] cannot be broadcast together: the sizes 8 and 16 differ in the last dimension
# CHECK-NEXT:    8 |     tl.store(p, tl.sum(tl.arange(0, 8) + tl.arange(0, 16)))
# CHECK-NEXT:      |                        ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
# CHECK-NEXT:hint: to combine every pair, index with [:, None] and [None, :]

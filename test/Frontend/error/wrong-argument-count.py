# RUN: not tegulac %s --kernel kernel --signature "p: *fp32, c: *kfp32" --emit tile -o - 2>&1 | FileCheck %s --match-full-lines --strict-whitespace
import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(p, c):
    tl.store(p)


# CHECK:{{.*}}wrong-argument-count.py:8:5: error: tl.store misses its argument `value`
# CHECK-NEXT:    8 |     tl.store(p)
# CHECK-NEXT:      |     ^~~~~~~~~~~
# CHECK-NEXT:hint: the signature is `tl.store(pointer, value, mask=None, boundary_check=(), cache_modifier='', eviction_policy='')`

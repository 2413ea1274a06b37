# RUN: not tegulac %s --kernel kernel --signature "p: *fp32, c: *kfp32" --emit tile -o - 2>&1 | FileCheck %s --match-full-lines --strict-whitespace
import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(p, c):
    offs = tl.arange(0, 8)
    tl.store(p + off, 1.0)


# CHECK:{{.*}}undefined-name.py:9:18: error: the name `off` is not defined
# CHECK-NEXT:    9 |     tl.store(p + off, 1.0)
# CHECK-NEXT:      |                  ^~~
# CHECK-NEXT:hint: did you mean `offs`?

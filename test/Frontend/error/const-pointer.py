# RUN: not tegulac %s --kernel kernel --signature "p: *fp32, c: *kfp32" --emit tile -o - 2>&1 | FileCheck %s --match-full-lines --strict-whitespace
import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(p, c):
    tl.store(c, tl.load(p))


# CHECK:{{.*}}const-pointer.py:8:5: error: cannot store to a constant pointer; got *kfp32
# CHECK-NEXT:    8 |     tl.store(c, tl.load(p))
# CHECK-NEXT:      |     ^~~~~~~~~~~~~~~~~~~~~~~
# CHECK-NEXT:hint: drop `tl.const` from the parameter's annotation

# RUN: not tegulac %s --kernel kernel --signature "p: *fp32, c: *kfp32" --emit tile -o - 2>&1 | FileCheck %s --match-full-lines --strict-whitespace
import tegula as triton
import tegula.language as tl


@triton.jit
def kernel(p, c):
    try:
        tl.store(p, 1.0)
    except ValueError:
        pass


# CHECK:{{.*}}unsupported-statement.py:8:5: error: a `try` statement is not part of the kernel language
# CHECK-NEXT:    8 |     try:
# CHECK-NEXT:      |     ^~~~

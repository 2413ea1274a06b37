# RUN: tegulac %s --kernel always --signature "p: *fp32, n: i32" --emit tile -o - | FileCheck %s --check-prefix=ALWAYS
# RUN: tegulac %s --kernel maybe --signature "p: *fp32, n: i32" --emit tile -o - | FileCheck %s --check-prefix=MAYBE
# What follows an early return moves into the other arm, or is guarded when that arm may return too.
import tegula as triton
import tegula.language as tl


@triton.jit
def always(p, n):
    if tl.program_id(0) >= n:
        return
    tl.store(p, 1.0)


# ALWAYS-LABEL: @always
# ALWAYS: scf.if
# ALWAYS: tile.store
# ALWAYS: return
# ALWAYS-NOT: cf.


@triton.jit
def maybe(p, n):
    a = 0
    if n > 3:
        if n > 5:
            tl.store(p, 5.0)
            return
        a = 4
    tl.store(p, a)


# MAYBE-LABEL: @maybe
# MAYBE: scf.if {{.*}} -> (
# MAYBE: tile.store
# MAYBE: scf.if
# MAYBE: tile.store
# MAYBE: return

"""out = max(x + y, 0): addition and activation in one pass over memory."""

import tegula as triton
import tegula.language as tl


@triton.jit
def add_relu_kernel(x_ptr, y_ptr, out_ptr, n, BLOCK_SIZE: tl.constexpr):
    offsets = tl.program_id(0).to(tl.int64) * BLOCK_SIZE + tl.arange(0, BLOCK_SIZE)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask).to(tl.float32)
    y = tl.load(y_ptr + offsets, mask=mask).to(tl.float32)
    total = x + y
    # A NaN stays a NaN: the comparison is false for it.
    total = tl.where(total < 0, 0.0, total)
    tl.store(out_ptr + offsets, total.to(out_ptr.dtype.element_ty), mask=mask)


def add_relu(x, y, out, block_size=1024, num_warps=4):
    """Adds two contiguous arrays of one shape and dtype, replaces what is negative by zero, into `out`.

    Args:
        x, y, out: contiguous arrays of equal size; float16, bfloat16 or float32. The sum is taken in float32 and
            rounded once. NaN gives NaN.
        block_size: elements a program, a power of two.
        num_warps: warps a program on a GPU.
    """
    n = x.size if isinstance(x.size, int) else x.numel()
    add_relu_kernel[(triton.cdiv(n, block_size),)](x, y, out, n, BLOCK_SIZE=block_size, num_warps=num_warps)
    return out

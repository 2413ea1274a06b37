"""out = x + y, element by element."""

import tegula as triton
import tegula.language as tl


@triton.jit
def vector_add_kernel(x_ptr, y_ptr, out_ptr, n, BLOCK_SIZE: tl.constexpr):
    offsets = tl.program_id(0).to(tl.int64) * BLOCK_SIZE + tl.arange(0, BLOCK_SIZE)
    mask = offsets < n
    x = tl.load(x_ptr + offsets, mask=mask)
    y = tl.load(y_ptr + offsets, mask=mask)
    tl.store(out_ptr + offsets, x + y, mask=mask)


def vector_add(x, y, out, block_size=1024, num_warps=4):
    """Adds two contiguous arrays of one shape and dtype into `out`, on the device where they are.

    Args:
        x, y, out: contiguous arrays of equal size; float16, bfloat16, float32, float64 or an integer dtype.
        block_size: elements a program, a power of two.
        num_warps: warps a program on a GPU.
    """
    n = x.size if isinstance(x.size, int) else x.numel()
    vector_add_kernel[(triton.cdiv(n, block_size),)](x, y, out, n, BLOCK_SIZE=block_size, num_warps=num_warps)
    return out

"""Root-mean-square normalisation of rows: out = x / sqrt(mean(x^2) + eps) * weight (arXiv 1910.07467)."""

import tegula as triton
import tegula.language as tl


@triton.jit
def rmsnorm_kernel(x_ptr, w_ptr, out_ptr, stride, N, eps, BLOCK_SIZE: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    offsets = tl.arange(0, BLOCK_SIZE)
    mask = offsets < N
    x = tl.load(x_ptr + row * stride + offsets, mask=mask, other=0.0).to(tl.float32)
    w = tl.load(w_ptr + offsets, mask=mask, other=0.0).to(tl.float32)
    var = tl.sum(x * x, axis=0) / N
    rstd = 1.0 / tl.sqrt(var + eps)
    y = x * rstd * w
    tl.store(out_ptr + row * stride + offsets, y.to(out_ptr.dtype.element_ty), mask=mask)


def rmsnorm(x, weight, out, eps=1e-6, num_warps=None):
    """Normalises each row of a matrix by its root mean square and scales it by `weight`.

    Args:
        x, out: [rows, N], unit stride in the last dimension, equal row strides; float16, bfloat16 or float32. May be
            the same array. Arithmetic is float32 with one rounding at the store.
        weight: [N], contiguous.
        eps: added to the mean of squares.
        num_warps: warps a program on a GPU; chosen by the row's length when None.
    """
    rows, n = x.shape
    stride = x.strides[0] // x.itemsize if hasattr(x, "strides") else x.stride(0)
    block = triton.next_power_of_2(n)
    rmsnorm_kernel[(rows,)](
        x, weight, out, stride, n, eps, BLOCK_SIZE=block, num_warps=num_warps or min(max(block // 512, 1), 16)
    )
    return out

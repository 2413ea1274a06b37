"""Softmax of rows: out = exp(x - max(x)) / sum(exp(x - max(x)))."""

import tegula as triton
import tegula.language as tl


@triton.jit
def softmax_kernel(x_ptr, out_ptr, x_stride, out_stride, N, BLOCK_SIZE: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    offsets = tl.arange(0, BLOCK_SIZE)
    mask = offsets < N
    x = tl.load(x_ptr + row * x_stride + offsets, mask=mask, other=-float("inf")).to(tl.float32)
    x = x - tl.max(x, axis=0)
    numerator = tl.exp(x)
    y = numerator / tl.sum(numerator, axis=0)
    tl.store(out_ptr + row * out_stride + offsets, y.to(out_ptr.dtype.element_ty), mask=mask)


def softmax(x, out, num_warps=None):
    """Softmax of each row of a matrix.

    Args:
        x, out: [rows, N], unit stride in the last dimension; float16, bfloat16 or float32. May be the same array.
            Arithmetic is float32. A row that holds NaN or whose every element is -inf gives NaN.
        num_warps: warps a program on a GPU; chosen by the row's length when None.
    """
    rows, n = x.shape
    stride = lambda a: a.strides[0] // a.itemsize if hasattr(a, "strides") else a.stride(0)  # noqa: E731
    block = triton.next_power_of_2(n)
    softmax_kernel[(rows,)](
        x, out, stride(x), stride(out), n, BLOCK_SIZE=block, num_warps=num_warps or min(max(block // 512, 1), 16)
    )
    return out

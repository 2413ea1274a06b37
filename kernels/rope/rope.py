"""Rotary position embedding, NeoX form: pairs (i, i + half) of each head turn by an angle of the position
(arXiv 2104.09864). Cosines and sines come from a cache with one row a position."""

import tegula as triton
import tegula.language as tl


@triton.jit
def rope_kernel(
    x_ptr, out_ptr, cache_ptr, positions_ptr,
    x_stride_token, x_stride_head, out_stride_token, out_stride_head, cache_stride, num_heads,
    HALF: tl.constexpr, BLOCK_HALF: tl.constexpr, BLOCK_HEADS: tl.constexpr,
):  # fmt: skip
    token = tl.program_id(0).to(tl.int64)
    heads = tl.program_id(1) * BLOCK_HEADS + tl.arange(0, BLOCK_HEADS)
    dims = tl.arange(0, BLOCK_HALF)
    position = tl.load(positions_ptr + token).to(tl.int64)
    inside = dims < HALF
    cos = tl.load(cache_ptr + position * cache_stride + dims, mask=inside, other=0.0).to(tl.float32)[None, :]
    sin = tl.load(cache_ptr + position * cache_stride + HALF + dims, mask=inside, other=0.0).to(tl.float32)[None, :]
    mask = (heads < num_heads)[:, None] & inside[None, :]
    x_offsets = token * x_stride_token + heads[:, None] * x_stride_head + dims[None, :]
    first = tl.load(x_ptr + x_offsets, mask=mask, other=0.0).to(tl.float32)
    second = tl.load(x_ptr + x_offsets + HALF, mask=mask, other=0.0).to(tl.float32)
    out_offsets = token * out_stride_token + heads[:, None] * out_stride_head + dims[None, :]
    dtype = out_ptr.dtype.element_ty
    tl.store(out_ptr + out_offsets, (first * cos - second * sin).to(dtype), mask=mask)
    tl.store(out_ptr + out_offsets + HALF, (second * cos + first * sin).to(dtype), mask=mask)


def rope(x, out, cos_sin_cache, positions, num_warps=4):
    """Turns every head of every token by its position.

    Args:
        x, out: [tokens, heads, dim], unit stride in the last dimension, dim even; float16, bfloat16 or float32. May be
            the same array. Arithmetic is float32.
        cos_sin_cache: [max_position, dim]: the cosines of the dim / 2 angles, then the sines; contiguous.
        positions: [tokens], int32 or int64, each below max_position.
        num_warps: warps a program on a GPU.
    """
    tokens, heads, dim = x.shape
    strides = lambda a: [s // a.itemsize for s in a.strides] if hasattr(a, "strides") else a.stride()  # noqa: E731
    block_heads = min(triton.next_power_of_2(heads), 32)
    rope_kernel[(tokens, triton.cdiv(heads, block_heads))](
        x, out, cos_sin_cache, positions,
        strides(x)[0], strides(x)[1], strides(out)[0], strides(out)[1], dim, heads,
        HALF=dim // 2, BLOCK_HALF=triton.next_power_of_2(dim // 2), BLOCK_HEADS=block_heads, num_warps=num_warps,
    )  # fmt: skip
    return out

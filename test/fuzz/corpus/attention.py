@triton.jit
def _inner(acc, l_i, m_i, q, K, V, start, scale, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, STAGE: tl.constexpr):
    if STAGE == 1:
        lo, hi = 0, start * BLOCK_M
    elif STAGE == 2:
        lo, hi = start * BLOCK_M, (start + 1) * BLOCK_M
        lo = tl.multiple_of(lo, BLOCK_M)
    else:
        lo, hi = 0, N
    for n in tl.range(lo, hi, BLOCK_N, num_stages=2):
        k = tl.load(K + n, mask=(n + offs[None, :]) < N, other=0.0)
        qk = tl.dot(q, k)
        qk = qk * scale + tl.where(offs_m[:, None] >= n, 0, -1.0e6)
        m_ij = tl.maximum(m_i, tl.max(qk, 1))
        p = tl.math.exp2(qk - m_ij[:, None])
        alpha = tl.math.exp2(m_i - m_ij)
        acc = acc * alpha[:, None]
        acc += tl.dot(p.to(V.dtype.element_ty), tl.load(V))
    return acc, l_i, m_i

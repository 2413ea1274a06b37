# random.py - Random numbers: Philox-4x32-10 and what is made of it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# ruff: noqa: A001, A002, F821
#
# Counter-based: the same seed and offset give the same bits on every target
# (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3").


@jit
def philox_impl(c0, c1, c2, c3, k0, k1, n_rounds: constexpr = 10):
    """Rounds of Philox on a counter of four words and a key of two."""
    if c0.dtype == uint32:
        key_a: constexpr = 0x9E3779B9
        key_b: constexpr = 0xBB67AE85
        round_a: constexpr = 0xD2511F53
        round_b: constexpr = 0xCD9E8D57
    else:
        static_assert(c0.dtype == uint64, "philox takes uint32 or uint64 counters")
        key_a: constexpr = 0x9E3779B97F4A7C15
        key_b: constexpr = 0xBB67AE8584CAA73B
        round_a: constexpr = 0xD2E7470EE14C6C93
        round_b: constexpr = 0xCA5A826395121157
    a = full((), round_a, c0.dtype)
    b = full((), round_b, c0.dtype)
    for _ in static_range(n_rounds):
        old0, old2 = c0, c2
        c0 = umulhi(b, old2) ^ c1 ^ k0
        c2 = umulhi(a, old0) ^ c3 ^ k1
        c1 = mul(b, old2, sanitize_overflow=False)
        c3 = mul(a, old0, sanitize_overflow=False)
        k0 = add(k0, key_a, sanitize_overflow=False)
        k1 = add(k1, key_b, sanitize_overflow=False)
    return c0, c1, c2, c3


@jit
def philox(seed, c0, c1, c2, c3, n_rounds: constexpr = 10):
    """Philox of a counter, keyed by a 64-bit seed."""
    key = to_tensor(seed).to(uint64)
    c0 = to_tensor(c0)
    if c0.dtype.primitive_bitwidth == 32:
        return philox_impl(
            c0.to(uint32), to_tensor(c1).to(uint32), to_tensor(c2).to(uint32), to_tensor(c3).to(uint32),
            (key & 0xFFFFFFFF).to(uint32), (key >> 32).to(uint32), n_rounds,
        )  # fmt: skip
    else:
        return philox_impl(
            c0.to(uint64), to_tensor(c1).to(uint64), to_tensor(c2).to(uint64), to_tensor(c3).to(uint64),
            key, full((), 0, uint64), n_rounds,
        )  # fmt: skip


@jit
def randint4x(seed, offset, n_rounds: constexpr = 10):
    """Four blocks of random uint32."""
    offset = to_tensor(offset)
    low = offset.to(uint32)
    zero = low * 0
    if offset.dtype.primitive_bitwidth > 32:
        return philox(seed, low, (offset >> 32).to(uint32), zero, zero, n_rounds)
    else:
        return philox(seed, low, zero, zero, zero, n_rounds)


@jit
def randint(seed, offset, n_rounds: constexpr = 10):
    """A block of random uint32."""
    first, second, third, fourth = randint4x(seed, offset, n_rounds)
    return first


@jit
def uint_to_uniform_float(x):
    """Random bits as a float in [0, 1)."""
    # The scale is the largest that keeps the largest integer below 1.
    if x.dtype.primitive_bitwidth == 32:
        bits = x.to(int32, bitcast=True)
        scale: constexpr = 4.6566127342e-10
    else:
        bits = x.to(int64, bitcast=True)
        scale: constexpr = 1.0842020432385337e-19
    return where(bits < 0, sub(-1, bits, sanitize_overflow=False), bits) * full((), scale, float32)


@jit
def rand4x(seed, offsets, n_rounds: constexpr = 10):
    """Four blocks of random floats, uniform in [0, 1)."""
    i1, i2, i3, i4 = randint4x(seed, offsets, n_rounds)
    return uint_to_uniform_float(i1), uint_to_uniform_float(i2), uint_to_uniform_float(i3), uint_to_uniform_float(i4)


@jit
def rand(seed, offset, n_rounds: constexpr = 10):
    """A block of random floats, uniform in [0, 1)."""
    return uint_to_uniform_float(randint(seed, offset, n_rounds))


@jit
def pair_uniform_to_normal(u1, u2):
    """Two uniform numbers as two normal ones, by Box and Muller."""
    angle = 6.283185307179586 * u2
    radius = sqrt(-2.0 * log(maximum(1.0e-7, u1)))
    return radius * cos(angle), radius * sin(angle)


@jit
def randn4x(seed, offset, n_rounds: constexpr = 10):
    """Four blocks of random floats, normal with mean 0 and variance 1."""
    u1, u2, u3, u4 = rand4x(seed, offset, n_rounds)
    n1, n2 = pair_uniform_to_normal(u1, u2)
    n3, n4 = pair_uniform_to_normal(u3, u4)
    return n1, n2, n3, n4


@jit
def randn(seed, offset, n_rounds: constexpr = 10):
    """A block of random floats, normal with mean 0 and variance 1."""
    i1, i2, i3, i4 = randint4x(seed, offset, n_rounds)
    n1, n2 = pair_uniform_to_normal(uint_to_uniform_float(i1), uint_to_uniform_float(i2))
    return n1

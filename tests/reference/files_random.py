#!/usr/bin/python3
"""The golden values of tests/files/test-random.c: SplitMix64 keyed by seed and stream, written out in plain integers."""
MASK, GOLDEN = (1 << 64) - 1, 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def values(seed, stream, n):
    key = mix(mix(seed + GOLDEN & MASK) ^ stream * GOLDEN & MASK)
    return [mix(key + i * GOLDEN & MASK) for i in range(1, n + 1)]


if __name__ == "__main__":
    # The finaliser itself against the published sequence of SplitMix64 from seed 0.
    assert [mix(i * GOLDEN & MASK) for i in (1, 2, 3)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    print(",\n    ".join(f"G_GUINT64_CONSTANT (0x{v:016x})" for v in values(20210401, 7, 6)))

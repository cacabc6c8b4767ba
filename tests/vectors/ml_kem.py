"""ML-KEM-768 (FIPS 203) and X-Wing (draft-connolly-cfrg-xwing-kem), slow and clear, for who checks
vectors. Nothing here takes the same time for all secrets."""
import hashlib

import primitives

Q, N, K = 3329, 256, 3
DU, DV = 10, 4


def _reversed7(number):
    return int(f"{number:07b}"[::-1], 2)


ZETAS = [pow(17, _reversed7(i), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * _reversed7(i) + 1, Q) for i in range(128)]


def ntt(poly):
    f, i, length = list(poly), 1, 128
    while length >= 2:
        for start in range(0, N, 2 * length):
            zeta, i = ZETAS[i], i + 1
            for j in range(start, start + length):
                t = zeta * f[j + length] % Q
                f[j], f[j + length] = (f[j] + t) % Q, (f[j] - t) % Q
        length //= 2
    return f


def ntt_back(poly):
    f, i, length = list(poly), 127, 2
    while length <= 128:
        for start in range(0, N, 2 * length):
            zeta, i = ZETAS[i], i - 1
            for j in range(start, start + length):
                t = f[j]
                f[j], f[j + length] = (t + f[j + length]) % Q, zeta * (f[j + length] - t) % Q
        length *= 2
    return [c * 3303 % Q for c in f]


def multiply(f, g):
    out = []
    for i in range(128):
        a0, a1, b0, b1 = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        out += [(a0 * b0 + a1 * b1 * GAMMAS[i]) % Q, (a0 * b1 + a1 * b0) % Q]
    return out


def add(f, g):
    return [(a + b) % Q for a, b in zip(f, g)]


def dot(fs, gs):
    total = [0] * N
    for f, g in zip(fs, gs):
        total = add(total, multiply(f, g))
    return total


def encode(poly, bits):
    whole = sum(c << bits * i for i, c in enumerate(poly))
    return whole.to_bytes(N * bits // 8, "little")


def decode(data, bits):
    whole = int.from_bytes(data, "little")
    return [whole >> bits * i & (1 << bits) - 1 for i in range(N)]


def compress(poly, bits):
    return [((c << bits) * 2 + Q) // (2 * Q) % (1 << bits) for c in poly]


def decompress(poly, bits):
    return [(c * Q * 2 + (1 << bits)) >> bits + 1 for c in poly]


def sample_uniform(seed):
    """SampleNTT."""
    data, out, at = hashlib.shake_128(seed).digest(3 * 1024), [], 0
    while len(out) < N:
        a, b, c = data[at : at + 3]
        at += 3
        out += [d for d in (a + 256 * (b % 16), b // 16 + 16 * c) if d < Q]
    return out[:N]


def sample_small(seed, number):
    """SamplePolyCBD for eta 2."""
    bits = decode(hashlib.shake_256(seed + bytes([number])).digest(128), 4)
    return [((c & 1) + (c >> 1 & 1) - (c >> 2 & 1) - (c >> 3)) % Q for c in bits]


def matrix(rho):
    return [[sample_uniform(rho + bytes([j, i])) for j in range(K)] for i in range(K)]


def keys_of(seed):
    """ML-KEM.KeyGen_internal of d || z: (encapsulation key, decapsulation key)."""
    d, z = seed[:32], seed[32:]
    g = hashlib.sha3_512(d + bytes([K])).digest()
    rho, sigma = g[:32], g[32:]
    s = [ntt(sample_small(sigma, i)) for i in range(K)]
    e = [ntt(sample_small(sigma, K + i)) for i in range(K)]
    t = [add(dot(row, s), e[i]) for i, row in enumerate(matrix(rho))]
    ek = b"".join(encode(p, 12) for p in t) + rho
    return ek, (b"".join(encode(p, 12) for p in s), ek, hashlib.sha3_256(ek).digest(), z)


def is_reduced(ek):
    """Section 7.2: every coefficient of an encapsulation key is below q."""
    return len(ek) == 1184 and all(
        c < Q for at in range(K) for c in decode(ek[384 * at : 384 * (at + 1)], 12)
    )


def encrypt(ek, message, seed):
    t = [decode(ek[384 * i : 384 * (i + 1)], 12) for i in range(K)]
    a = matrix(ek[384 * K :])
    y = [ntt(sample_small(seed, i)) for i in range(K)]
    e1 = [sample_small(seed, K + i) for i in range(K)]
    columns = [[a[i][j] for i in range(K)] for j in range(K)]
    u = [add(ntt_back(dot(column, y)), e1[j]) for j, column in enumerate(columns)]
    mu = decompress(decode(message, 1), 1)
    v = add(add(ntt_back(dot(t, y)), sample_small(seed, 2 * K)), mu)
    return b"".join(encode(compress(p, DU), DU) for p in u) + encode(compress(v, DV), DV)


def encapsulate(ek, message):
    """ML-KEM.Encaps_internal: (secret, ciphertext); None for a key that is not reduced."""
    if not is_reduced(ek):
        return None
    g = hashlib.sha3_512(message + hashlib.sha3_256(ek).digest()).digest()
    return g[:32], encrypt(ek, message, g[32:])


def decapsulate(dk, ciphertext):
    secret, ek, ek_hash, z = dk
    s = [decode(secret[384 * i : 384 * (i + 1)], 12) for i in range(K)]
    size = 32 * DU
    u = [decompress(decode(ciphertext[size * i : size * (i + 1)], DU), DU) for i in range(K)]
    v = decompress(decode(ciphertext[size * K :], DV), DV)
    inner = ntt_back(dot(s, [ntt(p) for p in u]))
    message = encode(compress([(a - b) % Q for a, b in zip(v, inner)], 1), 1)
    g = hashlib.sha3_512(message + ek_hash).digest()
    if encrypt(ek, message, g[32:]) == ciphertext:
        return g[:32]
    return hashlib.shake_256(z + ciphertext).digest(32)


# --- X-Wing ---

NOTHING = bytes(32)


class XWing:
    """A private key, of its seed."""

    def __init__(self, seed):
        expanded = hashlib.shake_256(seed).digest(96)
        ek, self._dk = keys_of(expanded[:64])
        self._x = expanded[64:]
        self.key = ek + primitives.x25519(self._x, primitives.NINE)

    def ml_kem_secret(self, encapsulation):
        return decapsulate(self._dk, encapsulation[:1088])

    def shared(self, encapsulation):
        """None if the X25519 key is of small order."""
        secret = primitives.x25519(self._x, encapsulation[1088:])
        if secret == NOTHING:
            return None
        return combine(
            self.ml_kem_secret(encapsulation), secret, encapsulation[1088:], self.key[1184:]
        )


def combine(ml_kem, x, ephemeral, key):
    return hashlib.sha3_256(ml_kem + x + ephemeral + key + b"\\.//^\\").digest()


def is_usable(key):
    return (
        len(key) == 1216
        and is_reduced(key[:1184])
        and primitives.x25519(NOTHING, key[1184:]) != NOTHING
    )


def xwing_encapsulate(key, seed):
    """(ML-KEM's secret, X-Wing's, encapsulation); None for a key that is unusable."""
    if not is_usable(key):
        return None
    ml_kem, ciphertext = encapsulate(key[:1184], seed[:32])
    ephemeral = primitives.x25519(seed[32:], primitives.NINE)
    x = primitives.x25519(seed[32:], key[1184:])
    return ml_kem, combine(ml_kem, x, ephemeral, key[1184:]), ciphertext + ephemeral

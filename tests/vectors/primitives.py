"""Ed25519 (verification as docs/protocol.md, section 4, wants it), X25519, HPKE after its KEM,
SipHash and bech32m, slow and clear: with the standard library alone, so that vectors are checked by
nothing that made them."""
import hashlib
import hmac
import math
import struct

# --- edwards25519 (RFC 8032) ---
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, d - c, d + c, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def _multiply(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data):
    """A canonical encoding of a point, else None."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if len(data) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _is_small(point):
    return _encode(_multiply(8, point)) == _encode((0, 1, 1, 0))


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def expand(seed):
    half = bytearray(hashlib.sha512(seed).digest())
    half[0] &= 248
    half[31] = half[31] & 127 | 64
    return bytes(half)


def public_key(seed):
    return _encode(_multiply(int.from_bytes(expand(seed)[:32], "little"), BASE))


def verify(key, message, signature):
    point, r = decode(key), decode(signature[:32])
    if len(signature) != 64 or point is None or r is None or _is_small(point) or _is_small(r):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return _encode(_add(_multiply(s, BASE), _multiply(L * 8 - k, point))) == signature[:32]


def is_node_key(key):
    point = decode(key)
    return (
        point is not None
        and not _is_small(point)
        and _encode(_multiply(L, point)) == _encode((0, 1, 1, 0))
    )


# --- X25519 (RFC 7748) ---


def x25519(secret, u):
    k = int.from_bytes(secret, "little") & (2**254 - 8) | 2**254
    x1 = int.from_bytes(u, "little") & (2**255 - 1)
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


NINE = (9).to_bytes(32, "little")

# --- ChaCha20-Poly1305 (RFC 8439) ---


def _block(key, counter, nonce):
    state = list(
        struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce)
    )
    x = state[:]

    def quarter(a, b, c, d):
        for first, second, third, turn in (
            (a, b, d, 16),
            (c, d, b, 12),
            (a, b, d, 8),
            (c, d, b, 7),
        ):
            x[first] = (x[first] + x[second]) & 0xFFFFFFFF
            mixed = x[third] ^ x[first]
            x[third] = (mixed << turn | mixed >> 32 - turn) & 0xFFFFFFFF

    for _ in range(10):
        for at in range(4):
            quarter(at, at + 4, at + 8, at + 12)
        for at in range(4):
            quarter(at, (at + 1) % 4 + 4, (at + 2) % 4 + 8, (at + 3) % 4 + 12)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(x, state)))


def _poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(data), 16):
        total = (total + int.from_bytes(data[at : at + 16] + b"\1", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def aead_open(key, nonce, associated, sealed):
    cipher, tag = sealed[:-16], sealed[-16:]
    padded = lambda data: data + bytes(-len(data) % 16)
    whole = padded(associated) + padded(cipher) + struct.pack("<QQ", len(associated), len(cipher))
    if _poly1305(_block(key, 0, nonce)[:32], whole) != tag:
        return None
    stream = b"".join(_block(key, 1 + at, nonce) for at in range(math.ceil(len(cipher) / 64)))
    return bytes(a ^ b for a, b in zip(cipher, stream))


# --- HPKE (RFC 9180), base mode, 0x647a 0x0001 0x0003; the KEM is in ml_kem.py ---


HPKE = b"HPKE" + struct.pack(">HHH", 0x647A, 1, 3)


def _extract(salt, label, data):
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + HPKE + label + data, "sha256")


def _expand(key, label, info, size):
    info = struct.pack(">H", size) + b"HPKE-v1" + HPKE + label + info
    return hmac.digest(key, info + b"\1", "sha256")[:size]


def hpke_open(shared, info, associated, sealed):
    """With the KEM's shared secret."""
    schedule = b"\0" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    secret = _extract(shared, b"secret", b"")
    key = _expand(secret, b"key", schedule, 32)
    return aead_open(key, _expand(secret, b"base_nonce", schedule, 12), associated, sealed)


# --- SipHash-2-4 ---


def siphash(key, data):
    mask = 2**64 - 1
    k0, k1 = struct.unpack("<QQ", key)
    v = [
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    ]
    left = lambda value, by: (value << by | value >> 64 - by) & mask

    def rounds(count):
        for _ in range(count):
            v[0], v[2] = (v[0] + v[1]) & mask, (v[2] + v[3]) & mask
            v[1], v[3] = left(v[1], 13) ^ v[0], left(v[3], 16) ^ v[2]
            v[0] = left(v[0], 32)
            v[2], v[0] = (v[2] + v[1]) & mask, (v[0] + v[3]) & mask
            v[1], v[3] = left(v[1], 17) ^ v[2], left(v[3], 21) ^ v[0]
            v[2] = left(v[2], 32)

    data += bytes(7 - len(data) % 8) + bytes([len(data) % 256])
    for at in range(0, len(data), 8):
        word = int.from_bytes(data[at : at + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


# --- bech32m (BIP-350) ---

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _polymod(values):
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate(
            (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
        ):
            check ^= generator if top >> at & 1 else 0
    return check


def from_bech32m(text):
    """(prefix, bytes) or None."""
    if len(text) > 90 or (text.lower() != text and text.upper() != text) or not text.isascii():
        return None
    prefix, one, data = text.lower().rpartition("1")
    if not one or not prefix or len(data) < 6 or any(c not in LETTERS for c in data):
        return None
    values = [LETTERS.index(c) for c in data]
    if (
        _polymod([ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + values)
        != 0x2BC830A3
    ):
        return None
    bits = "".join(f"{value:05b}" for value in values[:-6])
    whole, rest = len(bits) // 8 * 8, len(bits) % 8
    if rest >= 5 or "1" in bits[whole:]:
        return None
    return prefix, bytes(int(bits[at : at + 8], 2) for at in range(0, whole, 8))

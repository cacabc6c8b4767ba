#!/usr/bin/env python3
"""Computes the golden item of golden_test.cpp independently and compares: hashlib, Ed25519 as RFC
8032 section 6 spells it out, and protobuf's wire format by hand. `golden.py --print` prints the
values."""
import hashlib
import pathlib
import re
import sys

# RFC 8032, Ed25519 with integers; slow and clear.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 != sign else x


BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, d - c, d + c, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def ed25519(seed, message):
    """(public key, signature)"""
    expanded = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(expanded[:32], "little") & ((1 << 254) - 8) | 1 << 254
    public = compress(multiply(scalar, BASE))
    r = int.from_bytes(hashlib.sha512(expanded[32:] + message).digest(), "little") % L
    big_r = compress(multiply(r, BASE))
    k = int.from_bytes(hashlib.sha512(big_r + public + message).digest(), "little") % L
    return public, big_r + ((r + k * scalar) % L).to_bytes(32, "little")


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def data(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def golden():
    seed = bytes(range(32))
    created, lifetime = 1_800_000_000, 86_400
    payload = data(1, b"Two bicycles") + data(4, b"coffee") + data(5, b"bicycle")
    publisher, _ = ed25519(seed, b"")
    claim = (
        data(1, publisher)
        + data(2, bytes(range(16)))
        + number(3, 3)
    )
    header = (
        number(1, 1)
        + number(2, 3)
        + number(3, 2)
        + number(4, created)
        + number(5, created + lifetime)
        + number(6, len(payload))
        + data(7, sha256(payload))
        + data(8, claim)
    )
    _, signature = ed25519(seed, b"hearsay publication v1\0" + header)
    item_id = sha256(b"hearsay item v1\0", len(header).to_bytes(4, "big"), header, signature)
    thing = sha256(b"hearsay thing v1\0", publisher, bytes(range(16)))
    size = len(header) + len(payload) + len(signature) + 8
    work = 560 * (size + 1000) * (65536 + lifetime) // 65536
    hexed = {
        "payload": payload, "header": header, "signature": signature, "id": item_id, "thing": thing
    }
    return {name: value.hex() for name, value in hexed.items()} | {"work": str(work)}


def work_is_enough(item_id, nonce, trials):
    head = sha256(b"hearsay pow v1\0", item_id, nonce.to_bytes(8, "big"))[:8]
    return int.from_bytes(head, "big") < 2**64 // trials


def main():
    # RFC 8032 section 7.1, test 1: this file must itself be right.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public, signature = ed25519(seed, b"")
    assert public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signature.hex().startswith(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    )

    values = golden()
    if sys.argv[1:] == ["--print"]:
        for name, value in values.items():
            print(name, value)
        return
    text = pathlib.Path(__file__).with_name("golden_test.cpp").read_text(encoding="utf-8")
    found = {name: "".join(re.findall(r'"(\w+)"', value)) or value.strip()
             for name, value in re.findall(r"constexpr [\w:]+ golden_(\w+) =([^;]*);", text)}
    for name, value in values.items():
        if found.get(name) != value:
            sys.exit(f"golden_{name} is {found.get(name)}\n        should be {value}")
    if not work_is_enough(bytes.fromhex(values["id"]), int(found["nonce"]), int(values["work"])):
        sys.exit("golden_nonce is not enough work")
    print(f"golden: {len(values) + 1} values agree")


if __name__ == "__main__":
    main()

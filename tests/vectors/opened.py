"""What an opened letter may say, read a second time: docs/protocol.md, section 10, alone. Letters
are only asked to parse: fields may stand in any order, and those that are not known are passed
over."""
import hashlib
import unicodedata

import strict

PLAIN_SIZES = (2440, 3976, 8072, 16264, 32648)


def fields(data):
    """{number: [values]} of any encoding that proto3 allows."""
    out, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            strict.need(at < len(data) and shift < 70)
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value & 2**64 - 1

    while at < len(data):
        tag = varint()
        number, kind = tag >> 3, tag & 7
        strict.need(1 <= number < 2**29 and kind in (0, 1, 2, 5))
        if kind == 0:
            value = varint()
        else:
            size = varint() if kind == 2 else 8 if kind == 1 else 4
            strict.need(at + size <= len(data))
            value = data[at : at + size]
            at += size
        out.setdefault((number, kind), []).append(value)
    return out


def last(found, number, sizes=None):
    """Of bytes: what was said last, of one of these sizes."""
    value = found.get((number, 2), [b""])[-1]
    strict.need(sizes is None or len(value) in sizes)
    return value


def normal(data):
    """In form C."""
    out = strict.form_c(data)
    strict.need(out is not None)
    return out


def is_name(data):
    name = normal(data)
    return (
        1 <= len(name) <= 100
        and name not in (b".", b"..")
        and not any(c in "/\\" or unicodedata.category(c) in ("Cc", "Zl", "Zp")
                    for c in name.decode())
    )  # fmt: skip


def envelope(letter):
    """(body, sender, signature) of a Letter."""
    found = fields(letter)
    return last(found, 1), last(found, 2, (32,)), last(found, 3, (64,))


def body_is_right(body, commitment):
    found = fields(body)
    last(found, 1, (16,))
    strict.need(found.get((2, 0), [0])[-1] <= strict.YEAR_9999)
    secret = last(found, 3, (32,))
    strict.need(hashlib.sha256(b"hearsay removal v1\0" + secret).digest() == commitment)
    last(found, 4, (0, 1216))
    last(found, 5, (0, 32))
    last(found, 6, (0, 16))
    subject, text = last(found, 7), last(found, 8)
    strict.need(len(subject) <= 200)
    strict.need(strict.is_clean(normal(subject), False) and strict.is_clean(normal(text), True))
    attachments = found.get((9, 2), [])
    strict.need(len(attachments) <= 16)
    strict.need(all(is_name(last(fields(one), 1)) for one in attachments))
    last(found, 11, (0, 16))
    tickets, received = found.get((12, 2), []), found.get((13, 2), [])
    for ids in (tickets, received):
        strict.need(len(ids) <= 16 and all(len(one) == 16 for one in ids))
    says = subject or text or attachments or last(found, 14)
    strict.need(not (received and says))


def unpad(plain):
    strict.need(len(plain) in PLAIN_SIZES)
    size = int.from_bytes(plain[:4], "big")
    strict.need(4 + size <= len(plain) and not any(plain[4 + size :]))
    return plain[4 : 4 + size]


def pad(letter):
    return (len(letter).to_bytes(4, "big") + letter).ljust(
        min(size for size in PLAIN_SIZES if size >= len(letter) + 4), b"\0"
    )


def read(plain, commitment):
    """(body, sender, signature) of a plaintext that is right but for its signature, or None."""
    try:
        letter = unpad(plain)
        body, sender, signature = envelope(letter)
        body_is_right(body, commitment)
    except strict.Malformed:
        return None
    return body, sender, signature

"""A second reader of what strangers send, written from docs/protocol.md alone: the one encoding of
a message, which frames there are, and which items are known and right before any hash or signature
is looked at (rules 1 to 4)."""
import unicodedata

YEAR_9999 = 253402300799
DAY = 86400
LATER_BYTES = 4096


class Malformed(Exception):
    pass


# --- section 1, "Encoding" ---


def need(condition):
    if not condition:
        raise Malformed


class Reader:
    """Takes the fields of a message in ascending order; done() when all were asked for."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def _varint(self, most=2**64 - 1):
        value, shift = 0, 0
        while True:
            need(self.at < len(self.data) and shift < 70)
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                need(byte != 0 or shift == 0)
                need(value <= most)
                return value
            shift += 7

    def _take(self, size):
        need(self.at + size <= len(self.data))
        self.at += size
        return self.data[self.at - size : self.at]

    def peek(self):
        """(number, wire type) of the next field, (0, 0) at the end."""
        if self.at == len(self.data):
            return 0, 0
        start = self.at
        tag = self._varint()
        self.at = start
        need(1 <= tag >> 3 < 2**29)
        return tag >> 3, tag & 7

    def _is_next(self, number, kind):
        if self.at == len(self.data) or self.peek() != (number, kind):
            return False
        self._varint()
        return True

    def number(self, field, most=2**64 - 1):
        if not self._is_next(field, 0):
            return 0
        value = self._varint(most)
        need(value != 0)
        return value

    def number32(self, field):
        return self.number(field, 2**32 - 1)

    def flag(self, field):
        return self.number(field, 1) == 1

    def fixed64(self, field):
        if not self._is_next(field, 1):
            return 0
        value = int.from_bytes(self._take(8), "little")
        need(value != 0)
        return value

    def part(self, field):
        """A message or an element, which may be empty; None if it is absent."""
        return self._take(self._varint()) if self._is_next(field, 2) else None

    def bytes(self, field, size=None):
        data = self.part(field)
        need(data is None or data)
        data = data or b""
        need(size is None or len(data) == size)
        return data

    def packed32(self, field):
        inner, out = Reader(self.bytes(field)), []
        while inner.at < len(inner.data):
            out.append(inner._varint(2**32 - 1))
        return out

    def packed_fixed64(self, field):
        data = self.bytes(field)
        need(len(data) % 8 == 0)
        return [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data), 8)]

    def skip_later(self, last):
        while self.at < len(self.data):
            number, kind = self.peek()
            need(number > last)
            last = number - 1
            self._varint()
            if kind == 0:
                self._varint()
            elif kind in (1, 5):
                self._take({1: 8, 5: 4}[kind])
            else:
                need(kind == 2)
                self._take(self._varint())

    def later(self, last):
        """Fields that a later text adds to a payload: carried, and not looked at."""
        need(len(self.data) - self.at <= LATER_BYTES)
        self.skip_later(last)

    def done(self):
        need(self.at == len(self.data))


# --- section 3: frames ---


def row(data, size, most):
    need(len(data) % size == 0 and len(data) <= size * most)
    return [data[at : at + size] for at in range(0, len(data), size)]


def hello(r):
    need(len(r.data) <= 1024)
    oldest = r.number32(1)
    r.number32(2)
    r.number(3, YEAR_9999)
    r.flag(4)
    r.fixed64(5)
    r.flag(6)
    newest = r.number32(7)
    need(newest == 0 or newest > oldest)
    features = r.packed32(8)
    need(len(features) <= 64 and features == sorted(set(features)) and 0 not in features)
    r.skip_later(8)


def items(r):
    count = 0
    while (data := r.part(1)) is not None:
        item = Reader(data)
        for field in (1, 2, 3):
            item.bytes(field)
        item.fixed64(4)
        item.done()
        count += 1
    need(1 <= count <= 256)
    r.number(2, 255)


def have(r):
    r.number32(1)
    row(r.bytes(2), 32, 1000)
    r.flag(3)


def want(r):
    r.number32(1)
    row(r.bytes(2), 32, 1000)


def floors(levels):
    need(len(levels) == 5 and max(levels) <= 120)


def compare(r):
    r.bytes(1, 16)
    r.bytes(2, 24)
    r.number(3, 2**30)
    told = r.bytes(4)
    if told:
        floors(told)
        need(any(told))


def symbols(r):
    first = r.number32(1)
    data = r.bytes(2)
    counts = [value >> 1 ^ -(value & 1) for value in r.packed32(3)]
    held = r.number(4, 2**30)
    key = r.bytes(5)
    need(1 <= len(counts) <= 8192 and first < 16384 and len(data) == 12 * len(counts))
    need(len(key) == (16 if first == 0 else 0))
    for at, count in enumerate(counts):
        need(0 <= count + 2 * held // (2 + first + at) <= held)


def announce(r):
    ids = row(r.bytes(1), 32, 1000)
    nonces, sizes, lifetimes = r.packed_fixed64(2), r.packed32(3), r.packed32(4)
    classes = r.bytes(5)
    need(ids and len(ids) == len(nonces) == len(sizes) == len(lifetimes) == len(classes))
    need(all(number <= 4 for number in classes))
    need(all(169 <= size <= 34376 for size in sizes))
    need(all(0 < life <= 15 * DAY and life % 600 == 0 for life in lifetimes))


def find(r):
    r.number32(1)
    r.bytes(2, 32)


def contacts(r):
    r.number32(1)
    row(r.bytes(2), 32, 20)


def probe(r):
    r.number32(1)
    ids = row(r.bytes(2), 32, 32)
    need(ids and len(set(ids)) == len(ids))


def held(r):
    r.number32(1)
    told = r.bytes(2)
    need(len(told) <= 32 and all(each <= 1 for each in told))


BODIES = {
    1: hello,
    2: lambda r: r.fixed64(1),
    3: lambda r: r.fixed64(1),
    4: items,
    5: have,
    6: want,
    7: compare,
    8: symbols,
    9: lambda r: need(r.number(1, 8192) != 0),
    10: lambda r: row(r.bytes(1), 8, 16384),
    11: lambda r: r.flag(1),
    12: announce,
    13: lambda r: need(row(r.bytes(1), 32, 1000)),
    14: lambda r: r.number(1, 256),
    15: find,
    16: contacts,
    17: lambda r: floors(r.bytes(1)),
    18: probe,
    19: held,
}


def judge_frame(data):
    if len(data) > 262144:
        return "frame_too_long"
    try:
        frame = Reader(data)
        number, _ = frame.peek()
        body = frame.part(number) if number else None
        need(body is not None)
        frame.done()
        if number not in BODIES:
            return "frame_unknown"
        inner = Reader(body)
        BODIES[number](inner)
        inner.done()
    except Malformed:
        return "frame_malformed"
    return "ok"


# --- section 4: items ---

NETWORK = 3
PUBLICATION, MAIL, REMOVAL = 8, 9, 10
MAIL_SIZES = [3584, 5120, 9216, 17408, 33792]
MAIL_LIVES = [days * DAY for days in (1, 3, 7, 15)]


class Unknown(Exception):
    """Of a version or with a claim of a later time."""


def claim_of(number, data):
    r = Reader(data)
    if number == PUBLICATION:
        out = {
            "publisher": r.bytes(1, 32),
            "slot": r.bytes(2, 16),
            "sequence": r.number(3),
            "removed": r.flag(4),
        }
        out["mailbox"] = r.bytes(5)
        need(len(out["mailbox"]) in (0, 32))
    elif number == MAIL:
        out = {"commitment": r.bytes(1, 32), "encapsulation_hash": r.bytes(2, 32)}
    else:
        out = {"secret": r.bytes(1, 32)}
    r.done()
    return out


def header_of(data):
    r = Reader(data)
    version = r.number32(1)
    if version > 1:
        raise Unknown
    need(version == 1)
    out = {"network": r.number32(2), "kind": r.number32(3)}
    out["created"], out["expires"] = r.number(4, YEAR_9999), r.number(5, YEAR_9999)
    out["payload_size"], out["payload_sha256"] = r.number32(6), r.bytes(7, 32)
    number, _ = r.peek()
    need(PUBLICATION <= number <= 31)
    data = r.part(number)
    need(data is not None)
    r.done()
    if number > REMOVAL:
        raise Unknown
    out["claim"] = number
    out.update(claim_of(number, data))
    need(out["kind"] != 0 and out["created"] % 600 == 0 and out["expires"] % 600 == 0)
    need((out["kind"] == 1) == (number == MAIL) and (out["kind"] == 3) == (number == REMOVAL))
    if number == MAIL:
        need(out["payload_size"] in MAIL_SIZES and out["expires"] - out["created"] in MAIL_LIVES)
    if number == PUBLICATION and out["removed"]:
        need(out["payload_size"] == 0 and not out["mailbox"])
    return out


def removed_mail(header, payload):
    need(len(payload) <= 512)
    try:
        mail = header_of(payload)
    except Unknown:
        raise Malformed from None
    need(mail["claim"] == MAIL and mail["network"] == header["network"])
    need(mail["expires"] == header["expires"] and mail["created"] <= header["created"])
    return mail


def judge_item(header, payload, signature):
    """Rules 1 to 4: ("ok", the header's fields) or (a fault, None)."""
    try:
        try:
            fields = header_of(header)
        except Malformed:
            fields = None
        if len(header) > 512 or len(payload) > 33792 or len(signature) > 64:
            return "item_too_large", None
        need(fields is not None and fields["payload_size"] == len(payload))
        if fields["claim"] == REMOVAL:
            removed_mail(fields, payload)
        need(len(signature) == (64 if fields["claim"] == PUBLICATION else 0))
    except Unknown:
        return "item_unknown", None
    except Malformed:
        return "item_malformed", None
    if fields["network"] != NETWORK:
        return "item_wrong_network", None
    if not fields["created"] < fields["expires"] <= fields["created"] + 15 * DAY:
        return "item_too_long_lived", None
    return "ok", fields


# --- section 1, "Text" ---


def form_c(data):
    """None if it is not UTF-8, or not all of it is assigned. Needs tables of Unicode 14.0."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if any(unicodedata.category(c) == "Cn" for c in text):
        return None
    return unicodedata.normalize("NFC", text).encode()


def is_clean(data, lines):
    if form_c(data) != data:
        return False
    allowed = "\n\t" if lines else ""
    return all(
        c in allowed or unicodedata.category(c) not in ("Cc", "Zl", "Zp") for c in data.decode()
    )

"""What a picture is, read a second time: docs/protocol.md, section 9, "Pictures", alone."""
import hashlib
import math


def has_right_sides(width, height):
    return 1 <= width <= 640 and 1 <= height <= 640


def is_webp(data):
    if len(data) < 30 or data[:4] != b"RIFF" or data[8:16] != b"WEBPVP8 ":
        return False
    size = int.from_bytes(data[16:20], "little")
    frame, padding = data[20 : 20 + size], data[20 + size :]
    if int.from_bytes(data[4:8], "little") != len(data) - 8 or len(frame) != size or size < 10:
        return False
    if padding != b"\0" * (size % 2):
        return False
    tag = int.from_bytes(frame[:3], "little")
    inter, version, shown, partition = tag & 1, tag >> 1 & 7, tag >> 4 & 1, tag >> 5
    if inter or version > 3 or not shown or frame[3:6] != b"\x9d\x01\x2a":
        return False
    if not 1 <= partition <= size - 10:
        return False
    width, height = (int.from_bytes(frame[at : at + 2], "little") for at in (6, 8))
    return has_right_sides(width, height)


def are_codes(part):
    """The tables of one DHT, as (class, number); None: they are not right."""
    out = []
    while part:
        counts = part[1:17]
        if part[0] not in (0x00, 0x01, 0x10, 0x11) or len(counts) != 16:
            return None
        taken = sum(count << 16 - bits for bits, count in enumerate(counts, 1))
        symbols = part[17 : 17 + sum(counts)]
        if taken > 0xFFFF or not sum(counts) or len(symbols) != sum(counts):
            return None
        for symbol in symbols:
            if part[0] < 0x10:
                right = symbol <= 11
            else:
                right = symbol & 15 <= 10 and (symbol & 15 or symbol in (0x00, 0xF0))
            if not right:
                return None
        out.append((part[0] >> 4, part[0] & 15))
        part = part[17 + len(symbols) :]
    return out or None


class Jpeg:
    def __init__(self, data):
        self.data = data
        self.quantizations, self.codes = set(), set()
        self.frame = self.interval = None

    def is_right(self):
        at = 2
        while True:
            head = self.data[at : at + 4]
            if len(head) < 4 or head[0] != 0xFF:
                return False
            size = int.from_bytes(head[2:], "big")
            part = self.data[at + 4 : at + 2 + size]
            if size < 2 or len(part) != size - 2 or not self.takes(head[1], part, at == 2):
                return False
            at += 2 + size
            if head[1] == 0xDA:
                return self.is_scan(self.data[at:])

    def takes(self, marker, part, first):
        if marker == 0xE0:
            return (
                first and len(part) == 14 and part[:6] == b"JFIF\0\1" and part[7] <= 2
                and part[12:] == b"\0\0"
            )  # fmt: skip
        if marker == 0xDB:
            tables = [part[at : at + 65] for at in range(0, len(part), 65)]
            self.quantizations.update(table[0] for table in tables)
            return bool(tables) and all(
                len(one) == 65 and one[0] <= 3 and all(one[1:]) for one in tables
            )
        if marker == 0xC4:
            tables = are_codes(part)
            self.codes.update(tables or ())
            return tables is not None
        if marker == 0xDD:
            known, self.interval = self.interval, int.from_bytes(part, "big")
            return len(part) == 2 and known is None
        if marker == 0xC0:
            return self.is_frame(part)
        return marker == 0xDA and self.is_scan_head(part)

    def is_frame(self, part):
        if self.frame is not None or len(part) < 6 or part[0] != 8 or part[5] not in (1, 3):
            return False
        height, width = (int.from_bytes(part[at : at + 2], "big") for at in (1, 3))
        colours = [part[at : at + 3] for at in range(6, len(part), 3)]
        if len(part) != 6 + 3 * part[5] or not has_right_sides(width, height):
            return False
        sampling = [(one[1] >> 4, one[1] & 15) for one in colours]
        self.frame = width, height, colours, sampling
        return (
            len({one[0] for one in colours}) == len(colours)
            and all(1 <= side <= 4 for pair in sampling for side in pair)
            and sum(across * down for across, down in sampling) <= 10
            and all(one[2] <= 3 for one in colours)
        )

    def is_scan_head(self, part):
        if self.frame is None:
            return False
        colours = self.frame[2]
        if len(part) != 4 + 2 * len(colours) or part[0] != len(colours):
            return False
        for at, colour in enumerate(colours):
            which, tables = part[1 + 2 * at], part[2 + 2 * at]
            needed = {(0, tables >> 4), (1, tables & 15)}
            if which != colour[0] or not needed <= self.codes:
                return False
            if colour[2] not in self.quantizations:
                return False
        return part[-3:] == b"\x00\x3f\x00"

    def restarts(self):
        width, height, colours, sampling = self.frame
        across, down = 1, 1
        if len(colours) > 1:
            across, down = (max(pair[at] for pair in sampling) for at in (0, 1))
        units = math.ceil(width / (8 * across)) * math.ceil(height / (8 * down))
        return (units - 1) // self.interval if self.interval else 0

    def is_scan(self, data):
        if data[-2:] != b"\xff\xd9":
            return False
        pieces, piece, at = [], 0, 0
        while at < len(data) - 2:
            if data[at] != 0xFF:
                piece, at = piece + 1, at + 1
            elif data[at + 1] == 0:
                piece, at = piece + 2, at + 2
            elif data[at + 1] == 0xD0 + len(pieces) % 8:
                pieces.append(piece)
                piece, at = 0, at + 2
            else:
                return False
        pieces.append(piece)
        return at == len(data) - 2 and all(pieces) and len(pieces) == self.restarts() + 1


def is_picture(payload, fields):
    if fields["mailbox"] or fields["slot"] != hashlib.sha256(payload).digest()[:16]:
        return False
    if len(payload) > 16384:
        return False
    if payload[:4] == b"RIFF":
        return is_webp(payload)
    return payload[:2] == b"\xff\xd8" and Jpeg(payload).is_right()

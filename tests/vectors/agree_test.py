#!/usr/bin/env python3
"""Two readers, one verdict: mutates the frames, items, their contents and the texts of docs/vectors
by the thousand, from a seed, and compares what strict.py and kinds.py say of each with what the
node's own reader says: agree_test.py FOLDER HEARSAY_VECTORS [COUNT [SEED]]."""
import hashlib
import json
import pathlib
import random
import subprocess
import sys
import unicodedata

import kinds
import strict


def varint(number, longer=0):
    out = bytearray()
    while number > 127 or longer < 0:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    if longer:  # needless zero groups
        out[-1] |= 128
        out += b"\x80" * (longer - 1) + b"\0"
    return bytes(out)


def fields_of(data):
    """[(tag, whole bytes of the field)] as far as it is a message, else None."""
    r, out = strict.Reader(data), []
    try:
        while r.at < len(data):
            start = r.at
            number, kind = r.peek()
            r._varint()
            (
                r._varint()
                if kind == 0
                else r._take(8 if kind == 1 else r._varint() if kind == 2 else 4)
            )
            out.append((number << 3 | kind, data[start : r.at]))
    except strict.Malformed:
        return None
    return out


class Mutator:
    """Half of the mutations know what a message is; the others are of bytes."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def bytes(self, data):
        r, out = self.random, bytearray(data)
        at = r.randrange(len(out) + 1)
        kind = r.randrange(5)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << r.randrange(8)
        elif kind == 1:
            out[at:at] = r.randbytes(r.randrange(1, 4))
        elif kind == 2:
            del out[at : at + r.randrange(1, 4)]
        elif kind == 3 and at < len(out):
            out[at] = r.choice((0, 1, 2, 0x7F, 0x80, 0xFF))
        else:
            del out[at:]
        return bytes(out)

    def field(self, tag, whole):
        """Another way to write one field, or another value in it."""
        r, kind = self.random, tag & 7
        head = len(varint(tag))
        if r.randrange(6) == 0:
            return varint(tag, longer=r.randrange(1, 3)) + whole[head:]
        if kind == 0:
            value = strict.Reader(whole[head:])._varint()
            value = r.choice(
                (0, 1, value + 1, value - 1, value + 600, value + 2**32, 2**32 - 1, 2**63, value)
            ) % 2**64  # fmt: skip
            return varint(tag) + varint(value, longer=r.choice((0, 0, 0, 1, 2)))
        if kind == 1:
            return varint(tag) + r.choice((bytes(8), r.randbytes(8), whole[head:-1]))
        if kind == 2:
            inner = strict.Reader(whole[head:])
            inner = inner._take(inner._varint())
            inner = r.choice((self.message, self.bytes, lambda data: b""))(inner)
            return varint(tag) + varint(len(inner), longer=r.choice((0, 0, 0, 0, 1))) + inner
        return whole

    def message(self, data):
        fields = fields_of(data)
        if not fields:
            return self.bytes(data)
        r = self.random
        parts = [whole for _, whole in fields]
        at = r.randrange(len(parts))
        kind = r.randrange(8)
        if kind == 0:
            parts.insert(r.randrange(len(parts) + 1), parts[at])
        elif kind == 1:
            del parts[at]
        elif kind == 2:
            r.shuffle(parts)
        elif kind == 3:  # a field of another number
            tag = r.randrange(1, 40) << 3 | r.choice((0, 1, 2, 2, 2, 3, 5))
            body = {
                0: varint(r.randrange(300)), 1: r.randbytes(8), 2: b"\2xy", 3: varint(tag + 1),
                5: b"four",
            }[tag & 7]  # fmt: skip
            parts.insert(r.choice((at, len(parts))), varint(tag) + body)
        else:
            parts[at] = self.field(*fields[at])
        return b"".join(parts)

    def mutate(self, data):
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            data = self.message(data) if self.random.randrange(2) else self.bytes(data)
        return data


def lines_and_verdicts(folder, count, seed):
    """What is asked of the node's reader, and what ours says."""
    load = lambda name: json.loads((folder / f"{name}.json").read_text(encoding="ascii"))["vectors"]
    of = lambda vector, *names: [bytes.fromhex(vector[name]) for name in names]
    frames = [of(vector, "frame")[0] for vector in load("frames")]
    items = [of(vector, "header", "payload", "signature") for vector in load("items")]
    # What headers say of kinds whose rules look at nothing but the payload.
    contents = [
        (fields["kind"], payload)
        for header, payload, signature in items
        if (fields := strict.judge_item(header, payload, signature)[1])
        and fields["kind"] in kinds.RULES
        and payload
    ]
    texts = [of(vector, "text")[0] for vector in load("texts")]
    mutator = Mutator(seed)
    word = lambda data: data.hex() or "-"
    for _ in range(count):
        frame = mutator.mutate(mutator.random.choice(frames))
        yield f"frame {word(frame)}", strict.judge_frame(frame)
        header, payload, signature = mutator.random.choice(items)
        part = mutator.random.randrange(8)
        if part == 0:
            payload = mutator.mutate(payload)
        elif part == 1:
            signature = mutator.bytes(signature)
        else:
            header = mutator.mutate(header)
        yield (
            f"item {word(header)} {word(payload)} {word(signature)}",
            strict.judge_item(header, payload, signature)[0],
        )
        if unicodedata.unidata_version == "14.0.0":
            kind, payload = mutator.random.choice(contents)
            payload = mutator.mutate(payload)
            # The node's reader is given a header of zeros, which the slot of a picture fits.
            slot = hashlib.sha256(payload).digest()[:16] if kind == 8 else bytes(16)
            yield (
                f"content {kind} {word(payload)}",
                "ok" if kinds.is_right(
                    {"kind": kind, "mailbox": b"", "slot": slot}, payload
                ) else "item_bad_content",
            )
            text = mutator.bytes(
                mutator.random.choice(texts)
                + chr(
                    mutator.random.choice(
                        (
                            mutator.random.randrange(0x80, 0x3000),
                            mutator.random.randrange(0xE000, 0x20000),
                        )
                    )
                ).encode()
            )
            lines = mutator.random.randrange(2) == 1
            yield (
                f"{'text' if lines else 'line'} {word(text)}",
                "ok" if strict.is_clean(text, lines) else "refused",
            )


def main(folder, program, count=20000, seed=1):
    asked = list(lines_and_verdicts(pathlib.Path(folder), int(count), int(seed)))
    done = subprocess.run(
        [program, "--judge"], input="\n".join(line for line, _ in asked) + "\n", text=True,
        capture_output=True, timeout=600, check=True,
    )  # fmt: skip
    answers = done.stdout.splitlines()
    assert len(answers) == len(asked)
    told, differ = {}, 0
    for (line, ours), theirs in zip(asked, answers):
        told[theirs] = told.get(theirs, 0) + 1
        if ours != theirs:
            differ += 1
            if differ <= 20:
                print(f"the node says {theirs}, Python {ours}: {line[:400]}")
    print(
        f"{len(asked)} mutations, {differ} differences; "
        + ", ".join(f"{n} {told[n]}" for n in sorted(told))
    )
    expected = {
        "ok", "frame_malformed", "frame_unknown", "item_malformed", "item_unknown",
        "item_too_long_lived",
    }  # fmt: skip
    if unicodedata.unidata_version == "14.0.0":
        expected.add("item_bad_content")
    missing = expected - told.keys()
    if missing:
        print("no mutation led to", ", ".join(sorted(missing)))
    return 1 if differ or missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

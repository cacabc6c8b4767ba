#!/usr/bin/env python3
"""Reads docs/vectors with a second implementation and agrees with every one: read_test.py
FOLDER."""
import base64
import hashlib
import json
import math
import pathlib
import struct
import sys
import unicodedata

import kinds
import ml_kem
import opened
import primitives
import strict
import traded

NOW = 1_800_000_000


def tag(text):
    return text.encode() + b"\0"


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def value_of(name, value):
    is_hex = isinstance(value, str) and name not in (
        "about", "what", "verdict", "address", "positions", "counts"
    )
    return bytes.fromhex(value) if is_hex else value


def work_is_enough(item_id, nonce, trials):
    return (
        int.from_bytes(sha256(tag("hearsay pow v1"), item_id, nonce)[:8], "big") < 2**64 // trials
    )


def tag_of(ml_kem_secret):
    """What a mail's payload begins with."""
    return sha256(tag("hearsay mail tag v1"), ml_kem_secret)[:8]


# --- one function a file; each returns nothing or raises AssertionError ---


def keys(v):
    if v["what"] == "node":
        assert (
            primitives.public_key(v["seed"]) == v["key"]
            and primitives.expand(v["seed"]) == v["expanded"]
        )
        check = hashlib.sha3_256(b".onion checksum" + v["key"] + b"\3").digest()[:2]
        assert (
            v["address"] == base64.b32encode(v["key"] + check + b"\3").decode().lower() + ".onion"
        )
        assert sha256(v["key"]) == v["node_id"]
    elif v["what"] == "persona":
        assert primitives.public_key(v["seed"]) == v["key"]
        assert primitives.from_bech32m(v["address"]) == ("hsp", v["key"])
    elif v["what"] == "mailbox":
        assert ml_kem.XWing(v["seed"]).key == v["key"] and ml_kem.is_usable(v["key"])
        assert kinds.mailbox_of(v["key"]) == v["mailbox"]
        assert primitives.from_bech32m(v["address"]) == ("hsm", v["mailbox"])
    elif v["what"] == "encapsulation":
        ml_kem_secret, shared, encapsulation = ml_kem.xwing_encapsulate(v["key"], v["random"])
        assert (shared, encapsulation) == (v["shared"], v["encapsulation"])
        assert tag_of(ml_kem_secret) == v["tag"]
        assert ml_kem.XWing(v["seed"]).shared(encapsulation) == shared
    elif v["what"] == "mailbox_key":
        assert ml_kem.is_usable(v["key"]) == v["usable"]
    elif v["what"] == "signature":
        assert primitives.verify(v["key"], v["message"], v["signature"]) == v["valid"]
    elif v["what"] == "node_key":
        assert primitives.is_node_key(v["key"]) == v["acceptable"]
    else:
        found = primitives.from_bech32m(v["address"])
        assert v["valid"] == (found is not None and found[0] == "hsp" and len(found[1]) == 32)


def texts(v):
    if unicodedata.unidata_version != "14.0.0":
        return
    normal = strict.form_c(v["text"])
    assert (normal is not None) == v["has_form_c"] and (normal or b"") == v["form_c"]
    assert (
        strict.is_clean(v["text"], False) == v["line"]
        and strict.is_clean(v["text"], True) == v["lines"]
    )


def token_message(token, network, maker, taker, slot=b""):
    """`slot`: of a thing that is rated."""
    name = tag("hearsay thing rating token v1" if slot else "hearsay rating token v1")
    return name + token + struct.pack(">I", network) + maker + taker + slot


def rating_is_right(fields, payload):
    try:
        r = strict.Reader(payload)
        token, maker, taker = r.bytes(1, 16), r.bytes(2, 32), r.bytes(3, 32)
        by_maker, by_taker, stars, text = r.bytes(4, 64), r.bytes(5, 64), r.number32(6), r.bytes(7)
        slot = r.bytes(8)
        r.later(8)
    except strict.Malformed:
        return False
    if slot and (len(slot) != 16 or not any(slot) or fields["publisher"] != taker):
        return False
    message = token_message(token, fields["network"], maker, taker, slot)
    return (
        1 <= stars <= 5
        and len(text) <= 2000
        and strict.is_clean(text, True)
        and fields["slot"] == token
        and not fields["mailbox"]
        and maker != taker
        and fields["publisher"] in (maker, taker)
        and primitives.verify(maker, message, by_maker)
        and primitives.verify(taker, message, by_taker)
    )


def trials_at(size, lifetime, level):
    trials = 560 * (size + 1000) * (65536 + lifetime) // 65536
    return (trials * (65536, 77936, 92682, 110218)[level % 4] // 65536) * 2 ** (level // 4)


def levels(v):
    """Of one nonce: the highest level for which it is enough."""
    enough = [
        level
        for level in range(121)
        if work_is_enough(v["id"], v["nonce"], trials_at(v["size"], v["lifetime"], level))
    ]
    assert v["level"] == max(enough, default=0)
    assert v["trials"] == trials_at(v["size"], v["lifetime"], v["level"])


def content_is_right(fields, payload):
    if fields["kind"] == 5:
        return rating_is_right(fields, payload)
    return kinds.is_right(fields, payload)


def costly(fields, v, item_id):
    """Rules 9 to 12."""
    if sha256(v["payload"]) != fields["payload_sha256"]:
        return "item_bad_payload"
    size = sum(len(v[part]) for part in ("header", "payload", "signature", "nonce"))
    trials = 560 * (size + 1000) * (65536 + fields["expires"] - fields["created"]) // 65536
    assert v.get("trials", trials) == trials
    if not work_is_enough(item_id, v["nonce"], trials):
        return "item_little_work"
    if fields["claim"] == strict.PUBLICATION:
        message = tag("hearsay publication v1") + v["header"]
        if not primitives.verify(fields["publisher"], message, v["signature"]):
            return "item_bad_signature"
        if not fields["removed"] and not content_is_right(fields, v["payload"]):
            return "item_bad_content"
    if fields["claim"] == strict.REMOVAL:
        mail = strict.removed_mail(fields, v["payload"])
        if sha256(tag("hearsay removal v1"), fields["secret"]) != mail["commitment"]:
            return "item_bad_removal"
    return "ok"


def thing_of(fields, v, item_id):
    if fields["claim"] == strict.PUBLICATION:
        return sha256(tag("hearsay thing v1"), fields["publisher"], fields["slot"])
    if fields["claim"] == strict.REMOVAL:  # the mail's id
        return sha256(tag("hearsay item v1"), struct.pack(">I", len(v["payload"])), v["payload"])
    return item_id


def items(v):
    now = v.get("now", NOW)
    verdict, fields = strict.judge_item(v["header"], v["payload"], v["signature"])
    if fields:
        item_id = sha256(
            tag("hearsay item v1"), struct.pack(">I", len(v["header"])), v["header"], v["signature"]
        )
        assert v.get("id", item_id) == item_id
        assert v.get("thing") in (None, thing_of(fields, v, item_id))
        if fields["expires"] <= now:
            verdict = "item_expired"
        elif fields["created"] > now + 7200:
            verdict = "item_from_future"
        else:
            verdict = costly(fields, v, item_id)
    assert verdict == v["verdict"], verdict


def versions(v):
    """Which of two counts; both, if they are of two things."""
    found = []
    for which in ("first", "second"):
        item = {part: v[f"{which}_{part}"] for part in ("header", "payload", "signature")}
        verdict, fields = strict.judge_item(*item.values())
        assert verdict == "ok"
        size = struct.pack(">I", len(item["header"]))
        item_id = sha256(tag("hearsay item v1"), size, item["header"], item["signature"])
        sequence = {strict.MAIL: 0, strict.REMOVAL: 1}.get(fields["claim"])
        if sequence is None:
            sequence = fields["sequence"]
        found.append((thing_of(fields, item, item_id), sequence, item_id))
    (thing, sequence, item_id), (other, later, other_id) = found
    if thing != other:
        counts = "both"
    else:
        counts = "first" if (-sequence, item_id) < (-later, other_id) else "second"
    assert counts == v["counts"], counts


def frames(v):
    assert strict.judge_frame(v["frame"]) == v["verdict"], strict.judge_frame(v["frame"])


def summary(ids):
    counters = [0] * 24
    for one in ids:
        counters[one[0] % 24] += 1 if one[1] & 1 else -1
    total = sum(int.from_bytes(one, "big") for one in ids) % 2**256
    digest = sha256(
        tag("hearsay set v1"), struct.pack(">Q", len(ids)), total.to_bytes(32, "big")
    )[:16]
    return digest, bytes(counter % 256 for counter in counters)


def check_of(short):
    mask = 2**64 - 1
    v = (short + 0x9E3779B97F4A7C15) & mask
    v = (v ^ v >> 30) * 0xBF58476D1CE4E5B9 & mask
    v = (v ^ v >> 27) * 0x94D049BB133111EB & mask
    return (v ^ v >> 31) >> 32


def positions_of(short):
    state, at = short | 1, 0
    while True:
        yield at
        state = state * 0xDA942042E4DD58B5 % 2**64
        at += 1 + math.floor((at + 1.5) * (2.0**26 / math.sqrt(float(state // 2**12 + 1)) - 1.0))


def sets(v):
    ids = [sha256(struct.pack(">I", number)) for number in range(v.get("count", 0))]
    if v["what"] == "set":
        assert summary(ids) == (v["digest"], v["counters"])
    elif v["what"] == "two":
        assert summary([b"\xff" * 32, bytes(31) + b"\1"]) == (v["digest"], v["counters"])
    elif v["what"] == "sketch":
        shorts = [primitives.siphash(v["key"], one) for one in ids]
        assert b"".join(struct.pack(">Q", short) for short in shorts) == v["short_ids"]
        coded = [[0, 0, 0] for _ in range(len(v["symbols"]) // 12)]
        for short in shorts:
            for at in positions_of(short):
                if at >= len(coded):
                    break
                coded[at] = [coded[at][0] ^ short, coded[at][1] ^ check_of(short), coded[at][2] + 1]
        assert b"".join(struct.pack(">QI", one[0], one[1]) for one in coded) == v["symbols"]
        assert [one[2] for one in coded] == [int(word) for word in v["counts"].split()]
    else:
        short = int.from_bytes(v["short_id"], "big")
        assert check_of(short).to_bytes(4, "big") == v["check"]
        expected = [int(word) for word in v["positions"].split()]
        for at, found in zip(expected, positions_of(short)):
            assert at == found, (at, found)


def letters(v):
    if v.get("what") == "stamp":
        assert (
            sha256(tag("hearsay stamp v1"), v["mailbox"], v["message_id"], v["sender"])
            == v["stamp_id"]
        )
        enough = [
            n
            for n in range(v["stamp"] + 1)
            if work_is_enough(v["stamp_id"], struct.pack(">Q", n), 2 ** v["bits"])
        ]
        assert enough == [v["stamp"]]
        return
    if v.get("what") in ("content", "plaintext"):
        plain = v["plain"] if v["what"] == "plaintext" else opened.pad(v["letter"])
        assert v["reads"] == (opened.read(plain, v["commitment"]) is not None)
        return
    verdict, mail = strict.judge_item(v["header"], v["payload"], b"")
    assert verdict == "ok"
    body, sender = open_letter(v, mail)
    assert (body is not None) == v["opens"]
    if body:
        assert body == v["body"] and sender == v["sender"]


def open_letter(v, mail):
    """(body, sender) as section 10 says, or (None, None)."""
    nobody = None, None
    mailbox = ml_kem.XWing(v["mailbox_seed"])
    assert kinds.mailbox_of(mailbox.key) == v["mailbox"]
    mail_tag, encapsulation = v["payload"][:8], v["payload"][8:1128]
    if tag_of(mailbox.ml_kem_secret(encapsulation)) != mail_tag:
        return nobody
    shared = mailbox.shared(encapsulation)
    if shared is None:
        return nobody
    associated = struct.pack(
        ">IIIQQI", 1, mail["network"], 1, mail["created"], mail["expires"], mail["payload_size"]
    )
    associated += mail["commitment"] + mail["encapsulation_hash"] + v["mailbox"]
    plain = primitives.hpke_open(
        shared, tag("hearsay mail v1"), associated, v["payload"][1128:]
    )
    if plain is None:
        return nobody
    if sha256(tag("hearsay encapsulation v1"), encapsulation) != mail["encapsulation_hash"]:
        return nobody
    letter = opened.read(plain, mail["commitment"])
    if letter is None:
        return nobody
    body, sender, signature = letter
    signed = tag("hearsay letter v1") + v["mailbox"] + mail["encapsulation_hash"] + body
    if not primitives.verify(sender, signed, signature):
        return nobody
    return body, sender


def trades(v):
    if v["what"] == "trade":
        assert (
            sha256(tag("hearsay trade id v1"), v["thing"], v["item"], v["taker"], v["nonce"])
            == v["trade"]
        )
    elif v["what"] in ("token", "thing token"):
        thing = "thing " if v["what"] == "thing token" else ""
        assert sha256(tag(f"hearsay {thing}rating token id v1"), v["trade"])[:16] == v["token"]
        slot = v.get("slot", b"")
        message = token_message(v["token"], v["network"], v["maker"], v["taker"], slot)
        assert primitives.verify(v["maker"], message, v["signature"])
    elif v["what"] == "said":
        message = v["message"] + b"x" * v["more"]
        assert traded.is_right(message, v["signature"]) == v["valid"]
    else:
        assert sha256(tag("hearsay trade message v1"), v["message"]) == v["hash"]
        assert (
            primitives.verify(v["sender"], tag("hearsay trade v1") + v["message"], v["signature"])
            == v["valid"]
        )
        r = strict.Reader(v["message"])
        assert len(r.bytes(1, 32)) == 32 and r.number32(2) == 3 and r.bytes(3, 32) == v["sender"]


READERS = (keys, texts, items, levels, versions, frames, sets, letters, trades)


def main(folder):
    wrong = 0
    for reader in READERS:
        vectors = json.loads((folder / f"{reader.__name__}.json").read_text(encoding="ascii"))[
            "vectors"
        ]
        assert len(vectors) >= 4
        for vector in vectors:
            try:
                reader({name: value_of(name, value) for name, value in vector.items()})
            except (AssertionError, strict.Malformed) as error:
                wrong += 1
                print(f"{reader.__name__}: {vector['about']}: {error!r}")
        print(f"{reader.__name__}: {len(vectors)} vectors read")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))

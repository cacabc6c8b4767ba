"""Which messages of trades are thrown away, read a second time: docs/protocol.md, section 13,
"Messages", alone. Their fields are read as those of letters are."""
import hashlib
import struct

import kinds
import opened
import primitives
import strict

TAKE, COUNTER, ACCEPT, DECLINE, CONFIRM, PAY_INFO = 10, 11, 12, 13, 14, 15
SHIPPED, RECEIVED, DISPUTE, RULING, TEXT, CLOSE = 16, 17, 18, 19, 20, 21
NOTES = (PAY_INFO, SHIPPED, RECEIVED, DISPUTE, TEXT, CLOSE)
# The field of a move's text.
TEXT_FIELD = {TAKE: 5, COUNTER: 4, ACCEPT: 4, DECLINE: 2, RULING: 3, **dict.fromkeys(NOTES, 1)}


def number(found, field):
    return found.get((field, 0), [0])[-1]


def text(found, field, most, lines):
    value = opened.last(found, field)
    strict.need(len(value) <= most and strict.is_clean(value, lines))


def terms(found, field):
    strict.need((field, 2) in found)
    found = opened.fields(opened.last(found, field))
    text(found, 1, 120, False)
    text(found, 2, 120, False)
    text(found, 3, 4096, True)
    strict.need(number(found, 4) <= 2)
    arbiter, mailbox = opened.last(found, 5, (0, 32)), opened.last(found, 6, (0, 1216))
    strict.need(bool(arbiter) == bool(mailbox))


def payload(found, field):
    if (field, 2) not in found:
        return
    found = opened.fields(opened.last(found, field))
    media_type = opened.last(found, 1)
    strict.need(1 <= len(media_type) <= 100 and all(0x21 <= c <= 0x7E for c in media_type))
    strict.need(len(opened.last(found, 2)) <= 24576)


def item_id(header, signature):
    size = struct.pack(">I", len(header))
    return hashlib.sha256(b"hearsay item v1\0" + size + header + signature).digest()


def offer_of(data):
    """(header's fields, item id) of what may be taken."""
    found = opened.fields(data)
    header, content, signature = (opened.last(found, field) for field in (1, 2, 3))
    verdict, fields = strict.judge_item(header, content, signature)
    strict.need(verdict == "ok" and fields["kind"] == 2 and not fields["removed"])
    strict.need(hashlib.sha256(content).digest() == fields["payload_sha256"])
    message = b"hearsay publication v1\0" + header
    strict.need(primitives.verify(fields["publisher"], message, signature))
    strict.need(kinds.is_right(fields, content))
    return fields, item_id(header, signature)


def take(found, trade, sender):
    nonce = opened.last(found, 1, (16,))
    opened.last(found, 2, (1216,))
    strict.need((3, 2) in found)
    offer, taken = offer_of(opened.last(found, 3))
    terms(found, 4)
    thing = hashlib.sha256(b"hearsay thing v1\0" + offer["publisher"] + offer["slot"]).digest()
    made = hashlib.sha256(b"hearsay trade id v1\0" + thing + taken + sender + nonce).digest()
    strict.need(made == trade and offer["publisher"] != sender)


def move(kind, found, trade, sender):
    if kind in TEXT_FIELD:
        text(found, TEXT_FIELD[kind], 4096, True)
    if kind == TAKE:
        take(found, trade, sender)
    elif kind in (COUNTER, ACCEPT):
        opened.last(found, 1, (32,))
        opened.last(found, 2, (1216,))
        if kind == COUNTER:
            terms(found, 3)
        else:
            opened.last(found, 3, (64,))
            opened.last(found, 6, (64,))
            payload(found, 5)
    elif kind in (DECLINE, RULING):
        opened.last(found, 1, (32,))
        strict.need(kind == DECLINE or number(found, 2) <= 2)
    elif kind == CONFIRM:
        opened.last(found, 1, (32,))
        opened.last(found, 2, (64,))
        opened.last(found, 3, (64,))
    else:
        strict.need(kind in (PAY_INFO, SHIPPED, TEXT) or (2, 2) not in found)
        payload(found, 2)


def seen(found, sender, first_take):
    who = []
    for entry in found.get((6, 2), []):
        inner = opened.fields(entry)
        who.append(opened.last(inner, 1, (32,)))
        opened.last(inner, 3, (32,))
        strict.need(1 <= number(inner, 2) <= 300)
    strict.need(len(who) <= 2 and len(set(who)) == len(who) and sender not in who)
    strict.need(not (first_take and who))


def is_right(message, signature):
    try:
        strict.need(len(message) <= 30000)
        found = opened.fields(message)
        trade, sender = opened.last(found, 1, (32,)), opened.last(found, 3, (32,))
        strict.need(number(found, 2) == strict.NETWORK)
        place = number(found, 4)
        strict.need(1 <= place <= 300)
        previous = opened.last(found, 5, (0, 32))
        strict.need((place == 1) == (not previous))
        strict.need(number(found, 7) <= strict.YEAR_9999)
        moves = [field for field, wire in found if TAKE <= field <= CLOSE and wire == 2]
        strict.need(len(moves) == 1)
        seen(found, sender, moves[0] == TAKE and place == 1)
        move(moves[0], opened.fields(opened.last(found, moves[0])), trade, sender)
    except strict.Malformed:
        return False
    return primitives.verify(sender, b"hearsay trade v1\0" + message, signature)

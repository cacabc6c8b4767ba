"""What the payloads of kinds may say, read a second time: docs/protocol.md, section 9, alone."""
import hashlib

import pictures
import strict

CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SMALL = b"abcdefghijklmnopqrstuvwxyz"
DIGITS = b"0123456789"
GEOHASH = b"0123456789bcdefghjkmnpqrstuvwxyz"
FIXED, NEGOTIABLE, FREE, MARKET = range(4)


def is_line(data, most, least=0):
    return least <= len(data) <= most and strict.is_clean(data, False)


def is_text(data, most):
    return len(data) <= most and strict.is_clean(data, True)


def is_word(data):
    return is_line(data, 32, 1) and not any(c in b" ," or c in CAPITALS for c in data)


def are_different(values, most):
    return len(values) <= most and len(set(values)) == len(values)


def is_made_of(data, letters, least, most):
    return least <= len(data) <= most and all(c in letters for c in data)


def parts(r, field):
    out = []
    while (one := r.part(field)) is not None:
        out.append(one)
    return out


def signed32(r, field):
    value = r.number32(field)
    return value >> 1 ^ -(value & 1)


def is_price(data):
    """None: not said."""
    if data is None:
        return True
    r = strict.Reader(data)
    mode, amount, most, currency = r.number32(1), r.number(2), r.number(3), r.bytes(4)
    decimals, premium, per = r.number32(5), signed32(r, 6), r.bytes(7)
    r.done()
    if mode == FREE:
        return not any((amount, most, currency, decimals, premium, per))
    right = decimals <= 18 and is_line(per, 32)
    right &= not currency or is_made_of(currency, CAPITALS + DIGITS, 1, 10)
    if mode == MARKET:
        return right and currency and not any((amount, most, decimals)) and (
            -9999 <= premium <= 100000
        )
    if mode not in (FIXED, NEGOTIABLE) or premium:
        return False
    if amount == 0:
        return right and mode == NEGOTIABLE and not most and not decimals
    return right and currency and (most == 0 or most > amount)


def is_category(data):
    levels = data.split(b"/")
    return not data or (
        len(levels) <= 4
        and all(is_made_of(level, SMALL + DIGITS + b"-", 1, 32) for level in levels)
    )


def is_detail(data):
    r = strict.Reader(data)
    name, value = r.bytes(1), r.bytes(2)
    r.done()
    return is_line(name, 40, 1) and is_line(value, 120, 1), name


def mailbox_of(key):
    """Its fingerprint."""
    return hashlib.sha256(b"hearsay mailbox v1\0" + key).digest()


def names_its_key(fields, key):
    """A header names the mailbox of this key, or there is neither."""
    if not key or not fields["mailbox"]:
        return not key and not fields["mailbox"]
    return len(key) == 1216 and mailbox_of(key) == fields["mailbox"]


def is_offer(payload, fields):
    r = strict.Reader(payload)
    title, text, give, want = (r.bytes(field) for field in (1, 2, 3, 4))
    tags, bits, side, price = parts(r, 5), r.number32(6), r.number32(7), r.part(8)
    r.number32(9)
    condition, category, country, geohash = r.number32(10), r.bytes(11), r.bytes(12), r.bytes(13)
    delivery, payment, language = parts(r, 14), parts(r, 15), r.bytes(16)
    status, details, warning, pictures = r.number32(17), parts(r, 18), r.bytes(19), parts(r, 20)
    mailbox = r.bytes(21)
    r.done()
    details = [is_detail(one) for one in details]
    return all(
        (
            is_line(title, 120, 1),
            is_text(text, 8192),
            is_line(give, 120),
            is_line(want, 120),
            len(tags) <= 8 and all(map(is_word, tags)),
            bits <= 36,
            side <= 1 and condition <= 5 and status <= 2,
            is_price(price),
            is_category(category),
            not country or is_made_of(country, CAPITALS, 2, 2),
            not geohash or country and is_made_of(geohash, GEOHASH, 1, 4),
            are_different(delivery, 8) and all(map(is_word, delivery)),
            are_different(payment, 16) and all(map(is_word, payment)),
            not language or is_made_of(language, SMALL, 2, 3),
            all(right for right, _ in details) and are_different([n for _, n in details], 16),
            is_line(warning, 120),
            are_different(pictures, 4) and all(len(one) == 32 for one in pictures),
            names_its_key(fields, mailbox),
        )
    )


def is_profile(payload, fields):
    r = strict.Reader(payload)
    nickname, about, languages, picture = r.bytes(1), r.bytes(2), parts(r, 3), r.bytes(4)
    mailbox = r.bytes(5)
    r.done()
    return (
        is_line(nickname, 40, 1)
        and is_text(about, 2000)
        and are_different(languages, 8)
        and all(is_made_of(one, SMALL, 2, 3) for one in languages)
        and len(picture) in (0, 32)
        and not any(fields["slot"])
        and names_its_key(fields, mailbox)
    )


def is_mailbox(payload, fields):
    r = strict.Reader(payload)
    key = r.bytes(1, 1216)
    r.done()
    return names_its_key(fields, key) and fields["slot"] == fields["mailbox"][:16]


def is_post(payload, _):
    r = strict.Reader(payload)
    title, text, tags = r.bytes(1), r.bytes(2), parts(r, 3)
    answered, language = r.bytes(4), r.bytes(5)
    r.done()
    return (
        is_line(title, 120)
        and is_text(text, 8192)
        and (title or answered and text)
        and len(tags) <= 8
        and all(map(is_word, tags))
        and len(answered) in (0, 32)
        and (not language or is_made_of(language, SMALL, 2, 3))
    )


def is_app_data(payload, _):
    r = strict.Reader(payload)
    r.number32(1)
    data = r.bytes(2)
    r.done()
    return len(data) <= 16384


def entry_subject(data):
    """What an entry is about; None: it is not right."""
    r = strict.Reader(data)
    recommends, thing, publisher = r.number32(1), r.bytes(2), r.bytes(3)
    word, kind, reason = r.bytes(4), r.number32(5), r.bytes(6)
    r.done()
    said = [
        (field, value)
        for field, value in ((2, thing), (3, publisher), (4, word), (5, kind))
        if value
    ]
    right = (
        recommends <= 1
        and len(said) == 1
        and len(thing) in (0, 32)
        and len(publisher) in (0, 32)
        and (not word or is_word(word))
        and is_line(reason, 120)
    )
    return said[0] if right else None


def is_list(payload, _):
    if len(payload) > 32768:
        return False
    r = strict.Reader(payload)
    name, about, entries = r.bytes(1), r.bytes(2), parts(r, 3)
    r.done()
    if len(entries) > 256:
        return False
    subjects = [entry_subject(one) for one in entries]
    return (
        is_line(name, 60, 1)
        and is_text(about, 1000)
        and None not in subjects
        and are_different(subjects, 256)
    )


RULES = {
    2: is_offer, 4: is_mailbox, 6: is_profile, 7: is_post, 8: pictures.is_picture, 9: is_app_data,
    10: is_list,
}  # fmt: skip


def is_right(fields, payload):
    """Of kinds that are not known, everything is."""
    try:
        return bool(RULES.get(fields["kind"], lambda *_: True)(payload, fields))
    except strict.Malformed:
        return False

"""A stranger's node, for tests: as much of docs/protocol.md as it takes to be a peer, honest or
not.

Written from docs/protocol.md and the .proto files alone, with the standard library; only Ed25519
comes from the program `openssl`. It reaches a node where the node's Tor does: at the Unix socket of
its onion service.
"""
import base64
import contextlib
import hashlib
import itertools
import os
import secrets
import socket
import ssl
import struct
import subprocess
import tempfile
import time
from pathlib import Path

LOCAL = 2  # network id
OFFER, MAIL, MAIL_REMOVAL = 2, 1, 3
STEP = 600
DAY = 24 * 3600
FRAME_BYTES_MAX = 262144
WAIT_SECONDS = 20

_circuits = itertools.count(1)


# --- protobuf, as far as needed: (number, value) pairs, ints as varints, bytes as they are ---


class Message(bytes):
    """A message that another one may hold: it is there even if it is empty."""


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def message(*fields):
    """In the one encoding that is accepted, if the numbers ascend: what is 0 or empty is left
    out."""
    out = b""
    for number, value in fields:
        if isinstance(value, str):
            value = value.encode()
        if isinstance(value, bytes):
            if not value and not isinstance(value, Message):
                continue
            out += varint(number << 3 | 2) + varint(len(value)) + value
        elif value:
            out += varint(number << 3) + varint(value)
    return Message(out)


def fixed64(number, value):
    return varint(number << 3 | 1) + struct.pack("<Q", value) if value else b""


def parse(data):
    """[(number, value), ...]"""
    out, at = [], 0

    def take_varint():
        nonlocal at
        number, shift = 0, 0
        while True:
            byte = data[at]
            at += 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    while at < len(data):
        key = take_varint()
        if key & 7 == 0:
            value = take_varint()
        elif key & 7 == 1:
            value, at = struct.unpack_from("<Q", data, at)[0], at + 8
        elif key & 7 == 2:
            size = take_varint()
            value, at = bytes(data[at : at + size]), at + size
        else:
            raise ValueError(f"wire type {key & 7}")
        out.append((key >> 3, value))
    return out


# --- keys and certificates ---


def openssl(*words, data=None):
    done = subprocess.run(
        ["openssl", *words], input=data, capture_output=True, timeout=30, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"openssl {words[0]}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout


class Key:
    """An Ed25519 key in a file, as `openssl` needs it; and certificates of it."""

    def __init__(self, folder, kind="ed25519", options=()):
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.file = str(self.folder / "key.pem")
        openssl("genpkey", "-algorithm", kind, *options, "-out", self.file)
        self.public = openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")[-32:]

    def certificate(self, subject="/CN=hearsay", issuer=None):
        """Path of a certificate: self-signed, or signed by another key."""
        path = str(self.folder / "certificate.pem")
        if issuer is None:
            openssl(
                "req", "-x509", "-new", "-key", self.file, "-subj", subject, "-days", "30",
                "-out", path,
            )  # fmt: skip
        else:
            request = openssl("req", "-new", "-key", self.file, "-subj", subject)
            openssl(
                "x509", "-req", "-CA", issuer.certificate("/CN=issuer"), "-CAkey", issuer.file,
                "-days", "30", "-set_serial", "1", "-out", path, data=request,
            )  # fmt: skip
        return path

    def sign(self, data):
        with tempfile.NamedTemporaryFile(dir=self.folder) as file:
            file.write(data)
            file.flush()
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.file, "-in", file.name)


def onion_of(key):
    """The onion address of a node with this key (Tor's rend-spec-v3)."""
    check = hashlib.sha3_256(b".onion checksum" + key.public + b"\3").digest()[:2]
    return base64.b32encode(key.public + check + b"\3").decode().lower() + ".onion"


# --- items (sections 4, 5, 8) ---


def tag(text):
    return text.encode() + b"\0"


def header(
    publisher=None, payload=b"", network=LOCAL, kind=OFFER, created=None, lifetime=2 * STEP,
    sequence=1, slot=None, claim=None, **_,
):  # fmt: skip
    created = int(time.time()) // STEP * STEP if created is None else created
    claim = claim or (
        8,
        message((1, publisher), (2, slot or secrets.token_bytes(16)), (3, sequence)),
    )
    return message(
        (1, 1), (2, network), (3, kind), (4, created), (5, created + lifetime), (6, len(payload)),
        (7, hashlib.sha256(payload).digest()), claim,
    )  # fmt: skip


def item_id(head, signature):
    return hashlib.sha256(
        tag("hearsay item v1") + struct.pack(">I", len(head)) + head + signature
    ).digest()


def thing_id(head):
    claim = dict(parse(dict(parse(head))[8]))
    return hashlib.sha256(tag("hearsay thing v1") + claim[1] + claim[2]).digest()


def find_work(head, payload, signature):
    times = dict(parse(head))
    size = len(head) + len(payload) + len(signature) + 8
    trials = 560 * (size + 1000) * (65536 + times[5] - times[4]) // 65536
    each = item_id(head, signature)
    quick = Path(os.environ.get("HEARSAY_PROGRAMS", "")) / "hearsay-find-work"
    if quick.is_file():
        return int(
            subprocess.run(
                [quick, each.hex(), str(trials)], capture_output=True, timeout=60, check=True
            ).stdout
        )
    bound = (1 << 64) // trials
    start = hashlib.sha256(tag("hearsay pow v1") + each)
    for nonce in itertools.count():
        work = start.copy()
        work.update(nonce.to_bytes(8, "big"))
        if int.from_bytes(work.digest()[:8], "big") < bound:
            return nonce
    raise AssertionError


def offer_payload(title):
    return message((1, title), (2, "from a stranger"))


class Item:
    """An item whose parts can be spoiled before it is sent. `worked` False leaves the work out."""

    def __init__(self, key, payload, worked=True, signed=None, **fields):
        self.header = header(key.public, payload, **fields)
        self.lifetime = fields.get("lifetime", 2 * STEP)
        self.payload = payload
        self.signature = (
            key.sign(tag("hearsay publication v1") + self.header) if signed is None else signed
        )
        self.nonce = find_work(self.header, payload, self.signature) if worked else 0

    @property
    def id(self):
        return item_id(self.header, self.signature)

    @property
    def thing(self):
        return thing_id(self.header).hex()

    def wire(self):
        return (
            message((1, self.header), (2, self.payload), (3, self.signature))
            + fixed64(4, self.nonce)
        )


class SealedMail(Item):
    """A mail that nobody can open: the network cannot tell. `secret` removes it."""

    def __init__(self, size=3584, lifetime=DAY, **fields):
        self.secret = secrets.token_bytes(32)
        commitment = hashlib.sha256(tag("hearsay removal v1") + self.secret).digest()
        claim = (9, message((1, commitment), (2, secrets.token_bytes(32))))
        self.take(secrets.token_bytes(size), kind=MAIL, claim=claim, lifetime=lifetime, **fields)

    def take(self, payload, **fields):
        self.header = header(None, payload, **fields)
        self.lifetime = fields.get("lifetime", 2 * STEP)
        self.payload = payload
        self.signature = b""
        self.nonce = find_work(self.header, payload, b"")


class Removal(SealedMail):
    """Of a mail, by its secret or another one."""

    def __init__(self, mail, secret=None, payload=None):
        times = dict(parse(mail.header))
        self.take(
            mail.header if payload is None else payload, kind=MAIL_REMOVAL, created=times[4],
            lifetime=times[5] - times[4], claim=(10, message((1, secret or mail.secret))),
        )  # fmt: skip


def flipped(data, bit=0):
    out = bytearray(data)
    out[bit // 8] ^= 1 << bit % 8
    return bytes(out)


# --- links (sections 2 and 3) ---


def frame(body):
    return struct.pack(">I", len(body)) + body


def hello(network=LOCAL, oldest=1, visit=0, newest=0, features=(), more=b""):
    """`more`: fields of a later version."""
    body = message(
        (1, oldest), (2, network), (3, int(time.time()) // 60 * 60), (4, 1), (6, visit),
        (7, newest), (8, b"".join(map(varint, features))),
    )  # fmt: skip
    return message((1, Message(body + more)))


def items_frame(*items, hops=0):
    return message((4, message(*((1, item.wire()) for item in items), (2, hops))))


# --- finding peers (section 8) ---

FIND, CONTACTS = 15, 16


def node_id(key):
    return hashlib.sha256(key).digest()


def find_frame(number, target):
    return message((FIND, message((1, number), (2, target))))


def contacts_frame(number, *keys):
    return message((CONTACTS, message((1, number), (2, b"".join(keys)))))


# --- flooding (section 6) ---

ANNOUNCE, REQUEST, PUSH, FLOOR = 12, 13, 14, 17


PROBE, HELD = 18, 19


def probe_frame(number, *ids):
    return message((PROBE, message((1, number), (2, b"".join(ids)))))


def told_held(received):
    """Of a Held: number and a truth for each id; none: it does not say."""
    number, fields = received[0], dict(parse(received[1]))
    assert number == HELD, received
    return fields.get(1, 0), [byte == 1 for byte in fields.get(2, b"")]


def store_class(item):
    """Section 4, "Levels": by the kind, the third field of a header, here of one byte."""
    return {1: 0, 3: 0, 2: 1, 4: 1, 6: 1, 5: 2, 8: 4}.get(item.header[5], 3)


def announce_frame(*items, nonce=None, sizes=None, lifetimes=None):
    """`nonce`, `sizes` and `lifetimes` spoil it."""
    nonces = b"".join(struct.pack("<Q", item.nonce if nonce is None else nonce) for item in items)
    own = [len(item.header) + len(item.payload) + len(item.signature) + 8 for item in items]
    sizes = own if sizes is None else sizes
    ids = b"".join(item.id for item in items)
    packed = b"".join(varint(size) for size in sizes)
    lifetimes = [item.lifetime for item in items] if lifetimes is None else lifetimes
    return message(
        (
            ANNOUNCE,
            message(
                (1, ids), (2, nonces), (3, packed), (4, b"".join(map(varint, lifetimes))),
                (5, bytes(map(store_class, items))),
            ),
        )
    )


def request_frame(*ids):
    return message((REQUEST, message((1, b"".join(ids)))))


def push_frame(below):
    return message((PUSH, message((1, below))))


def floor_frame(*levels):
    return message((FLOOR, message((1, bytes(levels)))))


def client_context(certificate=None, key=None, alpn="hearsay/1", version=ssl.TLSVersion.TLSv1_3):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    if alpn:
        context.set_alpn_protocols([alpn])
    if certificate:
        context.load_cert_chain(certificate, key)
    return context


def onion_socket(directory, proxy_line=True):
    """A stream to a node's onion service as its Tor makes it: each with a circuit of its own."""
    stream = socket.socket(socket.AF_UNIX)
    stream.settimeout(WAIT_SECONDS)
    folder = os.open(directory / "run", os.O_PATH | os.O_DIRECTORY)
    try:
        stream.connect(f"/proc/self/fd/{folder}/onion")  # the directory's own path may be too long
    finally:
        os.close(folder)
    if proxy_line:
        circuit = next(_circuits)
        stream.sendall(
            (
                f"PROXY TCP6 fc00:dead:beef:4dad::{circuit >> 16:x}:{circuit & 0xFFFF:x} "
                "::1 7788 7788\r\n"
            ).encode()
        )
    return stream


class Link:
    """A TLS link to a node. Reads fail with an exception after WAIT_SECONDS."""

    def __init__(self, stream):
        self.stream = stream

    def send(self, *bodies):
        self.stream.sendall(b"".join(map(frame, bodies)))

    def send_bytes(self, data):
        self.stream.sendall(data)

    def receive(self):
        """The next frame as (number of its body, body), or None if the link ended."""
        head = self._exactly(4)
        if head is None:
            return None
        body = self._exactly(struct.unpack(">I", head)[0])
        return None if body is None else parse(body)[0]

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            try:
                more = self.stream.recv(size - len(data))
            except (ssl.SSLError, ConnectionError) as error:
                if isinstance(error, TimeoutError):
                    raise
                return None
            if not more:
                return None
            data += more
        return data

    def wait_for(self, number):
        """The fields of the next frame of this kind; others are passed over."""
        while (frame := self.receive()) is not None:
            if frame[0] == number:
                return parse(frame[1])
        raise AssertionError(f"the link ended before a frame {number} came")

    def wait_end(self):
        """Reads until the node ends the link; what came meanwhile."""
        frames = []
        while (next_one := self.receive()) is not None:
            frames.append(next_one)
        return frames

    def close(self):
        with contextlib.suppress(OSError):
            self.stream.close()


def link(directory, context):
    return Link(context.wrap_socket(onion_socket(directory), server_hostname=None))


def held(directory, key, asked, known):
    """Which of these ids the node answers a request for, as a peer with this key; it certainly has
    `known`."""
    met = link(directory, client_context(key.certificate(), key.file))
    met.send(hello(), request_frame(*asked, known))
    given = set()
    while known not in given:
        for number, value in met.wait_for(4):  # Items
            if number == 1:
                fields = dict(parse(value))
                given.add(item_id(fields[1], fields.get(3, b"")))
    met.close()
    return given & set(asked)


# --- addresses (section 11) ---

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _polymod(values):
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> i & 1 else 0
    return check


def bech32m(prefix, data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[i : i + 5], 2) for i in range(0, len(bits), 5)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod(expanded + values + [0] * 6) ^ 0x2BC830A3
    values += [check >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(_LETTERS[value] for value in values)


def mailbox_address():
    """The address of a mailbox whose key nobody has."""
    return bech32m("hsm", secrets.token_bytes(32))

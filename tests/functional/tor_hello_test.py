"""What our Tor offers to relays: it is built with the same OpenSSL as the node, so that circuits,
too, stay closed to who records them now and breaks X25519 later."""
import socket

import tornet_config
from support import NodeTest

X25519MLKEM768 = 4588  # draft-ietf-tls-ecdhe-mlkem
HELLO_SECONDS = 60
HELLO_BYTES_MAX = 16384
GROUPS_EXTENSION, KEY_SHARES_EXTENSION = 10, 51


class Reader:
    """Big-endian fields of a byte string."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        taken, self.data = self.data[:size], self.data[size:]
        assert len(taken) == size, "a hello that is cut short"
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def vector(self, size):
        return Reader(self.take(self.number(size)))


def extensions(hello):
    """Extensions of a ClientHello (RFC 8446, section 4.1.2) by number."""
    reader = Reader(hello)
    reader.take(2 + 32)  # version, random
    for size in (1, 2, 1):  # session id, cipher suites, compression
        reader.vector(size)
    left, found = reader.vector(2), {}
    while left.data:
        found[left.number(2)] = left.vector(2)
    return found


def read_exactly(stream, size):
    data = b""
    while len(data) < size:
        more = stream.recv(size - len(data))
        assert more, "the stream ended in the hello"
        data += more
    return data


def read_hello(stream):
    """The body of the ClientHello, over as many records as it takes."""
    body = b""
    while len(body) < 4 or len(body) < 4 + int.from_bytes(body[1:4], "big"):
        kind, _, size = (
            int.from_bytes(part, "big") for part in (
                read_exactly(stream, 1), read_exactly(stream, 2), read_exactly(stream, 2)
            )
        )  # fmt: skip
        assert kind == 22 and len(body) < HELLO_BYTES_MAX, "no handshake record"
        body += read_exactly(stream, size)
    assert body[0] == 1, "not a ClientHello"
    return body[4:4 + int.from_bytes(body[1:4], "big")]


class TorHelloTest(NodeTest):
    def test_tor_offers_relays_the_hybrid_key_exchange_and_brings_a_key_for_it(self):
        with socket.create_server(("127.0.0.1", 0)) as relay:
            relay.settimeout(HELLO_SECONDS)
            torrc = self.top / "relay.torrc"
            authority = tornet_config.authority_line(
                relay.getsockname()[1], 1, "A" * 40, "B" * 40
            )
            torrc.write_text(tornet_config.client_torrc(authority))
            node = self.node("a", network=False)
            node.torrc = torrc
            node.launch()
            stream, _ = relay.accept()
            with stream:
                stream.settimeout(HELLO_SECONDS)
                found = extensions(read_hello(stream))
        groups, listed = found[GROUPS_EXTENSION].vector(2), []
        while groups.data:
            listed.append(groups.number(2))
        self.assertEqual(listed[0], X25519MLKEM768, f"groups: {listed}")
        shares, brought = found[KEY_SHARES_EXTENSION].vector(2), []
        while shares.data:
            brought.append(shares.number(2))
            shares.vector(2)
        self.assertIn(X25519MLKEM768, brought)

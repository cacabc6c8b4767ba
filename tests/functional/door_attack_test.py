"""Strangers at the door: those who hold places, never finish, never read and never stop keep nobody
out and fill nothing.

The node's Tor is out of the way: strangers come to the Unix socket where it would deliver their
streams. So the attacker is as fast as this machine and pays for no circuit.
"""
import contextlib
import itertools
import resource
import secrets
import ssl
import struct
import tempfile
import threading
import time
import unittest
from pathlib import Path

import stranger
from stranger import (
    FRAME_BYTES_MAX, Key, SealedMail, find_frame, frame, hello, items_frame, message, node_id
)
from support import NodeTest, Watch, measured

HALF_OPEN = 1000  # at once
NEW_A_SECOND = 50
HONEST_TRIES = 25
HONEST_SECONDS = 10
STANDING, PASSING = 48, 24  # strangers' places, and visitors to make 72 links
HANDSHAKE_BYTES_MAX = 16 * 1024  # more is no handshake to a node
MEMORY_MAX = 64  # MiB above an idle node's
PING, PONG, HAVE, COMPARE = 2, 3, 5, 7


def open_files_wanted():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Crowd:
    """A thread that makes streams with `make` - so many at once, then so many a second - and holds
    them as long as the node lets it. `make` returns what has a `stream`, or a socket."""

    def __init__(self, make, at_once, a_second):
        self._make, self._at_once, self._pause = make, at_once, 1 / a_second
        self._end = threading.Event()
        self.begun = threading.Event()  # the first crowd is there
        self.made = 0
        self._held = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        for one in self._held:
            one.close()

    def _run(self):
        due = time.monotonic()
        while not self._end.is_set():
            with contextlib.suppress(OSError, AssertionError, TypeError):
                self._held.append(self._make())
            self.made += 1
            if len(self._held) > 4 * HALF_OPEN:  # the node let these go long ago
                self._held.pop(0).close()
            if self.made < self._at_once:
                continue
            self.begun.set()
            due = max(due + self._pause, time.monotonic() - 1)
            self._end.wait(max(0, due - time.monotonic()))


class DoorTest(NodeTest):
    def setUp(self):
        super().setUp()
        open_files_wanted()
        self.victim = self.node("node", network=False).start()
        self.keys = [Key(self.top) for _ in range(2)]

    def stream(self, proxy_line=True):
        return stranger.onion_socket(self.victim.directory, proxy_line)

    def context(self, key=None):
        return (
            stranger.client_context(key.certificate(), key.file)
            if key
            else stranger.client_context()
        )

    def link(self, context, *first):
        link = stranger.link(self.victim.directory, context)
        link.send(*first)
        return link

    def gets_in(self, act):
        """Whether `act` succeeds within HONEST_SECONDS; a peer that fails tries again, as nodes
        do."""
        end = time.monotonic() + HONEST_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError, AssertionError, TypeError):
                act()
                return True
            time.sleep(0.2)
        return False

    def holds(self, what, crowd, *acts):
        """Each of these acts of honest peers succeeds, again and again, among the crowd."""
        with crowd:
            self.assertTrue(crowd.begun.wait(120), "the crowd did not come")
            watch, worst = Watch(), 0
            for act in acts:
                done = 0
                for _ in range(HONEST_TRIES):
                    one = Watch()
                    done += self.gets_in(act)
                    worst = max(worst, one.seconds)
                self.assertEqual(
                    done, HONEST_TRIES, f"honest peers that {act.__name__} among {what}"
                )
            measured(
                f"{what}: {crowd.made} streams; "
                f"{len(acts) * HONEST_TRIES} honest, the slowest took",
                worst,
            )
            self.assertGreater(crowd.made, HALF_OPEN / 2)
            self.assertLess(watch.seconds, len(acts) * HONEST_TRIES * HONEST_SECONDS)

    def link_and_ping(self):
        link = self.link(self.honest, hello(), message((PING, stranger.fixed64(1, 7))))
        link.wait_for(PONG)
        link.close()


class HalfOpen(DoorTest):
    def setUp(self):
        super().setUp()
        self.honest = self.context(self.keys[0])

    def crowd(self, make):
        return Crowd(make, HALF_OPEN, NEW_A_SECOND)

    def sending(self, data, proxy_line=True):
        def make():
            stream = self.stream(proxy_line)
            stream.sendall(data)
            return stream

        return self.crowd(make)

    def test_streams_that_never_name_their_circuit_keep_nobody_out(self):
        self.holds("streams without a PROXY line", self.sending(b"", False), self.link_and_ping)
        self.holds(
            "streams with half a PROXY line",
            self.sending(b"PROXY TCP6 fc", False),
            self.link_and_ping,
        )

    def test_streams_without_tls_keep_nobody_out(self):
        self.holds("streams without TLS", self.sending(b""), self.link_and_ping)
        self.holds(
            "streams of another protocol",
            self.sending(b"GET / HTTP/1.1\r\n\r\n"),
            self.link_and_ping,
        )

    def test_handshakes_that_never_end_keep_nobody_out(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context().wrap_bio(incoming, outgoing)
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        client_hello = outgoing.read()
        self.holds("half a client hello", self.sending(client_hello[:100]), self.link_and_ping)
        self.holds(
            "client hellos that answer nothing", self.sending(client_hello), self.link_and_ping
        )

    def test_links_without_a_hello_keep_nobody_out(self):
        context = self.context()
        self.holds(
            "links without a Hello", self.crowd(lambda: self.link(context)), self.link_and_ping
        )

        def half():
            link = self.link(context)
            link.send_bytes(frame(hello())[:9])
            return link

        self.holds("links with half a Hello", self.crowd(half), self.link_and_ping)


class Visitors(DoorTest):
    def ask(self):
        link = self.link(self.asking, hello(visit=1), find_frame(1, node_id(self.keys[0].public)))
        link.wait_for(stranger.CONTACTS)
        link.close()

    def hand_over(self):
        before = self.items()
        mail = self.mails.pop()
        link = self.link(self.unnamed, hello(), items_frame(mail))
        end = time.monotonic() + HONEST_SECONDS
        while self.items() == before:
            if time.monotonic() > end:
                raise AssertionError("the item was not taken")
            time.sleep(0.05)
        link.close()

    def items(self):
        return int(self.victim.status().get("items", 0))

    def test_visitors_who_stay_keep_neither_askers_nor_injectors_out(self):
        self.asking, self.unnamed = self.context(self.keys[0]), self.context()
        self.mails = [SealedMail() for _ in range(HONEST_TRIES + 5)]
        hostile = self.context(self.keys[1])
        kinds = itertools.cycle(
            (lambda: self.link(hostile, hello(visit=1)), lambda: self.link(self.unnamed, hello()))
        )
        self.holds(
            "visitors who stay",
            Crowd(lambda: next(kinds)(), HALF_OPEN, 2 * NEW_A_SECOND),
            self.ask,
            self.hand_over,
        )


class Memory(NodeTest):
    """What 72 links can make a node hold, by whatever they send and do not read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="hearsay-test-"))
        cls.keys = [Key(cls.folder) for _ in range(STANDING)]
        cls.contexts = [stranger.client_context(key.certificate(), key.file) for key in cls.keys]

    def setUp(self):
        super().setUp()
        open_files_wanted()
        self.victim = self.node("node", network=False).start()

    def resident(self):
        for line in Path(f"/proc/{self.victim.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")

    def refused(self, fault):
        return int(self.victim.status().get("refused", {}).get(fault, 0))

    def links(self):
        links = [stranger.link(self.victim.directory, context) for context in self.contexts]
        links += [
            stranger.link(self.victim.directory, stranger.client_context()) for _ in range(PASSING)
        ]
        for link in links:
            link.send(hello())
            self.addCleanup(link.close)
        for link in links:
            link.receive()
            link.stream.setblocking(False)
        return links

    def flood(self, what, data_for, links=None, megabytes=60, before=None):
        """Sends data_for(link) to each link again and again, reads nothing, until so much went or
        nobody takes any more; then leaves, and waits for the memory to be given back."""
        idle = self.resident()
        links = self.links() if links is None else links
        for link in links if before else ():
            before(link)
        left = {link: memoryview(data_for(link)) for link in links}
        at = dict.fromkeys(links, 0)
        peak, sent, quiet = idle, 0, 0
        while left and sent < megabytes << 20 and quiet < 100:
            moved = 0
            for link in list(left):
                try:
                    moved += (n := link.stream.send(left[link][at[link] : at[link] + 65536]))
                    at[link] = (at[link] + n) % len(left[link])
                except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
                    pass
                except OSError:
                    del left[link]  # the node cut it
            peak = max(peak, self.resident())
            sent += moved
            quiet = 0 if moved else quiet + 1
            if not moved:
                time.sleep(0.02)
        self.assertGreater(sent, 0)
        measured(
            f"{what}: sent {sent >> 20} MiB over {len(links)} links, {len(links) - len(left)} were "
            f"cut; resident {idle:.0f} -> {peak:.0f} MiB"
        )
        self.assertLess(peak - idle, MEMORY_MAX)
        self.assertEqual(self.victim.status()["store"]["state"], "ready")
        for link in links:
            link.close()
        self.victim.wait_until(
            lambda: self.resident() < idle + MEMORY_MAX / 4, 60, "the memory to be given back"
        )

    def test_questions_whose_answers_are_never_read(self):
        pings = b"".join(
            frame(message((PING, stranger.fixed64(1, number)))) for number in range(1, 5000)
        )
        self.flood("pings", lambda link: pings)
        finds = b"".join(frame(find_frame(number, node_id(b"k" * 32))) for number in range(1, 3000))
        self.flood("finds", lambda link: finds, self.links_again())

    def links_again(self):
        """After a flood that may have cost the keys their welcome: a fresh node."""
        self.victim.stop()
        self.victim = self.node("again", network=False).start()
        return self.links()

    def test_requests_of_large_items_that_are_never_read(self):
        large = SealedMail(size=9216)
        giver = stranger.link(self.victim.directory, stranger.client_context())
        giver.send(hello(), items_frame(large))
        self.victim.wait_until(
            lambda: int(self.victim.status().get("items", 0)) == 1, 30, "the item"
        )
        giver.close()
        request = frame(stranger.request_frame(*[large.id] * 1000))
        self.flood("requests", lambda link: request)

    def test_lists_without_end(self):
        def compare(link):
            with contextlib.suppress(OSError):
                link.send(
                    message(
                        (
                            COMPARE,
                            message((1, secrets.token_bytes(16)), (2, bytes(24)), (3, 1 << 20)),
                        )
                    )
                )

        pages = b"".join(
            frame(message((HAVE, message((1, page), (2, secrets.token_bytes(32000))))))
            for page in range(1, 40)
        )
        self.flood("pages of ids", lambda link: pages, before=compare)

    def test_items_without_work(self):
        junk = [MailWithoutWork(33792) for _ in range(6)]
        bodies = frame(items_frame(*junk))
        self.flood("items without work", lambda link: bodies)

    def test_frames_that_are_never_finished(self):
        whole = struct.pack(">I", FRAME_BYTES_MAX) + bytes(FRAME_BYTES_MAX - 1)
        self.flood("frames without their last byte", lambda link: whole, megabytes=17)

    def test_handshakes_of_the_largest_size(self):
        idle = self.resident()
        streams = []
        # Its header and what it holds come to one byte more, the one that is kept back.
        size = HANDSHAKE_BYTES_MAX - 4
        record = b"\x16\x03\x01" + struct.pack(">H", size) + b"\x01\x01\xff\x00" + bytes(size - 4)
        self.assertEqual(len(record) - 1, HANDSHAKE_BYTES_MAX)
        peak = idle
        for _ in range(600):
            stream = stranger.onion_socket(self.victim.directory)
            self.addCleanup(stream.close)
            streams.append(stream)
            with contextlib.suppress(OSError):
                stream.sendall(record[:-1])
            peak = max(peak, self.resident())
        self.victim.wait_until(
            lambda: self.refused("too_many_requests") > 0, 60, "the first of them to make way"
        )
        peak = max(peak, self.resident())
        measured(
            f"600 client hellos without their last byte: resident {idle:.0f} -> {peak:.0f} MiB"
        )
        self.assertLess(peak - idle, MEMORY_MAX)
        self.assertEqual(self.refused("bad_handshake"), 0)
        longer = stranger.onion_socket(self.victim.directory)
        self.addCleanup(longer.close)
        longer.sendall(b"\x16\x03\x01\x40\x00" + bytes(16383))
        self.assertEqual(longer.recv(1), b"", "a handshake that is too long is waited for")
        self.victim.wait_until(
            lambda: self.refused("bad_handshake") == 1, 20, "bad_handshake to be counted"
        )

    def test_records_that_are_never_finished(self):
        idle = self.resident()
        peak = idle
        for number in range(STANDING + PASSING):
            context = self.contexts[number] if number < STANDING else stranger.client_context()
            half = HalfRecord(self.victim.directory, context)
            self.addCleanup(half.close)
            peak = max(peak, self.resident())
        measured(f"72 records without their last byte: resident {idle:.0f} -> {peak:.0f} MiB")
        self.assertLess(peak - idle, MEMORY_MAX / 2)


class MailWithoutWork(SealedMail):
    def take(self, payload, **fields):
        self.header, self.payload, self.signature, self.nonce = (
            stranger.header(None, payload, **fields),
            payload,
            b"",
            1,
        )


class HalfRecord:
    """A link after its Hello, and the next record of the largest size without its last byte."""

    def __init__(self, directory, context):
        self.stream = stranger.onion_socket(directory)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.stream.sendall(outgoing.read())
                incoming.write(self.stream.recv(65536))
        tls.write(frame(hello()))
        tls.write(struct.pack(">I", FRAME_BYTES_MAX) + bytes(16380))
        self.stream.sendall(outgoing.read()[:-1])

    def close(self):
        self.stream.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Origin privacy: what a node publishes leaves it by an anonymous visit only, until it comes back
to it.

The strangers are stranger.py: one that the node dials as its only known peer, behind an onion
service of a real Tor, and one that is linked at the node's own socket. They write down every frame
that the node sends them.
"""
import contextlib
import hashlib
import os
import socket
import ssl
import stat
import threading
import time
import unittest

import stranger
from stranger import Key, hello, message
from support import FIXED, NodeTest, Watch, measured, private_network
from torprocess import TorProcess, find_program, quoted

HELLO, PING, PONG, ITEMS, HAVE, WANT, COMPARE = 1, 2, 3, 4, 5, 6, 7


class Recorder:
    """One link to the node under test: its frames, in order. Polite, holds nothing and begins
    nothing."""

    def __init__(self, link):
        self.link = link
        self.frames = []  # (number, body)
        self.page = 0
        self.ended = False
        self._lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, *bodies):
        with self._lock:
            self.link.send(*bodies)

    def compare(self):
        """Tells that we hold nothing: the node lists all it has."""
        self.send(message((COMPARE, message((1, bytes(16)), (2, bytes(24))))))

    def bodies(self, number):
        return [body for kind, body in list(self.frames) if kind == number]

    @property
    def is_listed(self):
        """Its Hello says that it accepts links; a visitor's does not."""
        return any(dict(stranger.parse(body)).get(4) for body in self.bodies(HELLO))

    def carries(self, *needles):
        return any(needle in body for _, body in list(self.frames) for needle in needles)

    def _read(self):
        with contextlib.suppress(OSError, IndexError, ValueError):
            while (got := self._next()) is not None:
                self.frames.append(got)
                self._answer(*got)
        self.ended = True

    def _next(self):
        while True:
            try:
                return self.link.receive()
            except TimeoutError:
                continue  # the node pings every 90 s; the test ends the link

    def _answer(self, number, body):
        if number == PING:
            self.send(message((PONG, body)))
        elif number == COMPARE:
            self._list_nothing()
        elif number == HAVE:
            self._list_nothing()
            self.send(message((WANT, message((1, dict(stranger.parse(body))[1])))))

    def _list_nothing(self):
        if self.page == 0:
            self.page = 1
            self.send(message((HAVE, message((1, 1), (3, 1)))))


class StrangersService:
    """A stranger's node at an onion of its own. It takes links and visits, and tells nobody of what
    it got."""

    def __init__(self, top, network):
        self.key = Key(top)
        self.links = []
        folder = top / "strangers-tor"
        service = folder / "service"
        service.mkdir(parents=True)
        for path in (folder, service):
            path.chmod(stat.S_IRWXU)
        (service / "hs_ed25519_secret_key").write_bytes(self._expanded())
        socket_path = top / "stranger.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(socket_path))
        os.chmod(socket_path, 0o666)
        self.listener.listen()
        lines = network.client_torrc.read_text() + (
            f"SocksPort 0\nHiddenServiceDir {quoted(service)}\n"
            f"HiddenServicePort 7788 unix:{socket_path}\n"
        )
        self.tor = TorProcess(find_program("tor"), "stranger", folder, lines)
        self.tor.start()
        self.name = service / "hostname"
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.load_cert_chain(self.key.certificate(), self.key.file)
        self.context.set_alpn_protocols(["hearsay/1"])
        threading.Thread(target=self._accept, daemon=True).start()

    def _expanded(self):
        """The key as Tor keeps it: RFC 8032, section 5.1.5."""
        seed = stranger.openssl("pkey", "-in", self.key.file, "-outform", "DER")[-32:]
        half = bytearray(hashlib.sha512(seed).digest())
        half[0] &= 248
        half[31] = half[31] & 127 | 64
        return b"== ed25519v1-secret: type0 ==".ljust(32, b"\0") + bytes(half)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                stream, _ = self.listener.accept()
                stream.settimeout(stranger.WAIT_SECONDS)
                with contextlib.suppress(OSError):
                    link = stranger.Link(self.context.wrap_socket(stream, server_side=True))
                    link.send(hello())
                    self.links.append(Recorder(link))

    @property
    def listed(self):
        return [link for link in list(self.links) if link.is_listed]

    @property
    def visits(self):
        return [link for link in list(self.links) if link.bodies(HELLO) and not link.is_listed]

    def end(self):
        self.listener.close()
        for link in list(self.links):
            link.link.close()
        self.tor.ask_to_end()
        self.tor.finish(2)


class OriginPrivacy(NodeTest):
    def linked_stranger(self, node):
        """A listed link to the node, at the socket where its Tor delivers streams."""
        key = Key(self.top)
        link = stranger.link(node.directory, stranger.client_context(key.certificate(), key.file))
        self.addCleanup(link.close)
        link.send(hello())
        recorder = Recorder(link)
        node.wait_until(lambda: recorder.bodies(HELLO), 20, "the node's Hello")
        return recorder

    def test_the_originators_links_never_carry_its_offer_before_it_came_back(self):
        outside = StrangersService(self.top, private_network())
        self.addCleanup(outside.end)
        a = self.node("a", options=FIXED).start()
        a.wait_until(outside.name.exists, 30, "the stranger's onion address")
        a.ask("peers", "add", outside.name.read_text().strip())
        a.wait_connected()
        beside = self.linked_stranger(a)

        watch = Watch()
        offer = self.publish(a, "Nobody's honey", text="From nowhere.")
        item = bytes.fromhex(a.ask("offer", "show", offer)["item"])
        needles = (item, b"Nobody's honey")
        visit = a.wait_until(
            lambda: next((each for each in outside.visits if each.bodies(ITEMS)), None),
            60,
            "the anonymous visit that hands it over",
        )
        measured("published and handed over by an anonymous visit after", watch.seconds)
        self.assertEqual([number for number, _ in visit.frames], [HELLO, ITEMS])
        ((number, wire),) = stranger.parse(visit.bodies(ITEMS)[0])
        self.assertEqual((number, visit.carries(needles[1])), (1, True))
        parts = dict(stranger.parse(wire))
        self.assertEqual(stranger.item_id(parts[1], parts[3]), item)
        a.wait_until(lambda: visit.ended, 20, "the end of the visit")
        a.wait_until(
            lambda: a.ask("offer", "show", offer)["state"] == "injected",
            20,
            "the offer to be injected",
        )
        self.assertIn("not yet heard back (injected 1 time)", a.tell("offer", "show", offer))

        # Its links: nothing was pushed, and who asks for all it has is told of nothing.
        beside.compare()
        a.wait_until(lambda: beside.bodies(HAVE), 20, "the node's list")
        time.sleep(3)  # room for a mistake: a push would need far less
        self.assertEqual(
            dict(stranger.parse(beside.bodies(HAVE)[0])).get(2, b""), b"", "it lists something"
        )
        links = [beside, *outside.listed]
        self.assertEqual(len(links), 2)
        for link in links:
            self.assertFalse(link.ended)
            self.assertFalse(
                link.carries(*needles, parts[1]), "a link carried the offer before it came back"
            )
        self.assertEqual(int(a.status().get("items", 0)), 0)

        # It comes back from the one that had it: only now it is stored, and relayed.
        watch = Watch()
        outside.listed[0].send(message((ITEMS, message((1, wire)))))
        a.wait_until(lambda: beside.carries(needles[1]), 20, "the node to relay its own offer")
        measured("came back and was relayed after", watch.seconds)
        shown = a.ask("offer", "show", offer)
        self.assertEqual((shown["state"], shown["heard"], shown["injected"]), ("published", 1, 1))
        self.assertIn("heard back from the network: 1 peer", a.tell("offer", "show", offer))
        self.assertFalse(
            outside.listed[0].carries(*needles), "it was sent back to where it came from"
        )

    def test_an_offer_and_a_removal_cross_a_line_and_are_heard_back(self):
        a, b, c = self.line_of_three()
        watch = Watch()
        offer = self.publish(a, "Honey")
        c.wait_offer(offer)
        measured("offer from A to C", watch.seconds)
        a.wait_until(
            lambda: a.ask("offer", "show", offer).get("heard", 0) >= 1, 30, "A to hear it back"
        )
        measured("heard back after", watch.seconds)
        self.assertIn("heard back from the network: 1 peer\n", a.tell("offer", "show", offer))
        self.assertEqual(a.ask("offer", "show", offer)["state"], "published")
        a.ask("offer", "remove", offer)
        for node in (b, c):
            node.wait_until(lambda node=node: offer not in node.offers(), 60, "the removal")
        a.wait_for(
            "everything of A to be heard back", lambda status: not status.get("outbox_pending")
        )

    def test_what_was_acknowledged_is_injected_after_kill_9_and_a_node_alone_says_what_it_waits_for(
        self,
    ):
        a = self.node("a").start()
        offer = self.publish(a, "Patience")
        a.wait_until(
            lambda: a.ask("offer", "show", offer)["state"] == "queued", 30, "the work to be done"
        )
        shown = " ".join(a.tell("offer", "show", offer).split())  # its lines end at 80 columns
        self.assertIn("it waits for a peer: none is known", shown)
        a.kill()
        b = self.node("b").start()
        a.peers = [b.onion()]
        a.start()
        watch = Watch()
        b.wait_offer(offer)
        a.wait_until(
            lambda: a.ask("offer", "show", offer).get("heard", 0) >= 1, 30, "A to hear it back"
        )
        measured("killed, started with a peer, injected and heard back after", watch.seconds)


if __name__ == "__main__":
    unittest.main(verbosity=2)

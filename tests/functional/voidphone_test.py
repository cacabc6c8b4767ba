"""The VoidPhone gossip interface: two nodes on a private Tor network with two applications each.

The applications do to the byte what the functional client of the course does that defined the
messages: it subscribes, waits for a key, announces and closes; or it subscribes and reads frames,
two bytes and then the rest in one call, and says of each that it is valid."""
import encodings.idna  # noqa: F401  # another user may not read where Python lies
import os
import socket
import struct
import time
import unittest

from hearsay_node import FIXED
from support import NodeTest, Watch, measured

ANNOUNCE, NOTIFY, NOTIFICATION, VALIDATION = 500, 501, 502, 503
CHAT = 1337
FLOOD_SECONDS = 240  # its work, which gives way to all else here, an injection, and its way back
LOCAL_SECONDS = 10


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Application:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LOCAL_SECONDS)

    def announce(self, data, ttl=4, data_type=CHAT):
        frame = struct.pack(">HHBBH", 8 + len(data), ANNOUNCE, ttl, 0, data_type) + data
        self.socket.send(frame)

    def notify(self, data_type=CHAT):
        self.socket.send(struct.pack(">HHHH", 8, NOTIFY, 0, data_type))
        return self

    def notification(self, seconds=LOCAL_SECONDS):
        """(message id, data) of the next; fails unless it is a whole one of the right type."""
        self.socket.settimeout(seconds)
        size_bytes = self.socket.recv(2)
        if not size_bytes:
            raise EOFError("the node closed the connection")
        frame = size_bytes + self.socket.recv(struct.unpack(">H", size_bytes)[0] - 2)
        size, kind, message, data_type = struct.unpack(">HHHH", frame[:8])
        assert (size, kind, data_type) == (len(frame), NOTIFICATION, CHAT), frame[:8]
        return message, frame[8:]

    def validate(self, message, valid=True):
        self.socket.send(struct.pack(">HHHBB", 8, VALIDATION, message, 0, valid))

    def hear(self, data, seconds=LOCAL_SECONDS, valid=True):
        message, heard = self.notification(seconds)
        assert heard == data, (heard, data)
        self.validate(message, valid)

    def is_quiet(self):
        """Nothing came that is not read yet."""
        self.socket.setblocking(False)
        try:
            return not self.socket.recv(1)
        except BlockingIOError:
            return True
        finally:
            self.socket.setblocking(True)

    def is_ended(self, seconds=LOCAL_SECONDS):
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self):
        self.socket.close()


def settle(port, *listeners):
    """Returns once these are subscribed. A NOTIFY is not answered, so they are told something that
    stays here, until all have heard the same."""
    pinger = Application(port)
    for listener in listeners:
        end = time.monotonic() + LOCAL_SECONDS
        while True:
            pinger.announce(b"ping", ttl=1)
            try:
                listener.notification(0.2)
                break
            except TimeoutError:
                assert time.monotonic() < end, "a subscriber hears nothing"
    pinger.announce(b"settled", ttl=1)
    for listener in listeners:
        while listener.notification()[1] != b"settled":
            pass
    pinger.close()


class VoidPhone(NodeTest):
    seconds_max = 900

    def gossip_node(self, name, extra="", **settings):
        port = free_port()
        config = self.top / f"{name}.ini"
        config.write_text(
            "hostkey = /hostkey.pem\n[nse]\napi_address = nonsense\n[gossip]\n"
            f"cache_size = 50\nsearch_cooldown = 60\napi_address = 127.0.0.1:{port}\n{extra}"
        )
        options = (*FIXED, "--voidphone-config", str(config))
        return self.node(name, options=options, **settings), port

    def application(self, port):
        out = Application(port)
        self.addCleanup(out.close)
        return out

    def test_what_one_application_announces_others_on_another_node_hear(self):
        b, port_b = self.gossip_node("b")
        b.start()
        a, port_a = self.gossip_node("a", peers=[b.onion()])
        a.start()
        a.wait_connected()
        watch = Watch()
        listeners = [self.application(port_b).notify() for _ in range(2)]
        beside = self.application(port_a).notify()
        settle(port_b, *listeners)
        speaker = Application(port_a).notify()
        settle(port_a, beside, speaker)  # the course's client waits for a key here
        speaker.announce(b"deadbeef")
        speaker.close()  # and ends at once
        beside.hear(b"deadbeef")
        for each in listeners:
            each.hear(b"deadbeef", FLOOD_SECONDS)
        measured("an announcement was heard on the other node after", watch.seconds)

        # The other way, while both on A listen; what comes back to B is told to nobody there.
        ours = self.application(port_a).notify()
        settle(port_a, beside, ours)
        listeners[0].announce(b"an answer", ttl=0)
        listeners[1].hear(b"an answer")
        for each in (beside, ours):
            each.hear(b"an answer", FLOOD_SECONDS)
        self.assertTrue(listeners[0].is_quiet(), "an announcement came back to who made it")
        self.assertTrue(listeners[1].is_quiet(), "an announcement was told twice")
        self.assertTrue(all(each.is_quiet() for each in (beside, ours)))

        # What one of the others finds not valid, and what has a TTL of 1, stays. The last one shows
        # that they would have come by now.
        ours.announce(b"not valid")
        beside.hear(b"not valid", valid=False)
        ours.announce(b"stays here", ttl=1)
        beside.hear(b"stays here")
        ours.announce(b"the last")
        beside.hear(b"the last")
        for each in listeners:
            each.hear(b"the last", FLOOD_SECONDS)
        self.assertEqual(a.ask("offer", "list")["offers"], [])

    def test_who_breaks_the_protocol_is_cut_and_others_are_not(self):
        node, port = self.gossip_node("alone", "data_types = 1300-1399\n", network=False)
        node.start()
        other = self.application(port).notify()
        settle(port, other)
        wrong = {
            "a browser": b"GET / HTTP/1.1\r\nHost: 127.0.0.1:7001\r\n\r\n",
            "an empty announcement": struct.pack(">HHBBH", 8, ANNOUNCE, 0, 0, CHAT),
            "a notification": struct.pack(">HHHH", 9, NOTIFICATION, 0, CHAT) + b"x",
            "an unknown type": struct.pack(">HH", 8, 520),
            "too much": struct.pack(">HHBBH", 8 + 16385, ANNOUNCE, 0, 0, CHAT),
            "a verdict on nothing": struct.pack(">HHHH", 8, VALIDATION, 7, 1),
            "a type that is not listed": struct.pack(">HHHH", 8, NOTIFY, 0, 1400),
        }
        for what, data in wrong.items():
            with self.subTest(what):
                one = self.application(port)
                one.socket.send(data)
                self.assertTrue(one.is_ended())
        speaker = self.application(port)
        speaker.announce(b"x" * 16384, ttl=1)
        message, data = struct.unpack(">HHHH", other.socket.recv(8, socket.MSG_WAITALL))[2], b""
        while len(data) < 16384:
            data += other.socket.recv(65536)
        other.validate(message)
        other.validate(message)
        speaker.announce(b"still here", ttl=1)
        other.hear(b"still here")

    def test_more_than_sixty_four_applications_are_turned_away(self):
        node, port = self.gossip_node("full", network=False)
        node.start()
        inside = [self.application(port).notify() for _ in range(63)]
        settle(port, *inside)
        listener = inside[0]

        def speaker_let_in():
            """One that was heard; the place of one that went is free after a moment."""
            one = self.application(port)
            try:
                one.announce(b"hello", ttl=1)
                listener.hear(b"hello", 1)
            except OSError:
                one.close()
                return None
            return one

        speaker = node.wait_until(speaker_let_in, LOCAL_SECONDS, "a place for the last one")
        self.assertTrue(self.application(port).is_ended())
        speaker.close()
        node.wait_until(speaker_let_in, LOCAL_SECONDS, "a place for another one")

    @unittest.skipUnless(os.getuid() == 0, "only root can be somebody else")
    def test_another_users_program_is_refused(self):
        node, port = self.gossip_node("own", network=False)
        node.start()
        os.seteuid(65534)
        try:
            stranger = self.application(port)
            # Closed before the node looks, its socket would be nobody's: that is no way in, either.
            hasty = Application(port).notify()
            hasty.announce(b"hasty", ttl=1)
            hasty.close()
        finally:
            os.seteuid(0)
        self.assertTrue(stranger.is_ended())
        listener = self.application(port).notify()
        speaker = self.application(port)
        end = time.monotonic() + LOCAL_SECONDS
        while time.monotonic() < end:
            speaker.announce(b"own", ttl=1)
            try:
                self.assertEqual(listener.notification(1)[1], b"own")
                return
            except TimeoutError:
                continue
        self.fail("the node's own user is not let in any more")

    def test_a_port_that_is_taken_is_a_warning_and_the_node_runs(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            config = self.top / "taken.ini"
            config.write_text(f"[gossip]\napi_address = 127.0.0.1:{port}\n")
            options = (*FIXED, "--voidphone-config", str(config))
            node = self.node("taken", network=False, options=options)
            node.start()
            warnings = node.status()["warnings"]
            self.assertTrue(any("no VoidPhone interface" in each for each in warnings), warnings)
            self.assertIn({"code": "no_voidphone", "values": {
                "why": "#port_taken", "address": f"127.0.0.1:{port}"}},
                node.status()["warnings_said"])  # fmt: skip

    def test_a_file_that_says_nothing_of_gossip_is_told_of(self):
        config = self.top / "empty.ini"
        config.write_text("[onion]\np2p_port = 7000\n")
        options = (*FIXED, "--voidphone-config", str(config))
        node = self.node("empty", network=False, options=options)
        node.start()
        self.assertIn("has no [gossip]: the defaults hold", node.log_text())

    def test_nothing_listens_unless_it_was_asked_for(self):
        node = self.node("quiet", network=False, options=FIXED)
        node.start()
        with socket.socket() as probe:
            self.assertNotEqual(probe.connect_ex(("127.0.0.1", 7001)), 0)


if __name__ == "__main__":
    unittest.main()

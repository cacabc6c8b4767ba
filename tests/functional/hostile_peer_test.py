"""Hostile peers: whatever a peer shows, sends or leaves out is refused with the right fault, and
the node goes on.

The peer is stranger.py, at the Unix socket where the node's own Tor delivers streams.
"""
import contextlib
import os
import secrets
import ssl
import struct
import time
import unittest

import stranger
from meeting import StrangerTest
from stranger import Item, Key, flipped, frame, hello, items_frame, offer_payload
from support import Watch, measured

DAY = 24 * 3600


def ids(fields):
    """Of an Announce or a Request."""
    packed = dict(fields)[1]
    return [packed[at : at + 32] for at in range(0, len(packed), 32)]


class HostilePeer(StrangerTest):
    def test_wrong_certificates_and_broken_handshakes_are_refused(self):
        with self.counts("bad_certificate"):  # of another type
            key = Key(self.top, "EC", ["-pkeyopt", "ec_paramgen_curve:P-256"])
            self.handshake(key).wait_end()
        with self.counts("bad_certificate"):  # signed by somebody else
            key = Key(self.top)
            context = stranger.client_context(key.certificate(issuer=Key(self.top)), key.file)
            stranger.link(self.victim.directory, context).wait_end()
        with self.counts("bad_certificate"):  # two of them
            key, other = Key(self.top), Key(self.top)
            chain = key.folder / "chain.pem"
            with open(key.certificate()) as one, open(other.certificate()) as two:
                chain.write_text(one.read() + two.read())
            stranger.link(
                self.victim.directory, stranger.client_context(str(chain), key.file)
            ).wait_end()
        with self.counts("bad_handshake"):  # another protocol, named
            with self.assertRaises(ssl.SSLError):
                self.handshake(alpn="http/1.1")
        with self.counts("bad_handshake"):  # TLS 1.2
            with self.assertRaises(ssl.SSLError):
                self.handshake(version=ssl.TLSVersion.TLSv1_2)
        with self.counts("bad_handshake"):  # no TLS at all
            stream = stranger.onion_socket(self.victim.directory)
            stream.sendall(b"GET / HTTP/1.1\r\n\r\n" * 40)
            self.addCleanup(stream.close)
        with self.counts(None):  # the same as an honest peer that was cut off
            stranger.onion_socket(self.victim.directory).close()
        self.still_welcomes_honest_strangers()

    def test_no_protocol_named_is_refused(self):
        with self.counts("bad_handshake"):
            link = self.handshake(alpn=None)
            link.wait_end()
        self.still_welcomes_honest_strangers()

    def test_frames_that_break_the_rules_end_the_link(self):
        self.case("frame_malformed", lambda link: link.send_bytes(struct.pack(">I", 0)))
        self.case(
            "frame_too_long",
            lambda link: link.send_bytes(struct.pack(">I", 0xFFFFFFFF) + b"x" * 1000),
        )
        self.case(
            "frame_too_long",
            lambda link: link.send_bytes(struct.pack(">I", stranger.FRAME_BYTES_MAX + 1)),
        )
        self.case("frame_malformed", lambda link: link.send_bytes(frame(b"\xff" * 5000)))
        # No message.
        self.case("frame_malformed", lambda link: link.send(stranger.message((99, 7))))
        ping = stranger.message((2, stranger.fixed64(1, 7)))
        self.case("frame_malformed", lambda link: link.send(ping + ping))
        self.case("frame_unexpected", lambda link: link.send(hello()))
        # A Pong that nobody asked for.
        self.case(
            "frame_unexpected",
            lambda link: link.send(stranger.message((3, stranger.fixed64(1, 7)))),
        )
        with self.counts("frame_truncated"):
            link = self.meet()
            link.send_bytes(struct.pack(">I", 100) + b"only ten b")
            link.close()
        with self.counts("frame_unexpected"):  # before Hello
            link = self.handshake()
            link.send(stranger.message((2, stranger.fixed64(1, 7))))
            link.wait_end()
        with self.counts("wrong_protocol"):
            link = self.handshake()
            link.send(hello(network=1))
            link.wait_end()
        for _ in range(10):  # who sends its Hello at once hears the node's, and knows why it ends
            with self.counts("wrong_protocol"):
                link = self.handshake()
                link.send(hello(oldest=2))
                self.assertEqual([frame[0] for frame in link.wait_end()], [1])
        self.still_welcomes_honest_strangers()

    def test_a_peer_of_a_later_time_is_welcome_and_what_we_do_not_know_of_it_is_passed_over(self):
        key, maker = Key(self.top), Key(self.top)
        link = self.handshake(key)
        link.send(
            hello(newest=9, features=(1, 700, 70000), more=stranger.message((9, b"news"), (12, 3)))
        )
        self.assertEqual(link.receive()[0], 1)
        tomorrow = Item(maker, offer_payload("Tomorrow"), worked=False)
        tomorrow.header = b"\x08\x02" + tomorrow.header[2:] + b"anything"
        tomorrow.signature = secrets.token_bytes(2420)
        claimed = Item(maker, offer_payload("Claimed"), worked=False)
        claim = stranger.message((11, secrets.token_bytes(1312)))
        claimed.header = stranger.message(*stranger.parse(claimed.header)[:-1]) + claim
        today = Item(maker, offer_payload("Today"))
        link.send(
            *[stranger.message((20 + number, b"a frame of tomorrow")) for number in range(20)]
        )
        link.send(items_frame(tomorrow, today, claimed))
        self.victim.wait_offer(today.thing, 20)
        link.send(stranger.message((2, stranger.fixed64(1, 7))))
        self.assertEqual(link.wait_for(3), [(1, 7)], "the link stands, and a Pong comes")
        refused = self.refused()
        self.assertEqual((refused["frame_unknown"], refused["item_unknown"]), (20, 2))
        self.assertEqual(set(refused), {"frame_unknown", "item_unknown"})
        link.close()
        again = self.meet(key)  # it is not kept out
        again.send(stranger.message((2, stranger.fixed64(1, 8))))
        self.assertEqual(again.wait_for(3), [(1, 8)])

    def test_flooding_frames_that_break_the_rules_end_the_link(self):
        item = Item(Key(self.top), offer_payload("Announced"))
        self.case(
            "item_little_work",
            lambda link: link.send(stranger.announce_frame(item, nonce=item.nonce ^ 1)),
        )
        self.case(
            "frame_malformed", lambda link: link.send(stranger.announce_frame(item, sizes=[]))
        )
        for size in (0, 168, 34377):
            self.case(
                "frame_malformed",
                lambda link, size=size: link.send(stranger.announce_frame(item, sizes=[size])),
            )
        for life in (0, 1, 601, 15 * DAY + 600):
            self.case(
                "frame_malformed",
                lambda link, life=life: link.send(stranger.announce_frame(item, lifetimes=[life])),
            )
        self.case("frame_malformed", lambda link: link.send(stranger.announce_frame()))
        self.case("frame_malformed", lambda link: link.send(stranger.request_frame(b"x" * 31)))
        self.case("frame_malformed", lambda link: link.send(stranger.request_frame()))
        self.case("frame_malformed", lambda link: link.send(stranger.push_frame(257)))
        for levels in ((), (0,) * 4, (0,) * 6, (0, 0, 121, 0, 0)):
            self.case(
                "frame_malformed",
                lambda link, levels=levels: link.send(stranger.floor_frame(*levels)),
            )
        self.case(
            "too_many_requests",
            lambda link: link.send(*[stranger.floor_frame(0, 9, 0, 0, 0)] * 40),
        )
        with self.counts("frame_unexpected"):  # of one that only passes
            link = stranger.link(self.victim.directory, stranger.client_context())
            self.addCleanup(link.close)
            link.send(hello(), stranger.floor_frame(0, 0, 0, 0, 9))
            link.wait_end()
        self.case("frame_malformed", lambda link: link.send(stranger.items_frame(item, hops=256)))
        with self.counts("frame_unexpected"):
            link = stranger.link(self.victim.directory, stranger.client_context())
            self.addCleanup(link.close)
            link.send(hello(), stranger.announce_frame(item))
            link.wait_end()
        self.still_welcomes_honest_strangers()

    def test_a_peer_that_says_the_highest_floors_is_brought_nothing_and_nobody_pays_for_it(self):
        """It cuts itself off: an offer reaches another peer, and the node's price stays low."""
        liar, honest = self.meet(), self.meet()
        liar.send(stranger.floor_frame(*[120] * 5))
        item = Item(Key(self.top), offer_payload("Cheap"))
        self.meet().send(items_frame(item))
        self.victim.wait_offer(item.thing, 20)
        brought = {4, stranger.ANNOUNCE}  # Items
        while honest.receive()[0] not in brought:
            pass  # until the link is silent for its time-out
        liar.send(stranger.message((2, stranger.fixed64(1, 7))))
        numbers = []
        while (frame := liar.receive())[0] != 3:  # the Pong: the link stands
            numbers.append(frame[0])
        self.assertFalse(brought & set(numbers), numbers)
        # A single liar among three does not make anything dearer.
        prices = [each["price"] for each in self.victim.status()["store_classes"]]
        self.assertEqual(prices, [1] * 5)

    def test_an_id_goes_on_before_its_item_and_a_liar_who_announces_it_keeps_nobody_from_it(self):
        liar, far, honest = self.meet(), self.meet(), self.meet()
        item = Item(Key(self.top), offer_payload("Announced"))
        liar.send(stranger.announce_frame(item))
        self.assertEqual(ids(liar.wait_for(stranger.REQUEST)), [item.id])
        self.assertEqual(
            ids(far.wait_for(stranger.ANNOUNCE)), [item.id], "the id waits for its item"
        )
        far.send(stranger.request_frame(item.id))  # the node has to remember
        honest.send(stranger.announce_frame(item))
        watch = Watch()
        self.assertEqual(ids(honest.wait_for(stranger.REQUEST)), [item.id])
        measured("an announcer that does not deliver is followed by the next after", watch.seconds)
        honest.send(items_frame(item, hops=7))
        brought = far.wait_for(4)  # Items
        self.assertEqual(brought[0], (1, item.wire()))
        self.assertEqual(dict(brought)[2], 8, "hops")
        self.victim.wait_offer(item.thing, 20)

    def test_a_peer_is_pushed_what_it_wants_to_be_pushed(self):
        all_of_it, nothing, source = self.meet(), self.meet(), self.meet()
        all_of_it.send(stranger.push_frame(256))
        nothing.send(stranger.push_frame(0))
        item = Item(Key(self.top), offer_payload("Pushed"))
        # Pushes are read before the item: the node answers a Ping only after them.
        for link in (all_of_it, nothing):
            link.send(stranger.message((2, stranger.fixed64(1, 1))))
            link.wait_for(3)
        source.send(items_frame(item, hops=5))
        self.assertEqual(all_of_it.wait_for(4)[0], (1, item.wire()))
        self.assertEqual(ids(nothing.wait_for(stranger.ANNOUNCE)), [item.id])

    def test_a_peer_that_broke_the_rules_is_kept_out(self):
        key = Key(self.top)
        self.case("frame_malformed", lambda link: link.send_bytes(struct.pack(">I", 0)), key=key)
        link = self.handshake(key)
        link.send(hello())
        self.assertEqual(
            [number for number, _ in link.wait_end() if number != 1],
            [],
            "it talks to a banned peer",
        )
        self.still_welcomes_honest_strangers()

    def test_items_that_break_the_rules_are_refused_and_never_shown(self):
        now = int(time.time()) // 600 * 600
        maker = Key(self.top)
        payload = offer_payload("Spoiled")

        def spoiled(**change):
            item = Item(maker, payload)
            for name, value in change.items():
                setattr(item, name, value)
            return item

        good = Item(maker, payload)
        wrong_signature = flipped(good.signature, 300)
        forged = Item(maker, payload, signed=wrong_signature)  # with work of its own
        cases = [
            ("item_bad_payload", spoiled(payload=flipped(payload, 50))),
            # Another id, so the work is not for it.
            ("item_little_work", spoiled(signature=wrong_signature)),
            ("item_bad_signature", forged),
            ("item_little_work", spoiled(nonce=good.nonce ^ 1)),
            ("item_malformed", spoiled(signature=b"")),
            ("item_malformed", spoiled(header=b"\xff" + good.header)),
            # Not a multiple of 600.
            ("item_malformed", Item(maker, payload, worked=False, created=now + 1)),
            ("item_malformed", Item(maker, payload, worked=False, lifetime=601)),
            # The version, once more; a longer number.
            ("item_malformed", spoiled(header=good.header + good.header[:2])),
            ("item_malformed", spoiled(header=good.header[:2] + b"\x90\x00" + good.header[3:])),
            ("item_malformed", spoiled(header=good.header + stranger.message((99, b"x")))),
            ("item_malformed", stranger.SealedMail(size=1)),
            ("item_malformed", stranger.SealedMail(size=1024)),
            ("item_malformed", stranger.SealedMail(lifetime=3600)),
            ("item_wrong_network", Item(maker, payload, network=1)),
            ("item_too_long_lived", Item(maker, payload, worked=False, lifetime=15 * DAY + 600)),
            ("item_too_long_lived", Item(maker, payload, worked=False, lifetime=0)),
            ("item_too_large", Item(maker, b"x" * 34000, worked=False)),
        ]
        for fault, item in cases:
            self.case(fault, lambda link, item=item: link.send(items_frame(item)))
        harmless = [  # clocks differ, kinds are read by those who know them: the link stays
            ("item_expired", Item(maker, payload, created=now - DAY, lifetime=3600)),
            ("item_from_future", Item(maker, payload, created=now + 3 * 3600)),
            ("item_bad_content", Item(maker, b"\xff\xff\xff")),
        ]
        link = self.meet()
        for fault, item in harmless:
            with self.counts(fault):
                link.send(items_frame(item))
        flat = self.victim.offers()
        self.assertEqual(flat, {})
        link.send(items_frame(good))  # a forged copy must not keep out the original
        self.victim.wait_offer(good.thing, 20)
        old = Item(maker, offer_payload("Old"), slot=b"s" * 16, sequence=4)
        new = Item(maker, offer_payload("New"), slot=b"s" * 16, sequence=5)
        link.send(items_frame(new))
        self.victim.wait_offer(new.thing, 20)
        with self.counts("item_superseded"):
            link.send(items_frame(old))
        self.assertEqual(self.victim.offers()[new.thing]["title"], "New")
        self.still_welcomes_honest_strangers()

    def held(self, *asked, known):
        ids = stranger.held(
            self.victim.directory, Key(self.top), [item.id for item in asked], known.id
        )
        return [item for item in asked if item.id in ids]

    def test_a_mail_ends_by_its_own_secret_and_by_nothing_else(self):
        mail, other = stranger.SealedMail(), stranger.SealedMail()
        items = lambda: self.victim.status().get("items", 0)
        give = lambda item: self.meet().send(items_frame(item))
        give(mail)
        give(other)
        self.victim.wait_until(lambda: items() == 2, 20, "both mails")

        for secret in (secrets.token_bytes(32), other.secret):
            forged = stranger.Removal(mail, secret=secret)
            self.case(
                "item_bad_removal", lambda link, forged=forged: link.send(items_frame(forged))
            )
        unlike_mail = dict(stranger.parse(mail.header)) | {6: 1}  # of a payload of one byte
        unlike_mail = stranger.message(*((number, stranger.Message(value) if number == 9 else value)
                                         for number, value in unlike_mail.items()))  # fmt: skip
        for payload in (b"no header", unlike_mail):
            nonsense = stranger.Removal(mail, payload=payload)
            self.case(
                "item_malformed", lambda link, nonsense=nonsense: link.send(items_frame(nonsense))
            )
        self.assertEqual(self.held(mail, known=other), [mail])

        removal = stranger.Removal(mail)
        give(removal)
        self.victim.wait_until(
            lambda: self.held(mail, removal, known=other) == [removal], 20, "the mail to go"
        )
        give(mail)
        unseen = stranger.SealedMail()
        give(stranger.Removal(unseen))
        self.victim.wait_until(lambda: items() == 3, 20, "the removal of a mail that never came")
        with self.counts("item_superseded"):
            give(unseen)
        self.assertEqual(self.held(mail, unseen, removal, known=other), [removal])
        self.still_welcomes_honest_strangers()

    def test_an_anonymous_visitor_may_hand_over_items_and_is_told_nothing(self):
        link = stranger.link(self.victim.directory, stranger.client_context())
        self.addCleanup(link.close)
        link.send(hello())
        self.assertEqual(link.receive()[0], 1)
        item = Item(Key(self.top), offer_payload("By nobody"))
        link.send(items_frame(item))
        self.victim.wait_offer(item.thing, 20)
        with self.counts("frame_unexpected"):
            link.send(stranger.message((5, stranger.message((1, 1), (3, 1)))))  # Have
            self.assertEqual(link.wait_end(), [], "an anonymous visitor was sent something")
        self.still_welcomes_honest_strangers()

    def test_questions_for_peers_have_limits_and_answers_without_a_question_are_not_heard(self):
        target = stranger.node_id(b"k" * 32)
        self.case("frame_malformed", lambda link: link.send(stranger.find_frame(1, target + b"x")))
        self.case("frame_malformed", lambda link: link.send(stranger.contacts_frame(1, b"k" * 33)))
        self.case(
            "frame_malformed", lambda link: link.send(stranger.contacts_frame(1, *[b"k" * 32] * 21))
        )
        self.case(
            "too_many_requests",
            lambda link: link.send(*[stranger.find_frame(number, target) for number in range(40)]),
        )
        link = self.meet()
        known = self.victim.status().get("peers", {})
        with self.counts(None):
            link.send(*[stranger.contacts_frame(number, os.urandom(32)) for number in range(500)])
            link.send(stranger.find_frame(7, target))
            answer = dict(link.wait_for(stranger.CONTACTS))
        self.assertEqual(answer, {1: 7}, "a node without contacts tells of somebody")
        self.assertEqual(self.victim.status().get("peers", {}), known)
        self.still_welcomes_honest_strangers()

    def test_a_visitor_may_ask_and_is_told_nothing_else(self):
        for key in (Key(self.top), None):
            context = (
                stranger.client_context(key.certificate(), key.file)
                if key
                else stranger.client_context()
            )
            link = stranger.link(self.victim.directory, context)
            self.addCleanup(link.close)
            link.send(hello(visit=1))
            link.send(stranger.find_frame(3, stranger.node_id(b"x" * 32)))
            self.assertEqual(link.receive()[0], 1)
            self.assertEqual(link.receive()[0], stranger.CONTACTS)
            with self.counts("frame_unexpected"):
                link.send(stranger.push_frame(1))
                self.assertEqual(link.wait_end(), [], "a visitor was sent something")
        self.still_welcomes_honest_strangers()

    def test_a_flood_of_handshakes_does_not_stop_the_node(self):
        streams = []
        for _ in range(200):
            # Those above the limit are turned away at once.
            with contextlib.suppress(BrokenPipeError):
                streams.append(stranger.onion_socket(self.victim.directory))
                self.addCleanup(streams[-1].close)
        self.assertGreater(len(streams), 50)
        watch = Watch()
        self.assertEqual(self.victim.status()["store"]["state"], "ready")
        measured("status among 200 unfinished handshakes in", watch.seconds)
        for stream in streams:
            stream.close()
        self.victim.wait_until(lambda: self.try_to_meet(), 20, "room for an honest stranger")
        self.still_welcomes_honest_strangers()

    def try_to_meet(self):
        try:
            self.meet()
            return True
        except (OSError, AssertionError, TypeError):
            return False


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Peers that compare and list to do harm: what they name and keep back comes from others, and
however many of them compare, a node answers them out of one table and goes on to answer everybody
else.

The peers are stranger.py, at the Unix socket where the node's own Tor delivers streams. Nobody
dials.
"""
import secrets
import unittest

import stranger
from stranger import Key, SealedMail, hello, items_frame
from support import NodeTest, Watch, measured

PONG, ITEMS, HAVE, WANT, SYMBOLS, DONE = 3, 4, 5, 6, 8, 11


def ping():
    return stranger.message((2, stranger.fixed64(1, 7)))


def have(page, *ids):
    return stranger.message(
        (HAVE, stranger.message((1, page), (2, b"".join(ids)), (3, 0 if ids else 1)))
    )


def want(page, *ids):
    return stranger.message((WANT, stranger.message((1, page), (2, b"".join(ids)))))


def compare(items, counters=bytes(24)):
    """Of a set that no node holds."""
    fields = stranger.message((1, secrets.token_bytes(16)), (2, counters), (3, items))
    return stranger.message((7, fields))


def more(symbols):
    return stranger.message((9, stranger.message((1, symbols))))


def done(settled):
    return stranger.message((DONE, stranger.message((1, settled))))


def row(fields, number, size=32):
    packed = dict(fields).get(number, b"")
    return [packed[at : at + size] for at in range(0, len(packed), size)]


def counters(ids):
    """docs/protocol.md, section 7, "Summary"."""
    out = [0] * 24
    for each in ids:
        out[each[0] % 24] += 1 if each[1] & 1 else -1
    return bytes(each % 256 for each in out)


class CompareAttack(NodeTest):
    def setUp(self):
        super().setUp()
        self.victim = self.node("node", network=False).start()

    def meet(self, certified=True, visit=0):
        key = Key(self.top) if certified else None
        context = (
            stranger.client_context(key.certificate(), key.file)
            if key
            else stranger.client_context()
        )
        link = stranger.link(self.victim.directory, context)
        self.addCleanup(link.close)
        link.send(hello(visit=visit))
        self.assertEqual(link.receive()[0], 1, "the node's Hello")
        return link

    def fill(self, count):
        mails = [SealedMail() for _ in range(count)]
        self.meet().send(items_frame(*mails))
        self.victim.wait_until(lambda: self.items() == count, 20, "the items")
        return mails

    def items(self):
        return int(self.victim.status().get("items", 0))

    def refused(self, fault):
        return int(self.victim.status().get("refused", {}).get(fault, 0))

    def lists(self, link, *mails):
        """A peer lists these to the node; what the node wants of it. That it holds nothing makes
        the node list, too."""
        link.send(compare(0), have(1, *[mail.id for mail in mails]))
        wanted = row(link.wait_for(WANT), 2)
        link.send(want(1))  # nothing of the node's own list
        return wanted

    def test_what_a_silent_peer_listed_is_asked_of_others_that_listed_it(self):
        mails = [SealedMail() for _ in range(3)]
        ids = [mail.id for mail in mails]
        silent, honest = self.meet(), self.meet()
        self.assertEqual(self.lists(silent, *mails), ids)
        watch = Watch()
        self.assertEqual(self.lists(honest, *mails), [], "two are asked for the same at once")
        honest.send(have(2))
        asked = row(honest.wait_for(stranger.REQUEST), 1)
        measured("another that listed the same is asked after", watch.seconds)
        self.assertEqual(sorted(asked), sorted(ids))
        honest.send(items_frame(*mails, hops=255))
        self.victim.wait_until(lambda: self.items() == 3, 20, "the items")

        # From now on nothing that the silent one lists keeps others from being asked at once.
        news = [SealedMail() for _ in range(2)]
        silent.send(have(2, *[mail.id for mail in news]))
        self.assertEqual(len(row(silent.wait_for(WANT), 2)), 2)
        late = self.meet()
        self.assertEqual(self.lists(late, *news), [mail.id for mail in news])
        late.send(items_frame(*news, hops=255))
        self.victim.wait_until(lambda: self.items() == 5, 20, "the items")

    def test_strangers_who_compare_again_and_again_are_answered_out_of_one_table(self):
        mails = self.fill(6)
        known = counters([mail.id for mail in mails])
        honest = self.meet()
        keys = set()
        for _ in range(8):
            link = self.meet()
            link.send(compare(len(mails), known))
            symbols = dict(link.wait_for(SYMBOLS))
            keys.add(symbols[5])
            self.assertEqual(symbols[4], len(mails))
            for count in (1, 40, 300, 2500, 8192):
                link.send(more(count))
                packed = row(link.wait_for(SYMBOLS), 2, 12)
                self.assertEqual(len(packed), count)
            watch = Watch()
            honest.send(ping())
            honest.wait_for(PONG)
            measured("a ping beside it took", watch.seconds)
            link.close()
        self.assertEqual(len(keys), 1, "each stranger made the node read its whole store")
        self.assertEqual(self.victim.status().get("refused", {}), {})

    def test_frames_of_rounds_that_nobody_may_send_end_the_link(self):
        known = counters([mail.id for mail in self.fill(3)])
        for fault, bad in (
            ("frame_malformed", more(0)),
            ("frame_malformed", more(8193)),
            ("frame_unexpected", done(1)),
            ("frame_unexpected", want(1)),
        ):
            with self.subTest(fault=fault, bad=bad.hex()):
                before = self.refused(fault)
                link = self.meet()
                link.send(compare(3, known))
                link.wait_for(SYMBOLS)
                link.send(bad)
                link.wait_end()
                self.victim.wait_until(lambda: self.refused(fault) == before + 1, 20, fault)

    def test_who_only_passes_is_not_compared_with(self):
        self.fill(3)
        bodies = [
            compare(3), more(1), done(1), have(1), want(1),
            stranger.message((10, stranger.Message())),
        ]  # fmt: skip
        bodies.append(
            stranger.message(
                (SYMBOLS, stranger.message((2, bytes(12)), (3, b"\0"), (5, bytes(16))))
            )
        )
        for certified in (True, False):
            for body in bodies:
                with self.subTest(certified=certified, body=body[:1].hex()):
                    before = self.refused("frame_unexpected")
                    link = self.meet(certified, visit=1)
                    link.send(body)
                    self.assertEqual(
                        link.wait_end(), [], "somebody who only passes was sent something"
                    )
                    self.victim.wait_until(
                        lambda: self.refused("frame_unexpected") == before + 1,
                        20,
                        "frame_unexpected",
                    )


if __name__ == "__main__":
    unittest.main(verbosity=2)

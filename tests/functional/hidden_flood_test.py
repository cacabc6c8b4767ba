"""A node that lays aside what its lists hide (docs/decisions/0030), and peers that want to stop,
fill or slow it: hidden items, copies of them and requests for them without end, versions that hide
and versions that do not, and a list that changes its mind all the time.

What it tells of its lists is told by these tests, too: docs/protocol.md, "Nodes that lay items
aside".
"""
import unittest

import stranger
from meeting import StrangerTest
from stranger import Item, Key, items_frame, offer_payload
from support import FRESH, measured

LIST = 10
ITEMS, COMPARE, SYMBOLS = 4, 7, 8


class HiddenFlood(StrangerTest):
    options = (*FRESH, "--relay-hidden", "no")

    def setUp(self):
        super().setUp()
        self.maker, self.spammer = Key(self.top), Key(self.top)

    def hide(self, *words):
        self.victim.ask("list", "new", "mine")
        for word in words:
            self.victim.ask("list", "add", "mine", "--word", word)

    def offer(self, title, **fields):
        return Item(self.maker, offer_payload(title), **fields)

    def aside(self):
        return int(self.victim.status()["laid_aside"])

    def wait_aside(self, count):
        self.victim.wait_until(lambda: self.aside() == count, 20, f"{count} items laid aside")

    def test_what_is_hidden_is_judged_once_and_given_to_nobody(self):
        self.hide("casino")
        bread = self.offer("Bread")
        hidden = [self.offer(f"Casino {number}") for number in range(20)]
        ids = [item.id for item in hidden]
        giver = self.meet()
        giver.send(items_frame(bread, *hidden))
        self.wait_aside(20)
        told = [frame for frame in self.heard_until_pong(self.meet()) if frame[0] != COMPARE]
        self.assertEqual(
            told, [(stranger.PUSH, b"")], "the node says something of what lists hide"
        )

        # No peer gets it, and none is asked for it again.
        peer = self.meet()
        peer.send(*[stranger.request_frame(bread.id, *ids)] * 50)
        peer.send(stranger.announce_frame(*hidden), stranger.probe_frame(1, bread.id, *ids))
        frames = self.heard_until_pong(peer)
        given = [dict(stranger.parse(body))[1] for number, body in frames if number == ITEMS]
        self.assertEqual(given, [bread.wire()] * 50)
        self.assertNotIn(stranger.REQUEST, [number for number, _ in frames])
        held = next(frame for frame in frames if frame[0] == stranger.HELD)
        self.assertEqual(stranger.told_held(held), (1, [True] + [False] * 20))
        peer.send(items_frame(*hidden))
        self.victim.wait_until(
            lambda: self.refused() == {"item_laid_aside": 40}, 20, "copies to be refused"
        )

        # In a round it counts what is laid aside, and so nobody hands it over.
        other = self.meet()
        summary = stranger.message((1, b"d" * 16), (2, bytes(24)), (3, 22))
        other.send(stranger.message((COMPARE, summary)))
        self.assertEqual(dict(other.wait_for(SYMBOLS))[4], 21)
        self.assertEqual(set(self.victim.offers()), {bread.thing})

    def test_copies_of_what_is_hidden_have_a_budget(self):
        self.hide("casino")
        item = Item(self.maker, stranger.message((1, "Casino"), (2, "y" + " y" * 4000)))
        honest = self.meet()
        honest.send(items_frame(item))
        self.wait_aside(1)
        copies = items_frame(*[item] * 28)
        self.is_cut(copies for _ in range((32 << 20) // len(copies)))
        self.heard_until_pong(honest)

    def test_an_older_version_that_is_shown_is_not_fetched_in_each_round(self):
        """Its peers may never hear of the newer one: this node does not tell them."""
        self.hide("casino")
        slots = [bytes([number]) * 16 for number in range(1, 11)]
        shown = [self.offer("Bread", slot=slot) for slot in slots]
        hidden = [self.offer("Casino", slot=slot, sequence=2) for slot in slots]
        self.meet().send(items_frame(*hidden))
        self.wait_aside(10)
        peer = self.meet()
        peer.send(items_frame(*shown))
        self.wait_aside(20)
        self.assertEqual(self.victim.offers(), {})
        peer.send(stranger.announce_frame(*shown))
        numbers = [number for number, _ in self.heard_until_pong(peer)]
        self.assertNotIn(stranger.REQUEST, numbers, "it is asked for again")

    def test_a_list_that_changes_its_mind_has_hidden_items_judged_again_once_an_hour(self):
        entries = {"all": (5, stranger.OFFER), "one": (3, self.spammer.public)}
        slot = b"l" * 16

        def publish(what, sequence):
            payload = stranger.message((1, "Clean"), (3, stranger.message(entries[what])))
            clean = Item(self.maker, payload, kind=LIST, slot=slot, sequence=sequence)
            self.meet().send(items_frame(clean))
            return clean

        clean = publish("all", 1)
        self.victim.ask("list", "subscribe", clean.thing)
        subscribed = lambda: self.victim.ask("list", "subscribed")["lists"][0]
        self.victim.wait_until(lambda: subscribed()["state"] == "live", 20, "the list")
        offers = [self.offer(f"Offer {number}") for number in range(5)]
        giver = self.meet()
        giver.send(items_frame(*offers))
        self.wait_aside(5)
        publish("one", 2)
        self.wait_aside(0)
        for sequence in range(3, 9, 2):
            publish("all", sequence)
            self.victim.wait_until(
                lambda seen=sequence: int(subscribed()["sequence"]) == seen, 20, "the next version"
            )
            giver = self.meet()
            giver.send(items_frame(*offers))
            self.wait_aside(5)
            publish("one", sequence + 1)
            self.victim.wait_until(
                lambda seen=sequence: int(subscribed()["sequence"]) == seen + 1, 20, "another one"
            )
            self.heard_until_pong(giver)
            self.assertEqual(self.aside(), 5, "it is all fetched and judged again")
        measured("a list changed its mind 4 times; items were judged again once")


if __name__ == "__main__":
    unittest.main(verbosity=2)

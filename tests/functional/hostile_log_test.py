"""What the log says of who breaks a rule: at its level debug which rule it was, never who did it or
what he sent; at the level that nobody chose, nothing.

And whoever breaks one is kept out, however soon he leaves.
"""
import struct
import unittest

import stranger
from meeting import StrangerTest
from stranger import Item, Key, flipped, hello, items_frame, offer_payload
from support import FRESH

LEAVERS = 20


class BrokenRules(StrangerTest):
    options = (*FRESH, "--log-level", "debug")

    def said(self):
        return [
            line.split("a link is ended: ", 1)[1]
            for line in self.victim.log_text().splitlines()
            if "a link is ended: " in line
        ]

    def breaks(self, rule, *bodies):
        before = len(self.said())
        link = self.meet()
        link.send(*bodies)
        link.wait_end()
        self.victim.wait_until(lambda: len(self.said()) > before, 20, rule)
        self.assertEqual(self.said()[before:], [rule])

    def test_a_bad_frame_is_told_of_by_the_rule_that_it_breaks(self):
        item = Item(Key(self.top), offer_payload("Announced"))
        spoiled = Item(Key(self.top), offer_payload("Spoiled"))
        spoiled.signature = b""
        self.breaks(
            "frame_malformed: Announce: a size or lifetime that no item has",
            stranger.announce_frame(item, lifetimes=[601]),
        )
        self.breaks(
            "frame_malformed: Push: below is above 256, or not in the one encoding (section 1)",
            stranger.push_frame(257),
        )
        self.breaks("frame_unexpected: Hello: a second Hello", hello())
        self.breaks(
            "too_many_requests: Ping: beyond its budget (section 12)",
            *[stranger.message((2, stranger.fixed64(1, 7)))] * 100,
        )
        self.breaks(
            "item_malformed: Items: a signature of the wrong size", items_frame(spoiled)
        )
        forged = Item(Key(self.top), offer_payload("Forged"), signed=flipped(item.signature, 300))
        self.breaks("item_bad_signature: Items: an item of it (section 4)", items_frame(forged))
        link = self.meet()
        link.send_bytes(struct.pack(">I", 0))
        link.wait_end()
        self.victim.wait_until(
            lambda: self.said()[-1] == "frame_malformed: an empty frame", 20, "the empty frame"
        )
        text = "\n".join(self.said())
        self.assertNotRegex(text, r"\.onion|\bhs[pm]1|[a-z2-7]{56}|[0-9a-f]{16}|Forged|Spoiled")


class Leavers(StrangerTest):
    def test_who_breaks_a_rule_and_leaves_at_once_is_kept_out(self):
        """A forged item is found out beside the link, after its bearer has gone."""
        key = Key(self.top)
        wrong = flipped(Item(key, offer_payload("x"), worked=False).signature, 300)
        bad = [
            items_frame(Item(key, offer_payload(f"Forged {number}"), signed=wrong))
            for number in range(LEAVERS // 2)
        ] + [stranger.push_frame(257)] * (LEAVERS // 2)
        for number, body in enumerate(bad):
            with self.subTest(number):
                before = sum(self.refused().values())
                leaver = Key(self.top)
                link = self.handshake(leaver)
                link.send(hello(), body)
                link.close()  # without having read a byte
                self.victim.wait_until(
                    lambda before=before: sum(self.refused().values()) > before, 20, "the fault"
                )
                again = self.handshake(leaver)
                again.send(hello())
                self.assertEqual(again.wait_end(), [], "who broke a rule is let in again")
        self.assertNotIn("a link is ended", self.victim.log_text())
        self.still_welcomes_honest_strangers()


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Too much of what is right in itself: pings, wishes, questions, copies and requests without end,
over links of strangers.

Beyond a link's budget (docs/protocol.md, section 12, "Budgets of a link") the link ends, or is
served later; whoever else is linked notices nothing. The peer is stranger.py, at the node's own
Unix socket: no Tor circuit is needed.
"""
import time
import unittest

import stranger
from meeting import PING, StrangerTest
from stranger import Item, Key, SealedMail, items_frame, offer_payload
from support import Watch, measured

ITEMS = 4
ANSWERS_BURST, ANSWERS_PER_SECOND = 32 << 20, 512 << 10


class FloodAttack(StrangerTest):
    def test_frames_without_end_are_cut(self):
        honest = self.meet()
        target = stranger.node_id(b"k" * 32)
        item = Item(Key(self.top), offer_payload("Again and again"))
        honest.send(items_frame(item))
        self.victim.wait_offer(item.thing, 20)
        many = [item] * 256
        copies = items_frame(*many)
        floods = {
            "Ping": (
                stranger.message((PING, stranger.fixed64(1, number))) for number in range(1, 1000)
            ),
            "Push": (stranger.push_frame(number % 5) for number in range(1000)),
            "Find": (stranger.find_frame(number, target) for number in range(1000)),
            "Contacts": (stranger.contacts_frame(number) for number in range(5000)),
            "Request": (
                stranger.request_frame(*[bytes([number]) * 32] * 1000) for number in range(100)
            ),
            "Items": (copies for _ in range((32 << 20) // len(copies))),
        }
        for name, frames in floods.items():
            with self.subTest(frame=name):
                self.is_cut(frames)
        self.heard_until_pong(honest)

    def test_duplicates_by_one_peer_turn_off_nobody_elses_pushes(self):
        honest, liar = self.meet(), self.meet()
        items = [Item(Key(self.top), offer_payload(f"Item {number}")) for number in range(4)]
        for item in items:
            honest.send(items_frame(item))
            self.victim.wait_offer(item.thing, 20)
            liar.send(items_frame(item), items_frame(item))
        self.heard_until_pong(liar)
        told = [body for number, body in self.heard_until_pong(honest) if number == stranger.PUSH]
        self.assertEqual(told, [], "a liar's copies changed what others may push")

    def test_answers_have_a_budget_and_others_are_served_beside_it(self):
        mail = SealedMail(size=9216, lifetime=24 * 3600)
        giver = self.meet()
        giver.send(items_frame(mail))
        self.victim.wait_until(
            lambda: int(self.victim.status().get("items", 0)) == 1, 20, "the mail"
        )
        greedy = self.meet()
        frames = [stranger.request_frame(*[mail.id] * 1000)] * 8  # twice the burst
        asked = len(frames) * 1000 * len(mail.payload)
        self.assertGreater(asked, 2 * ANSWERS_BURST - (1 << 22))
        watch = Watch()
        greedy.send(*frames)
        got, end = 0, time.monotonic() + 60
        while got < ANSWERS_BURST and time.monotonic() < end:
            got += len(greedy.stream.recv(1 << 18))
        self.assertGreaterEqual(got, ANSWERS_BURST, "a burst is sent at once")
        other = self.meet()
        other.send(stranger.request_frame(mail.id))
        self.assertEqual(other.wait_for(ITEMS)[0], (1, mail.wire()))
        while got < ANSWERS_BURST + 2 * ANSWERS_PER_SECOND and time.monotonic() < end:
            got += len(greedy.stream.recv(1 << 18))
        self.assertGreaterEqual(got, ANSWERS_BURST + 2 * ANSWERS_PER_SECOND, "the rest comes later")
        seconds = watch.seconds
        measured(f"{got} bytes were sent in", seconds)
        self.assertGreaterEqual(seconds, 1.5, "the rest came without waiting")
        self.assertLessEqual(got, ANSWERS_BURST + seconds * ANSWERS_PER_SECOND + (2 << 20))
        self.assertEqual(self.refused(), {})


if __name__ == "__main__":
    unittest.main(verbosity=2)

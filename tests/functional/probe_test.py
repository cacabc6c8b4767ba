"""Probes of strangers: whoever asks is told what is held, within bounds, and the node goes on."""
import secrets
import unittest

import stranger
from meeting import StrangerTest
from stranger import Item, Key, items_frame, offer_payload
from support import Watch, measured


class Probes(StrangerTest):
    def test_a_visitor_asks_what_is_held_within_its_budget(self):
        item = Item(Key(self.top), offer_payload("Held"))
        self.meet().send(items_frame(item))
        self.victim.wait_offer(item.thing, 20)
        link = self.visit()
        ids = [item.id, secrets.token_bytes(32)]
        for number in range(4):
            link.send(stranger.probe_frame(number, *ids))
            self.assertEqual(stranger.told_held(link.receive()), (number, [True, False]))
        with self.counts("too_many_requests"):
            link.send(stranger.probe_frame(4, *ids))
            self.assertEqual(link.wait_end(), [], "more than its budget was answered")
        for wrong in ([], [ids[0], ids[0]], [ids[0] + b"x"], [secrets.token_bytes(32)] * 33):
            link = self.visit()
            with self.counts("frame_malformed"):
                link.send(stranger.probe_frame(1, *wrong))
                link.wait_end()
        self.still_welcomes_honest_strangers()

    def test_a_flood_of_questions_is_answered_without_saying_and_the_node_goes_on(self):
        ids = [secrets.token_bytes(32) for _ in range(32)]
        said = declined = 0
        watch = Watch()
        for _ in range(100):
            link = self.visit()
            for number in range(4):
                link.send(stranger.probe_frame(number, *ids))
            for _ in range(4):
                if stranger.told_held(link.receive())[1]:
                    said += 1
                else:
                    declined += 1
            link.close()
        # So many at once, and twenty more each second that it took.
        self.assertLessEqual(said, 240 + 20 * watch.seconds + 1)
        if watch.seconds < 8:
            self.assertGreater(declined, 0)
        asked = Watch()
        self.assertEqual(self.victim.status()["store"]["state"], "ready")
        measured(f"{said} questions answered, {declined} declined; status in", asked.seconds)
        self.still_welcomes_honest_strangers()


if __name__ == "__main__":
    unittest.main(verbosity=2)

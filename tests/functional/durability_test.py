"""Durability: what the node has acknowledged is there after kill -9 at any moment."""
import json
import random
import subprocess
import threading
import time
import unittest

import stranger
from support import NodeTest, measured

ROUNDS = 8
WRITERS = 3
# Of each writer in each round: in all below what a node accepts of its user (1,000 each).
WRITES_MAX = 40
LONGEST_SECONDS = 0.6


class Durability(NodeTest):
    def test_acknowledged_offers_and_mails_survive_kill_9_at_random_moments(self):
        node = self.node("a", network=False)
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        to = stranger.mailbox_address()
        acknowledged = {}  # id -> title or subject
        for turn in range(ROUNDS):
            node.start()
            self.assert_all_there(node, acknowledged, f"seed {seed}, round {turn}")
            writers = [Writer(node, to, f"{turn}.{i}") for i in range(WRITERS)]
            for writer in writers:
                writer.start()
            node.wait_until(
                lambda: any(writer.acknowledged for writer in writers),
                30,
                "a first acknowledgement",
                poll=0.001,
            )
            time.sleep(chance.uniform(0, LONGEST_SECONDS))  # the moment is the test
            for writer in writers:
                writer.ended.set()
            node.kill()
            for writer in writers:
                writer.join(60)
                self.assertEqual(writer.problems, [])
                acknowledged.update(writer.acknowledged)
        node.start()
        self.assert_all_there(node, acknowledged, f"seed {seed}, at the end")
        measured(
            f"{len(acknowledged)} acknowledged offers and mails over {ROUNDS} kills: all there "
            f"(seed {seed})"
        )
        node.stop()

    def test_a_kill_right_after_the_acknowledgement_loses_nothing(self):
        node = self.node("a", network=False)
        for turn in range(5):
            node.start()
            offer = self.publish(node, f"Offer {turn}")
            node.kill()
            node.start()
            self.assertIn(offer, node.offers())
            mail = node.ask(
                "mail", "send", stranger.mailbox_address(), "--subject", f"Mail {turn}",
                "--text", "x",
            )  # fmt: skip
            node.kill()
            node.start()
            self.assertEqual(node.mail()[mail["id"]]["subject"], f"Mail {turn}")
            node.stop()
        node.start()
        self.assertEqual((len(node.offers()), len(node.mail())), (5, 5))

    def assert_all_there(self, node, acknowledged, when):
        there = {key: offer["title"] for key, offer in self.listed(node, "offer", "offers").items()}
        there |= {key: mail["subject"] for key, mail in self.listed(node, "mail", "mail").items()}
        lost = {key: text for key, text in acknowledged.items() if there.get(key) != text}
        self.assertEqual(lost, {}, when)

    @staticmethod
    def listed(node, noun, field):
        return {one["id"]: one for one in node.ask(noun, "list", "--limit", "1000").get(field, [])}


class Writer(threading.Thread):
    """Publishes and writes as fast as the command can, until the node is gone; remembers what was
    acknowledged."""

    def __init__(self, node, to, name):
        super().__init__(daemon=True)
        self._node, self._to, self._name = node, to, name
        self.ended = threading.Event()  # from now on it may fail
        self.acknowledged, self.problems = {}, []

    def run(self):
        for i in range(WRITES_MAX):
            text = f"{self._name}.{i}"
            if i % 2:
                words = [
                    "mail", "send", self._to, "--subject", text, "--text", "x", "--lifetime", "1d"
                ]
            else:
                words = ["offer", "publish", "--title", text, "--lifetime", "1h"]
            try:
                done = self._node.run("--json", *words, seconds=30)
            except subprocess.TimeoutExpired:
                self.problems.append(f"{text}: no answer within 30 s")
                return
            if done.returncode != 0:
                if not self.ended.is_set():
                    self.problems.append(f"{text}: {done.returncode} {done.stderr.strip()}")
                return
            self.acknowledged[json.loads(done.stdout)["id"]] = text


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""A letter that ends the node whenever it is read ends it twice: usage poison_test.py
HEARSAY-KILL-NODE

A sender, a relay and a recipient, all of a node but Tor (tests/kill/node.cpp). The recipient cannot
read one of the letters (tests/kill/poison.hpp). It is started again after each end, as a service
manager would.
"""
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "contrib/lib"))

from mail_kill_nodes import Network  # noqa: E402

PROGRAM = None
BEFORE, AFTER = 6, 6
SAID = "1 letter was set aside because reading it failed: hearsay mail quarantine"
EXIT_BY_EXCEPTION, SIGSEGV = 70, -11


class Poison(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory(prefix="hearsay-poison-")
        self.addCleanup(self.home.cleanup)
        self.network = Network(PROGRAM, Path(self.home.name), self.id())
        self.addCleanup(lambda: self.network.close())
        self.recipient, self.sender = self.network.nodes["recipient"], self.network.nodes["sender"]
        self.ends = []
        self.restart(["poison"])

    def restart(self, extra):
        """The recipient ends in good order and is started anew."""
        self.network.ending = True
        self.recipient.process.stdin.close()
        self.network.wait_for(lambda: not self.recipient.alive(), "the recipient ends")
        self.network.ending = False
        self.recipient.extra = extra
        self.revive()

    def revive(self):
        while not self.recipient.alive():
            if self.recipient.killed_at:
                self.ends.append((self.recipient.killed_at, self.recipient.code))
                self.recipient.killed_at = None
            self.assertLess(len(self.ends), 10, self.ends)
            self.recipient.open()
        self.network.link(self.recipient)

    def ask(self, request):
        while (answer := self.recipient.ask(request)) is None:
            self.revive()
        return answer

    def json(self, request):
        return json.loads(self.ask(request).split(" ", 1)[1])

    def subjects(self):
        while (boxes := self.recipient.mails("in")) is None:
            self.revive()
        return sorted(subject for subject, mails in boxes.items() for _ in mails)

    def send(self, subject):
        answer = self.sender.ask(f"send {self.recipient.mailbox} {subject} text")
        self.assertTrue(answer.startswith("sent "), answer)

    def wait(self, reached, what):
        def look():
            self.network.changed = True

        def fine():
            if not self.recipient.alive():
                self.revive()
            if not self.network.changed:
                return False
            self.network.changed = False
            return reached()

        self.network.changed = True
        self.network.wait_for(fine, what, look)

    def set_aside(self):
        return self.json("quarantine").get("set_aside", [])

    def poisoned(self, subject):
        """Letters before and after one that is poisoned; the first part waits while the recipient
        is away."""
        good = [f"good-{i}" for i in range(BEFORE + AFTER)]
        for name in [*good[:BEFORE], subject, *good[BEFORE:]]:
            self.send(name)
        self.wait(
            lambda: self.set_aside() and set(good) <= set(self.subjects()),
            f"all but {subject} arrive",
        )
        return sorted(good)

    def check(self, subject, end, in_inbox=False):
        good = self.poisoned(subject)
        self.assertEqual(self.ends, [end, end])
        self.assertEqual(self.subjects(), good)
        self.assertEqual(len(self.set_aside()), 1)
        self.assertEqual(self.set_aside()[0]["kind"], "letter")
        self.assertIn(SAID, self.json("warnings")["warnings"])
        self.assertIn(SAID, (self.network.directory / "recipient.log").read_text())

        # It stays so over a start, and everything else goes on.
        self.restart(["poison"])
        self.send("later")
        self.wait(lambda: "later" in self.subjects(), "a later letter arrives")
        self.assertEqual(self.subjects(), sorted([*good, "later"]))
        self.assertEqual(len(self.ends), 2)

        # Read again it ends the node once more and is set aside at once;
        # a program that can read it reads it.
        # It may end before it answers, and must not be asked again then.
        if self.recipient.ask(f"retry {self.set_aside()[0]['id'][:12]}") is None:
            self.revive()
        self.wait(lambda: len(self.ends) == 3 and self.set_aside(), "it is set aside again")
        self.assertEqual(self.ends[-1], end)
        self.restart([])
        self.assertEqual(self.subjects(), sorted([*good, "later"]))
        self.ask(f"retry {self.set_aside()[0]['id']}")
        self.wait(
            lambda: subject in self.subjects() and not self.set_aside(), "it is read in the end"
        )
        self.assertEqual(self.subjects(), sorted([*good, "later", subject]))
        self.assertEqual(len(self.ends), 3)

    def test_a_crash_while_a_worker_opens_it(self):
        self.check("poison-worker", ("poison", SIGSEGV))

    def test_a_crash_while_the_turn_takes_it(self):
        self.check("poison-turn", ("poison", SIGSEGV))

    def test_no_memory_while_the_turn_takes_it(self):
        self.check(
            "poison-memory", ("ended by an exception in a turn: std::bad_alloc", EXIT_BY_EXCEPTION)
        )

    def test_an_exception_while_a_worker_opens_it(self):
        self.check(
            "poison-throw", ("ended by an exception in a worker: no such place", EXIT_BY_EXCEPTION)
        )

    def test_a_crash_whenever_its_record_is_read(self):
        self.check("poison-record", ("poison", SIGSEGV))


if __name__ == "__main__":
    PROGRAM = Path(sys.argv.pop(1)).absolute()
    unittest.main()

"""Mail ends when its reader has it, or when its sender takes it back; nobody else ends it, and
nobody brings it back."""
import unittest

import stranger
from hearsay_node import FIXED
from support import NodeTest, Watch, measured

SOON = (*FIXED, "--receipt-within", "1s", "--remove-within", "2s")


class Removal(NodeTest):
    def line(self):
        b = self.node("b", options=SOON).start()
        a, c = (self.node(name, peers=[b.onion()], options=SOON).start() for name in "ac")
        for node in (a, c):
            node.wait_connected()
        return a, b, c

    def test_a_read_mail_is_acknowledged_and_removed_and_a_node_that_slept_brings_it_back_to_nobody(
        self,
    ):
        a, b, c = self.line()
        sleeper = self.node("d", peers=[b.onion()], options=SOON).start()
        sleeper.wait_connected()
        address = self.told_mailbox(c, a, sleeper)
        c.stop()
        sent = a.ask("mail", "send", address, "--subject", "Are you there?", "--text", "x")
        a.wait_mail_state(sent["id"], "heard")
        held = sleeper.wait_until(
            lambda: int(sleeper.status().get("items", 0)) > 1 and sleeper.status()["items"],
            30,
            "the sleeper to have the mail beside the mailbox's key",
        )
        self.assertEqual(held, 2)
        sleeper.stop()

        watch = Watch()
        c.start()
        a.wait_mail_state(sent["id"], "delivered")
        measured(
            "its sender knows that the mail is delivered, after its reader's start", watch.seconds
        )
        # The mail, its receipt, and the removals of both: two items at the end, and the key.
        settled = lambda node: node.status().get("items", 0) == 3
        for node in (a, b, c):
            node.wait_until(lambda node=node: settled(node), 60, "mail and receipt to be removed")
        a.stop()
        c.stop()

        sleeper.start()
        sleeper.wait_connected()
        sleeper.wait_for(
            "the comparison",
            lambda status: status["sync"]["state"] == "complete" and settled(sleeper),
        )
        self.assertTrue(settled(b), "a returning node resurrected a mail")

    def test_a_mail_that_was_taken_back_is_not_found_by_its_reader(self):
        a, b, c = self.line()
        address = self.told_mailbox(c, a)
        c.stop()
        sent = a.ask("mail", "send", address, "--subject", "A mistake", "--text", "x")
        a.wait_mail_state(sent["id"], "heard")
        kept = a.ask("mail", "send", address, "--subject", "This stays", "--text", "x")
        a.wait_mail_state(kept["id"], "heard")
        self.assertEqual(a.ask("mail", "withdraw", sent["id"])["state"], "withdrawn")
        gone, known = (bytes.fromhex(a.mail()[mail["id"]]["item"]) for mail in (sent, kept))
        b.wait_until(
            lambda: not stranger.held(b.directory, stranger.Key(self.top), [gone], known),
            60,
            "the removal",
        )
        again = a.run("mail", "withdraw", sent["id"])
        self.assertEqual(again.returncode, 1)
        c.start()
        c.wait_mail(kept["id"])
        a.wait_mail_state(kept["id"], "delivered")
        self.assertNotIn(sent["id"], c.mail())
        self.assertEqual(a.mail()[sent["id"]]["state"], "withdrawn")


if __name__ == "__main__":
    unittest.main()

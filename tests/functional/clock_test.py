"""A machine whose clock is wrong, or leaps."""
import glob
import unittest

from support import NodeTest


class Clock(NodeTest):
    """The clock is what libfaketime says."""

    def at(self, days):
        library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
        self.assertEqual(len(library), 1, "contrib/setup --test installs faketime")
        return [
            "env",
            f"LD_PRELOAD={library[0]}",
            f"FAKETIME={days:+}d",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
        ]

    def test_a_year_that_leaps_ahead_destroys_nothing_and_is_said(self):
        node = self.node("a", network=False)
        node.start()
        offer = self.publish(node, lifetime="2d")
        mailboxes = sorted(box["address"] for box in node.ask("identity", "show")["mailboxes"])
        self.assertEqual(len(mailboxes), 2)
        node.stop()

        node.wrapper = self.at(400)
        node.start()
        self.assertIn("doubted", " ".join(node.status()["warnings"]))
        self.assertIn("clock", self.refusal(5, node, "offer", "publish", "--title", "Tea"))
        self.assertIn(
            "clock", self.refusal(5, node, "mail", "send", self.mailbox(node), "--subject", "hello")
        )
        self.assertIn(offer, node.offers())
        self.assertIn("warning clock", node.log_text())
        node.kill()

        node.wrapper = []
        node.start()
        self.assertNotIn("doubted", " ".join(node.status()["warnings"]))
        self.assertIn(offer, node.offers())
        self.assertEqual(
            sorted(box["address"] for box in node.ask("identity", "show")["mailboxes"]), mailboxes
        )
        self.publish(node)

    def test_a_clock_that_is_days_ahead_or_years_behind_ends_nothing_and_makes_nothing(self):
        node = self.node("a", network=False)
        node.start()
        offer = self.publish(node, lifetime="1d")
        node.stop()
        for days in (2, 1, 6, -1, -3, -11000):
            node.wrapper = self.at(days)
            node.start()
            self.assertIn("doubted", " ".join(node.status()["warnings"]), days)
            self.assertIn(offer, node.offers(), days)
            said = self.refusal(5, node, "offer", "publish", "--title", "Coffee")
            self.assertIn("--clock-is-right", said)
            self.assertEqual(list(node.offers()), [offer])
            node.stop()
        node.wrapper = []
        node.start()
        self.assertNotIn("doubted", " ".join(node.status()["warnings"]))
        self.assertEqual(list(node.offers()), [offer])
        self.publish(node)

    def test_a_clock_is_believed_when_the_user_says_so(self):
        node = self.node("a", network=False)
        node.start()
        offer = self.publish(node, lifetime="1d")
        node.stop()
        node.wrapper, options = self.at(2), node.options
        node.options = [*options, "--clock-is-right"]
        node.start()
        self.assertNotIn("doubted", " ".join(node.status()["warnings"]))
        node.wait_until(lambda: offer not in node.offers(), 90, "the offer of a day to be over")
        self.publish(node)

    def test_a_clock_that_leaps_while_the_node_runs_is_doubted_until_it_is_right(self):
        node = self.node("a", network=False)
        time_file = self.top / "time"
        time_file.write_text("+0")
        wrapper = [word for word in self.at(0) if not word.startswith("FAKETIME=")]
        node.wrapper = [*wrapper, f"FAKETIME_TIMESTAMP_FILE={time_file}", "FAKETIME_NO_CACHE=1"]
        node.start()
        offer = self.publish(node, lifetime="1d")
        for shift in ("+2d", "-3d", "+3h"):
            time_file.write_text(shift)
            node.wait_until(
                lambda: "doubted" in " ".join(node.status()["warnings"]), 30, f"doubts at {shift}"
            )
            self.refusal(5, node, "offer", "publish", "--title", "Coffee")
            self.assertIn(offer, node.offers())
            time_file.write_text("+0")
            node.wait_until(
                lambda: "doubted" not in " ".join(node.status()["warnings"]), 30, "no doubts"
            )
        self.publish(node)

    def test_a_year_that_is_behind_destroys_nothing(self):
        node = self.node("a", network=False)
        node.start()
        offer = self.publish(node, lifetime="2d")
        node.stop()
        node.wrapper = self.at(-3000)
        node.start()
        self.assertIn(offer, node.offers())
        node.stop()
        node.wrapper = []
        node.start()
        self.assertIn(offer, node.offers())
        self.assertNotIn("doubted", " ".join(node.status()["warnings"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)

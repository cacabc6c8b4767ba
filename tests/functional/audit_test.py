"""`hearsay offer show --audit`: nodes are asked over circuits of their own whether they hold an
offer, on a private Tor network."""
from hearsay_node import FRESH
from support import NodeTest, Watch, measured

FLOOD_SECONDS = 150


class Audit(NodeTest):
    seconds_max = 300

    def test_nodes_say_that_they_hold_an_offer_and_of_an_unknown_one_nobody_is_asked(self):
        b = self.node("b", options=FRESH).start()
        known = ("--bootstrapper", b.onion())
        a = self.node("a", options=(*FRESH, *known)).start()
        c = self.node("c", options=(*FRESH, *known)).start()
        for node in (a, c):
            node.wait_connected()
        offer = self.publish(a, "Tea")
        for node in (b, c):
            node.wait_offer(offer, FLOOD_SECONDS)
        watch = Watch()
        said = a.ask("offer", "show", offer, "--audit")
        measured("an audit took", watch.seconds)
        audit = said["audit"]
        self.assertEqual(said["offer"]["id"], offer)
        self.assertEqual(audit["state"], "over")
        self.assertIn(audit["asked"], (1, 2))
        self.assertEqual(audit["held"], audit["asked"], audit)
        self.assertEqual(audit["linked"], audit["asked"], "all that are known are linked")

        # It stands with the offer from now on, also in lists: nobody has to ask for each.
        for told in (a.ask("offer", "show", offer), *a.ask("offer", "list")["offers"],
                     *a.ask("search", "Tea")["results"]):  # fmt: skip
            self.assertEqual(told["audit"]["held"], audit["asked"])
        self.assertNotIn("audit", b.ask("offer", "show", offer))
        shown = " ".join(a.tell("offer", "show", offer).split())
        self.assertRegex(shown, rf"audit begun .+ Held by {audit['held']} of {audit['asked']}")

        unknown = self.refusal(4, a, "offer", "show", "f" * 64, "--audit")
        self.assertIn("not", unknown)


if __name__ == "__main__":
    import unittest

    unittest.main(verbosity=2)

"""The whole path: offers, mail and removals cross three nodes in a line, also for those who were
asleep.

A and C know B only. Each node is a real hearsayd with its own Tor, on a private Tor network.
"""
import unittest

from support import NodeTest, Watch, long_path, measured

TEXT = "Rye is perfect.\nSaturday at ten \u2013 at the old mill."


class WholePath(NodeTest):
    def test_an_offer_and_an_offline_mail_cross_three_nodes(self):
        whole = Watch()
        a, b, c = self.line_of_three()

        watch = Watch()
        offer = a.ask(
            "offer", "publish", "--title", "Honey", "--text", "Dark.", "--give", "honey",
            "--want", "bread", "--tag", "food", "--tag", "sweet", "--lifetime", "7d",
        )  # fmt: skip
        there = c.wait_offer(offer["id"])
        measured("offer from A to C", watch.seconds)
        shown = c.ask("offer", "show", offer["id"])
        for field in (
            "id", "item", "title", "text", "give", "want", "tags", "publisher", "mailbox",
            "expires",
        ):  # fmt: skip
            self.assertEqual(
                shown.get(field), a.ask("offer", "show", offer["id"]).get(field), field
            )
        self.assertEqual(
            (there["title"], there["state"], there.get("mine", False)), ("Honey", "live", False)
        )
        self.assertNotIn(a.onion().removesuffix(".onion"), str(shown))
        found = c.ask("search", "honny", "dar")
        self.assertEqual([each["id"] for each in found["results"]], [offer["id"]])
        self.assertEqual(found["corrected"], [{"written": "honny", "found": "honey"}])
        storefront = c.ask("store", shown["publisher"])
        self.assertEqual([each["id"] for each in storefront["results"]], [offer["id"]])

        watch = Watch()
        question = c.ask(
            "mail", "send", offer["id"][:8], "--subject", "Your honey", "--text", "Rye?",
            "--lifetime", "1d",
        )  # fmt: skip
        a.wait_mail(question["id"])
        measured("question from C to A", watch.seconds)
        self.assertEqual(a.status()["mail_unread"], 1)
        self.assertEqual(a.ask("mail", "read", question["id"])["text"], "Rye?")
        self.assertEqual(a.status().get("mail_unread", 0), 0)
        self.assertEqual(b.mail(), {}, "B reads mail that is not its own")

        c.stop()
        watch = Watch()
        answer = a.ask(
            "mail", "send", question["id"], "--subject", "Re: Your honey", "--text", TEXT
        )
        a.wait_mail_state(answer["id"], "heard")
        measured("answer with 15 days of life, worked for and heard back, after", watch.seconds)
        a.stop()
        watch = Watch()
        c.start()
        c.wait_mail(answer["id"])
        measured("C started again and has it after", watch.seconds)
        mail = c.ask("mail", "read", answer["id"])
        self.assertEqual(
            [mail.get(field) for field in ("direction", "subject", "text", "about", "in_reply_to")],
            ["in", "Re: Your honey", TEXT, offer["id"], question["id"]],
        )
        self.assertEqual(b.mail(), {})
        measured("the whole path in", whole.seconds)

    def test_a_removed_offer_disappears_everywhere_and_does_not_return_from_a_node_that_slept(self):
        a, b, c = self.line_of_three()
        offer = self.publish(a, "Gone tomorrow")
        kept = self.publish(a, "Stays")
        for node in (b, c):
            node.wait_offer(offer)
            node.wait_offer(kept)
        c.stop()

        watch = Watch()
        a.ask("offer", "remove", offer)
        b.wait_until(lambda: offer not in b.offers(), 60, "the removal")
        measured("removal from A to B", watch.seconds)
        a.stop()

        c.start()
        self.assertIn(offer, c.offers())  # it slept, and shows what it has
        watch = Watch()
        c.wait_until(
            lambda: offer not in c.offers(), 60, "the removal to reach the node that slept"
        )
        measured("removal at the node that slept after", watch.seconds)
        c.wait_for(
            "the end of the comparison", lambda status: status["sync"]["state"] == "complete"
        )
        b.kill()  # not even then
        b.start()
        a.start()
        for node in (a, b, c):
            node.wait_connected()
            node.wait_for(
                "the end of the comparison", lambda status: status["sync"]["state"] == "complete"
            )
            alive = [
                offer
                for offer, found in node.offers().items()
                if found["state"] not in ("removed", "expired")
            ]
            self.assertEqual(alive, [kept], node.name)
            found = node.ask("search")["results"]
            self.assertEqual([each["id"] for each in found], [kept], node.name)

    def test_a_data_directory_of_200_characters_works_like_any_other(self):
        directory = long_path(self.top)
        self.assertEqual(len(str(directory)), 200)
        a, b, c = self.line_of_three(directory_of_c=directory)
        self.assertTrue((directory / "run" / "api").is_socket())
        watch = Watch()
        offer = self.publish(c, "From a long path")
        a.wait_offer(offer)
        measured("offer from C to A", watch.seconds)
        c.wait_reachable()
        self.assertEqual(c.run("status", cwd="/").returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

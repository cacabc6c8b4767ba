"""Trades: a whole life of one, and one that an arbiter has to end; three nodes in a line, the sides
at its ends."""
import os
import subprocess
import unittest

from dealing import LETTER_SECONDS, OPTIONS, Dealing
from support import Watch, measured


class Trade(Dealing):
    def assert_waits_for(self, taker, maker, trade):
        """The last price comes first, what waits for whom is said, and nothing of it is unread
        mail."""
        self.assertIn("proposed   bicycle for 75 EUR, by the maker",
                      taker.tell("trade", "show", trade))  # fmt: skip
        self.assertIn("75 EUR", taker.tell("trade", "list"))
        self.assertIn("A trade waits for you", " ".join(taker.status()["warnings"]))
        self.assertEqual((taker.status()["trades_waiting"], maker.status()["trades_waiting"]),
                         (1, 0))  # fmt: skip
        for node in (maker, taker):
            self.assertEqual(node.status()["mail_unread"], 0)
            self.assertEqual(node.mail(), {})
            self.assertNotEqual(node.ask("mail", "list", "--trades")["total"], 0)

    @staticmethod
    def named_moves(trade):
        """What both sides see alike, under the same names."""
        return sorted((each["name"], each["move"]) for each in trade["messages"])

    @staticmethod
    def wait_letters_out(node):
        """Until the letters of its trades are on their way."""

        def are_out():
            listed = node.ask("mail", "list", "--trades")["mail"]
            sent = [each["state"] for each in listed if each["direction"] == "out"]
            return not {"working", "queued"} & set(sent)

        node.wait_until(are_out, LETTER_SECONDS, "letters on their way")

    def assert_recorded(self, node, trade, case):
        """Who showed the arbiter its case sees what that was; and nothing more goes by mistake."""
        record = node.ask("trade", "show", trade)["messages"]
        self.assertEqual(
            sorted(each["name"] for each in record if each["shown"]),
            sorted(each["name"] for each in case["messages"]),
        )
        said = self.refusal(2, node, "trade", "evidence", trade)
        self.assertIn("say what the arbiter is to be shown", said)

    def payload(self, node, trade, message):
        words = [
            str(node.command), "--data-dir", str(node.directory), "trade", "payload", trade,
            message,
        ]  # fmt: skip
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    # Two stars of one persona are all that its maker has.
    def assert_found_by_rating(self, node, offer):
        for asked, results in (
            (("--rating", "2"), [offer]), (("--rating", "2.1"), []),
            (("--rated", "1"), [offer]), (("--rated", "2"), []),
        ):  # fmt: skip
            answer = node.ask("search", "bicycle", *asked)
            self.assertEqual([each["id"] for each in answer["results"]], results)
            self.assertEqual(answer["unrated"], 0)
        self.assertIn("stars", self.refusal(1, node, "search", "--rating", "six"))

    def assert_warned_of_an_earlier_version(self, maker, offer, trade):
        self.assertEqual(maker.ask("trade", "show", trade).get("warnings", []), [])
        maker.ask("offer", "update", offer, "--want", "90 EUR")
        found = maker.ask("trade", "show", trade)
        self.assertIn("An earlier version of your offer was taken", found["warnings"][0])
        self.assertEqual([each["code"] for each in found["warnings_said"]], ["earlier"])

    def test_a_trade_from_the_take_to_the_ratings_that_everybody_sees(self):
        maker, middle, taker = self.line_of_three(options=OPTIONS)
        offer = maker.ask(
            "offer", "publish", "--title", "Bicycle", "--give", "bicycle", "--want", "80 EUR",
            "--lifetime", "1d", "--stamp-bits", "12",
        )["id"]  # fmt: skip
        taker.wait_offer(offer)
        whole = Watch()
        taken = taker.ask(
            "trade", "take", offer, "--give", "bicycle", "--want", "60 EUR", "--text", "On Friday?"
        )
        trade = taken["id"]
        self.assertEqual(
            (taken["role"], taken["state"], taken["proposer"]), ("taker", "proposed", "taker")
        )
        seen, = self.wait_state(trade, "proposed", maker)
        measured("taken after", whole.seconds)
        self.assertEqual((seen["role"], seen["terms"]["want"], seen["messages"][0]["text"]),
                         ("maker", "60 EUR", "On Friday?"))  # fmt: skip
        self.assertIn(
            "proposal is its sender's own", self.refusal(1, taker, "trade", "accept", trade)
        )
        self.assertIn("nothing is agreed yet", self.refusal(1, maker, "trade", "shipped", trade))

        self.assert_warned_of_an_earlier_version(maker, offer, trade)
        maker.ask(
            "trade", "counter", trade, "--give", "bicycle", "--want", "75 EUR",
            "--text", "It is new",
        )  # fmt: skip
        self.wait_trade(taker, trade, "counter", lambda found: found["proposer"] == "maker")
        self.assert_waits_for(taker, maker, trade)
        taker.ask("trade", "accept", trade)
        agreed = self.wait_state(trade, "agreed", maker, taker)
        measured("countered, accepted and confirmed after", whole.seconds)
        for found in agreed:
            self.assertEqual((found["terms"]["want"], found["maker"], found["taker"]),
                             ("75 EUR", seen["maker"], seen["taker"]))  # fmt: skip
        self.assertIn("has shipped nothing yet", self.refusal(1, taker, "trade", "received", trade))

        content = os.urandom(10_000)
        file = self.top / "psbt"
        file.write_bytes(content)
        watch = Watch()
        maker.ask(
            "trade", "pay-info", trade, "--text", "Here", "--payload", str(file),
            "--type", "application/psbt",
        )  # fmt: skip
        paid = self.wait_move(taker, trade, "maker", "pay-info")
        measured("a payload of 10,000 bytes arrived after", watch.seconds)
        self.assertEqual(
            (paid["payload"]["media_type"], paid["text"]), ("application/psbt", "Here")
        )
        self.assertEqual(self.payload(taker, trade, paid["name"]), content)

        for node in (maker, taker):
            node.ask("trade", "shipped", trade)
        self.wait_move(maker, trade, "taker", "shipped")
        self.wait_move(taker, trade, "maker", "shipped")
        for node in (maker, taker):
            node.ask("trade", "received", trade)
        ended = self.wait_state(trade, "complete", maker, taker)
        measured("complete at both after", whole.seconds)
        for found in ended:
            problems = [each for each in found["messages"] if each.get("problem")]
            self.assertEqual((problems, found.get("warnings", [])), ([], []))
        self.assertEqual(self.named_moves(ended[0]), self.named_moves(ended[1]))
        self.assertIn("the trade is over", self.refusal(1, taker, "trade", "shipped", trade))
        self.assertEqual(
            middle.ask("trade", "list").get("trades", []), [], "B reads a trade that is not its own"
        )

        watch = Watch()
        maker.ask("rate", trade, "--stars", "5", "--text", "Quick")
        taker.ask("rate", trade, "--stars", "2", "--text", "It squeaks")
        for about, by, stars, text in (
            (seen["taker"], seen["maker"], 5, "Quick"),
            (seen["maker"], seen["taker"], 2, "It squeaks"),
        ):
            middle.wait_until(
                lambda about=about: middle.ask("ratings", about).get("count"),
                LETTER_SECONDS,
                "a rating",
            )
            found = middle.ask("ratings", about)
            self.assertEqual((found["count"], found["mean"]), (1, stars))
            got = [found["ratings"][0][field] for field in ("by", "about", "stars", "text")]
            self.assertEqual(got, [by, about, stars, text])
        measured("both ratings at the third node after", watch.seconds)
        self.assert_found_by_rating(middle, offer)
        self.assertNotIn(offer, str(found))

    def test_an_arbiter_sees_what_it_is_shown_and_rules_while_one_side_is_away(self):
        maker, arbiter, taker = self.line_of_three(options=OPTIONS)
        address = self.told_mailbox(arbiter, taker)
        judge = f"{arbiter.ask('identity', 'new', 'judge')['address']}/{address}"
        offer = self.publish(maker, "Vase", **{"stamp-bits": "12"})
        taker.wait_offer(offer)
        trade = taker.ask("trade", "take", offer, "--arbiter", judge)["id"]
        self.wait_state(trade, "proposed", maker)
        self.assertIn(
            "nothing is agreed yet",
            self.refusal(1, taker, "trade", "dispute", trade, "--text", "Early"),
        )
        maker.ask("trade", "accept", trade)
        self.wait_state(trade, "agreed", maker, taker)
        maker.ask("trade", "text", trade, "--text", "My street is a secret")
        maker.ask("trade", "shipped", trade, "--text", "RR123456789")
        shown = self.wait_move(taker, trade, "maker", "shipped")
        self.wait_move(taker, trade, "maker", "text")
        self.assertEqual(
            arbiter.ask("trade", "list").get("trades", []), [], "nobody has called the arbiter"
        )

        watch = Watch()
        taker.ask(
            "trade", "dispute", trade, "--text", "It came in pieces", "--show", shown["name"]
        )
        self.wait_state(trade, "disputed", arbiter)
        measured("the arbiter is called after", watch.seconds)
        self.wait_state(trade, "disputed", maker)
        case = self.wait_trade(
            arbiter, trade, "what was shown", lambda found: len(found["messages"]) == 5
        )
        self.assertEqual((case["role"], case["title"]), ("arbiter", "Vase"))
        moves = sorted((each["by"], each["move"]) for each in case["messages"])
        self.assertEqual(moves, [("maker", "accept"), ("maker", "shipped"), ("taker", "confirm"),
                                 ("taker", "dispute"), ("taker", "take")])  # fmt: skip
        self.assertNotIn("secret", str(case))
        self.assertEqual([each["by"] for each in case["missing"]], ["maker"])
        self.assert_recorded(taker, trade, case)
        self.assertIn("only", self.refusal(1, maker, "trade", "rule", trade, "--right", "maker"))

        maker.stop()
        watch = Watch()
        arbiter.ask("trade", "rule", trade, "--right", "taker", "--text", "It was wrapped badly")
        ruled, = self.wait_state(trade, "ruled", taker)
        self.assertEqual(ruled["right"], "taker")
        measured("ruled, and known to the side that is there, after", watch.seconds)
        self.assertIn(
            "has ruled already",
            self.refusal(1, arbiter, "trade", "rule", trade, "--right", "maker"),
        )
        self.wait_letters_out(arbiter)
        watch = Watch()
        maker.start()
        back, = self.wait_state(trade, "ruled", maker)
        measured("and to the other, from its return on, after", watch.seconds)
        ruling = self.wait_move(maker, trade, "arbiter", "ruling")
        self.assertEqual(
            (back["right"], ruling["right"], ruling["text"]),
            ("taker", "taker", "It was wrapped badly"),
        )
        self.assertIn(
            "the trade is over", self.refusal(1, maker, "trade", "dispute", trade, "--text", "No!")
        )


if __name__ == "__main__":
    unittest.main(verbosity=2)

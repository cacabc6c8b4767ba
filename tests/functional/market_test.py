"""A market between three nodes: offers are imported on one end of the line and found on the other,
by a misspelt word; a storefront, a list that hides it, a watch, a deal, and a rating of what was
traded.

Offers that are made together leave within five seconds for each, ten minutes at most
(core/relay/injection.hpp). HEARSAY_TEST_OFFERS=500 makes it the market that people have.
"""
import json
import os
import unittest

from dealing import LETTER_SECONDS, OPTIONS, Dealing
from support import Watch, measured

OFFERS = int(os.environ.get("HEARSAY_TEST_OFFERS", "20"))
# Time for all of them to leave, at random times, and to cross two links through Tor.
FLOOD_SECONDS = 120 + 10 * OFFERS


class Market(Dealing):
    def goods(self):
        file = self.top / "goods.jsonl"
        lines = [
            {"title": f"Jar of honey, batch {at}", "lifetime_seconds": 2 * 3600,
             "persona": "shop", "tags": ["honey"], "category": "food/honey",
             "price": {"amount": str(500 + at), "currency": "EUR", "decimals": 2}}
            for at in range(OFFERS - 1)
        ]  # fmt: skip
        lines.insert(OFFERS // 2, {"title": "Wheelbarrow", "text": "One wheel, much used.",
                           "persona": "shop", "lifetime_seconds": 2 * 3600})  # fmt: skip
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return file

    @staticmethod
    def found(node, *words):
        return [each["title"] for each in node.ask("search", *words)["results"]]

    def assert_hidden(self, reader, seller, curator):
        """Who subscribes to a list that hides a publisher sees nothing of it, is told, and can look
        all the same."""
        curator.ask("list", "new", "No honey")
        curator.ask("list", "add", "No honey", "--publisher", seller, "--reason", "not from bees")
        made = curator.ask("list", "publish", "No honey")["id"]
        reader.wait_until(
            lambda: any(each["id"] == made for each in reader.ask("list", "list")["lists"]),
            LETTER_SECONDS, "the list",
        )  # fmt: skip
        reader.ask("list", "subscribe", made)
        answer = reader.ask("search", "wheelbarrow")
        self.assertEqual(answer["results"], [])
        self.assertEqual([(each["name"], each["count"]) for each in answer["hidden"]],
                         [("No honey", 1)])  # fmt: skip
        shown = self.found(reader, "wheelbarrow", "--show-hidden")
        self.assertEqual(shown, ["Wheelbarrow"])
        reader.ask("list", "unsubscribe", made)
        self.assertEqual(self.found(reader, "wheelbarrow"), ["Wheelbarrow"])

    def test_one_of_many_is_found_hidden_watched_for_taken_and_rated(self):
        seller, curator, buyer = self.line_of_three(options=OPTIONS)
        seller.ask("identity", "new", "shop")
        watch = Watch()
        imported = json.loads(
            seller.run("--json", "offer", "import", str(self.goods()), seconds=300).stdout
        )
        self.assertEqual((len(imported["published"]), imported["failed"]), (OFFERS, []))
        buyer.wait_until(
            lambda: int(buyer.status().get("offers", 0)) == OFFERS, FLOOD_SECONDS, "all the offers"
        )
        measured(f"{OFFERS} offers imported, and all at the third node after", watch.seconds)

        misspelt = buyer.ask("search", "weelbarrow")
        self.assertEqual([each["title"] for each in misspelt["results"]], ["Wheelbarrow"])
        self.assertEqual([(each["written"], each["found"]) for each in misspelt["corrected"]],
                         [("weelbarrow", "wheelbarrow")])  # fmt: skip
        by = misspelt["results"][0]["publisher"]
        pages = buyer.run("--json", "store", by, "--all").stdout.splitlines()
        front = [each["id"] for page in pages for each in json.loads(page)["results"]]
        self.assertEqual(len(set(front)), OFFERS)
        cheapest = buyer.ask("store", by, "--sort", "price", "--currency", "EUR", "--limit", "2")
        self.assertEqual([each["title"] for each in cheapest["results"]],
                         ["Jar of honey, batch 0", "Jar of honey, batch 1"])  # fmt: skip
        self.assert_hidden(buyer, by, curator)

        buyer.ask("watch", "add", "bikes", "bicycle")
        offer = self.publish(seller, "Blue bicycle", **{"stamp-bits": "12"})
        buyer.wait_until(
            lambda: buyer.ask("watch", "show", "bikes")["matches"] == 1, LETTER_SECONDS, "an alert"
        )
        trade = buyer.ask("trade", "take", offer, "--give", "bicycle", "--want", "60 EUR")["id"]
        self.wait_state(trade, "proposed", seller)
        seller.ask("trade", "accept", trade)
        self.wait_state(trade, "agreed", seller, buyer)
        for node in (seller, buyer):
            node.ask("trade", "shipped", trade)
        self.wait_move(seller, trade, "taker", "shipped")
        self.wait_move(buyer, trade, "maker", "shipped")
        for node in (seller, buyer):
            node.ask("trade", "received", trade)
        self.wait_state(trade, "complete", seller, buyer)
        buyer.ask("rate", trade, "--thing", "--stars", "4", "--text", "It rolls")
        curator.wait_until(
            lambda: curator.ask("ratings", "--thing", offer).get("count"), LETTER_SECONDS,
            "the rating of the thing",
        )  # fmt: skip
        told = curator.ask("ratings", "--thing", offer)
        self.assertEqual((told["mean"], told["ratings"][0]["text"]), (4, "It rolls"))


if __name__ == "__main__":
    unittest.main()

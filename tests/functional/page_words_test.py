"""What the page says and offers where the node's words, or its moves, are not enough: another
language, a trade in each of its states, a market of 100,000 that is searched by the node alone."""
import unittest

from page_case import PageCase
from page_scripts import DISPUTED, SEARCH

# (role, state, what is done, what the node would take) -> the buttons, what brings it on first
TRADES = [
    (("maker", "proposed", [], ["counter", "accept", "decline", "text", "close"]),
     ["accept", "counter", "decline", "text"]),
    (("taker", "proposed", [], ["text", "close"]), ["text", "close"]),
    (("taker", "agreed", [], ["pay-info", "shipped", "text", "close"]),
     ["pay-info", "shipped", "text", "close"]),
    (("taker", "disputed", ["taker disputed"], ["pay-info", "received", "text"]),
     ["rate", "rate-thing", "pay-info", "received", "text", "evidence"]),
    (("arbiter", "disputed", ["taker disputed"], ["text", "ruling"]), ["ruling", "text"]),
    (("maker", "complete", [], ["text", "close"]), ["rate", "text"]),
    (("taker", "cancelled", [], []), ["rate", "rate-thing"]),
    (("taker", "withdrawn", [], ["close"]), []),
]  # fmt: skip


class Words(PageCase):
    def german(self):
        one, browser = self.entered()
        browser.go("settings", "[name=language]").send_keys("d")
        browser.wait_text("Einstellungen")
        return one, browser

    def test_what_the_node_says_is_said_in_the_language_of_the_page(self):
        _, browser = self.german()
        browser.go("network", "#tile-store")
        browser.wait_text("0 Eintr\u00e4ge, 0 Angebote", "#tile-store")
        browser.wait_text("Keine Passphrase sch\u00fctzt", ".page-network .notice")
        browser.go("publish", "#publish-form")
        browser.click("#publish-form details summary")
        browser.fill("#publish-form", title="Rad", delivery="post, post")
        browser.wait_text("\u201epost\u201c steht zweimal da.", "#publish-form > .wrong")
        browser.fill("#publish-form", delivery="", country="d")
        browser.wait_text("Land: Zwei Buchstaben", "#publish-form > .wrong")
        self.assertEqual(browser.problems(), [])

    def test_a_sentence_within_a_sentence_and_one_without_a_code(self):
        _, browser = self.german()
        said = {"code": "pauses", "values": {"why": "#no_room", "path": "/x", "mib": "5"}}
        told = {"warnings": ["The node pauses: ...", "Something new: x."],
                "warnings_said": [said, {"code": "", "values": {}}]}  # fmt: skip
        self.answers(browser, status=told)
        browser.go("network", ".notice")
        browser.wait_text("Der Knoten ruht: der Platz reicht nicht.")
        browser.wait_text("Something new: x.")
        self.answers(browser, status={**told, "warnings_said": [{"code": "newer", "values": {}}]})
        browser.go("settings")
        browser.go("network", ".notice")
        browser.wait_text("The node pauses: ...")
        self.assertEqual(browser.problems(), [])

    def test_only_what_the_node_would_take_is_a_button(self):
        _, browser = self.entered()
        for (role, state, done, possible), buttons in TRADES:
            trade = {**DISPUTED, "role": role, "state": state, "done": done, "possible": possible,
                     "proposer": "taker"}  # fmt: skip
            self.answers(browser, **{f"trades/{DISPUTED['id']}/read": trade})
            browser.go("settings")
            browser.go(f"trades/{DISPUTED['id']}", ".steps")
            found = browser.run("return [...document.querySelectorAll('[id^=move-]')]"
                                ".map((each) => each.id.slice(5))")  # fmt: skip
            self.assertEqual(sorted(found), sorted(buttons), f"{role}, {state}")
            if "close" in buttons:
                name = "Withdraw" if state == "proposed" else "Ask to cancel"
                self.assertEqual(browser.text("#move-close"), name)

    def test_an_amount_shows_all_its_digits_and_both_of_a_currencys_last_ones(self):
        _, browser = self.entered()
        offer = {"id": "f" * 64, "title": "Tea", "publisher": "hsp1q", "state": "live",
                 "created": "2026-11-21T10:27:57Z", "expires": "2026-12-21T10:27:57Z"}  # fmt: skip
        xmr = {"mode": "fixed", "amount": "500000000", "decimals": 12, "currency": "XMR"}
        euro = {"mode": "fixed", "amount": "8050", "decimals": 2, "currency": "EUR"}
        for price, text in ((xmr, "0.0005 XMR"), (euro, "80.50 EUR")):
            self.answers(browser, offers=self.listed({**offer, "price": price}))
            browser.go("settings")
            browser.go("market", ".card")
            browser.wait_text(text, ".card .price")
        self.answers(browser)
        browser.go("publish", "#publish-form")
        browser.fill("#publish-form", **{"title": "Tea", "price.amount": "0.0000005",
                                         "price.currency": "XMR", "days": "1 day"})  # fmt: skip
        browser.wait_text("0.0000005 XMR", ".page-offer")
        offer = browser.driver.current_url.split("/")[-1]
        amount = browser.go(f"publish/{offer}", "[name='price.amount']")
        self.assertEqual(amount.get_attribute("value"), "0.0000005")

    def test_the_market_is_narrowed_by_rating_and_ordered_by_the_node(self):
        _, browser = self.entered()
        orders = "return [...document.querySelectorAll('[name=sort] option')].map((e) => e.value)"
        self.assertEqual(browser.run(orders), ["newest", "relevance", "price"])
        browser.run_async(SEARCH)
        browser.click("#filters summary")
        browser.wait("[name=rating]").send_keys("4 or")
        browser.until(lambda: "rating=4" in (browser.run("return window.narrowed") or ""), "stars")
        browser.wait("[name=rated]").send_keys("3\t")
        browser.until(lambda: "rated=3" in browser.run("return window.narrowed"), "raters")
        self.assertIn("rating=4&rated=3", browser.driver.current_url)
        browser.driver.refresh()  # the node itself takes them
        browser.wait_text("Nothing fits")
        browser.wait("#filters[open]")
        found = {"results": [], "total": 1000, "more_than": True, "hidden": [], "corrected": [],
                 "cursor": "", "ranked": 1000, "unrated": 7}  # fmt: skip
        self.answers(browser, **{"search*": found})
        browser.wait("[name=rated]").send_keys("0\t")
        browser.wait_text("the newest 1,000 in this order · 7 that nobody rated left out", "#count")
        self.assertEqual(browser.problems(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

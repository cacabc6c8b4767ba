"""What the page says and offers where the node's words, or its moves, are not enough: another
language, a trade in each of its states, a market of 100,000 that is searched by the node alone."""
import unittest

from page_case import ENTER, PageCase
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
    (("maker", "complete", [], ["text", "close"]), ["rate", "text", "evidence"]),
    (("taker", "cancelled", [], []), ["rate", "rate-thing", "evidence"]),
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

    def test_what_tor_and_the_machine_say_is_said_in_the_language_of_the_page(self):
        one, browser = self.german()
        browser.go("network", "#tile-tor")
        browser.wait_text("Sandbox", ".rows")
        self.assertIn("ein", browser.text(".rows"))
        phase = one.status()["tor"]  # of a network of which nothing answers
        self.assertEqual(phase["said"]["code"].split("_")[0], "phase")
        browser.wait_text("Es ", "#tile-tor")
        told = "The node runs without its sandbox: the kernel takes no seccomp filter: x."
        says = {"code": "no_sandbox", "values": {"why": "#no_seccomp", "reason": "x"}}
        for said, text in (({"code": "phase_conn"}, "Es verbindet sich mit einem ersten Relais."),
                           (None, "Asking the moon")):  # fmt: skip
            tor = {"state": "bootstrapping", "percent": 5, "detail": "Asking the moon",
                   **({"said": {"values": {}, **said}} if said else {})}  # fmt: skip
            self.answers(browser, status={"tor": tor, "warnings": [told], "warnings_said": [says],
                                          "sandbox": "no", "sandbox_said": says})  # fmt: skip
            browser.go("settings")
            browser.go("network", "#tile-tor")
            browser.wait_text(text, "#tile-tor")
            self.assertNotIn("Connecting", browser.text("#tile-tor"))
        sandbox = "ohne seine Sandbox: der Kern nimmt keinen Filter von seccomp (x)."
        browser.wait_text(sandbox, ".page-network .notice")
        browser.wait_text(sandbox, ".page-network .rows")
        self.assertEqual(browser.problems(), [])

    def test_a_warning_of_a_trade_and_why_a_peer_is_away_are_in_the_language_of_the_page(self):
        _, browser = self.german()
        peer = {"onion": "a" * 56 + ".onion", "state": "waiting", "manual": False,
                "received_bytes": "0", "sent_bytes": "0"}  # fmt: skip
        peers = [{**peer, "last_error": "Tor gave up", "last_error_said":
                  {"code": "peer_offline", "values": {}}},
                 {**peer, "last_error": "silent"}]  # fmt: skip
        warned = {**DISPUTED, "warnings": ["An earlier version ..."],
                  "warnings_said": [{"code": "earlier", "values": {}}]}  # fmt: skip
        self.answers(browser, peers={"peers": peers}, **{f"trades/{DISPUTED['id']}/read": warned})
        browser.go("network", "#tile-store")
        browser.wait_text("vermutlich nicht da")
        browser.wait_text("silent")
        self.assertNotIn("Tor gave up", browser.text("main"))
        browser.go(f"trades/{DISPUTED['id']}", ".steps")
        browser.wait_text("eine frühere Fassung Ihres Angebots", ".notice")
        self.assertEqual(browser.problems(), [])

    def test_a_number_that_may_be_read_in_two_ways_is_asked_for_once_more(self):
        one, browser = self.entered()
        browser.go("publish", "#publish-form")
        browser.fill("#publish-form", **{"title": "Tea", "price.amount": "1.000", "days": "1 day",
                                         "price.currency": "EUR"})  # fmt: skip
        browser.wait_text("A thousand, or one", "#publish-form > .wrong")
        focused = "return document.activeElement.name"
        self.assertEqual(browser.run(focused), "price.amount")
        browser.run("document.querySelector('#publish-form details').open = true")
        browser.fill("#publish-form", **{"price.amount": "90071992547409.9301", "quantity": "two"})
        browser.wait_text("Write a number", "#publish-form > .wrong")
        self.assertEqual(browser.run(focused), "quantity")
        browser.run("document.querySelector('#publish-form details').open = false")
        browser.wait("#publish-form button[type=submit]").send_keys(ENTER)
        browser.until(lambda: browser.run(focused) == "quantity", "the field to be opened")
        browser.fill("#publish-form", quantity="2")
        browser.wait_text("90,071,992,547,409.9301 EUR", ".page-offer")
        offer = browser.driver.current_url.split("/")[-1]
        price = one.ask("offer", "show", offer)["price"]
        self.assertEqual((price["amount"], price["decimals"]), ("900719925474099301", 4))
        amount = browser.go(f"publish/{offer}", "[name='price.amount']")
        self.assertEqual(amount.get_attribute("value"), "90071992547409.9301")

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

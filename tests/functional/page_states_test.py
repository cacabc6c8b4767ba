"""The page of one node in a real browser: each state that is designed is drawn, and stays usable
with 100,000 offers, by the keyboard alone, and for who sees or hears it otherwise."""
import time
import unittest

from page_case import ENTER, PAGES, TAB, TITLE, PageCase
from page_scripts import DISPUTED, MANY, NO_WEBP, READY, SEARCH, noisy_png
from stranger import Key, onion_of
from support import measured

WIDTHS = (320, 1600)
LONG = "x" * 120
ARABIC = "\u0643\u0631\u0633\u064a \u062e\u0634\u0628\u064a 5 EUR"
PIXELS = 900  # of a side of the picture that is published
SHOWN = {"hash": "c0" * 32, "here": True, "format": "webp", "width": 9, "height": 9}
OFFER = {"id": "f" * 64, "title": "A bicycle", "publisher": "hsp1q", "state": "live",
         "created": "2026-11-21T10:27:57Z", "expires": "2026-12-21T10:27:57Z"}  # fmt: skip
ASKED = {"state": "over", "begun": "2026-11-21T10:27:57Z", "asked": 10, "linked": 0, "held": 9,
         "lacking": 1, "declined": 0, "unreached": 0}  # fmt: skip


class States(PageCase):
    def test_many_offers_stay_usable_and_a_second_tab_needs_no_code(self):
        one, browser = self.entered()
        browser.driver.set_script_timeout(120)
        # As many as the node gives at once, of as many as it may hold; and all in one answer, which
        # no node gives.
        for count, total, rounds in ((1000, 100_000, 5), (100_000, 100_000, 1)):
            got = browser.run_async(MANY, count, total, rounds)
            measured(f"{count} of {total} offers: first cards {got['first']:.0f} ms after the"
                     f" answer, the longest task {got['tasks']:.0f} ms; 48 plain cards take"
                     f" {got['plain']:.0f} ms; {got['cards']} cards")  # fmt: skip
            self.assertEqual(got["count"], "100,000 offers")
            self.assertLess(got["cards"], 1100)
            if rounds > 1:
                slow = max(1, got["plain"] / 10)  # a quiet machine makes the plain ones in less
                self.assertLessEqual(got["first"], 200 * slow)
                self.assertLessEqual(got["tasks"], 100 * slow)
        browser.run_async(SEARCH)
        browser.wait("#search").send_keys("tea & milk")
        browser.wait_text("250 offers")
        browser.until(
            lambda: browser.run("window.scrollTo(0, 1e6)") or len(browser.all(".card")) == 250,
            "all that the node found",
        )
        asked = browser.run("return window.asked")
        self.assertEqual(asked[-3:], [["tea & milk", ""], ["tea & milk", "c1"],
                                      ["tea & milk", "c2"]])  # fmt: skip
        address = browser.driver.current_url.split("#")[0]
        browser.driver.switch_to.new_window("tab")
        browser.driver.get(address + "#/network")
        browser.wait(".tile")
        locks = browser.run_async(
            "const all = await navigator.locks.query();"
            "return [all.held.length, all.pending.length]"
        )
        self.assertEqual(locks, [1, 1], "one tab reads the events for all")
        pinned = onion_of(Key(self.top))
        one.ask("peers", "add", pinned)
        browser.wait_text(pinned[:11])
        self.assertEqual(browser.problems(), [])

    def test_filters_are_asked_of_the_node_and_stay_in_the_address(self):
        _, browser = self.entered()
        browser.run_async(SEARCH)
        browser.press(TAB, "sort").send_keys(TAB)
        self.assertEqual(browser.run("return document.activeElement.tagName"), "SUMMARY")
        browser.driver.switch_to.active_element.send_keys(ENTER)
        browser.press(TAB, "category").send_keys("sport/bicycles" + TAB)
        browser.wait_text("250 offers")
        self.assertIn("category=sport%2Fbicycles", browser.run("return window.narrowed"))
        browser.wait_text("(1)", "#filters summary")
        browser.press(TAB, "price_max").send_keys("12.50" + TAB)
        browser.until(lambda: "price_max=12.50" in browser.run("return window.narrowed"), "a price")
        self.assertIn("category=sport%2Fbicycles", browser.driver.current_url)

        # The node itself, from the same address: a price needs a currency, and that is said.
        browser.driver.refresh()
        browser.wait_text("currency", ".wrong")
        browser.press(TAB, "currency").send_keys("EUR" + TAB)
        browser.wait_text("Nothing fits")
        self.assertEqual(browser.text(".wrong"), "")
        browser.go("settings", "select")
        browser.driver.back()
        browser.wait("#filters[open]")
        self.assertEqual(browser.wait("[name=category]").get_attribute("value"), "sport/bicycles")
        self.assertEqual(browser.problems(), [])

    def test_an_empty_market_says_why_and_what_to_do(self):
        _, browser = self.entered()
        browser.wait_text("still connecting")
        browser.wait(".empty a[href='#/network']")
        for tor, peers, text, where in (
            (READY, {"state": "alone"}, "knows nobody", "network"),
            (READY, {"state": "connected"}, "The market is empty", "publish"),
        ):
            browser.go("settings")
            self.answers(browser, status={"tor": tor, "peers": peers})
            browser.go("market", f".empty a[href='#/{where}']")
            browser.wait_text(text)
        self.assertEqual(browser.problems(), [])

    def test_each_tile_has_age_cause_and_next_step_and_plots_say_in_words_what_they_draw(self):
        _, browser = self.entered()
        browser.go("network", "#tile-tor")
        browser.wait_text("begin in a minute", "#plots")
        ages = [180, 120, 60, 0]
        bad = {"state": "failed", "percent": 0, "detail": "it ended"}
        self.answers(
            browser,
            status={"tor": bad, "tor_standing": "outdated", "clock_doubt": "it is 1970"},
            history={"seconds_ago": [900, *ages], "received_rate": [0, 1, 2, 3, 2000],
                     "sent_rate": [0] * 5, "items": [1, 2, 3, 4, 5],
                     "links_outbound": [0, 1, 2, 3, 3], "links_inbound": [0] * 5},
        )  # fmt: skip
        browser.go("settings")
        browser.go("network", "#plots svg")
        for tile in ("tor", "tor_version", "clock"):
            browser.wait(f"#tile-{tile}.bad .next")
        for tile in browser.all(".tiles section.tile"):
            level = set(tile.get_attribute("class").split())
            self.assertEqual(len(level & {"good", "waiting", "bad", "old"}), 1, tile.text)
            self.assertIn("As of", tile.text)
        drawn = browser.run("""return [...document.querySelectorAll('#plots svg')].map((each) =>
            [each.getAttribute('aria-label'), each.querySelectorAll('path').length,
             each.querySelector('path').getAttribute('d').split('M').length - 1])""")
        self.assertEqual([each[1] for each in drawn], [2, 1, 2])
        self.assertEqual([each[2] for each in drawn], [2, 2, 2], "a line breaks where it slept")
        self.assertIn("Received: 2 kB a second now", drawn[0][0])
        self.assertEqual(browser.kept_out(), [])
        self.answers(browser, status={"tor_standing": "current"})
        browser.go("settings")
        browser.go("network", "#tile-tor_version.good")
        self.assertEqual(browser.problems(), [])

    def test_titles_of_120_letters_and_from_right_to_left_stay_in_their_place(self):
        one, browser = self.entered()
        offers = [self.publish(one, LONG), self.publish(one, ARABIC)]
        browser.driver.set_window_size(320, 800)
        for page in ("market", "mine", *(f"offer/{offer}" for offer in offers)):
            browser.go("settings")
            browser.go(page)
            self.assertEqual(browser.unsound(), [], page)
        browser.go("market", ".card")
        found = browser.run("""return [...document.querySelectorAll('.card h2 bdi')].map((each) =>
            [each.textContent, getComputedStyle(each).direction])""")
        self.assertIn([ARABIC, "rtl"], found)
        self.assertIn([LONG, "ltr"], found)
        self.assertEqual(browser.run("return getComputedStyle(document.body).direction"), "ltr")

    def test_a_wrong_passphrase_is_told_and_the_reminder_waits_a_week(self):
        _, browser = self.entered()
        browser.click("#remind button")
        browser.until(lambda: not browser.all("#remind"), "the reminder to go")
        browser.driver.refresh()
        browser.go("keys", "#backup-form")
        self.assertEqual(browser.all("#remind"), [])
        ends = browser.run("return Number(localStorage.getItem('hearsay-backup-snoozed'))") / 1000
        self.assertAlmostEqual(ends, time.time() + 7 * 86400, delta=600)
        browser.run("localStorage.setItem('hearsay-backup-snoozed', Date.now() - 1)")
        browser.driver.refresh()
        browser.wait("#remind")
        path = self.top / "a.backup"
        browser.fill("#backup-form", path=str(path), once="long and right", twice="wrong")
        browser.wait_text("differ", "#backup-form .wrong")
        self.assertEqual(browser.run("return document.activeElement.name"), "twice")
        browser.wait("[name=twice][aria-invalid=true]")
        self.assertFalse(path.exists())
        browser.fill("#backup-form", twice="long and right")
        browser.wait_text("read back", seconds=60)
        self.assertTrue(path.exists())
        browser.until(lambda: not browser.all("#remind"), "the reminder to go")
        self.assertEqual(browser.problems(), [])

    def test_drafts_stay_in_the_tab_until_the_log_out(self):
        _, browser = self.entered()
        browser.go("publish", "#publish-form")
        browser.wait("[name=title]").send_keys("Half a tit")
        browser.go("mail/new", "#compose-form")
        browser.wait("[name=text]").send_keys("Dear")
        browser.driver.refresh()
        browser.wait("#compose-form")
        self.assertEqual(browser.wait("[name=text]").get_attribute("value"), "Dear")
        browser.go("publish", "#publish-form")
        self.assertEqual(browser.wait("[name=title]").get_attribute("value"), "Half a tit")
        browser.fill("#publish-form", days="1 day")
        browser.wait(".page-offer")
        browser.go("publish", "#publish-form")
        self.assertEqual(browser.wait("[name=title]").get_attribute("value"), "")
        browser.go("settings", "#leave")
        browser.click("#leave")
        browser.wait(".page-locked")
        self.assertEqual(browser.run("return sessionStorage.length"), 0)
        kept = browser.run("return JSON.stringify(localStorage)")
        self.assertNotIn("Dear", kept)

    def test_what_is_hidden_stands_on_the_page_of_people_and_can_be_taken_off(self):
        one, browser = self.entered()
        browser.go("people", "#hide-form")
        for word in ("casino", "poker"):
            browser.fill("#hide-form", value=word, reason="no gambling")
            browser.until(lambda word=word: browser.run(
                "return document.querySelector('.page-people').textContent.includes(arguments[0])",
                word), word)  # fmt: skip
        browser.wait_text("2 entries", ".page-people")
        browser.click("[id^=list-] summary")
        browser.click("[id^=list-] li button")
        browser.wait_text("1 entry", ".page-people")
        (kept,) = one.ask("list", "show", "mine")["entries"]
        self.assertEqual(kept["word"], "poker")
        browser.fill("#hide-form", value="no word, but some")
        browser.wait_text("word", "#hide-form .wrong")
        self.assertEqual(browser.wait("[name=value]").get_attribute("value"), "no word, but some")
        self.assertEqual(browser.problems(), [])

    def test_a_picture_is_made_small_and_published_and_noise_is_told(self):
        one, browser = self.entered()
        file = self.top / "large.png"
        file.write_bytes(noisy_png(PIXELS))
        browser.go("publish", "#pictures")
        browser.wait("#pictures").send_keys(str(file))
        browser.wait(".pictures img")
        browser.wait("#preview img")
        got = browser.run_async("""
            const [base64] = JSON.parse(sessionStorage.getItem('draft-new-pictures'));
            const raw = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
            const image = await createImageBitmap(new Blob([raw], {type: 'image/webp'}));
            const text = (from, to) => String.fromCharCode(...raw.slice(from, to));
            const length = new DataView(raw.buffer).getUint32(16, true);
            return [raw.length, image.width, image.height, text(0, 4) + text(8, 16), length];""")
        measured(f"{PIXELS} x {PIXELS} pixels of noise became {got[1]} x {got[2]},"
                 f" {got[0]} bytes")  # fmt: skip
        self.assertLessEqual(got[0], 16384)
        self.assertLessEqual(max(got[1], got[2]), 640)
        self.assertEqual(got[3], "RIFFWEBPVP8 ")
        self.assertEqual(got[0], 20 + got[4] + got[4] % 2, "nothing stands beside the image")
        browser.driver.refresh()
        browser.wait(".pictures img")
        browser.click(".pictures button")
        browser.until(lambda: not browser.all(".pictures img"), "the picture to go")
        browser.wait("#pictures").send_keys(str(file))
        browser.wait(".pictures img")
        browser.fill("#publish-form", title=TITLE)
        browser.wait(".page-offer .picture img")  # from the node, which took it
        offer = browser.driver.current_url.split("/")[-1]
        self.assertEqual(len(one.ask("offer", "show", offer)["pictures"]), 1)
        browser.go(f"publish/{offer}", ".pictures img")  # a new version keeps it
        browser.fill("#publish-form", title="Bicycle, red")
        browser.wait_text("Bicycle, red", "h1")
        self.assertEqual(len(one.ask("offer", "show", offer)["pictures"]), 1)
        browser.go("publish", "#pictures")
        browser.run("""const real = CanvasRenderingContext2D.prototype.getImageData;
            CanvasRenderingContext2D.prototype.getImageData = function (...given) {
              const got = real.apply(this, given);
              got.data[0] ^= 1;
              return got;
            };""")
        browser.wait("#pictures").send_keys(str(file))
        browser.wait_text("hearsay offer publish --picture", "#publish-form .wrong")
        self.assertEqual(browser.all(".pictures img"), [])
        self.assertEqual(browser.problems(), [])

    def test_where_a_canvas_gives_no_webp_a_picture_becomes_a_jpeg_that_the_node_takes(self):
        one, browser = self.entered()
        file = self.top / "large.png"
        file.write_bytes(noisy_png(PIXELS))
        browser.run(NO_WEBP)
        browser.go("publish", "#pictures")
        browser.wait("#pictures").send_keys(str(file))
        browser.wait(".pictures img")
        size, sides, markers = browser.run_async("""
            const [base64] = JSON.parse(sessionStorage.getItem('draft-new-pictures'));
            const raw = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
            const image = await createImageBitmap(new Blob([raw], {type: 'image/jpeg'}));
            const markers = [];
            for (let at = 2; raw[at - 2] !== 0xff || raw[at - 1] !== 0xda;) {
              markers.push(raw[at + 1]);
              at = raw[at + 1] === 0xda ? at + 2 : at + 2 + raw[at + 2] * 256 + raw[at + 3];
            }
            return [raw.length, [image.width, image.height], markers];""")
        measured(f"{PIXELS} x {PIXELS} pixels of noise became a JPEG of {sides}, {size} bytes")
        self.assertLessEqual(size, 16384)
        self.assertLessEqual(max(sides), 640)
        self.assertEqual(markers[0], 0xE0)
        self.assertEqual(set(markers) - {0xE0, 0xDB, 0xC0, 0xC4, 0xDD, 0xDA}, set())
        browser.fill("#publish-form", title=TITLE)
        browser.wait(".page-offer .picture img")  # from the node, which took it
        offer = browser.driver.current_url.split("/")[-1]
        (shown,) = one.ask("offer", "show", offer)["shown_pictures"]
        self.assertEqual(shown["format"], "jpeg")
        self.assertEqual(browser.problems(), [])

    def test_a_card_says_who_holds_it_and_only_the_button_of_the_offer_asks(self):
        one, browser = self.entered()
        self.answers(browser, offers=self.listed({**OFFER, "audit": ASKED}), **{"audits/*": ASKED})
        browser.go("settings")
        browser.go("market", ".card")
        browser.wait_text("held by 9 of 10 asked", ".card .facts")
        self.assertEqual(self.sent(browser, "/audits/"), [], "a card asks nobody")
        offer = self.publish(one, TITLE)
        self.answers(browser, **{"audits/*": {**ASKED, "state": "running"}})
        browser.go(f"offer/{offer}", "#ask")
        self.assertEqual(browser.text("#audit"), "")
        self.assertEqual(self.sent(browser, "/audits/"), [])
        browser.click("#ask")
        browser.wait_text("being asked", "#audit")
        self.answers(browser, **{"audits/*": ASKED})
        browser.wait_text("held by 9 of 10 asked · 1 without it", "#audit")
        self.answers(browser, **{"audits/*": {**ASKED, "asked": 0, "held": 0}})
        browser.click("#ask")
        browser.wait_text("Nobody could be asked", "#audit")
        self.assertEqual([each[0] for each in self.sent(browser, "/audits/")], ["POST"])
        self.answers(browser)  # the node itself, which has no network
        browser.click("#ask")
        browser.wait_text("Not now", "#audit")
        self.assertEqual(browser.problems(), [])

    def test_a_strangers_picture_is_shown_only_when_somebody_asks(self):
        _, browser = self.entered()
        some = self.listed({**OFFER, "shown_pictures": [SHOWN]})
        self.answers(browser, offers=some, **{"pictures/*": {}})
        browser.go("settings")
        browser.go("market", ".card .picture button")
        self.assertEqual(self.sent(browser, "/pictures/"), [])
        browser.click(".card .picture button")
        browser.wait(".card .picture img")
        self.answers(browser, offers=some, **{"pictures/*": {}},
                     friends={"friends": [{"address": "hsp1q", "name": "Anna"}]})  # fmt: skip
        browser.go("settings")
        browser.go("market", ".card .picture img")  # of whom one follows, at once

    def test_an_arbiter_is_shown_what_was_chosen(self):
        _, browser = self.entered()
        at = f"trades/{DISPUTED['id']}"
        self.answers(browser, **{f"{at}/read": DISPUTED, f"{at}/moves": DISPUTED})
        browser.go(at, "#move-evidence")
        browser.wait_text("Disputed", ".steps")
        browser.click("#move-evidence")
        boxes = browser.all("#move-form [name=show]")
        self.assertEqual([each.get_attribute("value") for each in boxes], ["maker-2"])
        boxes[0].click()
        self.assertEqual(browser.kept_out(), [])
        browser.wait("#move-form button[type=submit]").click()
        browser.until(lambda: not browser.all("#move-form"), "the form to go")
        (sent,) = self.sent(browser, "/moves")
        self.assertEqual(sent[2], '{"move":"evidence","show_all":false,"show":["maker-2"]}')
        focused = "return document.activeElement.className"
        browser.until(lambda: browser.run(focused) == "live", "the focus to come to the trade")

    def test_nobody_is_notified_who_did_not_ask_and_the_content_is_asked_for_apart(self):
        _, browser = self.entered()
        browser.run("""window.told = [];
            window.Notification = class {
              constructor(title, {body}) { window.told.push(body); }
              static permission = 'granted';
              static async requestPermission() { window.told.push('asked'); return 'granted'; }
            };
            Object.defineProperty(document, 'hidden', {value: true});""")
        mail = "const {notify} = await import('/settings.js'); notify({text: 'A secret'});"
        browser.run_async(mail)
        self.assertEqual(browser.run("return window.told"), [])
        browser.go("settings", "[name=notify]")
        browser.click("[name=notify]")
        browser.until(lambda: browser.run("return window.told") == ["asked"], "the browser to ask")
        browser.run_async(mail)
        self.assertEqual(browser.run("return window.told"), ["asked", "New mail"])
        browser.click("[name=content]")
        browser.run_async(mail)
        self.assertEqual(browser.run("return window.told.at(-1)"), "A secret")

    def test_axe_finds_nothing_on_any_page_in_both_themes_and_two_widths(self):
        one, browser = self.entered()
        offer = self.publish(one, TITLE)
        me = one.ask("identity", "show")["personas"][0]["address"]
        lacking = browser.lacks_axe()
        for theme in ("light", "dark"):
            browser.run("document.documentElement.dataset.theme = arguments[0]", theme)
            for width in WIDTHS:
                browser.driver.set_window_size(width, 900)
                for page in (*PAGES, f"offer/{offer}", f"publish/{offer}", f"people/{me}"):
                    browser.go(page)
                    self.assertEqual(browser.unsound(), [], f"{page}, {theme}, {width}")
                    if not lacking:
                        self.assertEqual(browser.kept_out(), [], f"{page}, {theme}, {width}")
        browser.go("settings", "#leave")
        browser.click("#leave")
        browser.wait(".page-locked")
        self.assertEqual(browser.problems(), [])
        if lacking:
            self.skipTest(lacking)
        self.assertEqual(browser.kept_out(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

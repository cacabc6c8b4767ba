"""The page in a Firefox that resists fingerprinting: the market, a picture, the mail, times, and
the choice of a language, where the browser hides what it knows of the person."""
import datetime
import unittest

from firefox import RESISTING, Firefox
from page_case import TITLE, PageCase
from page_scripts import noisy_png
from support import measured

ZONE = "Asia/Tokyo"  # of the machine; nine hours from UTC, without summer time
LETTER = {"id": "ab" * 32, "direction": "in", "from": "hsp1q", "to": "hsm1q", "state": "read",
          "subject": "The bicycle", "text": "Is it still there?", "attachments": [],
          "received": "2026-11-21T20:27:57Z", "about": ""}  # fmt: skip


class ResistingFirefox(PageCase):
    def resisting(self, **more):
        browser = Firefox({**RESISTING, **more}, zone=ZONE)
        self.addCleanup(browser.end)
        one = self.node("a", network=False).start()
        browser.enter(one)
        return one, browser

    def hour(self, browser):
        """(of the clock that the page goes by, of UTC now)"""
        return browser.run("return new window.Date().getHours()"), datetime.datetime.now(
            datetime.timezone.utc
        ).hour

    def test_the_market_is_searched_and_an_offer_published_without_its_picture(self):
        one, browser = self.resisting()
        measured(browser.version())
        self.assertEqual(browser.run("return navigator.languages.join()"), "en-US,en")
        bicycle = self.publish(one, TITLE)
        found = {"results": [one.ask("offer", "show", bicycle)], "total": 1, "hidden": [],
                 "corrected": []}  # fmt: skip
        self.answers(browser, **{"search*": found})  # what is not out yet, the node does not search
        browser.wait("#search").send_keys("bicycle")
        browser.wait_text("1 offer", "#count")
        self.assertIn("q=bicycle", browser.driver.current_url)
        browser.click(".card a")
        browser.wait_text(TITLE, ".page-offer h1")
        self.assertTrue(browser.driver.current_url.endswith(f"#/offer/{bicycle}"))

        file = self.top / "picture.png"
        file.write_bytes(noisy_png(90))
        browser.go("publish", "#pictures")
        browser.wait("#pictures").send_keys(str(file))
        browser.wait_text("hearsay offer publish --picture", "#publish-form .wrong")
        self.assertEqual(browser.all(".pictures img"), [])
        browser.fill("#publish-form", title="A table")
        browser.wait_text("A table", ".page-offer h1")
        offer = browser.driver.current_url.split("/")[-1]
        self.assertEqual(one.ask("offer", "show", offer).get("pictures", []), [])
        for page in ("market", "publish", "people", "network", "keys", "settings"):
            browser.go(page)
            self.assertEqual(browser.unsound(), [], page)

    def test_times_say_that_they_are_utc_and_a_letter_is_read(self):
        _, browser = self.resisting()
        here, utc = self.hour(browser)
        self.assertIn((here - utc) % 24, (0, 1), "the browser lives in UTC")
        self.answers(browser, mail={"mail": [LETTER]}, **{f"mail/{LETTER['id']}": LETTER})
        browser.go("mail", ".entry a")
        browser.click(".entry a")
        browser.wait_text("Is it still there?")
        said = browser.wait(".letter time").get_attribute("title")
        self.assertIn("Nov 21, 2026", said)
        self.assertRegex(said, r"8:27\sPM UTC$")

    def test_without_it_times_are_those_of_the_machine(self):
        browser = Firefox(zone=ZONE)
        self.addCleanup(browser.end)
        browser.enter(self.node("a", network=False).start())
        self.answers(browser, mail={"mail": [LETTER]}, **{f"mail/{LETTER['id']}": LETTER})
        browser.go("mail", ".entry time")
        said = browser.wait(".entry time").get_attribute("title")
        self.assertRegex(said, r"^Nov 22, 2026, 5:27\sAM$")

    def test_a_language_that_the_browser_hides_is_chosen_and_stays(self):
        _, browser = self.resisting()
        self.assertEqual(browser.run("return document.documentElement.lang"), "en")
        browser.go("settings", "[name=language]")
        # After the script has answered: the page is loaded anew.
        browser.run("""const box = document.querySelector('[name=language]');
            box.value = 'de'; setTimeout(() => box.dispatchEvent(new Event('change')))""")
        browser.wait_text("Einstellungen", "h1")
        focused = "return document.activeElement.name"
        browser.until(lambda: browser.run(focused) == "language", "the focus where it was")
        browser.driver.refresh()
        browser.wait_text("Einstellungen", "h1")
        self.answers(browser, mail={"mail": [LETTER]}, **{f"mail/{LETTER['id']}": LETTER})
        browser.go("mail", ".entry time")
        said = browser.wait(".entry time").get_attribute("title")
        self.assertRegex(said, r"^21\. Nov\. 2026, 20:27 UTC$")

    def test_a_browser_that_refuses_notifications_is_told_of(self):
        _, browser = self.resisting(**{"permissions.default.desktop-notification": 2})
        browser.go("settings", "[name=notify]")
        browser.click("[name=notify]")
        browser.wait_text("The browser refuses", ".page-settings .wrong")
        self.assertFalse(browser.run("return document.querySelector('[name=notify]').checked"))


if __name__ == "__main__":
    unittest.main(verbosity=2)

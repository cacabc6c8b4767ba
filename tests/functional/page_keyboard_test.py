"""The page by the keyboard alone: all is reached, and the focus is where one goes on."""
import unittest

from page_case import ENTER, PAGES, TAB, TITLE, PageCase
from page_scripts import TO_REACH


class Keyboard(PageCase):
    seconds_max = 600

    def test_tab_reaches_all_that_can_be_pressed_on_each_page(self):
        one, browser = self.entered()
        offer = self.publish(one, TITLE)
        for page in (*PAGES, f"offer/{offer}", f"publish/{offer}"):
            browser.go(page)
            for _ in range(browser.run(TO_REACH) + 10):
                browser.type(TAB)
            self.assertEqual(browser.run("return window.missed()"), [], page)

    def test_the_focus_is_never_lost(self):
        one, browser = self.entered()

        def focused(condition):
            script = f"const it = document.activeElement; return {condition}"
            browser.until(lambda: browser.run(script), condition)

        browser.press(TAB, "nav-people").send_keys(ENTER)
        focused("it.tagName === 'H1' && it.textContent === 'People'")
        browser.wait("#hide-form")
        for word in ("casino", "poker"):
            browser.press(TAB, "value").send_keys(word)
            browser.wait("#hide-form button").send_keys(ENTER)
            browser.until(lambda word=word: word in browser.run(
                "return document.querySelector('.page-people').textContent"), word)  # fmt: skip
            focused("it.closest('#hide-form') !== null")  # where it was when it was sent
        browser.click("[id^=list-] summary")
        browser.wait("[id^=list-] li button").send_keys(ENTER)
        browser.wait_text("1 entry", ".page-people")
        focused("it.closest('.live') !== null")  # what was pressed is gone
        browser.go("settings", "[name=language]").send_keys("d")
        browser.wait_text("Einstellungen")
        focused("it.name === 'language'")
        browser.wait("#remind button").send_keys(ENTER)
        browser.until(lambda: not browser.all("#remind"), "the reminder to go")
        focused("it.id === 'main'")
        self.assertEqual(browser.problems(), [])

    def test_the_keyboard_alone_publishes_and_a_full_disk_is_told(self):
        _, browser = self.entered()
        browser.press(TAB, "skip").send_keys(ENTER)
        self.assertEqual(browser.run("return document.activeElement.id"), "main")
        browser.run("document.activeElement.blur(); document.getElementById('skip').focus()")
        browser.press(TAB, "nav-publish").send_keys(ENTER)
        browser.wait("#publish-form")
        browser.press(TAB, "title").send_keys(TITLE)
        self.assertIn(TITLE, browser.text("#preview"))
        browser.press(TAB, "persona").send_keys(TAB)
        browser.driver.switch_to.active_element.send_keys(ENTER)
        browser.wait(".page-offer")
        browser.go("settings", "select")
        browser.run("""const box = document.querySelector('[name=language]');
            box.value = 'de'; box.dispatchEvent(new Event('change'))""")
        browser.wait_text("Einstellungen")
        self.assertEqual(browser.run("return document.documentElement.lang"), "de")
        full = {"state": "full", "percent": 0, "detail": "no room"}
        self.answers(browser, status={"store": full})
        browser.go("network", "#tile-store.bad")
        browser.wait("#full")
        browser.wait("#tile-store .next")
        self.assertEqual(browser.problems(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

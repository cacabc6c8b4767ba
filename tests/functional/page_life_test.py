"""The page over time: the way back, a node that hangs, two tabs, what nobody has before the
eyes."""
import os
import signal
import unittest

from browser import opened_by
from page_case import ENTER, TITLE, PageCase
from page_scripts import DISPUTED, READY

OFFER = {"title": "A bicycle", "publisher": "hsp1q", "state": "live",
         "created": "2026-11-21T10:27:57Z", "expires": "2026-12-21T10:27:57Z"}  # fmt: skip
LETTER = {"id": "ab" * 32, "direction": "in", "from": "hsp1q", "to": "hsm1q", "state": "unread",
          "subject": "The bicycle", "text": "Is it still there?", "attachments": [],
          "received": "2026-11-21T20:27:57Z", "about": ""}  # fmt: skip
SHOWN = {"hash": "c0" * 32, "here": True, "format": "webp", "width": 9, "height": 9}
FOCUSED = "const it = document.activeElement; return it.name || it.id || it.tagName"
HIDE = """Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true});
document.dispatchEvent(new Event('visibilitychange'));"""
# A market whose second piece waits until window.give() is called.
SLOW = """
const real = window.fetch;
window.asked = [];
window.fetch = async (path, ...rest) => {
  const url = new URL(path, location);
  if (url.pathname !== '/v1/search') return real(path, ...rest);
  const q = url.searchParams.get('q'), cursor = url.searchParams.get('cursor') ?? '';
  window.asked.push(q + cursor);
  if (q === 'a' && cursor) await new Promise((done) => { window.give = done; });
  const results = Array.from({length: 48}, (_, i) => ({
    id: `${q}${cursor}${i}`.padEnd(64, 'e'), title: `${q}${cursor} ${i}`, publisher: 'hsp1q',
    created: new Date().toISOString(), expires: new Date().toISOString()}));
  return new Response(JSON.stringify({results, total: 96, more_than: false, hidden: [],
    corrected: [], cursor: cursor ? '' : `-${q}-more`}));
};
"""


class Life(PageCase):
    def test_back_leads_to_where_one_was(self):
        _, browser = self.entered()
        offers = [{**OFFER, "id": f"{i:064x}"} for i in range(40)]
        self.answers(browser, offers=self.listed(*offers), **{"offers/*": {"id": "none"}})
        browser.go("settings")
        browser.go("market", ".card")
        one = f"card-{30:064x}"
        browser.click(f"#{one}")
        browser.wait(".page-offer")
        self.assertEqual(browser.run("return scrollY"), 0)
        self.assertEqual(browser.run(FOCUSED), "H1")
        browser.driver.back()
        browser.wait(".page-market .card")
        browser.until(lambda: browser.run(FOCUSED) == one, "the focus on what was followed")
        self.assertGreater(browser.run("return scrollY"), 500)
        browser.go("settings")
        self.assertEqual(browser.run("return scrollY"), 0)

    def test_a_node_that_hangs_is_lost_and_what_was_typed_stays_when_it_goes_on(self):
        one, browser = self.entered()
        browser.run("const real = AbortSignal.timeout.bind(AbortSignal);"
                    "AbortSignal.timeout = () => real(1500)")  # fmt: skip
        browser.go("people", "#friend-form")
        os.kill(one.pid, signal.SIGSTOP)
        try:
            browser.fill("#friend-form", name="Anna", address="hsp1wrong")
            browser.wait("#lost")
            browser.wait_text("What you typed is still here", "#friend-form .wrong")
        finally:
            os.kill(one.pid, signal.SIGCONT)
        browser.until(lambda: not browser.all("#lost"), "the node to answer again")
        self.assertEqual(
            browser.wait("#friend-form [name=name]").get_attribute("value"), "Anna"
        )

    def test_who_logs_in_anew_in_one_tab_is_in_in_the_others(self):
        one, browser = self.entered()
        first = browser.driver.current_window_handle
        browser.go("settings", "#leave")
        browser.click("#leave")
        browser.wait(".page-locked")
        browser.driver.switch_to.new_window("tab")
        browser.enter(one)
        browser.driver.switch_to.window(first)
        browser.wait(".page-settings")
        self.assertEqual(browser.problems(), [])

    def test_of_more_letters_than_an_answer_has_the_older_ones_are_asked_for(self):
        _, browser = self.entered()
        one = "mail?limit=1000&page="
        old = {**LETTER, "id": "cd" * 32, "subject": "An old one"}
        self.answers(browser, **{f"{one}1*": {"mail": [LETTER], "total": 2},
                     f"{one}2*": {"mail": [LETTER, old], "total": 2}})  # fmt: skip
        browser.go("mail", ".entry")
        self.assertNotIn("An old one", browser.text())
        browser.click(".page-mail a[href='#/mail?pages=2']")
        browser.wait_text("An old one")
        self.assertEqual(len(browser.all(".entry")), 2)
        self.assertEqual(browser.all(".page-mail a[href='#/mail?pages=3']"), [])
        one, other = "trades?limit=1000&page=", {**DISPUTED, "id": "ef" * 16, "title": "Lamp"}
        self.answers(browser, **{f"{one}1*": {"trades": [DISPUTED], "total": 2},
                     f"{one}2*": {"trades": [other], "total": 2}})  # fmt: skip
        browser.go("trades", ".entry")
        browser.click(".page-trades a[href='#/trades?pages=2']")
        browser.wait_text("Lamp")
        self.assertEqual(len(browser.all(".entry")), 2)

    def test_a_letter_behind_another_tab_stays_unread(self):
        _, browser = self.entered()
        at = f"mail/{LETTER['id']}"
        self.answers(browser, mail={"mail": [LETTER]}, **{at: LETTER, f"{at}/read": LETTER,
                     f"trades/{DISPUTED['id']}*": DISPUTED})  # fmt: skip
        browser.run(HIDE, True)
        browser.go(at, ".letter")
        browser.go(f"trades/{DISPUTED['id']}", ".steps")
        self.assertEqual(self.sent(browser, "/read"), [])
        browser.run(HIDE, False)
        browser.until(lambda: self.sent(browser, f"{DISPUTED['id']}/read"), "the trade to be read")
        browser.go(at, ".letter")
        browser.until(lambda: self.sent(browser, f"/v1/{at}/read"), "the letter to be read")

    def test_what_a_search_gives_late_is_not_mixed_with_another_search(self):
        _, browser = self.entered()
        browser.run_async(SLOW)
        browser.wait("#search").send_keys("a")
        browser.wait(".card")
        browser.run("scrollTo(0, 1e6)")
        waits = "return Boolean(window.give)"
        browser.until(lambda: browser.run(waits), "the second piece to be asked for")
        browser.wait("#search").clear()
        browser.wait("#search").send_keys("b")
        browser.wait_text("b 0", ".grid")
        browser.run("window.give()")
        browser.until(
            lambda: browser.run("scrollTo(0, 1e6)") or len(browser.all(".card")) == 96,
            "both pieces of the second search",
        )
        titles = browser.run("return [...document.querySelectorAll('.card h2')].map((each) =>"
                             " each.textContent.split(' ')[0])")  # fmt: skip
        self.assertEqual(titles, ["b"] * 48 + ["b-b-more"] * 48)

    def test_a_time_is_told_anew_while_it_is_shown(self):
        one, browser = self.entered()
        self.publish(one, TITLE)
        browser.go("settings")
        browser.go("market", ".card time")
        said = browser.run_async("""
            const {tick} = await import('/dom.js'), time = document.querySelector('.card time');
            time.dateTime = new Date(Date.now() - 3 * 3600e3).toISOString();
            tick();
            const days = await import('/words.js');
            return [time.textContent, days.ago(Date.now() - 1.4 * 86400e3)];""")
        self.assertEqual(said, ["3 hours ago", "1 day ago"])

    def test_what_was_opened_by_a_button_is_closed_again_and_keeps_what_was_typed(self):
        _, browser = self.entered()
        offer = {**OFFER, "id": "f" * 64, "mine": False, "mailbox": "hsm1q",
                 "shown_pictures": [SHOWN]}  # fmt: skip
        path = f"offers/{offer['id']}"
        self.answers(browser, **{path: offer, "profiles/*": {"status": 404},
                     "ratings/*": {"ratings": [], "count": 0}, "pictures/*": {},
                     "search*": {**self.listed(), "results": []}})  # fmt: skip
        browser.go(f"offer/{offer['id']}", "#write")
        browser.wait(".picture button").send_keys(ENTER)
        browser.wait(".picture img")
        browser.until(lambda: browser.run(FOCUSED) in ("IMG", "SPAN"), "the focus on the picture")
        browser.click("#write")
        browser.wait("#write-form [name=text]").send_keys("Dear")
        browser.click("#write-form .quiet")
        self.assertEqual(browser.all("#write-form"), [])
        self.assertEqual(browser.run(FOCUSED), "write")
        browser.click("#write")
        self.assertEqual(browser.wait("#write-form [name=text]").get_attribute("value"), "Dear")

    def test_a_profile_is_changed_with_all_that_it_has(self):
        one, browser = self.entered()
        browser.go("people", "#profile-form")
        values = {"nickname": "Ann", "languages": "de, en", "about": "Bicycles."}
        browser.fill("#profile-form", **values)
        browser.click(".page-people .list [id^=edit-]")
        browser.until(lambda: browser.run(FOCUSED) == "nickname", "the form")
        form = "#profile-form [name={}]"
        there = {each: browser.wait(form.format(each)).get_attribute("value") for each in values}
        self.assertEqual(there, values)
        browser.fill("#profile-form", nickname="Ann B.")
        browser.wait_text("Ann B.", ".page-people")
        me = one.ask("identity", "show")["personas"][0]["address"]
        profile = one.ask("profile", "show", me)
        self.assertEqual((profile["nickname"], profile["about"]), ("Ann B.", "Bicycles."))

    def test_an_own_offer_says_on_its_page_how_far_it_is(self):
        one, browser = self.entered()
        offer = self.publish(one, TITLE)
        browser.go(f"offer/{offer}", ".facts .state")
        published = {**one.ask("offer", "show", offer), "state": "published", "heard": 2}
        del published["status"]  # the name that answers() has for another thing
        self.answers(browser, **{f"offers/{offer}": published})
        browser.run("dispatchEvent(new CustomEvent('node-offer', {detail: {type: 'offer'}}))")
        browser.wait_text("heard back from 2 peers", ".page-offer .facts")

    def test_an_empty_market_follows_what_keeps_it_empty(self):
        _, browser = self.entered()
        browser.wait_text("still connecting", ".empty")
        self.answers(browser, status={"tor": READY, "peers": {"state": "alone"}})
        browser.run("dispatchEvent(new CustomEvent('node-status', {detail: {type: 'status'}}))")
        browser.wait_text("knows nobody", ".empty")

    def test_a_code_is_good_once_and_who_has_none_is_told_how_to_come_in(self):
        one, browser = self.entered()
        port, code = opened_by(one)
        browser.run("sessionStorage.clear()")
        browser.driver.get("about:blank")
        browser.driver.get(f"http://127.0.0.1:{port}/#code={code}")
        browser.wait(".page-market")
        browser.run("sessionStorage.clear()")
        browser.driver.get("about:blank")
        browser.driver.get(f"http://127.0.0.1:{port}/#code={code}")
        browser.wait(".page-locked")
        browser.wait_text("hearsay open")


if __name__ == "__main__":
    unittest.main(verbosity=2)

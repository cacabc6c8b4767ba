"""The page in real browsers: two people deal over two nodes of a private Tor network, a node dies
under an open page, and a hostile page gets nothing."""
import http.server
import threading
import unittest

from browser import Browser, opened_by
from support import FIXED, ROOT, NodeTest, Watch, measured

SHOTS = ROOT / "build" / "screenshots"
NETWORK_SECONDS = 240  # proof of work, and the way through Tor
PAGES = ["market", "publish", "mine", "mail", "trades", "people", "network", "keys", "settings"]
WIDTHS = {"narrow": 390, "wide": 1280}
TITLE = "Bicycle, blue, 56 cm"
DRAFT = {"title": "Lessons in Greek", "give": "an hour of Greek", "want": "25 EUR",
         "text": "For beginners, by the sea or by letter."}  # fmt: skip
HOSTILE_OFFER = "<img src=x onerror=alert(1)> \u0643\u0631\u0633\u064a " + "x" * 80
# What a page of another origin may try. Each line ends as a word: what it got.
ATTACKS = """
const base = `http://127.0.0.1:${arguments[0]}`, got = {};
const json = {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"name":"x"}'};
const attempt = async (name, act) => {
  try { got[name] = await act(); } catch (error) { got[name] = 'error'; }
};
await attempt('read', async () => (await fetch(base + '/v1/status')).status);
await attempt('read a file', async () => (await (await fetch(base + '/')).text()).length);
await attempt('write', async () => (await fetch(base + '/v1/personas', json)).status);
await attempt('write blindly', async () => (await fetch(base + '/v1/personas',
  {method: 'POST', mode: 'no-cors', body: '{"name":"x"}'})).type);
await attempt('guess a code', async () => (await fetch(base + '/v1/page/token', json)).status);
await attempt('a socket', () => new Promise((done) => {
  const socket = new WebSocket(base.replace('http', 'ws') + '/v1/events');
  socket.onopen = () => done('open');
  socket.onerror = () => done('error');
}));
await attempt('a stream', () => new Promise((done) => {
  const stream = new EventSource(base + '/v1/events');
  stream.onopen = () => done('open');
  stream.onerror = () => done('error');
}));
for (const [name, tag, path] of [['a script', 'script', '/main.js'],
    ['a picture', 'img', '/v1/mail'], ['a style', 'link', '/page.css']]) {
  await attempt(name, () => new Promise((done) => {
    const node = document.createElement(tag);
    node.onload = () => done('loaded');
    node.onerror = () => done('error');
    node.rel = 'stylesheet';
    node.type = tag === 'script' ? 'module' : '';
    node[tag === 'link' ? 'href' : 'src'] = base + path;
    document.body.append(node);
  }));
}
await attempt('a frame', () => new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.onload = () => {
    try { done(frame.contentDocument === null ? 'error' : 'seen'); } catch { done('error'); }
  };
  frame.src = base + '/open';
  document.body.append(frame);
}));
await attempt('a form', () => new Promise((done) => {
  const frame = document.createElement('iframe'), form = document.createElement('form');
  frame.name = 'into';
  form.target = 'into';
  form.method = 'post';
  form.enctype = 'text/plain';
  form.action = base + '/v1/personas';
  const field = document.createElement('input');
  field.name = '{"name":"x';
  field.value = '"}';
  form.append(field);
  document.body.append(frame, form);
  form.submit();
  setTimeout(() => done('error'), 800);
}));
return got;
"""


class Hostile(http.server.BaseHTTPRequestHandler):
    """An empty page with which a test does what it likes."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>evil</title><body>")

    def log_message(self, *_):
        pass


class Page(NodeTest):
    seconds_max = 900

    def browser(self, **options):
        made = Browser(**options)
        self.addCleanup(made.end)
        return made

    def test_two_people_deal_with_one_another_in_two_browsers(self):
        left, right = self.browser(), self.browser()  # skipped at once where there is none
        b = self.node("b", options=FIXED).start()
        a = self.node("a", peers=[b.onion()], options=FIXED).start()
        watch = Watch()
        left.enter(a)
        measured("a browser is let in and sees the market after", watch.seconds)
        self.assertNotIn("code=", left.driver.current_url)
        right.enter(b)
        a.wait_connected()

        left.go("publish", "#publish-form")
        left.fill("#publish-form", title=TITLE, give="a bicycle", want="80 EUR",
                  text="Steel frame. https://evil.example/", tags="bicycle, steel",
                  stamp="Little", days="1 day")  # fmt: skip
        left.wait(".page-offer")
        watch = Watch()
        right.wait(".card", NETWORK_SECONDS)  # the market draws itself anew
        measured("published in one browser, seen in the other after", watch.seconds)
        right.wait("#search").send_keys("steel nothing")
        right.wait_text("Nothing fits")
        right.wait("#search").clear()
        right.wait("#search").send_keys("steel bicy")
        right.click(".card a")
        right.wait_text("Steel frame")
        self.assertEqual(right.all("main a[href*=evil]"), [], "what strangers wrote is no link")
        offer = right.driver.current_url.split("/")[-1]

        right.click("aside a[href^='#/people']")
        right.fill("#friend-form", name="Anna with the bicycle")
        right.go("people", ".list")
        right.wait_text("Anna with the bicycle", ".page-people .list")
        right.go(f"offer/{offer}", "#write")
        right.wait_text("Anna with the bicycle", "aside")
        right.click("#write")
        right.fill("#write-form", text="Is it still there?", days="1 day")
        right.wait(".page-mail")
        right.go(f"offer/{offer}", "#take")
        right.click("#take")
        right.fill("#take-form", want="70 EUR", text="On Friday?")
        right.wait(".page-trades .steps")
        right.wait_text("Now they answer.")
        watch = Watch()
        left.go("mail")
        left.wait(".entry.unread a", NETWORK_SECONDS)
        left.click(".entry a")
        left.wait_text("Is it still there?")
        measured("a letter of the other browser is read after", watch.seconds)
        left.fill("#answer-form", text="Yes, it is.", days="1 day")
        right.go("mail")
        right.wait(".entry.unread", NETWORK_SECONDS)
        right.click(".entry a")
        right.wait_text("Yes, it is.")
        measured("and its answer after", watch.seconds)
        left.go("trades")
        left.wait(".entry a", NETWORK_SECONDS)
        measured("the offer is taken, as its maker sees, after", watch.seconds)
        left.click(".entry a")
        left.wait_text("70 EUR", ".agreed")
        left.wait_text("They wait for you")
        left.click("#move-accept")
        left.fill("#move-form", text="Gladly")
        left.wait_text("to be confirmed", ".page-trades .state")
        self.finish_the_trade(left, right)
        self.ratings_are_seen(left, right, offer)
        self.another_node_says_that_it_has_it(left, offer)
        for browser in (left, right):
            browser.go("mail")
            browser.wait(".entry")
            self.assertEqual(len(browser.all(".entry")), 1, "a trade's moves stand in the inbox")
        left.go("trades")
        left.click(".entry a")
        left.wait(".steps")
        watch = Watch()
        self.shots(left, a, offer)
        measured("all pages in two themes and two widths", watch.seconds)
        self.assertEqual(left.problems() + right.problems(), [])

    def move(self, browser, name, **values):
        """The trade's page is open; its button comes when the other's message does."""
        browser.wait(f"#move-{name}", NETWORK_SECONDS)
        browser.click(f"#move-{name}")
        browser.fill("#move-form", **values)
        browser.until(lambda: not browser.all("#move-form"), f"{name} to be taken")

    def finish_the_trade(self, left, right):
        """From accepted to rated, by buttons alone; both trades' pages are open."""
        watch = Watch()
        right.go("trades")
        right.click(".entry a")
        self.move(left, "shipped", text="Handed over")
        self.move(right, "shipped", text="Paid")
        self.move(left, "received", text="Thanks")
        self.move(right, "received", text="It rides well")
        for browser in (left, right):
            browser.wait("#move-rate", NETWORK_SECONDS)
            browser.wait_text("Complete", ".page-trades .state")
        measured("from accepted to complete, by buttons", watch.seconds)
        self.move(left, "rate", stars="5", text="Paid at once")
        self.move(right, "rate", stars="4", text="A good bicycle")

    def ratings_are_seen(self, left, right, offer):
        """In both browsers, at the page of the offer and at that of who took it. A page that is
        open looks again by itself; the same address, set once more, would draw nothing anew."""
        watch = Watch()
        for browser in (left, right):
            browser.go("market")
            browser.go(f"offer/{offer}", "aside h3")
        for browser in (left, right):
            browser.wait_text("A good bicycle", "aside .ratings", NETWORK_SECONDS)
            browser.wait_text("4 of 5", "aside .ratings")
            browser.wait_text("from 1 trade", "aside .ratings")
        left.go("trades")
        left.click(".entry a")
        left.click(".page-trades .person a")
        left.wait_text("Paid at once", ".page-people .ratings", NETWORK_SECONDS)
        taker = left.driver.current_url.split("#/")[1]
        right.go(taker)
        right.wait_text("Paid at once", ".page-people .ratings", NETWORK_SECONDS)
        measured("ratings given in a browser are seen in both after", watch.seconds)

    def another_node_says_that_it_has_it(self, browser, offer):
        """The other one is the only node that this one ever dialled."""
        browser.go(f"offer/{offer}", "#ask")
        watch = Watch()
        browser.click("#ask")
        browser.wait_text("held by 1 of 1 asked", "#audit", NETWORK_SECONDS)
        measured("another node said that it has the offer after", watch.seconds)
        browser.go("market")
        browser.wait_text("held by 1 of 1 asked", ".card .facts")

    def shots(self, browser, node, offer):
        """Every page in both themes and two widths, as people have them and with an offer that
        tries to break them; and what must hold for each of them."""
        trade = browser.driver.current_url.split("#/")[1]
        person = browser.run("return document.querySelector('.person a').hash").lstrip("#/")
        pages = {page: page for page in PAGES}
        pages |= {"trade": trade, "offer": f"offer/{offer}", "person": person}
        browser.click("#remind button")
        browser.go(person, "#friend-form")
        browser.fill("#friend-form", name="Bert")
        browser.go("publish", "#publish-form")
        for name, value in DRAFT.items():
            browser.wait(f"#publish-form [name={name}]").send_keys(value)
        for name, _, theme, width in self.looks(browser, pages):
            browser.shot(SHOTS / f"{name}-{theme}-{width}.png", WIDTHS[width])
        node.ask("offer", "publish", "--title", HOSTILE_OFFER, "--give", "<b>x</b>")
        for _, page, theme, width in self.looks(browser, pages):
            self.assertEqual(browser.unsound(), [], f"{page}, {theme}, {width}")

    @staticmethod
    def looks(browser, pages):
        for theme in ("light", "dark"):
            browser.run("document.documentElement.dataset.theme = arguments[0]", theme)
            for width, columns in WIDTHS.items():
                browser.driver.set_window_size(columns, 900)
                for name, page in pages.items():
                    browser.go(page)
                    yield name, page, theme, width
        browser.driver.set_window_size(1280, 900)

    def test_a_node_that_dies_under_an_open_page_is_told_and_so_is_its_return(self):
        one = self.node("a", network=False)
        browser = self.browser()
        with http.server.HTTPServer(("127.0.0.1", 0), Hostile) as free:
            port = free.server_port
        one.options += ["--page", "yes", "--page-port", str(port)]
        one.start()
        browser.enter(one)
        browser.wait_text("still connecting")
        browser.go("network", ".tile.good")
        one.kill()
        watch = Watch()
        browser.wait("#lost")
        measured("the page says that the node is lost after", watch.seconds)
        self.assertEqual(browser.all(".tile.good"), [], "nothing is fine of what nobody heard of")
        self.assertNotEqual(browser.all(".tile.old"), [])
        browser.go("publish")
        browser.wait_text("nothing to show yet")
        browser.go("mail/new", "#compose-form")
        browser.wait("[name=subject]").send_keys("A thing")
        browser.fill("#compose-form", to="hsm1", text="Where are you?")
        browser.wait_text("What you typed is still here", "#compose-form")
        self.assertEqual(browser.wait("[name=subject]").get_attribute("value"), "A thing")
        one.start()
        # It may be back by itself already.
        browser.run("document.querySelector('#lost button')?.click()")
        browser.wait(".page-locked", 40)  # the token ended with the node
        self.assertEqual(browser.run("return sessionStorage.length"), 0)
        browser.enter(one)
        browser.go("settings", "#leave")
        self.assertEqual(len(one.ask("open", "--print")["url"]), len(f"http://127.0.0.1:{port}/"))
        browser.click("#leave")
        browser.wait(".page-locked")
        self.assertEqual(browser.problems(), [])

    def test_a_hostile_page_in_the_same_browser_gets_nothing(self):
        one = self.node("a", network=False).start()
        browser = self.browser(resolve="MAP evil.test 127.0.0.1")
        browser.enter(one)
        port, _ = opened_by(one)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        before = one.ask("identity", "list")["personas"]
        browser.driver.switch_to.new_window("tab")
        for host in ("127.0.0.1", "localhost", "evil.test"):
            browser.driver.get(f"http://{host}:{server.server_port}/")
            got = browser.run_async(ATTACKS, port)
            blind = got.pop("write blindly")  # it is sent, and its answer is not readable
            self.assertIn(blind, ("opaque", "error"))
            self.assertEqual(set(got.values()), {"error"}, got)
        browser.driver.get(f"http://evil.test:{port}/")  # as after DNS rebinding
        self.assertIn("Host is not", browser.text("body"))
        status = browser.run_async("return (await fetch('/v1/status')).status")
        self.assertEqual(status, 403)
        self.assertEqual(one.ask("identity", "list")["personas"], before)

    def test_what_a_list_hides_is_counted_and_can_be_shown(self):
        browser = self.browser()
        b = self.node("b", options=FIXED).start()
        a = self.node("a", peers=[b.onion()], options=FIXED).start()
        a.wait_connected()
        chips, bread = self.publish(a, "Casino chips"), self.publish(a, "Bread")
        for offer in (chips, bread):
            b.wait_offer(offer, NETWORK_SECONDS)
        browser.enter(b)
        browser.wait(f"#card-{chips}")
        browser.go("people", "#hide-form")
        browser.fill("#hide-form", value="Casino", reason="no gambling")
        browser.wait_text("1 entry", ".page-people")
        self.assertEqual(b.ask("list", "list", "--mine")["lists"][0]["entry_count"], 1)
        browser.go("market", f"#card-{bread}")
        browser.wait_text("1 hidden by mine.", "#hidden")
        self.assertEqual(browser.all(f"#card-{chips}"), [])
        browser.click("#hidden button")
        browser.wait(f"#card-{chips}")
        browser.wait_text("no gambling", "[data-list=hidden_by]")
        self.assertIn("hidden=1", browser.driver.current_url)
        browser.click("#hidden button")
        browser.wait_text("1 hidden by mine.", "#hidden")
        # A search says so, too.
        browser.wait("#search").send_keys("casino")
        browser.wait_text("Nothing fits")
        browser.wait_text("1 hidden by mine.", "#hidden")
        self.assertEqual(browser.problems(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

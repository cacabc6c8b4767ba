"""A browser as a person has one: headless Chromium with a profile of its own, and the few words
that tests need to use the page with it."""
import os
import shutil
import subprocess
import sys
import time
import unittest
from pathlib import Path

import axe

DRIVER, PROGRAM = shutil.which("chromedriver"), shutil.which("chromium")
SYSTEM_MODULES = "/usr/lib/python3/dist-packages"  # where Debian's python3-selenium lies
PATIENCE = 20
ENTER = "\ue007"
# Controls without a name or without a ring when they have the focus, wider than the window.
UNSOUND = """
const wrong = [];
const controls = document.querySelectorAll('input, select, textarea, button, a, summary');
for (const each of controls) {
  const name = each.labels?.length ? each.labels[0].textContent
    : each.getAttribute('aria-label') ?? each.textContent;
  if (!name.trim()) wrong.push(`no name: ${each.outerHTML.slice(0, 80)}`);
  if (each.disabled || !each.checkVisibility()) continue;
  if (each.tabIndex !== 0) wrong.push(`out of order: ${each.outerHTML.slice(0, 80)}`);
  each.focus({focusVisible: true, preventScroll: true});
  const rings = [each, each.closest('.card')].filter(Boolean).map((one) => getComputedStyle(one));
  if (!rings.some(({outlineStyle: style, outlineWidth: width}) =>
      style !== 'none' && parseFloat(width) >= 2))
    wrong.push(`no ring: ${each.outerHTML.slice(0, 80)}`);
}
document.activeElement.blur();
const ids = [...document.querySelectorAll('[id]')].map((each) => each.id);
if (new Set(ids).size !== ids.length) wrong.push('an id twice');
if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the window');
if (document.querySelector('main script, main iframe, main [onerror]')) wrong.push('markup');
if ([...document.images].some((each) => !each.src.startsWith('blob:'))) wrong.push('a picture');
if (document.getAnimations().length) wrong.push('motion');
return wrong;
"""
AXE = """
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const {violations} = await axe.run(document, {runOnly: tags});
return violations.map((each) =>
  `${each.id}: ${each.help}: ${each.nodes.map((one) => one.html.slice(0, 120)).join(' | ')}`);
"""


def selenium():
    """The module; the test is skipped, and says why, where there is no browser to drive."""
    try:
        import selenium.webdriver as found
    except ImportError:
        sys.path.append(SYSTEM_MODULES)
        try:
            import selenium.webdriver as found
        except ImportError:
            found = None
    if found is None or not DRIVER or not PROGRAM:
        raise unittest.SkipTest(
            "no browser: contrib/setup --test installs chromium, chromium-driver, python3-selenium"
        )
    return found


def selenium_error(name):
    import selenium.common.exceptions as exceptions  # found by selenium() above

    return getattr(exceptions, name)


class Browser:
    """`resolve` is a rule of Chromium's for names, such as "MAP evil.test 127.0.0.1"."""

    def __init__(self, width=1280, height=900, resolve=""):
        webdriver = selenium()
        options = webdriver.ChromeOptions()
        options.binary_location = PROGRAM
        words = [
            "--headless=new", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--lang=en",
            f"--window-size={width},{height}",
        ]  # fmt: skip
        if os.geteuid() == 0:
            words.append("--no-sandbox")  # Chromium's own does not start as root
        if resolve:
            words.append(f"--host-resolver-rules={resolve}")
        for word in words:
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.actions = webdriver.ActionChains
        self.stale = selenium_error("StaleElementReferenceException")
        service = webdriver.chrome.service.Service(DRIVER)
        self.driver = webdriver.Chrome(service=service, options=options)
        self.driver.set_page_load_timeout(PATIENCE)
        self.driver.set_script_timeout(PATIENCE)

    def end(self):
        self.driver.quit()

    def enter(self, node):
        """As `hearsay open` lets a person in; returns what was in the address."""
        file = node.tell("open", "--print").strip()
        self.driver.get("file://" + file)
        self.wait("main h1")
        return file

    def go(self, where, wait="main h1"):
        """A page, as by its link; returns when it is there."""
        self.run("document.querySelector('main').dataset.old = 1; location.hash = arguments[0]",
                 f"#/{where}")  # fmt: skip
        self.until(lambda: self.run(
            "const m = document.querySelector('main');"
            "return location.hash.startsWith(arguments[0]) && m.querySelector('h1') !== null"
            " && m.className === 'page-' + (arguments[0].slice(2).split(/[/?]/)[0])",
            f"#/{where}"), f"the page {where}")  # fmt: skip
        return self.wait(wait)

    def run(self, script, *given):
        return self.driver.execute_script(script, *given)

    def run_async(self, body, *given):
        """A function's body, which may wait; what it returns, or its error as a text."""
        return self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            f"(async () => {{ {body} }})().then(done, (error) => done(String(error)))",
            *given,
        )

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def text(self, selector="main"):
        """Nothing also while Firefox goes from one document to the next."""
        script = "return document.querySelector(arguments[0])?.innerText"
        return self.run(script, selector) or ""

    def until(self, condition, what, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s for {what}; the page says:\n"
                                     + self.text("body"))  # fmt: skip
            time.sleep(0.05)

    def wait(self, selector, seconds=PATIENCE):
        return self.until(lambda: next(iter(self.all(selector)), None), selector, seconds)

    def wait_text(self, text, selector="main", seconds=PATIENCE):
        self.until(lambda: text in self.text(selector), f"the text {text!r}", seconds)

    def click(self, selector):
        """The page may draw it anew at any moment; then it is looked for again."""

        def clicked():
            found = self.all(selector)
            if not found:
                return False
            try:
                self.run("arguments[0].scrollIntoView({block: 'center'})", found[0])
                found[0].click()
            except self.stale:
                return False
            return True

        self.until(clicked, selector)

    def fill(self, form, **values):
        """Types into the fields of that name, and sends the form with the Enter of a button."""
        self.wait(form)
        for name, value in values.items():
            field = self.wait(f"{form} [name='{name}']")
            if field.tag_name != "select":
                field.clear()
            field.send_keys(value)
        self.wait(f"{form} button[type=submit]").send_keys(ENTER)

    def type(self, keys):
        """Where the focus is; what is typed at a chooser of files itself would name one."""
        self.actions(self.driver).send_keys(keys).perform()

    def press(self, key, until, most=60):
        """Presses a key until the focus is where it should be."""
        for _ in range(most):
            focused = self.driver.switch_to.active_element
            if focused.get_attribute("id") == until or focused.get_attribute("name") == until:
                return focused
            self.type(key)
        raise AssertionError(f"the focus never came to {until}")

    def unsound(self):
        """What is wrong with the page as it is drawn now."""
        return self.run(UNSOUND)

    @staticmethod
    def lacks_axe():
        """Why axe-core is not there; nothing if it is."""
        try:
            axe.found()
        except axe.AxeError as error:
            return str(error)
        return None

    def kept_out(self):
        """What axe-core finds that keeps people out."""
        self.run(axe.found().read_text("utf-8"))
        return self.run_async(AXE)

    def problems(self):
        """What the browser complained about; requests that a test expects to fail aside."""
        return [
            each["message"]
            for each in self.driver.get_log("browser")
            if "status of" not in each["message"] and "net::ERR_" not in each["message"]
        ]

    def shot(self, path, width, height=900):
        self.driver.set_window_size(width, height)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))


def opened_by(node):
    """(port, code) of a page that was asked for without a browser."""
    text = Path(node.tell("open", "--print").strip()).read_text("ascii")
    address = text.split("url=")[1].split('"')[0]
    return int(address.split(":")[2].split("/")[0]), address.split("#code=")[1]


def listeners(pid):
    """The TCP sockets that a process listens on."""
    out = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    return [line.split()[3] for line in out.splitlines() if f"pid={pid}," in line]

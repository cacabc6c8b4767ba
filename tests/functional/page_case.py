"""What tests of the page of one node share: a browser that is let in, and answers in the node's
place."""
from browser import ENTER, Browser  # noqa: F401
from page_scripts import ANSWERS
from support import NodeTest

TAB = "\ue004"
TITLE = "Bicycle, blue, 56 cm"
PAGES = ["market", "publish", "mine", "mail", "mail/new", "trades", "people", "network", "keys",
         "settings"]  # fmt: skip


class PageCase(NodeTest):
    seconds_max = 900

    def entered(self):
        browser = Browser()  # skipped at once where there is none
        self.addCleanup(browser.end)
        one = self.node("a", network=False).start()
        browser.enter(one)
        return one, browser

    def answers(self, browser, **given):
        """What the page is told from now on; `status` names what changes in the node's answer."""
        paths = {f"/v1/{name}": answer for name, answer in given.items() if name != "status"}
        if "status" in given:
            paths["/v1/status"] = {"change": given["status"]}
        browser.run(ANSWERS, paths)

    def sent(self, browser, path):
        """What the page asked of paths with this part since answers()."""
        return [each for each in browser.run("return window.sent") if path in each[1]]

    @staticmethod
    def listed(*offers):
        return {"offers": offers, "total": len(offers), "hidden": [], "more_than": False}

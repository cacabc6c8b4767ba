"""The log, at the level that nobody chose: what the node did, not with whom or about what."""
import json
import os
import signal
import unittest

from hearsay_node import FRESH
from support import NodeTest

NETWORK_SECONDS = 240
FIELDS = {"time", "level", "room", "text"}


def lines_of(text):
    """A log of JSON: each line by itself is an object."""
    return [json.loads(line) for line in text.splitlines()]


class Log(NodeTest):
    seconds_max = 900

    def test_the_log_names_no_address_no_persona_and_no_item(self):
        """Over what happens in a life: links, an offer, mail, a trade that begins, a removal, a
        page, a Tor that dies, an end."""
        for form in ("text", "json"):
            with self.subTest(form):
                options = [*FRESH, "--log-format", form]
                a = self.node(f"a-{form}", options=options).start()
                b = self.node(f"b-{form}", peers=[a.onion()], options=options).start()
                names = self.live(a, b)
                a.stop()
                b.stop()
                for node in (a, b):
                    self.check(node.name, node.log_text(), names)
                if form == "json":
                    for line in lines_of(a.log_text() + b.log_text()):
                        self.assertEqual(set(line), FIELDS)

    def live(self, a, b):
        """What happens; every name that came up."""
        b.wait_connected()
        box = self.mailbox(a)
        a.ask("mailbox", "publish")
        a.wait_until(
            lambda: any(
                int(each.get("published_heard", 0))
                for each in a.ask("identity", "show")["mailboxes"]
            ),
            NETWORK_SECONDS, "the key of its mailbox to be heard back",
        )  # fmt: skip
        offer = b.ask("offer", "publish", "--title", "Bicycle", "--text", "Red.",
                      "--lifetime", "1d")["id"]  # fmt: skip
        a.wait_offer(offer, NETWORK_SECONDS)
        mail = b.ask("mail", "send", box, "--subject", "The bicycle", "--text", "Still there?",
                     "--lifetime", "1d")["id"]  # fmt: skip
        a.wait_mail(mail, NETWORK_SECONDS)
        trade = a.ask("trade", "take", offer, "--text", "On Friday?")["id"]
        b.ask("offer", "remove", offer)
        a.ask("open", "--print")
        os.kill(b.tor_pid(), signal.SIGKILL)
        b.wait_for("its Tor again", lambda status: status["tor"]["state"] == "ready", 120)
        names = {offer, mail, trade, box}
        for node in (a, b):
            identity = node.ask("identity", "show", "--all")
            names.add(identity["onion"].removesuffix(".onion"))
            names |= {each["address"] for each in identity["personas"] + identity["mailboxes"]}
        return names

    def check(self, whose, text, names):
        self.assertIn("linked to a first peer", text, whose)  # it is the log of that life
        for name in names:
            beginning = name[:16] if name.startswith("hs") else name[:12]
            self.assertNotIn(beginning, text, whose)
        # Nor any other: of the network's nodes, of what they hold.
        self.assertNotRegex(text, r"\.onion|\bhs[pm]1|[a-z2-7]{56}|[0-9a-f]{16}")
        self.assertNotRegex(text, r"[Bb]icycle|Still there|On Friday")

    def test_milestones_stand_in_the_log(self):
        a = self.node("a").start()
        b = self.node("b", peers=[a.onion()]).start()
        a.wait_reachable()
        b.wait_connected()
        self.assertIn("has ended", b.tell("stop"))
        b.stop(ask=False)
        a.stop()
        for milestone in (
            "node: started", "tor: Tor is ready", "tor: the onion service is published",
            "tor: reachable", "peers: linked to a first peer", "node: ends on signal",
        ):  # fmt: skip
            self.assertIn(milestone, a.log_text())
        self.assertIn("node: ends ", b.log_text())

    def test_sighup_opens_the_log_anew_and_each_line_of_json_is_an_object(self):
        log, moved = self.top / "log", self.top / "log.1"
        options = [*FRESH, "--log-file", str(log), "--log-format", "json"]
        node = self.node("a", network=False, options=options).start()
        log.rename(moved)
        os.kill(node.pid, signal.SIGHUP)
        node.wait_until(log.exists, 10, "a new log")
        node.wait_until(lambda: "opened anew" in log.read_text(), 10, "a line in it")
        self.assertEqual(log.stat().st_mode & 0o777, 0o600)
        node.stop()
        before, after = lines_of(moved.read_text()), lines_of(log.read_text())
        for line in (*before, *after):
            self.assertEqual(set(line), FIELDS)
        self.assertTrue(any("started" in line["text"] for line in before))
        self.assertTrue(any("ends on signal" in line["text"] for line in after))
        self.assertFalse(any("ends" in line["text"] for line in before))


if __name__ == "__main__":
    unittest.main()

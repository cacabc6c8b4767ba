"""Lists, watches and renewal on real nodes: what somebody publishes as a list hides things for whom
subscribes to it, a watch tells of what is new, and events can be asked for again.

Two nodes on a private Tor network.
"""
import json
import os
import socket
import subprocess
import unittest

from support import FIXED, NodeTest

NETWORK_SECONDS = 240  # proof of work, and the way through Tor
# What is run for a match: keeps what it is given, and what is on its command line.
PROGRAM = """#!/bin/sh
echo "$#" >> "{out}.words"
cat >> "{out}"
"""


class Events:
    """GET /v1/events as it runs."""

    def __init__(self, node, query=""):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(NETWORK_SECONDS + 90)  # the node looks once a minute
        here = os.open(node.directory / "run", os.O_RDONLY)
        try:
            self.socket.connect(f"/proc/self/fd/{here}/api")
        finally:
            os.close(here)
        self.socket.sendall(f"GET /v1/events{query} HTTP/1.0\r\nHost: hearsay\r\n\r\n".encode())
        self.lines = self.socket.makefile("rb")
        self.status = int(self.lines.readline().split()[1])
        while self.lines.readline().strip():
            pass

    def next(self):
        return json.loads(self.lines.readline())

    def end(self):
        self.lines.close()
        self.socket.close()


class Lists(NodeTest):
    def pair(self):
        b = self.node("b", options=FIXED).start()
        a = self.node("a", peers=[b.onion()], options=FIXED).start()
        a.wait_connected()
        return a, b

    def test_a_published_list_hides_for_who_subscribes_and_tells_why(self):
        a, b = self.pair()
        chips = self.publish(a, "Casino chips")
        bread = self.publish(a, "Bread")
        a.ask("list", "new", "Clean", "--text", "No gambling.")
        a.ask("list", "add", "Clean", "--word", "casino", "--reason", "no gambling")
        a.ask("list", "add", "Clean", "--recommend", "--item", bread[:12], "--reason", "fresh")
        self.assertEqual(a.ask("list", "list", "--mine")["lists"][0]["state"], "private")
        made = a.ask("list", "publish", "Clean")
        for offer in (chips, bread):
            b.wait_offer(offer, NETWORK_SECONDS)
        b.wait_until(
            lambda: any(one["id"] == made["id"] for one in b.ask("list", "list")["lists"]),
            NETWORK_SECONDS, "the list",
        )  # fmt: skip
        taken = b.ask("list", "subscribe", made["id"][:12])
        self.assertEqual((taken["name"], taken["subscribed"]), ("Clean", True))

        shown = b.ask("offer", "list")
        self.assertEqual([one["id"] for one in shown["offers"]], [bread])
        self.assertEqual(
            [(one["name"], one["count"], one["mine"]) for one in shown["hidden"]],
            [("Clean", 1, False)],
        )
        self.assertEqual(shown["offers"][0]["recommended_by"]["reason"], "fresh")
        everything = b.ask("offer", "list", "--show-hidden")["offers"]
        self.assertEqual({one["id"] for one in everything}, {chips, bread})
        hidden = next(one for one in everything if one["id"] == chips)
        self.assertEqual(hidden["hidden_by"]["reason"], "no gambling")
        found = b.ask("search", "casino")
        self.assertEqual((found["results"], found["hidden"][0]["count"]), ([], 1))
        self.assertEqual(len(b.ask("search", "casino", "--show-hidden")["results"]), 1)
        self.assertIn("1 hidden by list Clean", b.tell("offer", "list"))
        why = b.ask("list", "why", chips[:12])
        self.assertTrue(why["hidden"])
        self.assertEqual(why["entries"][0]["entry"]["word"], "casino")
        self.assertEqual(why["entries"][0]["list"], made["id"])
        # Its maker learns the same, and sees its own.
        self.assertFalse(a.ask("list", "why", chips)["hidden"])
        self.assertEqual(len(a.ask("offer", "list")["offers"]), 2)

        # A later version counts, and what is kept of it survives a new start.
        a.ask("list", "remove", "Clean", "--word", "casino")
        b.wait_until(
            lambda: len(b.ask("offer", "list")["offers"]) == 2, NETWORK_SECONDS, "the new version"
        )
        b.stop()
        b.start()
        self.assertEqual(b.ask("list", "subscribed")["lists"][0]["name"], "Clean")
        b.ask("list", "unsubscribe", "Clean")
        self.assertEqual(b.ask("list", "subscribed")["lists"], [])

    def test_a_node_may_neither_keep_nor_pass_on_what_its_lists_hide(self):
        # A to B to C, and B goes by its lists also when it relays.
        b = self.node("b", options=(*FIXED, "--relay-hidden", "no")).start()
        b.ask("list", "new", "mine")
        b.ask("list", "add", "mine", "--word", "casino")
        a = self.node("a", peers=[b.onion()], options=FIXED).start()
        c = self.node("c", peers=[b.onion()], options=FIXED).start()
        for node in (a, c):
            node.wait_connected()
        self.assertEqual(b.status()["laid_aside"], 0)
        self.assertNotIn("laid_aside", a.status())
        chips = self.publish(a, "Casino chips")
        bread = self.publish(a, "Bread")
        mine = self.publish(b, "Casino, a novel")
        for node in (b, c):
            node.wait_offer(bread, NETWORK_SECONDS)
        for node in (a, c):
            node.wait_offer(mine, NETWORK_SECONDS)
        # Whoever its maker's node gave it to, B refuses it.
        b.wait_until(lambda: b.status()["laid_aside"] == 1, NETWORK_SECONDS, "the hidden offer")
        self.assertEqual(b.status()["refused"].get("item_laid_aside", 0) > 0, True)
        self.assertIn("1 item that your lists hide", b.tell("status"))
        self.assertNotIn(chips, b.offers())
        everything = b.ask("offer", "list", "--show-hidden")["offers"]
        self.assertEqual({one["id"] for one in everything}, {bread, mine})
        # What they hide no more comes with the next comparison, within eight minutes.
        b.ask("list", "remove", "mine", "--word", "casino")
        b.wait_until(lambda: b.status()["laid_aside"] == 0, 60, "another mind")

    def test_a_watch_tells_of_new_matches_and_runs_a_program(self):
        a, b = self.pair()
        old = self.publish(a, "Old bicycle")
        b.wait_offer(old, NETWORK_SECONDS)
        b.ask("watch", "add", "bikes", "bicycle")
        out = self.top / "matches"
        program = self.top / "tell-me"
        program.write_text(PROGRAM.format(out=out))
        program.chmod(0o700)
        running = subprocess.Popen(
            [str(b.command), "--data-dir", str(b.directory), "watch", "run", "bikes", "--program",
             str(program)]
        )  # fmt: skip
        self.addCleanup(running.kill)
        events = Events(b, "?kinds=watch")
        self.publish(a, "Bread")
        new = self.publish(a, "Blue bicycle; $(rm -rf /)")
        event = events.next()
        self.assertEqual((event["id"], event["topic"], event["kind"]), (new, "bikes", "watch"))
        events.end()
        b.wait_until(lambda: out.exists() and out.read_text().endswith("}\n"), 60, "the program")
        match = json.loads(out.read_text())
        self.assertEqual((match["watch"], match["match"]["id"]), ("bikes", new))
        self.assertEqual((self.top / "matches.words").read_text(), "0\n")
        running.terminate()
        running.wait(30)
        self.assertEqual(b.ask("watch", "show", "bikes")["matches"], 1)

        # Who connects again asks for what came since; after a new start something is lost.
        again = Events(b, f"?kinds=watch&after={int(event['number']) - 1}")
        self.assertEqual(again.next()["number"], event["number"])
        again.end()
        b.stop()
        b.start()
        lost = Events(b, f"?kinds=watch&after={event['number']}")
        self.assertEqual(lost.next()["type"], "lost")
        lost.end()
        refused = Events(b, "?kinds=spoon")
        self.assertEqual(refused.status, 400)
        refused.end()
        b.ask("watch", "remove", "bikes")

    def test_what_is_to_last_says_so_and_what_ends_is_told(self):
        a = self.node("a", network=False).start()
        lasting = a.ask("offer", "publish", "--title", "Bread", "--lifetime", "1d", "--renew")
        ending = self.publish(a, "Tea")
        self.assertTrue(lasting["renew"])
        warnings = "\n".join(a.status()["warnings"])
        self.assertIn('"Tea" ends in', warnings)
        self.assertNotIn('"Bread"', warnings)
        a.ask("offer", "update", lasting["id"], "--price", "3", "--currency", "EUR")
        self.assertTrue(a.ask("offer", "show", lasting["id"])["renew"])
        a.ask("offer", "renew", lasting["id"], "--stop")
        a.ask("offer", "renew", ending)
        a.stop()
        a.start()
        self.assertFalse(a.ask("offer", "show", lasting["id"])["renew"])
        self.assertTrue(a.ask("offer", "show", ending)["renew"])
        self.assertIn("no offer or post", self.refusal(4, a, "offer", "renew", "0123456789ab"))


if __name__ == "__main__":
    unittest.main()

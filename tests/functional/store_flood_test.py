"""A flood that fills a node's store while its user goes on: an offer and mail leave and arrive, the
node answers, and takes neither more room nor more memory than it may.

With HEARSAY_FLOOD_MIB=N the flood is so large; the smallest budget of a store is 64 MiB. Without it
the test shows only that all of it works: a MiB takes a core seven seconds of work with AVX-512, and
forty without.
"""
import concurrent.futures
import os
import re
import secrets
import subprocess
import time
import unittest
from pathlib import Path

import stranger
from hearsay_node import FIXED
from stranger import DAY, Item, Key, hello, items_frame, message
from support import NodeTest, Watch, measured

FLOOD_MIB = int(os.environ.get("HEARSAY_FLOOD_MIB", "1"))
APP_DATA, DATA_BYTES, HOUR = 9, 16 * 1024, 3600
PING, PONG = 2, 3
ROOM = 64 << 20  # bytes of memory above idle
BUDGET = 64 << 20
LIFETIME = ("--lifetime", "1d")


@unittest.skipIf(os.getuid() != 0, "a file system of its own takes root")
class StoreFlood(NodeTest):
    def setUp(self):
        super().setUp()
        place = self.top / "disk"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(place)], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(place)], check=False)
        self.b = self.node("b", options=FIXED).start()
        options = (*FIXED, "--store-budget", f"{BUDGET >> 20}M")
        self.a = self.node("a", place / "home", peers=[self.b.onion()], options=options)
        self.addCleanup(self.a.kill)
        self.a.log = self.top / "a.log"
        self.a.start()
        self.a.wait_connected()
        self.sent, self.over = 0, False

    def meet(self):
        key = Key(self.top)
        link = stranger.link(
            self.a.directory, stranger.client_context(key.certificate(), key.file)
        )
        self.addCleanup(link.close)
        link.send(hello())
        self.assertEqual(link.receive()[0], 1, "the node's Hello")
        return link

    def flood(self, bytes_each):
        """Sends so much of what lives an hour, over one link, and reads what comes."""
        key, link, left = Key(self.top), self.meet(), bytes_each
        while left > 0 and not self.over:
            data = message((1, 1), (2, secrets.token_bytes(DATA_BYTES)))
            item = Item(key, data, kind=APP_DATA, lifetime=HOUR)
            link.stream.settimeout(stranger.WAIT_SECONDS)
            link.send(items_frame(item))
            self.sent += len(data)
            left -= len(data)
            link.stream.settimeout(0.001)
            try:
                while link.stream.recv(65536):
                    pass
            except TimeoutError:
                pass

    def ping(self):
        """Seconds until an honest stranger's Ping is answered, on a link of its own."""
        link = self.meet()
        number = secrets.randbits(60)
        watch = Watch()
        link.send(message((PING, stranger.fixed64(1, number))))
        while dict(link.wait_for(PONG)).get(1) != number:
            pass
        took = watch.seconds
        link.close()
        return took

    def memory(self):
        status = Path(f"/proc/{self.a.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024

    def offer(self, node, title):
        return node.ask(
            "offer", "publish", "--title", title, "--text", "x", "--give", "a", "--want", "b",
            *LIFETIME,
        )["id"]  # fmt: skip

    def heard(self, offer):
        return lambda: self.a.offers()[offer].get("heard", 0) > 0

    def mails_cross(self, addresses, number):
        """One each way, under the flood."""
        waits = []
        for sender, reader in ((self.a, self.b), (self.b, self.a)):
            mail = sender.ask("mail", "send", addresses[reader.name], "--subject", f"No {number}",
                              "--text", "x", *LIFETIME)["id"]  # fmt: skip
            waits.append((reader, mail))
        for reader, mail in waits:
            reader.wait_mail(mail, seconds=600)

    def use(self, addresses, number):
        """What a user does: an offer goes out, and a mail each way."""
        offer = self.offer(self.a, f"Under the flood {number}")
        self.a.wait_until(self.heard(offer), 600, "an own offer to be heard back")
        self.mails_cross(addresses, number)

    def look(self, idle):
        """Nothing takes more than it may. Also how long an answer took."""
        took, memory, status = self.ping(), self.memory(), self.a.status()
        self.assertLessEqual(memory, idle + ROOM)
        counted = sum(int(each.get("bytes", 0)) for each in status["store_classes"])
        self.assertLessEqual(counted, int(status["store_budget"]))
        self.assertLessEqual(int(status["store_bytes"]), BUDGET)  # of the disk
        return took, memory

    def test_the_user_goes_on_and_no_bound_is_passed(self):
        addresses = {node.name: self.told_mailbox(node) for node in (self.a, self.b)}
        before = self.offer(self.b, "From before")
        self.a.wait_until(lambda: before in self.a.offers(), 240, "the offer of before")
        idle, looks, uses = self.memory(), [], 1
        watch = Watch()
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            floods = [pool.submit(self.flood, (FLOOD_MIB << 20) // 2) for _ in range(2)]
            user = pool.submit(self.use, addresses, uses)
            try:
                while not all(each.done() for each in (*floods, user)):
                    looks.append(self.look(idle))
                    if user.done() and not floods[0].done():
                        user.result()
                        uses += 1
                        user = pool.submit(self.use, addresses, uses)
                    time.sleep(0.5)
            finally:
                self.over = True
            for each in (*floods, user):
                each.result()
        measured(f"{self.sent / (1 << 20):.0f} MiB sent in", watch.seconds)
        pings = sorted(took for took, _ in looks)
        measured(f"{len(pings)} pings, half answered within {pings[len(pings) // 2]:.3f} s, all",
                 pings[-1])  # fmt: skip
        most = max(memory for _, memory in looks)
        measured(f"memory {idle >> 20} MiB before, {most >> 20} MiB at most; {uses} offers and "
                 f"{2 * uses} mails of users went through")  # fmt: skip
        status = self.a.status()
        measured(f"holds {int(status['store_bytes']) >> 20} of {int(status['store_budget']) >> 20} "
                 f"MiB, {status['items']} items")  # fmt: skip
        self.assertEqual(status["store"]["state"], "ready")
        self.assertIn(before, self.a.offers())


if __name__ == "__main__":
    unittest.main()

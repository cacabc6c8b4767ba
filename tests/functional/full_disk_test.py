"""A disk that others fill: the network's items may take less, what is the person's own is kept,
and everything is as before when there is room again."""
import os
import subprocess
import unittest

import stranger
from support import NodeTest


@unittest.skipIf(os.getuid() != 0, "a file system of its own takes root")
class FullDisk(NodeTest):
    def test_with_no_byte_free_everything_is_read_and_the_node_goes_on_by_itself(self):
        place = self.top / "disk"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", str(place)], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(place)], check=False)
        node = self.node("a", directory=place / "home", network=False)
        self.addCleanup(node.kill)
        node.log = self.top / "a.log"
        node.start()
        # A small disk has a small budget, but one.
        budget = int(node.status()["store_budget"])
        self.assertTrue(16 << 20 < budget < 36 << 20, budget)
        offer = self.publish(node)
        sent = node.ask(
            "mail", "send", stranger.mailbox_address(), "--subject", "hello", "--text", "in full"
        )["id"]
        ballast = place / "ballast"

        def fill(leaving=0):
            """Takes all room of the disk but so much."""
            with open(ballast, "ab", buffering=0) as file:
                size = 1 << 20
                while size >= 512:
                    try:
                        file.write(b"x" * size)
                    except OSError:
                        size //= 2
                file.truncate(file.tell() - leaving)

        # Others take most of the disk: the network's items may take less, the node goes on.
        reserve = node.directory / "reserve"
        node.wait_for("a reserve", lambda now: reserve.exists(), 60)
        budget = int(node.status()["store_budget"])
        self.assertGreaterEqual(reserve.stat().st_blocks * 512, 16 << 20)
        fill(leaving=20 << 20)
        node.wait_for("a smaller budget", lambda now: int(now["store_budget"]) < budget // 4, 60)
        self.assertEqual(node.status()["store"]["state"], "ready")
        self.assertTrue(reserve.exists())
        node.ask("offer", "publish", "--title", "Sugar", "--lifetime", "1d")
        # Then all of it: the reserve is given up, and what is the person's own is kept.
        fill()
        node.wait_for("the reserve to be given up", lambda now: not reserve.exists(), 60)
        node.wait_for("a store", lambda now: now["store"]["state"] == "ready", 60)
        node.ask("offer", "publish", "--title", "Milk", "--lifetime", "1d")
        kept = node.offers()
        self.assertEqual({one["title"] for one in kept.values()}, {"Tea", "Sugar", "Milk"})
        fill()
        refused = node.run("offer", "publish", "--title", "Too much", "--lifetime", "1d")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("full", refused.stderr)
        for _ in range(3):
            self.assertEqual(node.status()["store"]["state"], "full")
            self.assertEqual(node.offers().keys(), kept.keys())
            self.assertEqual(node.ask("offer", "show", offer)["title"], "Tea")
            self.assertEqual(node.ask("mail", "read", sent)["text"], "in full")
            self.assertEqual(node.ask("identity", "show")["onion"], node.onion())
            self.assertEqual(node.run("peers", "list").returncode, 0)
        ballast.unlink()
        node.wait_for(
            "the store to be ready", lambda status: status["store"]["state"] == "ready", 60
        )
        self.publish(node, "Coffee")
        titles = {one["title"] for one in node.offers().values()}
        self.assertEqual(titles, {"Tea", "Sugar", "Milk", "Coffee"})
        node.wait_for("the old budget", lambda now: int(now["store_budget"]) > budget // 2, 60)
        node.wait_for("a new reserve", lambda now: reserve.exists(), 60)
        node.stop()

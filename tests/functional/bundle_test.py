"""Items carried by hand: from a node to one that knows nobody, over a file as on a stick. And many
offers at once: in from a file, out into one."""
import base64
import csv
import hashlib
import io
import json
import struct
import unittest

from hearsay_node import FIXED, FRESH
from picture_test import samples as pictures
from support import NodeTest, Watch, measured

FLOOD_SECONDS = 120
OFFERS = 500


class Bundle(NodeTest):
    seconds_max = 400

    def items_of(self, node):
        return node.status()["items"]

    def test_a_bundle_brings_items_and_contacts_to_a_node_without_a_seed(self):
        # C knows A's offer; A has tried C and is nobody's friend.
        c = self.node("c", options=FIXED).start()
        known = self.top / "known.txt"
        known.write_text(c.onion() + "\n")
        a = self.node("a", options=(*FRESH, "--known-peers", str(known)))
        a.start()
        a.wait_connected()
        image = next(iter(pictures()[0].values()))
        picture = self.top / "tea.jpg"
        picture.write_bytes(image)
        tea = a.ask("offer", "publish", "--title", "Tea, green", "--lifetime", "1d",
                    "--picture", str(picture))["id"]  # fmt: skip
        cake = self.publish(a, "Cake")
        for offer in (tea, cake):
            c.wait_offer(offer, FLOOD_SECONDS)
        a.wait_until(
            lambda: self.items_of(a) >= 3, FLOOD_SECONDS, "its own offers' and picture's return"
        )

        stick = self.top / "stick"
        stick.mkdir()
        whole, only_tea = stick / "market.bundle", stick / "tea.bundle"
        written = a.ask("bundle", "export", str(whole))
        self.assertEqual((written["items"], written["contacts"], written["complete"]), (3, 1, True))
        self.assertEqual(whole.stat().st_size, written["bytes"])
        # With its picture, though that has no words to find it by.
        self.assertEqual(a.ask("bundle", "export", str(only_tea), "tea")["items"], 2)
        self.refusal(1, a, "bundle", "export", str(whole))
        bytes_of_a = bytes.fromhex(self.peer_id_hex(a))
        self.assertNotIn(bytes_of_a, whole.read_bytes(), "the bundle names who made it")

        b = self.node("b", options=FRESH).start()
        self.assertEqual(b.status()["peers"]["state"], "alone")
        cut = stick / "cut.bundle"
        cut.write_bytes(whole.read_bytes()[:-1])
        self.assertIn("damaged", self.refusal(1, b, "bundle", "import", str(cut)))
        self.assertEqual(self.items_of(b), 0)
        first = b.ask("bundle", "import", str(only_tea))
        self.assertEqual((first["stored"], first["held"], first["refused"]), (2, 0, {}))
        shown = b.ask("offer", "show", tea)["shown_pictures"]
        self.assertEqual([each["here"] for each in shown], [True])
        saved = self.top / "saved.jpg"
        b.tell("offer", "picture", tea, "--save", str(saved))
        self.assertEqual(saved.read_bytes(), image)
        second = b.ask("bundle", "import", str(whole))
        self.assertEqual((second["stored"], second["held"], second["refused"]), (1, 2, {}))
        self.assertEqual(second["contacts"], 1)
        self.assertEqual({each["id"] for each in b.offers().values()}, {tea, cake})
        watch = Watch()
        b.wait_connected(120)
        measured("a node that had a bundle only was linked after", watch.seconds)

    def peer_id_hex(self, node):
        label = node.onion().removesuffix(".onion").upper()
        return base64.b32decode(label)[:32].hex()

    def test_what_a_bundle_holds_is_checked_as_if_a_peer_had_sent_it(self):
        b = self.node("b", network=False, options=FIXED).start()
        junk = [b"no item at all", b"\x0a\x03abc"]
        body = b"HSBUNDLE" + struct.pack(">IIII", 1, 2, 0, len(junk))
        for item in junk:
            body += struct.pack(">I", len(item)) + item
        file = self.top / "junk.bundle"
        file.write_bytes(body + hashlib.sha256(body).digest())
        answer = b.ask("bundle", "import", str(file))
        self.assertEqual((answer["stored"], answer["refused"]), (0, {"item_malformed": 2}))

    def test_five_hundred_offers_come_in_by_one_file_and_out_by_another(self):
        a = self.node("a", network=False, options=FIXED).start()
        lines = [
            json.dumps({"title": f"Offer {at}", "lifetime_seconds": 3600, "tags": ["bulk"],
                        "price": {"amount": str(100 + at), "currency": "EUR", "decimals": 2}})
            for at in range(OFFERS)
        ]  # fmt: skip
        lines[41] = json.dumps({"title": ""})
        lines[99] = '{"titel": "x"}'
        file = self.top / "offers.jsonl"
        file.write_text("\n".join(lines) + "\n")
        watch = Watch()
        done = a.run("--json", "offer", "import", str(file), seconds=300)
        measured(f"{OFFERS} offers were kept after", watch.seconds)
        answer = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(set(answer["published"])), OFFERS - 2)
        self.assertEqual([each["line"] for each in answer["failed"]], [42, 100])
        self.assertEqual(answer["stopped_at"], 0)
        self.assertIn("line 42:", done.stderr)

        table = a.run("offer", "export", "-", "--csv")
        rows = list(csv.DictReader(io.StringIO(table.stdout)))
        self.assertEqual(len(rows), OFFERS - 2)
        self.assertIn(("Offer 7", "1.07", "EUR"),
                      {(row["title"], row["price"], row["currency"]) for row in rows})  # fmt: skip
        again = self.node("b", network=False, options=FIXED).start()
        few = "\n".join(table.stdout.splitlines()[:11]) + "\n"
        told = again.tell("offer", "import", "-", given=few)
        self.assertIn("10 offers are kept", told)
        back = a.run("offer", "import", "-", "--from", "500", given=file.read_text())
        self.assertIn("1 offer is kept", back.stdout)


if __name__ == "__main__":
    unittest.main()

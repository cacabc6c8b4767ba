"""Pictures of offers, through the command, between two nodes on a private Tor network; and files
that are no pictures."""
import base64
import json

from hearsay_node import FIXED, CommandFailed
from support import ROOT, NodeTest, Watch, measured

FLOOD_SECONDS = 150
VECTORS = ROOT / "docs" / "vectors" / "items.json"


def samples():
    """Payloads of kind 8 in the test vectors: by what is said of them, good and bad."""
    good, bad = {}, {}
    for vector in json.loads(VECTORS.read_text())["vectors"]:
        if vector["about"].startswith("a picture: ") and "payload" in vector:
            name = vector["about"].removeprefix("a picture: ")
            into = good if vector["verdict"] == "ok" else bad
            into[name] = bytes.fromhex(vector["payload"])
    return good, bad


class Picture(NodeTest):
    seconds_max = 500

    def file(self, name, data):
        path = self.top / name
        path.write_bytes(data)
        return str(path)

    def shown(self, node, offer):
        return node.ask("offer", "show", offer).get("shown_pictures", [])

    def test_a_picture_travels_with_its_offer_and_a_node_that_wants_none_lacks_nothing_else(self):
        good, _ = samples()
        jpeg, webp = good["a JPEG"], next(data for data in good.values() if data[:4] == b"RIFF")
        b = self.node("b", options=FIXED).start()
        a = self.node("a", peers=[b.onion()], options=FIXED).launch()
        c = self.node("c", peers=a.peers, options=(*FIXED, "--relay-pictures", "no")).launch()
        for node in (a, c):
            node.start_wait()
            node.wait_connected()
        offer = a.ask(
            "offer", "publish", "--title", "Lamp", "--lifetime", "1d",
            "--picture", self.file("one.jpg", jpeg), "--picture", self.file("two.webp", webp),
        )["id"]  # fmt: skip
        watch = Watch()
        b.wait_offer(offer, FLOOD_SECONDS)
        b.wait_until(
            lambda: [each.get("here") for each in self.shown(b, offer)] == [True, True],
            FLOOD_SECONDS, "both pictures",
        )  # fmt: skip
        measured("an offer and its two pictures were there after", watch.seconds)
        for number, data in ((1, jpeg), (2, webp)):
            saved = self.top / f"saved-{number}"
            b.tell("offer", "picture", offer, str(number), "--save", str(saved))
            self.assertEqual(saved.read_bytes(), data)
        self.assertIn("4", self.refusal(2, b, "offer", "picture", offer, "5", "--save", "-"))

        c.wait_offer(offer, FLOOD_SECONDS)
        self.assertEqual([each.get("here", False) for each in self.shown(c, offer)], [False, False])
        self.refusal(4, c, "offer", "picture", offer, "--save", str(self.top / "nothing"))
        self.assertFalse((self.top / "nothing").exists())
        c.wait_for("its view to match", lambda status: status["sync"]["state"] == "complete")

        a.ask("offer", "remove", offer)
        b.wait_until(lambda: offer not in b.offers(), FLOOD_SECONDS, "the offer's end")
        b.wait_until(
            lambda: int(b.status().get("items", 0)) <= 3, FLOOD_SECONDS, "the pictures' end"
        )

    def test_what_is_no_picture_is_refused_by_the_command_and_by_the_node(self):
        good, bad = samples()
        a = self.node("a", network=False, options=FIXED).start()
        self.assertGreater(len(bad), 15)
        for name, data in bad.items():
            if not data:
                continue
            draft = json.dumps(
                {"title": "Lamp", "picture_files": [base64.b64encode(data).decode()]}
            )
            answer = self.post(a, draft)
            self.assertIn(answer[0], (400, 413, 422), f"{name}: {answer}")
        # What else stands in a file is taken out by the command, the image stays as it is.
        jpeg = good["a JPEG"]
        exif = b"\xff\xe1\x00\x10Exif\0\0GPS here"
        told = a.ask("offer", "publish", "--title", "Lamp", "--picture",
                     self.file("exif.jpg", jpeg[:2] + exif + jpeg[2:]))  # fmt: skip
        saved = self.top / "clean.jpg"
        a.tell("offer", "picture", told["id"], "--save", str(saved))
        self.assertEqual(saved.read_bytes(), jpeg)
        for name, data in (("cut.jpg", jpeg[:-2]), ("text.jpg", b"hello"), ("empty.jpg", b"")):
            with self.assertRaises(CommandFailed):
                a.ask("offer", "publish", "--title", "Lamp", "--picture", self.file(name, data))
        self.assertEqual(len(a.ask("offer", "list", "--mine")["offers"]), 1)

    def post(self, node, body):
        """The status and the text of a request over the Unix socket."""
        import http.client
        import socket

        connection = http.client.HTTPConnection("hearsay", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(node.directory / "run" / "api"))
        try:
            connection.request(
                "POST", "/v1/offers", body, {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()


if __name__ == "__main__":
    import unittest

    unittest.main(verbosity=2)

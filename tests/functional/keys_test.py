"""Keys: who loses a machine is back on another one, from a backup or from twelve words; personas go
where one wants.

A and C know B only, and B keeps for A what comes while A is nowhere. A private Tor network as
everywhere.
"""
import unittest

from hearsay_node import FIXED
from support import NodeTest, Watch, measured

# Received mail stays in the network, where whoever comes back meets it again;
# its sender hears of it at once.
KEEPING = ("--receipt-within", "1s", "--remove-within", "1h")
LIFETIME = ("--lifetime", "1d")  # seconds of work instead of a minute
CHEAP = {"stamp-bits": "12"}  # what strangers who answer have to work for
PASSPHRASE = "seven herons over still water\n"


class Keys(NodeTest):
    def send(self, node, to, subject):
        words = (
            "mail", "send", to, "--subject", subject, "--text", f"{subject}, in full", *LIFETIME
        )
        return node.ask(*words)["id"]

    def letters(self, node):
        """Ids and states of what was received and is no trade's, as often as it is there."""
        listed = node.ask("mail", "list").get("mail", [])
        return sorted((mail["id"], mail["state"]) for mail in listed
                      if mail["direction"] == "in" and not mail.get("trade"))  # fmt: skip

    def personas(self, node):
        listed = node.ask("identity", "list")["personas"]
        return {
            each["address"]: (each.get("name", ""), each["purpose"], each.get("kept", False))
            for each in listed
        }

    def mine(self, node):
        return {
            each["id"]: each["title"]
            for each in node.ask("offer", "list", "--mine").get("offers", [])
        }

    def moves(self, node, trade):
        return [
            (each["by"], each["move"], each["text"])
            for each in node.ask("trade", "show", trade)["messages"]
        ]

    def wait_phase(self, node, trade, phase, seconds=240):
        def there():
            found = {
                each["id"]: each["state"] for each in node.ask("trade", "list").get("trades", [])
            }
            return found.get(trade) == phase

        node.wait_until(there, seconds, f"the trade to be {phase}")

    def identity(self, node):
        """Everything that a refused command must leave as it was."""
        shown = node.ask("identity", "show")
        return shown["personas"], [box["address"] for box in shown["mailboxes"]]

    def wait_out(self, node, mails, seconds=240):
        for mail in mails:
            node.wait_mail_state(mail, "heard", seconds)

    def wait_trades_out(self, node):
        """Letters of trades stand in a list of their own."""

        def are_out():
            listed = node.ask("mail", "list", "--trades")["mail"]
            return all(
                each["state"] in ("heard", "delivered")
                for each in listed
                if each["direction"] == "out"
            )

        node.wait_until(are_out, 240, "the trade's letters to be heard")

    def test_a_backup_makes_a_new_machine_the_old_node_and_what_came_meanwhile_arrives_once(self):
        a, b, c = self.line_of_three(options=(*FIXED, *KEEPING))
        a.ask("identity", "new", "shop")
        honey = self.publish(a, "Honey", **CHEAP)
        bread = self.publish(a, "Bread", **{"as": "shop"}, **CHEAP)
        for offer in (honey, bread):
            c.wait_offer(offer)
        trade = c.ask("trade", "take", bread, "--text", "Two loaves?")["id"]
        question = self.send(c, honey, "Is it dark?")
        self.wait_phase(a, trade, "proposed")
        a.ask("trade", "accept", trade)
        a.wait_mail(question)
        answer = self.send(a, question, "It is")
        c.wait_mail(answer)
        self.assertEqual(a.ask("mail", "read", question)["text"], "Is it dark?, in full")
        for node in (a, c):
            self.wait_phase(node, trade, "agreed")

        backup = self.top / "a.backup"
        made = a.ask("backup", "create", str(backup), given=PASSPHRASE)
        self.assertEqual(
            (int(made["bytes"]), backup.stat().st_mode & 0o777), (backup.stat().st_size, 0o600)
        )
        before = (self.personas(a), self.mine(a), self.moves(a, trade))
        self.assertEqual(len(before[1]), 2)
        a.stop()

        meanwhile = [self.send(c, honey, "One more thing"), self.send(c, answer, "How much?")]
        c.ask("trade", "pay-info", trade, "--text", "In coins")
        self.wait_out(c, [each["id"] for each in c.mail().values() if each["direction"] == "out"])
        self.wait_trades_out(c)
        c.stop()

        watch = Watch()
        again = self.node("a2", peers=a.peers, options=a.options).start()
        again.ask("backup", "restore", str(backup), given=PASSPHRASE)
        # What came meanwhile may be there already; what was there before comes first.
        restored = (
            self.personas(again),
            self.mine(again),
            self.moves(again, trade)[: len(before[2])],
        )
        self.assertEqual(restored, before)
        self.assertIn((question, "read"), self.letters(again))
        measured("a new node, restored after", watch.seconds)
        for mail in meanwhile:
            again.wait_mail(mail)
        paid = ("taker", "pay-info", "In coins")
        again.wait_until(
            lambda: paid in self.moves(again, trade), 240, "what the partner said meanwhile"
        )
        measured("and with all that came meanwhile after", watch.seconds)
        expected = sorted([(question, "read"), *((mail, "unread") for mail in meanwhile)])
        self.assertEqual(self.letters(again), expected)
        self.assertEqual(self.moves(again, trade), [*before[2], paid])

        c.start()
        watch = Watch()
        for mail in (question, *meanwhile):
            c.wait_mail_state(mail, "delivered")
        measured("their sender, started again, knows that they are delivered after", watch.seconds)
        watch = Watch()
        again.ask("offer", "remove", honey)
        for node in (b, c):
            node.wait_until(lambda node=node: honey not in node.offers(), 60, "the removal")
            self.assertIn(bread, node.offers())
        measured("an offer from before the backup is removed everywhere after", watch.seconds)
        again.kill()
        again.start()
        self.assertEqual(self.letters(again), expected)
        again.ask("trade", "shipped", trade, "--text", "On its way")  # the trade goes on
        c.wait_until(
            lambda: ("maker", "shipped", "On its way") in self.moves(c, trade),
            90,
            "the next message",
        )

    (
        test_a_backup_makes_a_new_machine_the_old_node_and_what_came_meanwhile_arrives_once
    ).seconds_max = 800

    def test_twelve_words_bring_back_the_offers_that_are_alive_and_the_mail_that_is(self):
        words_file = self.top / "words"
        b = self.node("b", options=(*FIXED, *KEEPING)).start()
        settings = {"peers": [b.onion()]}
        own = ("--no-passphrase", "--discover", "no", *KEEPING)
        a = self.node(
            "a", options=(*own, "--recovery-words-file", str(words_file)), **settings
        ).launch()
        c = self.node("c", options=(*FIXED, *KEEPING), **settings).launch()
        for node in (a, c):
            node.start_wait()
            node.wait_connected()
        words = words_file.read_text().split()
        self.assertEqual((len(words), words_file.stat().st_mode & 0o777), (12, 0o600))
        offer, other = self.publish(a, "Honey", **CHEAP), self.publish(c, "Bread")
        self.assertIn(offer, c.wait_offer(offer)["id"])
        address = self.told_mailbox(a)
        publisher, mailbox = (
            a.ask("offer", "show", offer)[field] for field in ("publisher", "mailbox")
        )
        a.stop()
        mails = [self.send(c, offer, "Is it dark?"), self.send(c, address, "Hello again")]
        self.wait_out(c, mails)

        again = self.node("a2", options=(*FIXED, *KEEPING), **settings).start()
        before = self.identity(again)
        wrong = [*words[:4], "xylophones", *words[5:]]
        said = self.refusal(1, again, "identity", "recover", given=" ".join(wrong))
        self.assertIn("word 5 is not in the list", said)
        self.assertNotIn("xylophones", said)
        said = self.refusal(1, again, "identity", "recover", given=" ".join(words[:11]))
        self.assertIn("11 were given", said)
        self.assertEqual(self.identity(again), before)
        said = self.refusal(1, c, "identity", "recover", given=" ".join(words))
        self.assertIn("this node is not empty: it has 1 offer, 2 mails", said)

        watch = Watch()
        again.ask("identity", "recover", given="\n".join(words).upper())
        # A fresh one to give away; the old one is still read.
        self.assertNotEqual(self.mailbox(again), address)
        # Every persona since the network's first day is tried: the longer ago that is,
        # the longer this takes.
        again.wait_until(
            lambda: self.mine(again) == {offer: "Honey"}, 200, "the offer to be its own again"
        )
        measured("from the words on, its offer is its own again after", watch.seconds)
        found = again.ask("offer", "show", offer)
        self.assertEqual((found["publisher"], found["mailbox"]), (publisher, mailbox))
        for mail in mails:
            again.wait_mail(mail)
            c.wait_mail_state(mail, "delivered")
        measured(
            "and the mail that was for it is there, and its sender knows, after", watch.seconds
        )
        self.assertEqual(self.letters(again), sorted((mail, "unread") for mail in mails))
        self.assertEqual(again.ask("mail", "read", mails[0])["text"], "Is it dark?, in full")
        said = self.refusal(1, again, "identity", "recover", given=" ".join(words))
        self.assertIn("this node is not empty", said)
        again.ask("offer", "remove", offer)
        c.wait_until(lambda: offer not in c.offers() and other in c.offers(), 60, "the removal")

    test_twelve_words_bring_back_the_offers_that_are_alive_and_the_mail_that_is.seconds_max = 600

    def test_a_persona_goes_to_another_node_signs_there_and_stays_while_its_offer_lives(self):
        a = self.node("a", options=FIXED).start()
        b = self.node("b", peers=[a.onion()], options=FIXED).start()
        shop = a.ask("identity", "new", "shop")
        self.assertEqual(self.personas(a)[shop["address"]], ("shop", "kept", True))
        self.assertIn("shop", self.refusal(1, a, "identity", "new", "shop"))
        shown = (
            a.tell("identity", "show", "shop", "--qr").split("\n\n")[-1].rstrip("\n").split("\n")
        )
        width = {len(line) for line in shown}
        self.assertEqual(len(width), 1, "a QR code is a square")
        self.assertEqual((width.pop() + 1) // 2, len(shown))
        self.assertEqual(set("".join(shown)), set("█▀▄ "))

        secret = a.tell("identity", "export", "shop").strip()
        self.assertRegex(secret, "^hssec1[a-z0-9]+$")
        broken = secret[:-1] + ("q" if secret[-1] != "q" else "p")
        said = self.refusal(1, b, "identity", "import", "--name", "till", given=broken)
        self.assertNotIn(secret[10:30], said)
        self.assertNotIn(shop["address"], self.personas(b))
        imported = b.ask("identity", "import", "--name", "till", given=secret)
        self.assertEqual((imported["address"], imported["purpose"]), (shop["address"], "imported"))
        self.assertIn("here already", self.refusal(1, b, "identity", "import", given=secret))

        b.wait_connected()
        offer = b.ask("offer", "publish", "--title", "Tea", "--as", "till", *LIFETIME)
        self.assertEqual(a.wait_offer(offer["id"])["publisher"], shop["address"])
        other = b.ask("offer", "publish", "--title", "Salt", *LIFETIME)
        self.assertNotEqual(other["publisher"], shop["address"])
        self.assertIn("1 offer that is alive", self.refusal(1, b, "identity", "retire", "till"))
        b.ask("offer", "remove", offer["id"])
        self.assertTrue(b.ask("identity", "retire", "till")["retired"])
        said = self.refusal(
            1, b, "offer", "publish", "--title", "Late", "--as", shop["address"], *LIFETIME
        )
        self.assertIn("retired", said)
        self.assertIn("the main persona stays", self.refusal(1, b, "identity", "retire", "main"))

    def test_a_backup_that_cannot_be_made_or_read_changes_nothing(self):
        a = self.node("a", network=False).start()
        a.ask("identity", "new", "shop")
        for number in range(3):
            self.publish(a, f"Tea {number}", text="x" * 3000)
        backup = self.top / "a.backup"
        a.ask("backup", "create", str(backup), given=PASSPHRASE)
        whole = backup.read_bytes()
        said = self.refusal(1, a, "backup", "create", str(backup), given=PASSPHRASE)
        self.assertIn("exists already", said)
        self.assertEqual(backup.read_bytes(), whole)
        self.assertEqual([each.name for each in self.top.glob("a.backup*")], ["a.backup"])

        b = self.node("b", network=False).start()
        before = self.identity(b)
        said = self.refusal(
            6, b, "backup", "restore", str(backup), given="seven herons over still waters\n"
        )
        self.assertIn("the passphrase is wrong", said)
        damaged = self.top / "damaged.backup"
        cases = {size: whole[:size] for size in (0, 7, 30, 60, len(whole) // 2, len(whole) - 1)}
        cases |= {
            "longer": whole + b"x",
            "another bit": whole[:-30] + bytes([whole[-30] ^ 4]) + whole[-29:],
        }
        for name, content in cases.items():
            with self.subTest(name):
                damaged.write_bytes(content)
                done = b.run("backup", "restore", str(damaged), given=PASSPHRASE)
                self.assertIn(done.returncode, (1, 6), done.stdout + done.stderr)
                self.assertRegex(done.stderr, "damaged|not a backup")
                self.assertEqual(self.identity(b), before)
        self.assertIn(
            "not empty", self.refusal(1, a, "backup", "restore", str(backup), given=PASSPHRASE)
        )
        self.assertEqual(len(self.mine(a)), 3)
        self.assertIn(
            "nowhere",
            self.refusal(4, b, "backup", "restore", str(self.top / "nowhere"), given=PASSPHRASE),
        )

        b.ask("backup", "restore", str(backup), given=PASSPHRASE)
        self.assertEqual((self.personas(b), self.mine(b)), (self.personas(a), self.mine(a)))
        self.assertEqual(backup.read_bytes(), whole)


if __name__ == "__main__":
    unittest.main(verbosity=2)

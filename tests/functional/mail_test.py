"""Mail between people who are not there: it waits at whoever is, and arrives once.

A and C know B only. Each node is a real hearsayd with its own Tor, on a private Tor network.
"""
import secrets
import unittest

from hearsay_node import FIXED
from support import NodeTest, Watch, measured

OUT = ("heard", "delivered")  # the states of a mail that the network has
LIFETIME = ("--lifetime", "1d")  # seconds of work instead of a minute


class Mail(NodeTest):
    def send(self, node, to, subject, text="Until then."):
        return node.ask("mail", "send", to, "--subject", subject, "--text", text, *LIFETIME)["id"]

    def wait_out(self, node, mail, seconds=240):
        node.wait_until(
            lambda: node.mail()[mail]["state"] in OUT, seconds, f"the mail {mail} to be heard back"
        )

    def assert_arrived_once(self, node, mail, subject, text="Until then."):
        """In the inbox, whole, and nothing else beside it under its subject."""
        got = [
            each
            for each in node.mail().values()
            if each["direction"] == "in" and each["subject"] == subject
        ]
        self.assertEqual([each["id"] for each in got], [mail], f"{subject} at {node.name}")
        read = node.ask("mail", "read", mail)
        self.assertEqual((read["text"], read["subject"]), (text, subject))

    def test_attachments_come_out_byte_for_byte_and_what_is_too_large_is_refused(self):
        a, _, c = self.line_of_three()
        photo, note, folder = self.top / "photo.jpg", self.top / "note.txt", self.top / "received"
        photo.write_bytes(secrets.token_bytes(30000))
        note.write_bytes(b"")
        address = self.told_mailbox(c)
        too_large = a.run(
            "mail", "send", address, "--subject", "s", "--text", "x" * 3000, "--attach", str(photo)
        )
        self.assertEqual(too_large.returncode, 1)
        self.assertIn("the largest size", too_large.stderr)
        self.assertEqual(a.mail(), {})
        mail = a.ask(
            "mail", "send", address, "--subject", "A photo", "--text", "", "--attach", str(photo),
            "--attach", str(note), *LIFETIME,
        )["id"]  # fmt: skip
        c.wait_mail(mail)
        c.tell("mail", "read", mail, "--save", str(folder))
        self.assertEqual((folder / "photo.jpg").read_bytes(), photo.read_bytes())
        self.assertEqual((folder / "note.txt").read_bytes(), b"")
        (folder / "photo.jpg").write_bytes(b"mine")
        again = c.run("mail", "read", mail, "--save", str(folder))
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual((folder / "photo.jpg").read_bytes(), b"mine")
        self.assertEqual((folder / "photo (2).jpg").read_bytes(), photo.read_bytes())
        self.assertIn("note.txt is there already", again.stderr)

    def test_the_recipient_is_offline_when_the_mail_is_sent(self):
        a, b, c = self.line_of_three()
        address = self.told_mailbox(c)
        c.stop()
        mail = self.send(a, address, "You sleep")
        self.wait_out(a, mail)
        watch = Watch()
        c.start()
        c.wait_mail(mail)
        measured("started again, the recipient has it after", watch.seconds)
        self.assert_arrived_once(c, mail, "You sleep")
        self.assertEqual(b.mail(), {}, "B reads mail that is not its own")
        c.kill()
        c.start()
        self.assert_arrived_once(c, mail, "You sleep")

    def test_the_sender_is_offline_when_it_writes_and_the_mail_leaves_when_it_is_back(self):
        a, _, c = self.line_of_three()
        address = self.told_mailbox(c, a)
        a.stop()
        online, a.torrc = a.torrc, self.dead_torrc()
        a.start()
        mail = self.send(a, address, "From the train")
        a.wait_mail_state(mail, "queued")
        self.assertEqual(a.status()["outbox_pending"], 1)
        a.kill()
        a.torrc = online
        watch = Watch()
        a.start()
        c.wait_mail(mail, 120)
        measured("online again, its mail is there after", watch.seconds)
        self.assert_arrived_once(c, mail, "From the train")
        self.wait_out(a, mail)
        self.assertEqual(a.status().get("outbox_pending", 0), 0)

    def test_two_who_are_never_online_together_write_to_each_other_through_a_third(self):
        b = self.node("b", options=FIXED).start()
        peers = [b.onion()]
        c = self.node("c", peers=peers, options=FIXED).start()
        address = self.told_mailbox(c)
        c.stop()

        a = self.node("a", peers=peers, options=FIXED).start()
        question = self.send(a, address, "Are you there?")
        self.wait_out(a, question)
        a.stop()

        watch = Watch()
        c.start()
        c.wait_mail(question)
        measured("the question is there after", watch.seconds)
        self.assert_arrived_once(c, question, "Are you there?")
        answer = self.send(c, question, "Now I am", "And you?")
        self.wait_out(c, answer)
        c.stop()

        watch = Watch()
        a.start()
        a.wait_mail(answer)
        measured("the answer is there after", watch.seconds)
        self.assert_arrived_once(a, answer, "Now I am", "And you?")
        self.assertEqual(a.mail()[answer]["in_reply_to"], question)
        self.assertEqual(b.mail(), {})

    def test_a_mail_to_an_address_whose_key_is_not_published_waits_until_it_is(self):
        a, _, c = self.line_of_three()
        address = self.mailbox(c)
        sent = a.ask("mail", "send", address, "--subject", "Early", "--text", "x", *LIFETIME)
        self.assertEqual(sent["state"], "draft")
        self.assertIn("the key of its mailbox", sent["waits_for"])
        a.kill()
        a.start()
        self.assertEqual(a.mail()[sent["id"]]["state"], "draft")
        shown = c.tell("identity", "show")
        self.assertIn("its key is not published", shown)
        published = c.ask("mailbox", "publish")
        self.assertEqual((published["address"], published["published"]), (address, True))
        c.wait_mail(sent["id"], 120)
        self.assert_arrived_once(c, sent["id"], "Early", "x")
        again = c.ask("mailbox", "withdraw")
        self.assertFalse(again.get("published", False))
        refused = self.refusal(1, c, "mailbox", "withdraw")
        self.assertIn("not published", refused)


if __name__ == "__main__":
    unittest.main(verbosity=2)

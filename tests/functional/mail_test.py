"""Mail between people who are not there: it waits at whoever is, and arrives once.

A and C know B only. Each node is a real hearsayd with its own Tor, on a private Tor network.
"""
import os
import unittest

from hearsay_node import FIXED
from support import NodeTest, Watch, measured

OUT = ("heard", "delivered")  # the states of a mail that the network has
LIFETIME = ("--lifetime", "1d")  # seconds of work instead of a minute


class Mail(NodeTest):
    def send(self, node, to, subject, text="Until then."):
        return node.ask("mail", "send", to, "--subject", subject, "--text", text, *LIFETIME)["id"]

    def wait_out(self, node, mail, seconds=90):
        node.wait_until(lambda: node.mail()[mail]["state"] in OUT, seconds, f"the mail {mail} to be heard back")

    def assert_arrived_once(self, node, mail, subject, text="Until then."):
        """In the inbox, whole, and nothing else beside it under its subject."""
        got = [each for each in node.mail().values() if each["direction"] == "in" and each["subject"] == subject]
        self.assertEqual([each["id"] for each in got], [mail], f"{subject} at {node.name}")
        read = node.ask("mail", "read", mail)
        self.assertEqual((read["text"], read["subject"]), (text, subject))

    def test_the_recipient_is_offline_when_the_mail_is_sent(self):
        a, b, c = self.line_of_three()
        address = self.mailbox(c)
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
        address = self.mailbox(c)
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
        address = self.mailbox(c)
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

    def test_an_attachment_of_any_bytes_arrives_as_it_was(self):
        a = self.node("a", options=FIXED).start()
        b = self.node("b", peers=[a.onion()], options=FIXED).start()
        b.wait_connected()
        photo = self.top / "bike.jpg"
        photo.write_bytes(os.urandom(9_000))
        watch = Watch()
        mail = b.ask("mail", "send", self.mailbox(a), "--subject", "A photo", "--text", "Look", "--attach", str(photo),
                     *LIFETIME)["id"]  # fmt: skip
        a.wait_mail(mail)
        measured("9,000 bytes arrived after", watch.seconds)
        saved = self.top / "saved"
        saved.mkdir()
        a.tell("mail", "read", mail, "--save", str(saved))
        self.assertEqual((saved / "bike.jpg").read_bytes(), photo.read_bytes())


if __name__ == "__main__":
    unittest.main(verbosity=2)

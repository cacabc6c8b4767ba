"""Starting: passphrases, recovery words, options and their mistakes, and a machine without any
network."""
import os
import shutil
import stat
import subprocess
import unittest

import stranger
from support import NodeTest, Watch, measured, programs

NO_WORDS = "--no-recovery-words"
SECRET = "correct horse battery staple"


class Passphrases(NodeTest):
    def passphrase_file(self, text, name="passphrase"):
        path = self.top / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    def test_the_passphrase_comes_from_a_file_or_a_descriptor_and_a_wrong_one_is_refused(self):
        right = self.passphrase_file(SECRET + "\nthe second line does not count\n")
        node = self.node("a", network=False, options=["--passphrase-file", right, NO_WORDS])
        watch = Watch()
        node.start()
        measured("API answers, with scrypt for a new identity, after", watch.seconds)
        identity, offer = node.ask("identity", "show"), self.publish(node)
        self.assertTrue(identity["sealed"])
        node.stop()
        self.assertNotIn(SECRET, node.log_text())

        read_end, write_end = os.pipe()
        os.write(write_end, f"{SECRET}\n".encode())
        os.close(write_end)
        node.options = ["--passphrase-fd", str(read_end)]
        node.start(pass_fds=(read_end,))
        os.close(read_end)
        self.assertEqual(node.onion(), identity["onion"])
        self.assertIn(offer, node.offers())
        node.stop()

        for wrong in (SECRET + "r", SECRET[:-1], SECRET + " "):
            node.options = ["--passphrase-file", self.passphrase_file(wrong + "\n", "wrong")]
            self.refused_start(node, 1, "passphrase")
        node.options = ["--no-passphrase"]
        self.refused_start(node, 1, "passphrase")
        node.options = ["--passphrase-file", right]
        node.start()  # nothing was spoiled by the attempts
        now = [persona["address"] for persona in node.ask("identity", "show")["personas"]]
        for persona in identity["personas"]:
            self.assertIn(persona["address"], now)

    def refused_start(self, node, code, words):
        size = len(node.log_text())
        node.launch()
        node._process.wait(30)
        said = node.log_text()[size:]
        self.assertEqual(node._process.returncode, code, said)
        self.assertIn(words, said)
        node.kill()
        return said

    def test_a_passphrase_file_of_another_system_is_what_a_person_types(self):
        composed, decomposed = "K\u00fche auf der Weide", "Ku\u0308he auf der Weide"
        made = self.passphrase_file("\ufeff" + decomposed + "\r\n")
        node = self.node("a", network=False, options=["--passphrase-file", made, NO_WORDS])
        node.start()
        node.stop()
        node.options = ["--passphrase-file", self.passphrase_file(composed + "\n", "typed")]
        node.start()

    def test_a_passphrase_is_set_changed_and_taken_away_while_the_node_runs(self):
        first, second = (self.passphrase_file(text + "\n", name) for text, name in
                         ((SECRET, "first"), ("tr0ub4dor & 3", "second")))  # fmt: skip
        node = self.node("a", network=False)
        node.start()
        offer = self.publish(node)
        self.assertFalse(node.ask("identity", "show")["sealed"])
        change = ("identity", "passphrase", "--new-passphrase-file")
        self.assertTrue(node.ask(*change, first)["sealed"])
        self.assertTrue(node.status()["sealed"])
        said = self.refusal(6, node, "identity", "passphrase", "--passphrase-file", second,
                            "--new-passphrase-file", second)  # fmt: skip
        self.assertIn("passphrase", said)
        node.stop()
        node.options = ["--no-passphrase"]
        self.refused_start(node, 1, "passphrase")
        node.options = ["--passphrase-file", first]
        node.start()
        node.tell("identity", "passphrase", "--passphrase-file", first,
                  "--new-passphrase-file", second)  # fmt: skip
        node.kill()
        self.refused_start(node, 1, "passphrase")
        node.options = ["--passphrase-file", second]
        node.start()
        node.tell("identity", "passphrase", "--passphrase-file", second, "--none")
        node.stop()
        node.options = ["--no-passphrase"]
        node.start()
        self.assertIn(offer, node.offers())

    def test_an_empty_passphrase_is_refused(self):
        node = self.node(
            "a", network=False, options=["--passphrase-file", self.passphrase_file("\n"), NO_WORDS]
        )
        self.refused_start(node, 1, "--no-passphrase")

    def test_a_new_identity_without_a_terminal_asks_for_the_options_it_needs(self):
        node = self.node("a", network=False, options=[])
        said = self.refused_start(node, 1, "")
        self.assertRegex(said, "--no-passphrase|--no-recovery-words")
        node.options = ["--no-passphrase"]
        self.refused_start(node, 1, "--no-recovery-words")
        node.options = [NO_WORDS]
        self.refused_start(node, 1, "--no-passphrase")
        node.options = ["--no-passphrase", NO_WORDS]
        node.start()

    def test_recovery_words_go_into_a_file_once_and_nowhere_else(self):
        words = self.top / "words"
        node = self.node(
            "a", network=False, options=["--no-passphrase", "--recovery-words-file", str(words)]
        )
        node.start()
        text = words.read_text()
        self.assertEqual(len(text.split()), 12, text)
        self.assertEqual(stat.S_IMODE(words.stat().st_mode), 0o600)
        node.stop()
        for path in [node.log, *(path for path in node.directory.rglob("*") if path.is_file())]:
            self.assertNotIn(text.strip().encode(), path.read_bytes(), path)
        node.options = ["--no-passphrase"]
        node.start()  # the words are not asked for again
        check = ("identity", "words", "--check")
        self.assertIn("These are the words", node.run(*check, given=text).stdout)
        other = "legal winner thank year wave sausage worth useful legal winner thank yellow"
        self.assertIn("not those", node.run(*check, given=other).stderr)
        self.assertEqual(node.run(*check, given=other).returncode, 1)
        self.assertIn("word 1 ", node.run(*check, given="hearsay " * 12).stderr)
        self.assertEqual(node.run("identity", "words").returncode, 2)

    def test_a_mistake_in_what_the_user_wrote_is_told_before_there_is_an_identity(self):
        words, wrong = self.top / "words", self.top / "torrc"
        wrong.write_text("UseBridges 1\nControlPort 9051\n")
        node = self.node(
            "a", network=False, options=["--no-passphrase", "--recovery-words-file", str(words)]
        )
        for torrc, told in ((wrong, "line 2"), (self.top / "none", "--tor-config")):
            node.torrc = torrc
            self.refused_start(node, 1, told)
            self.assertFalse(words.exists())
            self.assertFalse(node.directory.exists())
        deep = self.top / "x"
        while len(str(deep)) < 3950:
            deep /= "y" * 200
        node = self.node("b", deep, network=False)
        node.log = self.top / "deep.log"
        self.refused_start(node, 2, "shorter --data-dir")


class Options(NodeTest):
    def run_daemon(self, *words, **variables):
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("HEARSAY_")
        } | variables
        return subprocess.run(
            [str(programs() / "hearsayd"), *words], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=20, check=False, env=environment, start_new_session=True,
        )  # fmt: skip

    def test_wrong_options_end_with_2_and_say_what_was_expected(self):
        directory = str(self.top / "data")
        spoiled, wrong = self.top / "spoiled", self.top / "wrong"
        spoiled.write_text("# nobody yet\n\nabc.onion  # no address\n")
        wrong.write_text("max_connections = many\n")
        for words, expected in (
            (["--colour", "red"], "--help"),
            (["surplus"], "--help"),
            (["--network", "moon"], "main or local"),
            (["--network", "local"], "--tor-config"),
            (["--log-level", "loud"], "debug, info, warning or error"),
            (["--peer", "abc.onion"], "--peer"),
            (["--no-passphrase", "--passphrase-fd", "3"], "at most one"),
            (["--passphrase-fd", "x"], "passphrase-fd"),
            (["--config", str(self.top / "none")], "configuration file"),
            (["--degree", "0"], "1 to 32"),
            (["--degree", "-1"], "1 to 32"),
            (["--degree", "99999999999999999999"], "1 to 32"),
            (["--max-connections", "7"], "from 8 to 512"),
            (["--degree", "20", "--max-connections", "19"], "from 20 to 512"),
            (["--min-connections", "73"], "from 0 to 72"),
            (["--discover", "maybe"], "yes or no"),
            (["--bootstrapper", "abc"], "--bootstrapper abc"),
            (["--known-peers", str(self.top / "none")], "--known-peers"),
            (["--known-peers", str(spoiled)], "line 3"),
            (["--config", str(wrong)], "max-connections"),
            (["--log-format", "xml"], "text or json"),
            (["--data-dir", directory], "cannot be specified more than once"),
        ):
            with self.subTest(words=words):
                done = self.run_daemon("--data-dir", directory, *words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(expected, done.stderr)
                self.assertFalse(os.path.exists(directory), "a wrong option made a data directory")

    def test_settings_are_read_from_their_usual_place_and_printed_as_they_hold(self):
        place = self.top / "config" / "hearsay"
        place.mkdir(parents=True)
        (place / "hearsayd.conf").write_bytes(
            b"\xef\xbb\xbf# of an editor that marks its files\ndegree = 5\nlog_level = debug\n"
        )
        environment = {"XDG_CONFIG_HOME": str(self.top / "config"), "HOME": str(self.top)}
        done = self.run_daemon("--print-settings", "--degree", "6", **environment)
        lines = done.stdout.splitlines()
        self.assertIn("hearsayd.conf", lines[0])
        for line in ("degree = 6", "log-level = debug", "discover = yes", "# log-file ="):
            self.assertIn(line, lines)
        # What was printed is a settings file, and says the same.
        again = self.top / "again"
        again.write_text(done.stdout)
        second = self.run_daemon("--print-settings", "--config", str(again), **environment)
        self.assertEqual(second.stdout.splitlines()[1:], lines[1:], second.stderr)
        self.assertFalse((self.top / ".local").exists(), "printing made a data directory")

    def test_version_and_help_answer_on_standard_output(self):
        done = self.run_daemon("--version")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("hearsayd", "Tor 0.4.9.", "libevent", "OpenSSL 3.", "LMDB"):
            self.assertIn(name.lower(), done.stdout.lower())
        # what is linked in is not the system's to keep current: it says so
        self.assertRegex(done.stdout, r"(?m)^Tor \S+ \(linked in, from .+\)$")
        self.assertRegex(done.stdout, r"(?m)^OpenSSL .+ \((linked in, from .+|the system's)\)$")
        done = self.run_daemon("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("--data-dir", done.stdout)
        self.assertNotIn("LMDB LMDB", self.run_daemon("--version").stdout)

    def test_the_command_says_what_was_wrong_with_its_exit_code(self):
        node = self.node("a", network=False)
        self.assertEqual(node.run("status").returncode, 3)
        node.start()
        for words, code in (
            (["status"], 0),
            (["stat"], 2),
            (["offer"], 2),
            (["offer", "publish"], 2),
            (["offer", "publish", "--title", "x" * 5000], 1),
            (["offer", "publish", "--title", "\u200b \u3164"], 1),
            (["post", "publish", "--title", "\u00a0", "--text", "x"], 1),
            (["profile", "set", "main", "--nickname", "\u2060"], 1),
            (["mailbox", "rule", "main"], 0),
            (["ratings", "main"], 0),
            (["ratings", "nobody"], 4),
            (["friends", "remove", "Nobody At All"], 4),
            ([], 0),
            (["help", "mail"], 0),
            (["version"], 0),
            (["offer", "publish", "--title", "x", "--lifetime", "99d"], 2),
            (["offer", "show", "0" * 64], 4),
            (["offer", "remove", "0" * 64], 4),
            (["mail", "read", "0" * 32], 4),
            (["mail", "quarantine"], 0),
            (["mail", "quarantine", "--retry", "0" * 64], 4),
            (["mail", "quarantine", "--remove", "0" * 64], 4),
            (["mail", "quarantine", "--retry", "0" * 64, "--remove", "0" * 64], 2),
            (["mail", "send", "0" * 64, "--subject", "x", "--text", "x"], 4),
            (
                [
                    "mail", "send", stranger.mailbox_address()[:-1] + "x", "--subject", "x",
                    "--text", "x",
                ],
                1,
            ),
            (["peers", "add", "x" * 56 + ".onion"], 1),
            (["peers", "show", "x" * 56 + ".onion"], 1),
            (["peers", "ban", "../../x"], 2),
            (["peers", "ban", node.onion()], 1),
            (["peers", "ban", "x" * 56, "--for", "9" * 40 + "d"], 2),
            (["peers", "ban", "x" * 56, "--reason", "a\x1b[2J"], 2),
            (["status", "--until", "connected", "--timeout", "1s"], 5),
        ):  # fmt: skip
            with self.subTest(words=words):
                done = node.run("--json", *words)
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)


class Offline(NodeTest):
    @unittest.skipIf(os.getuid() != 0, "a network namespace of its own takes root")
    @unittest.skipIf(shutil.which("unshare") is None, "unshare is not installed")
    def test_a_machine_without_network_still_serves_what_is_in_the_store(self):
        b = self.node("b").start()
        a = self.node("a", peers=[b.onion()]).start()
        offer = self.publish(b, "From another node")
        a.wait_offer(offer)
        a.stop()
        a.wrapper = ["unshare", "-n", "--"]  # not even a loopback device that is up
        watch = Watch()
        a.start()
        told = a.wait_for("the cause", lambda status: status["tor_hindrance"], 30)
        measured("the cause is told after", watch.seconds)
        self.assertIn("no network", told["tor_hindrance"])
        self.assertIn(told["tor_hindrance"], told["warnings"])
        self.assertIn("no network", a.log_text())
        doctor = a.run("doctor")
        self.assertEqual(doctor.returncode, 1, doctor.stdout)
        self.assertIn("no network", " ".join(doctor.stdout.split()))
        self.assertEqual(a.offers()[offer]["title"], "From another node")
        measured("without any network the store is served after", watch.seconds)
        mine = self.publish(a, "Written while offline")
        status = a.wait_until(lambda: self.told(a), 30, "a status that says what is missing")
        self.assertNotEqual(status["tor"]["state"], "ready")
        self.assertEqual(
            (status["peers"]["state"], status["store"]["state"]), ("connecting", "ready")
        )
        self.assertNotEqual(status["reachability"]["state"], "reachable")
        measured(f"status says: Tor {status['tor']['state']} ({status['tor']['detail']}), "
                 f"{status['peers']['state']} ({status['peers']['detail']})")  # fmt: skip
        a.stop()
        a.wrapper = []
        a.start()
        b.wait_offer(mine, 90)

    def test_a_firewall_that_refuses_is_named_with_the_option_that_helps(self):
        node = self.node("a", network=False).start()  # nothing listens where its relays should be
        watch = Watch()
        told = node.wait_for("the cause", lambda status: status["tor_hindrance"], 30)
        measured(f"told after {watch.seconds:.0f} s: {told['tor_hindrance']}")
        self.assertIn("UseBridges 1", told["tor_hindrance"])
        self.assertIn("--tor-config", told["tor_hindrance"])

    def test_the_doctor_says_what_is_wrong_without_a_node_and_that_nothing_is_with_one(self):
        node = self.node("a")
        done = node.run("doctor")
        self.assertEqual(done.returncode, 3, done.stdout)
        for words in ("WRONG directory", "WRONG node", "hearsayd --data-dir"):
            self.assertIn(words, done.stdout)
        b = self.node("b").start()
        node.peers = [b.onion()]
        node.start()
        node.wait_reachable()
        node.wait_connected()
        found = node.ask("doctor")
        self.assertTrue(found["good"], found)
        parts = {each["part"]: each["state"] for each in found["findings"]}
        for part in ("directory", "disk", "node", "tor", "descriptor", "reachable",
                     "peers", "store", "versions"):  # fmt: skip
            self.assertEqual(parts[part], "good", found)
        self.assertEqual((parts["keys"], parts["backup"], parts["clock"]), ("note",) * 3)
        file = self.top / "backup"
        node.tell("backup", "create", str(file), given="correct horse battery staple\n")
        node.wait_until(
            lambda: {each["part"]: each["state"] for each in node.ask("doctor")["findings"]}[
                "backup"
            ]
            == "good",
            10,
            "the backup to be noted",
        )
        os.chmod(node.directory, 0o755)
        self.assertEqual(node.run("doctor").returncode, 1)
        os.chmod(node.directory, 0o700)

    @staticmethod
    def told(node):
        status = node.status()
        return (
            status
            if status["tor"]["state"] in ("starting", "bootstrapping") and status["tor"]["detail"]
            else None
        )

    def test_a_data_directory_that_cannot_be_used_is_named(self):
        (self.top / "file").write_text("not a directory")
        for directory in (self.top / "file" / "data", self.top / "file"):
            done = subprocess.run(
                [
                    str(programs() / "hearsayd"), "--data-dir", str(directory),
                    "--network", "local", "--tor-config", str(self.dead_torrc()),
                    "--no-passphrase", NO_WORDS,
                ],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
            )  # fmt: skip
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(str(self.top / "file"), done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

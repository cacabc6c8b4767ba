"""What hearsayd itself says to a person: laid out for the terminal, from 40 columns on."""
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest
from fcntl import ioctl

from support import NodeTest, programs

WIDTHS = (40, 60, 80, 120)
PROSE = 100  # longer lines of running text are hard to follow
END_SECONDS = 30


class Screen:
    """hearsayd on a terminal of so many columns, which is its controlling one."""

    def __init__(self, columns, words, environment):
        self.text = ""
        self.pid, self._end = pty.fork()
        if self.pid == 0:
            os.execve(words[0], words, environment)
        ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._status = None

    def read_until(self, pattern, seconds=END_SECONDS):
        """Until this stands on it; None: until the program has ended. What it shows."""
        end = time.monotonic() + seconds
        while pattern is None or not re.search(pattern, self.text):
            if not select.select([self._end], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"{pattern!r} is not on the screen:\n{self.text}")
            try:
                part = os.read(self._end, 65536)
            except OSError:  # nobody has it open any more
                part = b""
            if not part:
                break
            self.text += part.decode("utf-8", "replace").replace("\r\n", "\n")
        return self.text

    def type(self, text):
        os.write(self._end, text.encode())

    def echoes(self):
        """Whether what is typed is shown: the terminal's settings outlive the program."""
        return bool(termios.tcgetattr(self._end)[3] & termios.ECHO)

    def end(self):
        """Reads the rest of it; the exit status."""
        self.read_until(None)
        return self.wait()

    def wait(self):
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self._end)
        return self._status

    def kill(self):
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()


class WordsOfTheNode(NodeTest):
    def environment(self):
        usual = {key: value for key, value in os.environ.items() if not key.startswith("HEARSAY")}
        return usual | {"HOME": str(self.top), "XDG_CONFIG_HOME": str(self.top / "config")}

    def on_screen(self, columns, *words, program=None):
        # The size is set before the program is begun: the shell waits for a line.
        script = 'read -r _; exec "$@"'
        program = program or (str(programs() / "hearsayd"),)
        # Tests that were begun in the background ignore Ctrl-C, and so would the program.
        shell = ("/usr/bin/env", "--default-signal=INT", "/bin/sh", "-c", script, "sh")
        screen = Screen(columns, [*shell, *program, *words], self.environment())
        self.addCleanup(screen.kill)
        screen.type("\n")
        return screen

    def shown(self, columns, code, *words):
        screen = self.on_screen(columns, *words)
        self.assertEqual(screen.end(), code, screen.text)
        return screen.text

    def assert_fits(self, text, columns):
        for line in text.splitlines():
            word = line.strip()
            # A path or another word for which no line has room is there to be copied.
            whole = " " not in word and len(word) + 4 > columns
            self.assertTrue(len(line) <= columns or whole, f"{len(line)} > {columns}: {line!r}")

    def test_help_fits_every_width_and_names_every_option(self):
        for columns in WIDTHS:
            with self.subTest(columns=columns):
                text = self.shown(columns, 0, "--help")
                self.assert_fits(text, min(columns, PROSE))
                for option in ("--data-dir DIR", "--passphrase-file FILE", "--peer ONION",
                               "--receipt-within TIME", "--accept-loss", "-h, --help"):  # fmt: skip
                    self.assertIn(option, text)
                self.assertIn("Exit codes: 0", text)
        narrow = self.shown(40, 0, "--help")
        self.assertIn("\n  --data-dir DIR\n      where everything is kept", narrow)

    def test_version_settings_and_errors_fit_every_width(self):
        home = str(self.top / "data")
        for columns in WIDTHS:
            with self.subTest(columns=columns):
                self.assert_fits(self.shown(columns, 0, "--version"), columns)
                settings = self.shown(columns, 0, "--data-dir", home, "--print-settings")
                # A setting is one line, however long: a program reads it, too.
                whole = f"data-dir = {home}\n"
                self.assertIn(whole, settings)
                self.assert_fits(settings.replace(whole, ""), columns)
                for code, words in (
                    (2, ("--colour", "red")),
                    (2, ("--degree", "99")),
                    (2, ("--max-connections", "99999999999999999999999")),
                    (2, ("--passphrase-file", "a", "--no-passphrase")),
                    (2, ("--store-budget", "lots")),
                    (1, ("--check",)),
                ):
                    text = self.shown(columns, code, "--data-dir", home, *words)
                    self.assertTrue(text.lstrip().startswith("hearsayd:"), text)
                    self.assert_fits(text, columns)

    def test_what_is_piped_is_not_broken(self):
        done = subprocess.run(
            [str(programs() / "hearsayd"), "--data-dir", str(self.top / "data"),
             "--max-connections", "99999999999999999999999"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_the_first_start_fits_every_width(self):
        for columns in WIDTHS:
            with self.subTest(columns=columns):
                home = str(self.top / f"data-{columns}")
                screen = self.on_screen(
                    columns, "--data-dir", home, "--network", "local", "--tor-config",
                    str(self.dead_torrc()), "--log-file", str(self.top / f"log-{columns}"),
                )  # fmt: skip
                screen.read_until(r"New passphrase [^:]*: ")
                self.assertFalse(screen.echoes(), "what is typed can be read")
                screen.type("correct horse\n")
                screen.read_until("The same again: ")
                screen.type("correct horse\n")
                screen.read_until(r"kept\s+nowhere\.\n\n(\s+[a-z]+){12}\n")
                self.assertTrue(screen.echoes())
                os.kill(screen.pid, signal.SIGTERM)
                self.assertEqual(screen.end(), 0, screen.text)
                self.assert_fits(screen.text.removeprefix("\n"), columns)
                check = self.shown(columns, 0, "--data-dir", home, "--check")
                self.assert_fits(check, columns)
                self.assertIn("ok", check)

    def test_ctrl_c_at_the_passphrase_leaves_the_terminal_as_it_was(self):
        home = self.top / "data"
        screen = self.on_screen(
            80, "--data-dir", str(home), "--network", "local", "--tor-config",
            str(self.dead_torrc()), "--log-file", str(self.top / "log"),
        )  # fmt: skip
        screen.read_until(r"New passphrase [^:]*: ")
        self.assertFalse(screen.echoes())
        screen.type("\x03")
        screen.read_until(None)
        self.assertTrue(screen.echoes(), "the shell behind it would not show what is typed")
        self.assertEqual(screen.wait(), 0, screen.text)
        self.assertFalse((home / "vault").exists(), "an identity nobody has the words of")

    def test_ctrl_c_at_a_question_of_the_command_leaves_the_terminal_as_it_was(self):
        node = self.node("a", network=False).start()
        words = ("backup", "create", str(self.top / "backup"))
        screen = self.on_screen(80, *words, program=(str(node.command), "--data-dir",
                                                     str(node.directory)))  # fmt: skip
        screen.read_until("Passphrase of the backup: ")
        self.assertFalse(screen.echoes())
        screen.type("secret\x03")
        screen.read_until(None)
        self.assertTrue(screen.echoes(), "the shell behind it would not show what is typed")
        self.assertEqual(screen.wait(), -signal.SIGINT)
        self.assertNotIn("secret", screen.text)

    def test_output_that_cannot_be_written_is_said(self):
        for word in ("--help", "--version", "--print-settings"):
            with self.subTest(word=word), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run(
                    [str(programs() / "hearsayd"), "--data-dir", str(self.top), word],
                    stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True,
                    timeout=20, check=False,
                )  # fmt: skip
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("No space left on device", done.stderr)


    def test_whoever_closes_its_outputs_gets_no_words_into_a_file_of_the_node(self):
        node = self.node("a", network=False)
        words = node.start_command()
        # As some supervisors begin a program.
        node.wrapper = ["/bin/sh", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "sh"]
        node.start()
        for number in range(3):
            self.assertEqual(os.readlink(f"/proc/{node.pid}/fd/{number}"), "/dev/null")
        self.publish(node, lifetime="1h")
        node.stop()
        node.wrapper = []
        self.assertEqual(words, node.start_command())
        check = subprocess.run(
            [*words, "--check"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_a_command_without_an_output_does_not_look_like_success(self):
        node = self.node("a", network=False).start()
        for closed in (">&-", ">/dev/full"):
            for words in ("status", "offer list", "--json status", "help", "watch list"):
                done = subprocess.run(
                    ["/bin/sh", "-c",
                     f"exec {node.command} --data-dir '{node.directory}' {words} {closed}"],
                    stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=20,
                    check=False,
                )  # fmt: skip
                self.assertEqual(done.returncode, 1, f"{words} {closed}: {done.stderr}")
                self.assertIn("cannot write the output", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""SIGTERM and SIGINT end a node in order whenever they come: also while it is only starting, and
also when all its processes get them."""
import os
import signal
import subprocess
import time
import unittest

from children import living_processes
from hearsay_node import still_there
from support import FRESH, NodeTest, Watch, measured, programs, tor_children_of, wait_until

END_SECONDS = 20
STEPS = 24  # moments, spread evenly over a start


def takes(pid, number):
    """Whether this process handles the signal or holds it, which it does from main()'s first line
    on."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            sets = dict(line.split(":\t") for line in status if line.startswith("Sig"))
    except OSError:
        return False
    return any(int(sets[name], 16) >> (number - 1) & 1 for name in ("SigCgt", "SigBlk"))


def helpers_of(pid):
    return [
        child
        for child, words in living_processes()
        if len(words) > 2 and words[1:3] == ["helper", str(pid)]
    ]


class Ending(NodeTest):
    seconds_max = 600

    def starting(self, home, *options):
        return self.begin("--data-dir", str(home), "--network", "local", "--tor-config",
                          str(self.dead_torrc()), *(options or FRESH))  # fmt: skip

    def begin(self, *words):
        """hearsayd as it has just been executed."""
        child = subprocess.Popen(
            [str(programs() / "hearsayd"), *words], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.put_away, child)
        return child

    @staticmethod
    def put_away(child):
        if child.poll() is None:
            child.kill()
        child.communicate()

    def assert_ends(self, child, code=0):
        try:
            _, said = child.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self.fail("it did not end")
        self.assertEqual(child.returncode, code, said)
        wait_until(
            lambda: not tor_children_of(child.pid) and not helpers_of(child.pid),
            5, "the end of its children",
        )  # fmt: skip
        return said

    def assert_sound(self, home):
        """Whatever was begun there: it starts, and ends."""
        node = self.node("again", home, network=False)
        node.start()
        node.stop()

    def start_seconds(self, home):
        """Until it says that it has started."""
        watch = Watch()
        child = self.starting(home)
        for line in child.stderr:
            if "started" in line:
                break
        took = watch.seconds
        child.send_signal(signal.SIGTERM)
        self.assert_ends(child)
        return took

    def test_a_signal_at_any_moment_of_a_start_ends_it_with_0(self):
        kept = self.top / "kept"
        took = self.start_seconds(kept)
        measured("a start takes", took)
        for number in (signal.SIGTERM, signal.SIGINT):
            for step in range(STEPS):
                for home in (self.top / f"new-{number}-{step}", kept):
                    with self.subTest(number=number, step=step, new=home != kept):
                        child = self.starting(home)
                        wait_until(lambda: takes(child.pid, number), 5, "main()", poll=0.0005)
                        time.sleep(1.5 * took * step / STEPS)  # the moment is what is tested
                        child.send_signal(number)
                        self.assert_ends(child)
                        if home != kept and home.exists():
                            self.assert_sound(home)
        self.assert_sound(kept)

    def test_before_the_program_runs_a_signal_ends_it_and_nothing_was_written(self):
        longest, at_once = 0.0, 0
        for attempt in range(20):
            home = self.top / f"home-{attempt}"
            watch = Watch()
            child = self.starting(home)
            if attempt % 2 == 0:
                wait_until(lambda: takes(child.pid, signal.SIGTERM), 5, "main()", poll=0.0001)
                longest = max(longest, watch.seconds)
                child.send_signal(signal.SIGTERM)
                self.assert_ends(child)
            else:
                child.send_signal(signal.SIGTERM)
                child.wait(END_SECONDS)
                # The kernel's doing, before there is a program to ask.
                self.assertIn(child.returncode, (0, -signal.SIGTERM))
                at_once += child.returncode == 0
                self.assertFalse(home.exists())
        measured(f"it takes signals at most {longest * 1000:.1f} ms after it was begun; of 10 at "
                 f"once, {at_once} were taken")  # fmt: skip

    def test_a_signal_behind_each_line_that_it_says_ends_it_with_0(self):
        home = self.top / "home"
        for lines in range(1, 4):
            for number in (signal.SIGTERM, signal.SIGINT):
                child = self.starting(home, *FRESH, "--log-level", "debug")
                for _ in range(lines):
                    self.assertTrue(child.stderr.readline())
                child.send_signal(number)
                self.assert_ends(child)

    def test_a_signal_for_all_its_processes_ends_them_with_0(self):
        home = self.top / "home"
        for moment in ("helper", "Tor"):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(moment=moment, number=number):
                    child = self.starting(home)
                    of = helpers_of if moment == "helper" else tor_children_of
                    wait_until(lambda: of(child.pid), 10, moment, poll=0.001)
                    everybody = [*helpers_of(child.pid), *tor_children_of(child.pid), child.pid]
                    for pid in everybody:
                        os.kill(pid, number)
                    self.assert_ends(child)
                    self.assertEqual(still_there(everybody), [])

    def test_a_signal_ends_it_while_it_waits_for_what_the_user_gives(self):
        pipe = self.top / "pipe"
        os.mkfifo(pipe)
        home = self.top / "home"
        for words in (
            ("--passphrase-file", str(pipe), "--no-recovery-words"),
            ("--config", str(pipe)),
            (*FRESH, "--tor-config", str(pipe)),
            (*FRESH, "--known-peers", str(pipe)),
        ):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(words=words, number=number):
                    child = self.waiting(home, words)
                    child.send_signal(number)
                    self.assert_ends(child)
                    self.assertFalse((home / "vault").exists())
        # Who checks is told by the status whether all is sound: a check that was broken off does
        # not say 0.
        self.assert_sound(home)
        child = self.waiting(home, ("--check", "--config", str(pipe)))
        child.send_signal(signal.SIGTERM)
        self.assert_ends(child, -signal.SIGTERM)

    def waiting(self, home, words):
        """A node that sleeps in front of a pipe into which nobody writes."""
        torrc = () if "--tor-config" in words else ("--tor-config", str(self.dead_torrc()))
        child = self.begin("--data-dir", str(home), "--network", "local", *torrc, *words)
        wait_until(lambda: takes(child.pid, signal.SIGTERM) or "--check" in words, 5, "main()")
        wait_until(lambda: self.sleeps(child.pid), 10, "it to wait")
        return child

    @staticmethod
    def sleeps(pid):
        """Nothing ran in it for a moment."""

        def ticks():
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                fields = stat.read().rsplit(") ", 1)[1].split()
            return fields[0], fields[11], fields[12]

        before = ticks()
        time.sleep(0.3)
        return before[0] == "S" and ticks() == before


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""contrib/demo: two at the same time, one of them in a directory of 200 characters; what fails says
why."""
import signal
import subprocess
import sys
import unittest

from children import living_processes
from support import ROOT, NodeTest, Watch, long_path, measured, programs, wait_until

DEMO = ROOT / "contrib" / "lib" / "demo.py"
SECONDS = 240
SLOW = "demo: from consensus to mail read it took more than"


class Demo(NodeTest):
    seconds_max = 300

    def start_demo(self, *words, its_programs=None):
        process = subprocess.Popen(
            [
                sys.executable, str(DEMO), "--programs", str(its_programs or programs()),
                *map(str, words),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def processes_in(self, directory):
        inside = str(directory) + "/"
        return [
            (pid, words[:3])
            for pid, words in living_processes()
            if words[0].endswith(("hearsayd", "tor")) and any(inside in word for word in words)
        ]

    def test_two_at_the_same_time_show_everything_and_leave_no_process(self):
        long, transcript = long_path(self.top), self.top / "transcript.md"
        watch = Watch()
        first = self.start_demo("--dir", long, "--transcript", transcript)
        second = self.start_demo("--dir", self.top / "short")
        spoken = []
        for process, directory in ((first, long), (second, self.top / "short")):
            said = process.communicate(timeout=SECONDS)[0]
            self.assertEqual(process.returncode, 0, said)
            self.assertIn("Rye is perfect. Saturday at ten, at the old mill.", said)
            figure = [line for line in said.splitlines() if "From consensus to mail read:" in line]
            self.assertEqual(len(figure), 1, said)
            measured(figure[0].partition("] ")[2])
            self.assertEqual(self.processes_in(directory), [])
            lines = [line.rstrip() for line in said.rstrip("\n").split("\n")]
            # Where other tests take the processor; it is no part of the transcript.
            spoken.append([line for line in lines if not line.startswith(SLOW)])
        measured("both in", watch.seconds)
        block = transcript.read_text().split("```text\n")[1].removesuffix("\n```\n")
        self.assertEqual(block.split("\n"), spoken[0])

    def test_interrupting_it_ends_every_process(self):
        directory = self.top / "demo"
        process = self.start_demo("--dir", directory)
        wait_until(lambda: self.tor_children(directory), 90, "the first node's Tor")
        process.send_signal(signal.SIGINT)
        watch = Watch()
        said = process.communicate(timeout=60)[0]
        measured("ended after", watch.seconds)
        self.assertEqual(process.returncode, 1, said)
        self.assertIn("SIGINT", said)
        self.assertEqual(self.processes_in(directory), [])

    def tor_children(self, directory):
        nodes = {str(pid) for pid, _ in self.processes_in(directory)}
        return [
            (pid, words)
            for pid, words in living_processes()
            if words[1:2] == ["tor-child"] and words[2] in nodes
        ]

    def test_a_step_that_fails_ends_it_with_the_reason_and_the_end_of_the_log(self):
        broken = self.top / "programs"
        broken.mkdir()
        for name, text in (
            ("hearsayd", "echo 'the disk is made of cheese' >&2; exit 1"),
            ("hearsay", "exit 3"),
        ):
            (broken / name).write_text(f"#!/bin/sh\n{text}\n")
            (broken / name).chmod(0o755)
        transcript = self.top / "transcript.md"
        process = self.start_demo("--dir", self.top / "demo", "--transcript", transcript,
                                  its_programs=broken)  # fmt: skip
        said = process.communicate(timeout=SECONDS)[0]
        self.assertEqual(process.returncode, 1, said)
        self.assertIn("the disk is made of cheese", said)
        self.assertIn("B ended with exit code 1", said)
        self.assertEqual(self.processes_in(self.top / "demo"), [])
        self.assertFalse(transcript.exists())

    def test_a_directory_of_somebody_else_is_not_touched(self):
        (self.top / "precious").write_text("kept")
        process = self.start_demo("--dir", self.top)
        said = process.communicate(timeout=SECONDS)[0]
        self.assertEqual(process.returncode, 1, said)
        self.assertIn("was not made by contrib/demo", said)
        self.assertEqual((self.top / "precious").read_text(), "kept")


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""contrib/tornet: private Tor networks start side by side, say what goes wrong, and leave no
process behind."""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "contrib" / "lib"))

import tornet_config  # noqa: E402
from torports import PortBlock  # noqa: E402
from torprocess import TorError  # noqa: E402
from tornet import TorNetwork, status  # noqa: E402

PROGRAM = ROOT / "contrib" / "tornet"
READY_SECONDS = 60
GONE_SECONDS = 10


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.05)


def nodes_in(directory):
    """Pids of all processes whose command line names a file in `directory`, the runner's own
    excepted."""
    needle, found = str(directory).encode() + b"/", []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if needle in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                pass  # ended meanwhile
    return found


class Runner:
    """One `contrib/tornet run`, in a directory of its own; the test ends it however it likes."""

    def __init__(self, test, directory, *arguments):
        self.directory = directory
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [
                sys.executable, str(PROGRAM), "run", "--dir", str(directory), "--json", "--owned",
                *arguments,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )  # fmt: skip
        test.addCleanup(self.clean_up)

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for file in (self.process.stdin, self.process.stdout, self.errors):
            file.close()

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(
                    f"tornet ended with {self.process.returncode}: {self.error_text()}"
                )
            return (self.directory / "READY").exists()

        wait_until(ready, READY_SECONDS, "READY")
        return json.loads((self.directory / "tornet.json").read_text())

    def error_text(self):
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")


class WithDirectory(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tornet-test-")
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)


class Running(WithDirectory):
    def test_two_networks_run_side_by_side_and_leave_no_process(self):
        # One path is longer than a Unix socket's may be, and has what a torrc could stumble over.
        long = self.top / ('a "quoted" # name ' + "x" * 180)
        one, two = Runner(self, self.top / "one"), Runner(self, long)
        first, second = one.wait_ready(), two.wait_ready()

        self.assertEqual([len(first["pids"]), len(second["pids"])], [5, 5])
        self.assertFalse(set(first["ports"]) & set(second["ports"]))
        self.assertEqual(len(nodes_in(one.directory / "nodes")), 5)
        self.assertEqual(len(nodes_in(two.directory / "nodes")), 5)
        self.assertEqual(status(one.directory)["state"], "ready")
        lines = (two.directory / "client.torrc").read_text()
        self.assertIn("TestingTorNetwork 1\n", lines)
        self.assertIn(f" 127.0.0.1:{second['ports'][0]} ", lines)

        one.process.stdin.close()  # --owned
        two.process.send_signal(signal.SIGTERM)
        for runner in (one, two):
            self.assertEqual(runner.process.wait(GONE_SECONDS), 0, runner.error_text())
            self.assertEqual(nodes_in(runner.directory / "nodes"), [])
            self.assertFalse((runner.directory / "READY").exists())
            self.assertEqual(status(runner.directory), {"state": "none"})

    def test_killing_the_runner_leaves_no_process_and_the_directory_can_be_used_again(self):
        runner = Runner(self, self.top / "net")
        runner.wait_ready()
        self.assertEqual(len(nodes_in(runner.directory / "nodes")), 5)
        runner.process.kill()
        runner.process.wait()
        wait_until(
            lambda: not nodes_in(runner.directory / "nodes"), GONE_SECONDS, "the end of every node"
        )
        self.assertEqual(status(runner.directory), {"state": "none"})

        again = Runner(self, runner.directory)
        wait_until(
            lambda: not (runner.directory / "READY").exists(), GONE_SECONDS, "the stale READY to go"
        )
        again.wait_ready()

    def test_killing_the_runner_while_it_starts_leaves_no_process(self):
        runner = Runner(self, self.top / "net")
        wait_until(
            lambda: len(nodes_in(runner.directory / "nodes")) == 5, READY_SECONDS, "the nodes"
        )
        runner.process.kill()
        runner.process.wait()
        wait_until(
            lambda: not nodes_in(runner.directory / "nodes"), GONE_SECONDS, "the end of every node"
        )

    def test_a_network_started_in_a_thread_that_ended_lives_until_its_process_is_killed(self):
        # The kernel's parent-death signal is bound to the thread that forked;
        # a hung Tor needs that signal.
        directory = self.top / "net"
        script = (
            "import sys, threading; sys.dont_write_bytecode = True; "
            "sys.path.insert(0, sys.argv[1])\n"
            "from tornet import TorNetwork\n"
            "network = TorNetwork(sys.argv[2])\n"
            "starter = threading.Thread(target=network.start); starter.start(); starter.join()\n"
            "network.check(); print('checked', flush=True); sys.stdin.read()\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(ROOT / "contrib" / "lib"), str(directory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        with process:
            self.assertEqual(process.stdout.readline(), b"checked\n")
            nodes = nodes_in(directory / "nodes")
            self.assertEqual(len(nodes), 5)
            for pid in nodes:
                # As hung as can be: they cannot notice that we are gone.
                os.kill(pid, signal.SIGSTOP)
            process.kill()
        wait_until(lambda: not nodes_in(directory / "nodes"), GONE_SECONDS, "the end of every node")

    def test_a_relay_that_dies_ends_the_network_with_the_end_of_its_log(self):
        runner = Runner(self, self.top / "net")
        pids = runner.wait_ready()["pids"]
        os.kill(pids["relay2"], signal.SIGKILL)
        self.assertEqual(runner.process.wait(GONE_SECONDS), 1)
        self.assertIn("relay2 was killed by SIGKILL; the end of its log", runner.error_text())
        log = (runner.directory / "nodes" / "relay2" / "notices.log").read_text().splitlines()
        self.assertIn(log[-1], runner.error_text())
        self.assertEqual(nodes_in(runner.directory / "nodes"), [])

    def test_a_network_that_makes_no_progress_gives_up_in_time(self):
        network = TorNetwork(self.top / "net")
        began = time.monotonic()
        with self.assertRaisesRegex(TorError, "no progress: waited . s for every descriptor"):
            network.start(seconds=0.2)  # between the start of Tor and its first upload more passes
        self.assertLess(time.monotonic() - began, READY_SECONDS)
        self.assertEqual(nodes_in(self.top), [])

    def test_a_directory_holds_one_network_at_a_time(self):
        network = TorNetwork(self.top / "net", interrupt=self.fail_if_shared)
        self.shared = []
        with network:
            pass
        self.assertTrue(self.shared)

    def fail_if_shared(self):
        if not self.shared:
            other = TorNetwork(self.top / "net")
            with self.assertRaisesRegex(TorError, "is running in .* already"):
                other.start()
            self.shared.append(True)


class Arguments(WithDirectory):
    def run_tornet(self, *arguments, **environment):
        return subprocess.run(
            [sys.executable, str(PROGRAM), *arguments], capture_output=True, text=True, timeout=30,
            env={**os.environ, **environment}, check=False,
        )  # fmt: skip

    def test_a_folder_that_somebody_else_made_is_not_touched(self):
        (self.top / "nodes").mkdir()
        (self.top / "nodes" / "precious").write_text("kept")
        done = self.run_tornet("run", "--dir", str(self.top))
        self.assertEqual(done.returncode, 1)
        self.assertIn("was not made by tornet", done.stderr)
        self.assertEqual((self.top / "nodes" / "precious").read_text(), "kept")

    def test_ports_that_are_in_use_are_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = self.run_tornet("run", "--dir", str(self.top), "--base-port", str(port))
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"ports {port} to {port + 6} on 127.0.0.1 are not all free", done.stderr)

    def test_too_few_relays_are_refused_with_the_bounds(self):
        done = self.run_tornet("run", "--dir", str(self.top), "--relays", "2")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("3 to 20 relays, not 2", done.stderr)

    def test_status_of_an_empty_folder_says_that_nothing_runs(self):
        done = self.run_tornet("status", "--dir", str(self.top), "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)), (1, {"state": "none"}))


class Parts(unittest.TestCase):
    def test_a_block_of_ports_belongs_to_one_owner_until_released(self):
        block = PortBlock(6)
        self.addCleanup(block.release)
        with self.assertRaises(TorError):
            PortBlock(6, base=block.base)
        block.release()
        PortBlock(6, base=block.base).release()

    def test_a_block_with_one_taken_port_is_refused(self):
        block = PortBlock(6)
        block.release()
        with socket.create_server(("127.0.0.1", block.ports[3])):
            with self.assertRaises(TorError):
                PortBlock(6, base=block.base)

    def test_the_first_vote_is_held_back_for_minutes_at_any_moment(self):
        for now in range(0, 2 * tornet_config.FIRST_INTERVAL_HELD):
            away = (tornet_config.held_back_offset(now) - now) % tornet_config.FIRST_INTERVAL_HELD
            self.assertGreaterEqual(away, tornet_config.VOTING_INTERVAL, f"at {now}")


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""What the functional tests share: directories, nodes that are always ended, one private Tor
network a module."""
import os
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "contrib" / "lib"))

import tornet_config  # noqa: E402
from hearsay_node import (  # noqa: E402, F401
    FIXED, FRESH, HearsayNode, NodeError, find_programs, tor_children_of, wait_until
)
from tornet import TorNetwork  # noqa: E402

PATH_LENGTH = 200  # twice what a Unix socket's path may have
GONE_SECONDS = 5

_network = None


def programs():
    named = os.environ.get("HEARSAY_PROGRAMS")
    return Path(named) if named else find_programs(ROOT)


def private_network():
    """The module's private Tor network; started when first asked for, ended after the module's last
    test."""
    global _network
    if _network is None:
        folder = Path(tempfile.mkdtemp(prefix="hearsay-tor-"))
        began = time.monotonic()
        network = TorNetwork(folder / "net")
        try:
            network.start()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        measured("private Tor network ready after", time.monotonic() - began)
        _network = network
        unittest.addModuleCleanup(_end_network, folder)
    _network.check()
    return _network


def _end_network(folder):
    global _network
    _network.stop()
    _network = None
    shutil.rmtree(folder, ignore_errors=True)


def measured(what, seconds=None):
    """Prints a figure below the test's name."""
    print(f"      {what}" + (f" {seconds:.2f} s" if seconds is not None else ""), flush=True)


def long_path(parent):
    """A directory below `parent` whose path has PATH_LENGTH characters, some of them awkward."""
    start = f"{parent}/it's a \"long\" path # "
    return Path(start + "x" * (PATH_LENGTH - len(start)))


class NodeTest(unittest.TestCase):
    """A test with a directory of its own. Afterwards no process of its nodes is left: that is part
    of every test."""

    def setUp(self):
        self.top = Path(tempfile.mkdtemp(prefix="hearsay-test-"))
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        self.nodes = []
        self.addCleanup(self.end_nodes)

    def node(self, name, directory=None, network=True, **settings):
        """A node that is not started yet; on the private network, or on none that could be
        reached."""
        torrc = private_network().client_torrc if network else self.dead_torrc()
        node = HearsayNode(directory or self.top / name, programs(), torrc, name, **settings)
        self.nodes.append(node)
        return node

    def dead_torrc(self):
        """A private network of which nothing answers."""
        path = self.top / "dead.torrc"
        authority = tornet_config.authority_line(1, 1, "A" * 40, "B" * 40)
        path.write_text(tornet_config.client_torrc(authority))
        return path

    def end_nodes(self):
        left = []
        for node in self.nodes:
            pid = node.pid
            node.kill()
            if pid is not None:
                try:
                    wait_until(
                        lambda pid=pid: not tor_children_of(pid), GONE_SECONDS, "the end of Tor"
                    )
                except NodeError:
                    left += tor_children_of(pid)
        self.assertEqual(left, [], "a Tor process outlived its node")

    def line_of_three(self, directory_of_c=None, options=FIXED):
        """Running nodes A - B - C; A and C know B only, and look for nobody else. Returned when
        both have a link."""
        began = time.monotonic()
        b = self.node("b", options=options).start()
        a = self.node("a", peers=[b.onion()], options=options).launch()
        c = self.node("c", directory_of_c, peers=a.peers, options=options).launch()
        for node in (a, c):
            node.start_wait()
        a.wait_connected()
        c.wait_connected()
        measured("three nodes started and linked in a line after", time.monotonic() - began)
        return a, b, c

    def refusal(self, code, node, *words, given=None):
        """Asks for what has to be refused with this exit code; returns the reason that a person is
        shown."""
        done = node.run(*words, given=given)
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        self.assertEqual(done.stdout, "")
        return done.stderr.strip()

    def mailbox(self, node):
        """The address that a person gives to anybody."""
        boxes = node.ask("identity", "show")["mailboxes"]
        return next(box["address"] for box in boxes if box.get("main"))

    def told_mailbox(self, node, *others):
        """The same, and its key is published: it came back from the network, and these have it."""
        address = self.mailbox(node)
        node.ask("mailbox", "publish")
        node.wait_until(
            lambda: any(
                box["address"] == address and box.get("published_heard", 0)
                for box in node.ask("identity", "show")["mailboxes"]
            ),
            60,
            "the key of its mailbox to be heard back",
        )
        for other in others:
            other.wait_until(
                lambda other=other: int(other.status().get("items", 0)) > 0, 60, "the key"
            )
        return address

    def publish(self, node, title="Tea", **options):
        words = ["--title", title]
        for name, value in {"lifetime": "1d", **options}.items():
            words += [f"--{name}", value]
        return node.ask("offer", "publish", *words)["id"]


class Watch:
    """Seconds since it was made."""

    def __init__(self):
        self._began = time.monotonic()

    @property
    def seconds(self):
        return time.monotonic() - self._began

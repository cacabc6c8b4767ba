"""The networks of contrib/test mail-kill: three nodes that may die at a point of their own, and are
started again."""
import collections
import contextlib
import hashlib
import json
import os
import selectors
import subprocess
import time

from children import describe_end, start_child

ROLES = ("sender", "recipient", "relay")
SECONDS_MAX = 60  # for one run; usual are tenths
LOOK_SECONDS = 0.1  # the relay tells no news


class Failure(Exception):
    """A run that did not go as promised."""


class Node:
    """One node's directory and its process of the moment."""

    def __init__(self, network, role):
        self.network, self.role = network, role
        self.directory = network.directory / role
        self.lives, self.process, self.onion, self.mailbox = 0, None, None, None
        self.killed_at, self.answers, self.rest = None, collections.deque(), b""
        self.extra, self.code = [], None  # words of the command line; how the last process ended
        self.news = collections.Counter()

    def open(self, arm=0):
        """Starts the process; False if it died on its way (as `arm` asks it to)."""
        self.lives += 1
        seed = hashlib.sha256(f"{self.network.seed} {self.role} {self.lives}".encode()).hexdigest()
        self.process = start_child(
            [
                str(self.network.program), "node", str(self.directory), str(self.network.sockets),
                seed, *self.extra,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.network.errors,
        )  # fmt: skip
        os.set_blocking(self.process.stdout.fileno(), False)
        self.killed_at, self.rest = None, b""
        self.answers.clear()
        self.network.selector.register(self.process.stdout, selectors.EVENT_READ, self)
        if arm and self.ask(f"arm {arm} before") is None:
            return False
        started = self.ask("start")
        if started is None:
            return False
        self.onion, self.mailbox = started.split()[1:3]
        return True

    def alive(self):
        return self.process is not None

    def ask(self, request):
        """The answer's line; None if the node died instead."""
        if not self.alive():
            return None
        try:
            self.process.stdin.write(request.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass  # it is dead, and its end will be read
        self.network.wait_for(
            lambda: self.answers or not self.alive(),
            f"the {self.role} answers {request.split()[0]}",
        )
        return self.answers.popleft() if self.answers else None

    def read(self):
        data = self.process.stdout.read()
        if data is None:
            return
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
        for line in map(bytes.decode, lines):
            if line.startswith("event "):
                self.news[" ".join(line.split(" ")[1:3])] += 1
                self.network.changed = True
            elif line.startswith("killed "):
                self.killed_at = line.removeprefix("killed ")
            else:
                self.answers.append(line)
        if not data:
            self.end()

    def end(self):
        """Buries the process; it must have died at a point, or be told to go."""
        self.network.selector.unregister(self.process.stdout)
        self.code = code = self.process.wait(timeout=SECONDS_MAX)
        with contextlib.suppress(OSError):  # it may have died before it read all
            self.process.stdin.close()
        self.process.stdout.close()
        self.process = None
        self.network.changed = True
        if self.killed_at is None and not self.network.ending:
            raise Failure(f"the {self.role} {describe_end(code)} without being asked to")

    def mails(self, direction):
        """{subject: [mails]} of one box; None if the node died."""
        answer = self.ask("mails")
        if answer is None:
            return None
        boxes = collections.defaultdict(list)
        for mail in json.loads(answer.removeprefix("mails ")).get("mail", []):
            if mail["direction"] == direction:
                boxes[mail.get("subject", "")].append(mail)
        return boxes


class Network:
    """Three nodes with empty stores, the relay between the other two."""

    def __init__(self, program, directory, seed):
        self.program, self.directory, self.seed = program, directory, seed
        self.sockets = directory / "sockets"
        self.sockets.mkdir(parents=True, exist_ok=True)
        self.errors = open(directory / "errors", "ab")
        self.selector, self.changed, self.ending = selectors.DefaultSelector(), False, False
        self.tor = start_child([str(program), "stand-in", str(self.sockets)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=self.errors)  # fmt: skip
        if self.tor.stdout.readline() != b"ready\n":
            raise Failure("what stands for Tor did not start")
        self.nodes = {role: Node(self, role) for role in ROLES}
        for node in self.nodes.values():
            node.open()
        for node in self.nodes.values():
            self.link(node)

    def link(self, node):
        for other in ROLES if node.role == "relay" else ("relay",):
            if other != node.role:
                node.ask(f"peer {self.nodes[other].onion}")

    def wait_for(self, reached, what, look=None):
        """Reads what the nodes say until it is so; `look` is called now and then."""
        last = time.monotonic() + SECONDS_MAX
        while not reached():
            if time.monotonic() > last:
                raise Failure(f"not within {SECONDS_MAX} s: {what}")
            ready = self.selector.select(LOOK_SECONDS)
            for key, _ in ready:
                key.data.read()
            if look and not ready:
                look()

    def revive(self, again=0):
        """Starts whoever died; the points where they did."""
        points = []
        for node in self.nodes.values():
            while not node.alive():
                points.append((node.role, node.killed_at))
                node.open(arm=again)
                again = 0
            if points and points[-1][0] == node.role:
                self.link(node)
        return points

    def reopened(self):
        """Everybody ends in good order and is started anew."""
        self.close()
        return Network(self.program, self.directory, self.seed + " again")

    def close(self):
        self.ending = True
        for node in self.nodes.values():
            if node.alive():
                with contextlib.suppress(OSError):
                    node.process.stdin.close()
        for process in [node.process for node in self.nodes.values() if node.alive()] + [self.tor]:
            if process is self.tor:
                process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        self.selector.close()
        self.errors.close()

"""A private Tor network on 127.0.0.1: one authority, some relays, usable in about ten seconds.

    with TorNetwork(directory) as network:      # start(), and stop() at the end
        ... network.client_torrc ...            # path of the torrc lines that every client needs
        network.check()                         # raises TorError if a node died meanwhile

What happens, in order, and why (all of it measured; tornet_config.py has the details):
  1. Keys for the authority; a seeded bandwidth history for everybody.
  2. All nodes start; the authority's first vote is held back until it has every descriptor.
  3. The vote is released; about three seconds later there is a consensus that names every node.
  4. Relays get SIGHUP: they forget their download pauses and fetch it at once.
  5. When each relay can build circuits: client.torrc, then READY, each written at once or not at
     all. A client started earlier loses up to 12 s to its own pauses, so nothing is published
     before.

However this process ends, no Tor is left (see torprocess.py). A directory belongs to one running
network at a time (a lock the kernel frees), and only directories that we made are ever removed from
it.
"""
import fcntl
import json
import os
import re
import shutil
import threading
import time
from pathlib import Path

import tornet_config
from torports import PortBlock
from torprocess import TorError, TorProcess, find_program, run_tool

RELAYS_MIN = 3  # with the authority four nodes, the least for onion services
RELAYS_MAX = 20
POLL_SECONDS = 0.05
RELOAD_AGAIN_SECONDS = 3  # a relay whose fetch failed is told to try again
# Nothing of such a network is worth saving, and Tor may hang at its end (torprocess.py).
STOP_SECONDS = 2
START_TRIES = 3  # only if a port was taken between our check and Tor's bind


class TorNetwork:
    """See the file's head. `report(seconds, milestone, details)` hears of progress; `interrupt()`
    is called many times a second while start() waits for nodes, and may raise to give up."""

    def __init__(self, directory, relays=4, base_port=None, tor=None, report=None, interrupt=None):
        if not RELAYS_MIN <= relays <= RELAYS_MAX:
            raise TorError(f"a network needs {RELAYS_MIN} to {RELAYS_MAX} relays, not {relays}")
        self.directory = Path(directory).absolute()
        self.client_torrc = self.directory / "client.torrc"
        self.ready_file = self.directory / "READY"
        self.ports = []
        self._relay_count = relays
        self._base_port = base_port
        self._tor = tor
        self._report = report or (lambda seconds, milestone, details: None)
        self._interrupt = interrupt or (lambda: None)
        self._nodes = []  # the authority comes first
        self._block = None
        self._lock = None
        self._started = 0.0

    @property
    def pids(self):
        return {node.name: node.pid for node in self._nodes if node.pid is not None}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self, seconds=60):
        """Returns when the network is usable. On any failure everything is stopped again and the
        error raised; so many `seconds` without any progress are one, however long it takes in
        all."""
        self._started = time.monotonic()
        try:
            self._tor = self._tor or find_program("tor")
            gencert = find_program("tor-gencert")
            self._take_directory()
            for attempt in range(START_TRIES):
                try:
                    self._bring_up(gencert, seconds)
                    return self
                except TorError as error:
                    if attempt + 1 == START_TRIES or "Could not bind" not in str(error):
                        raise
                    self._say("again", {"reason": "another program took one of the ports"})
                    self._stop_nodes()
        except BaseException:
            self.stop()
            raise

    def check(self):
        """Raises TorError, with the end of its log, if a node has ended."""
        for node in self._nodes:
            if node.has_ended():
                raise node.death()

    def stop(self):
        """Ends every child, by pid, and frees ports and directory. May be called at any time, and
        again."""
        if self._lock is None:
            return
        self.ready_file.unlink(missing_ok=True)
        had_nodes = bool(self._nodes)
        self._stop_nodes()
        (self.directory / "tornet.json").unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = None
        if had_nodes:
            self._say("stopped", {})

    # --- the steps ---

    def _bring_up(self, gencert, patience):
        self._block = PortBlock(2 + self._relay_count, self._base_port)
        self.ports = self._block.ports
        dir_port, *or_ports = self.ports
        nodes = self._empty_directory("nodes")
        authority_line = self._make_authority_keys(
            nodes / "authority", gencert, dir_port, or_ports[0]
        )
        self._say("keys made", {})

        for i, or_port in enumerate(or_ports):
            name = f"relay{i}" if i else "authority"
            torrc = tornet_config.node_torrc(name, or_port, authority_line, None if i else dir_port)
            node = TorProcess(self._tor, name, nodes / name, torrc)
            node.directory.mkdir(mode=0o700, exist_ok=True)
            (node.directory / "state").write_text(tornet_config.seeded_state(time.time()))
            self._nodes.append(node)
            node.start()
        self._write_status("starting")
        self._say("nodes started", {"pids": self.pids, "ports": self.ports})

        authority, relays = self._nodes[0], self._nodes[1:]
        self._wait(
            "every descriptor at the authority", patience, lambda: self._descriptors(authority)
        )
        self._say("descriptors uploaded", {})

        code, texts = authority.ask(tornet_config.release_first_vote(time.time()))
        if code != 250:
            raise TorError(f"the authority refused to schedule its vote: {code} {' '.join(texts)}")
        self._wait(
            "a consensus that names every node", patience, lambda: self._consensus(authority)
        )
        self._say("consensus made", {})

        self._wait("every relay able to build circuits", patience, _Nudge(relays))
        self._say("relays have it", {})

        _write_at_once(self.client_torrc, tornet_config.client_torrc(authority_line))
        self._write_status("ready")
        _write_at_once(self.ready_file, f"{time.time():.3f}\n")
        self._say("ready", {"client_torrc": str(self.client_torrc)})

    def _take_directory(self):
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise TorError(f"cannot use {self.directory}: {error.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise TorError(f"a network is running in {self.directory} already") from None
        self._lock = lock
        for stale in (self.ready_file, self.client_torrc, self.directory / "tornet.json"):
            stale.unlink(missing_ok=True)

    def _empty_directory(self, name):
        path, marker = self.directory / name, self.directory / name / "made-by-tornet"
        if path.exists() and any(path.iterdir()) and not marker.exists():
            raise TorError(f"{path} is there and was not made by tornet: choose another directory")
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o700)
        marker.touch()
        return path

    def _make_authority_keys(self, directory, gencert, dir_port, or_port):
        """Two programs, at the same time because each makes RSA keys: identity, certificate; and
        the relay's own."""
        keys = directory / "keys"
        keys.mkdir(mode=0o700, parents=True)
        directory.chmod(0o700)
        certificate = keys / "authority_certificate"
        failures = []

        def make_certificate():
            read_end, write_end = os.pipe()
            try:
                os.write(write_end, b"no secret: this network lives for minutes\n")
                os.close(write_end)
                run_tool(
                    [gencert, "--create-identity-key", "-m", "12", "--passphrase-fd", str(read_end),
                     "-a", f"127.0.0.1:{dir_port}", "-i", str(keys / "authority_identity_key"),
                     "-s", str(keys / "authority_signing_key"), "-c", str(certificate)],
                    pass_fds=(read_end,),
                )  # fmt: skip
            except (TorError, OSError) as error:
                failures.append(error)
            finally:
                os.close(read_end)

        maker = threading.Thread(target=make_certificate)
        maker.start()
        try:
            nowhere = str(directory / "none")
            run_tool(
                [
                    self._tor, "--hush", "--ignore-missing-torrc", "-f", nowhere,
                    "--defaults-torrc", nowhere, "--list-fingerprint", "--DataDirectory",
                    str(directory), "--Nickname", "authority", "--Address", "127.0.0.1", "--ORPort",
                    str(or_port), "--SocksPort", "0", "--AssumeReachable", "1",
                    "--TestingTorNetwork", "1", "--DirAuthority", "none 127.0.0.1:1 " + "F" * 40,
                ],
            )  # fmt: skip
        finally:
            maker.join()
        if failures:
            raise TorError(f"could not make the authority's keys: {failures[0]}")
        identity = re.search(r"^fingerprint ([0-9A-F]{40})$", certificate.read_text(), re.MULTILINE)
        fingerprint = re.search(r"\b([0-9A-F]{40})\b", (directory / "fingerprint").read_text())
        if not identity or not fingerprint:
            raise TorError(
                f"tor-gencert or tor --list-fingerprint wrote something unexpected into {directory}"
            )
        return tornet_config.authority_line(or_port, dir_port, identity[1], fingerprint[1])

    # Each says how many nodes are missing yet.

    def _descriptors(self, authority):
        known = authority.get_info("desc/all-recent") or ""
        return max(0, len(self._nodes) - len(re.findall(r"^router ", known, re.MULTILINE)))

    def _consensus(self, authority):
        text = authority.get_info("dir/status-vote/current/consensus-microdesc") or ""
        named = re.findall(r"^s .*\bHSDir\b.*\bRunning\b.*\bV2Dir\b", text, re.MULTILINE)
        return max(0, len(self._nodes) - len(named))

    # --- helpers ---

    def _wait(self, what, patience, missing):
        began = time.monotonic()
        least, deadline = None, began + patience
        while (left := missing()) > 0:
            self.check()
            self._interrupt()
            if least is None or left < least:
                least, deadline = left, time.monotonic() + patience
            if time.monotonic() > deadline:
                logs = "\n".join(f"  {node.name}:\n{node.log_tail()}" for node in self._nodes[:2])
                raise TorError(
                    f"no progress: waited {time.monotonic() - began:.0f} s for {what}\n{logs}"
                )
            time.sleep(POLL_SECONDS)

    def _stop_nodes(self):
        for node in self._nodes:
            node.ask_to_end()
        deadline = time.monotonic() + STOP_SECONDS
        for node in self._nodes:
            node.finish(deadline - time.monotonic())
        self._nodes = []
        if self._block is not None:
            self._block.release()
            self._block = None

    def _write_status(self, state):
        status = {"state": state, "runner": os.getpid(), "since": round(time.time(), 3),
                  "pids": self.pids, "ports": self.ports}  # fmt: skip
        _write_at_once(self.directory / "tornet.json", json.dumps(status) + "\n")

    def _say(self, milestone, details):
        self._report(time.monotonic() - self._started, milestone, details)


class _Nudge:
    """How many relays lack the consensus or cannot build circuits yet. SIGHUPs them every few
    seconds, because a failed fetch is repeated only after a growing pause (3 to 9 s; with the
    signal 0.15 s)."""

    def __init__(self, relays):
        self._waiting = list(relays)
        self._next = 0.0

    def __call__(self):
        self._waiting = [relay for relay in self._waiting if not self._is_usable(relay)]
        if self._waiting and time.monotonic() >= self._next:
            self._next = time.monotonic() + RELOAD_AGAIN_SECONDS
            for relay in self._waiting:
                relay.reload()
        return len(self._waiting)

    @staticmethod
    def _is_usable(relay):
        return (
            relay.get_info("status/enough-dir-info") == "1"
            and relay.get_info("dir/status-vote/current/consensus-microdesc") is not None
        )


def status(directory):
    """What a network in `directory` is doing: {"state": "none" | "starting" | "ready", ...}. The
    lock decides whether one runs at all, so neither a stale file nor a reused pid can mislead."""
    directory = Path(directory).absolute()
    try:
        with open(directory / "lock", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return {"state": "none"}
    except FileNotFoundError:
        return {"state": "none"}
    except BlockingIOError:
        pass
    try:
        return json.loads((directory / "tornet.json").read_text())
    except (OSError, ValueError):
        return {"state": "starting"}


def _write_at_once(path, text):
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text)
    temporary.replace(path)

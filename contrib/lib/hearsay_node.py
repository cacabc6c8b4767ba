"""A Hearsay node as a process that we start, ask, wait for, end and kill.

    node = HearsayNode(directory, programs, torrc=network.client_torrc, peers=[onion])
    node.start()                                        # returns when its API answers
    node.wait_for("a link", lambda status: status["peers"]["state"] == "connected")
    offer = node.ask("offer", "publish", "--title", "Tea")          # the command's JSON
    node.stop()

Rules, and why:
  1. Everything is asked through the command `hearsay`, as a person would: what is proved here is
     what a user gets.
  2. Waiting is for conditions, with a deadline, and ends at once when the node dies. Never for a
     fixed time.
  3. What fails, fails with the end of the node's log.
  4. A node and its Tor are ended by pid; they cannot outlive us (children.py). The log continues
     over restarts.
"""
import contextlib
import json
import os
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path

from children import describe_end, living_processes, process_arguments, start_child

START_SECONDS = 30  # to an answering API; with a passphrase scrypt takes about a second of it
STOP_SECONDS = 15
COMMAND_SECONDS = 90
POLL_SECONDS = 0.1
LOG_LINES_SHOWN = 25
MAIL_STATES = ["working", "queued", "injected", "heard", "delivered"]
FRESH = ("--no-passphrase", "--no-recovery-words")
FIXED = (*FRESH, "--discover", "no")  # links to the peers that it is told of, and to nobody else


class NodeError(RuntimeError):
    """A node or a command did something else than expected; the text says what, with the end of the
    log."""


class CommandFailed(NodeError):
    """The command `hearsay` ended with another exit code than 0."""

    def __init__(self, text, code, words):
        super().__init__(text)
        self.code = code
        self.words = words


def find_programs(root, preset="release"):
    """The directory of the built programs, or an error that says how to get them."""
    programs = Path(root) / "build" / preset / "bin"
    for name in ("hearsayd", "hearsay"):
        if not (programs / name).is_file():
            raise NodeError(
                f"{programs / name} is not there. To build it: "
                f"cmake --preset {preset} && cmake --build --preset {preset}"
            )
    return programs


def tor_children_of(pid):
    """Pids of the Tor processes that the node with this pid started, also after it died."""
    return [
        child
        for child, words in living_processes()
        if len(words) > 2 and words[1:3] == ["tor-child", str(pid)]
    ]


def wait_until(
    condition, seconds, what, check=lambda: None, poll=POLL_SECONDS, progress=lambda: None
):
    """The first true value of condition(); NodeError after the deadline. `check` may raise to end
    the waiting. While progress() changes the deadline moves on: who is slow is not stuck."""
    end = time.monotonic() + seconds
    before = progress()
    while True:
        value = condition()
        if value:
            return value
        check()
        now = progress()
        if now != before:
            before, end = now, time.monotonic() + seconds
        if time.monotonic() > end:
            raise NodeError(f"waited {seconds:.0f} s for {what}")
        time.sleep(poll)


class HearsayNode:
    """See the file's head. `wrapper` is a command that executes the node in its own process, such
    as `unshare -n`."""

    def __init__(
        self, directory, programs, torrc=None, name="node", peers=(), options=FRESH, wrapper=()
    ):
        self.name = name
        self.directory = Path(directory).absolute()
        self.log = self.directory.with_name(self.directory.name + ".log")
        self.daemon = Path(programs) / "hearsayd"
        self.command = Path(programs) / "hearsay"
        self.torrc = torrc
        self.peers = list(peers)
        self.options = list(options)
        self.wrapper = list(wrapper)
        self._process = None

    # --- the process ---

    @property
    def pid(self):
        return self._process.pid if self._process else None

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def start_command(self):
        words = [*self.wrapper, str(self.daemon), "--data-dir", str(self.directory)]
        if self.torrc is not None:
            words += ["--network", "local", "--tor-config", str(self.torrc)]
        for peer in self.peers:
            words += ["--peer", peer]
        return words + self.options

    def launch(self, pass_fds=()):
        """Starts the process and waits for nothing."""
        if self.is_running:
            raise NodeError(f"{self.name} is running already")
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self._process = start_child(
                self.start_command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=pass_fds,
            )  # fmt: skip
        return self

    def start(self, seconds=START_SECONDS, pass_fds=()):
        """Starts it and returns when its API answers."""
        self.launch(pass_fds)
        return self.start_wait(seconds)

    def start_wait(self, seconds=START_SECONDS):
        """Returns when the API of a launched node answers."""
        self.wait_until(self._answers, seconds, "an answer of its API", poll=0.02)
        return self

    def _answers(self):
        done = self.run("--json", "status")
        if done.returncode not in (0, 3, 5):
            raise self.error(
                f"`hearsay status` ended with {done.returncode}: {done.stderr.strip()}"
            )
        return done.returncode == 0

    def stop(self, seconds=STOP_SECONDS, ask=True):
        """Asks it to end (SIGTERM), unless that was done already, and waits. An error unless it
        ended well and its Tor went, too."""
        if self._process is None:
            return
        pid = self.pid
        if ask and self.is_running:
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self.error(f"{self.name} did not end within {seconds} s of SIGTERM") from None
        self._process = None
        if code != 0:
            raise self.error(f"{self.name} {describe_end(code)} instead of 0")
        wait_until(lambda: not tor_children_of(pid), 5, f"the end of the Tor of {self.name}")

    def kill(self):
        """kill -9, as a power cut would; the exit status is collected."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def tor_pid(self):
        """The Tor child's pid, or None while there is none."""
        found = tor_children_of(self.pid)
        if len(found) > 1:
            raise self.error(f"{self.name} has {len(found)} Tor processes: {found}")
        return found[0] if found else None

    # --- the command ---

    def run(self, *words, given=None, seconds=COMMAND_SECONDS, **options):
        """`hearsay` with these words, and the text `given` on standard input; the finished process
        with its output as text."""
        options |= {"stdin": subprocess.DEVNULL} if given is None else {"input": given}
        return subprocess.run(
            [str(self.command), "--data-dir", str(self.directory), *words],
            **{"capture_output": True, "text": True, "timeout": seconds, "check": False, **options},
        )

    def tell(self, *words, given=None):
        """`hearsay` with these words, for a person; returns what it printed. An error unless it
        ends with 0."""
        try:
            done = self.run(*words, given=given)
        except subprocess.TimeoutExpired:
            raise self.error(
                f"`hearsay {shlex.join(words)}` did not end within {COMMAND_SECONDS} s"
            ) from None
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip()) or "(it said nothing)"
            text = (
                f"`hearsay {shlex.join(words)}` at {self.name} ended with {done.returncode}: {said}"
            )
            raise CommandFailed(self._with_log(text), done.returncode, said)
        return done.stdout

    def ask(self, *words, given=None):
        """`hearsay --json` with these words; what it answered."""
        printed = self.tell("--json", *words, given=given)
        try:
            return json.loads(printed)
        except ValueError:
            raise self.error(
                f"`hearsay --json {shlex.join(words)}` printed no JSON: {printed[:300]!r}"
            ) from None

    def status(self):
        return self.ask("status")

    def onion(self):
        return self.status()["onion"]

    def watch(self):
        """`hearsay status --watch` as it runs; to be ended."""
        return StatusWatch(self)

    def offers(self):
        return {offer["id"]: offer for offer in self.ask("offer", "list").get("offers", [])}

    def mail(self):
        return {mail["id"]: mail for mail in self.ask("mail", "list").get("mail", [])}

    # --- waiting ---

    def wait_until(self, condition, seconds, what, poll=POLL_SECONDS, progress=lambda: None):
        try:
            return wait_until(condition, seconds, what, self.check, poll, progress)
        except CommandFailed:
            raise
        except NodeError as error:
            raise (
                self.error(f"{self.name}: {error}")
                if "end of its log" not in str(error)
                else error
            )

    def wait_for(self, what, condition, seconds=150):
        """Until condition(status) is true; returns that status. An error, after `seconds` without
        any step of its Tor, tells the last status."""
        last = {}

        def progress():
            return tuple(last.get(part, {}).get("percent") for part in ("tor", "onion_descriptor"))

        def met():
            last.update(self.status())
            return dict(last) if condition(last) else None

        try:
            return self.wait_until(met, seconds, what, progress=progress)
        except NodeError as error:
            parts = ("tor", "onion_descriptor", "reachability", "peers", "sync", "store")
            words = ", ".join(
                f"{part} {last.get(part, {}).get('state')} ({last.get(part, {}).get('detail')})"
                for part in parts
            )
            raise NodeError(
                f"{error}\n  its last status: {words}; refused {last.get('refused')}"
            ) from None

    def wait_connected(self, seconds=150):
        return self.wait_for(
            "a link to a peer", lambda status: status["peers"]["state"] == "connected", seconds
        )

    def wait_reachable(self, seconds=150):
        return self.wait_for(
            "its onion to be reachable",
            lambda status: status["reachability"]["state"] == "reachable",
            seconds,
        )

    def wait_offer(self, offer, seconds=150):
        return self.wait_until(lambda: self.offers().get(offer), seconds, f"the offer {offer}")

    def wait_mail(self, mail, seconds=150):
        return self.wait_until(lambda: self.mail().get(mail), seconds, f"the mail {mail}")

    def wait_mail_state(self, mail, state, seconds=150):
        """Until a sent mail is there or further: with its reader awake, `heard` may be over before
        it is seen."""
        further = MAIL_STATES[MAIL_STATES.index(state):] if state in MAIL_STATES else [state]
        return self.wait_until(
            lambda: self.mail()[mail]["state"] in further, seconds, f"the mail {mail} to be {state}"
        )

    # --- failures ---

    def check(self):
        """An error if the node ended without having been asked."""
        if self._process is not None and self._process.poll() is not None:
            raise self.error(f"{self.name} {describe_end(self._process.returncode)}")

    def error(self, text):
        return NodeError(self._with_log(text))

    def _with_log(self, text):
        return f"{text}\n  the end of its log ({self.log}):\n{self.log_tail()}"

    def log_text(self):
        try:
            return self.log.read_text("utf-8", "replace")
        except OSError:
            return ""

    def log_tail(self, lines=LOG_LINES_SHOWN):
        text = self.log_text().splitlines()[-lines:]
        return "\n".join("    " + line for line in text) or "    (nothing was logged)"


class StatusWatch:
    """What `hearsay status --watch` prints into a pipe, line by line as it comes."""

    def __init__(self, node):
        self._node = node
        words = [str(node.command), "--data-dir", str(node.directory), "status", "--watch"]
        self._child = start_child(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        self._lines = []
        self._told = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._child.stdout:
            self._lines.append(line.rstrip("\n"))

    def line(self, part, seconds=20):
        """The next line about this part of the status."""
        at = self._told.get(part, 0)

        def found():
            lines = [line for line in self._lines if line.startswith(part + ":")]
            return lines[at] if len(lines) > at else None

        line = self._node.wait_until(found, seconds, f"a line about {part}")
        self._told[part] = at + 1
        return line

    def end(self, seconds=5):
        """Ctrl-C; its exit status."""
        self._child.send_signal(signal.SIGINT)
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait()
        finally:
            self._reader.join(seconds)
            self._child.stdout.close()


def end_all(nodes, seconds=STOP_SECONDS):
    """Ends nodes side by side, whatever state they are in. Returns what did not go well, as
    texts."""
    problems = []
    for node in nodes:
        if node.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(node.pid, signal.SIGTERM)
    for node in nodes:
        try:
            node.stop(seconds, ask=False)  # a second signal, at the very end, would kill it
        except NodeError as error:
            problems.append(str(error))
    return problems


def still_there(pids):
    """Which of these processes live."""
    return [pid for pid in pids if process_arguments(pid)]

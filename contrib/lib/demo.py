#!/usr/bin/env python3
"""The second half of contrib/demo, once the programs are built: private Tor network, three nodes,
offer, offline mail.

The story. A and C each know B only. A publishes an offer; it reaches C through B. C asks A about it
by mail. C goes to sleep; A answers; A goes to sleep. C wakes up while A is off, and finds the
answer: B kept it, unable to read it. C's receipt waits for A in the same way, and the mail that was
read leaves the network.
"""
import argparse
import contextlib
import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

sys.dont_write_bytecode = True  # leaves the source tree as it was
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from children import living_processes  # noqa: E402
from hearsay_node import FIXED, HearsayNode, NodeError, end_all, wait_until  # noqa: E402
from torprocess import TorError  # noqa: E402
from tornet import TorNetwork  # noqa: E402

MARKER = "made-by-hearsay-demo"
OURS = ("A", "B", "C", "A.log", "B.log", "C.log", "tor")
WAIT_SECONDS = 90  # for each step: several times what the slowest took on two busy cores
GOAL_SECONDS = 90
# A reader answers within a minute and removes within two hours;
# nobody who watches a demo waits for that.
SOON = (*FIXED, "--receipt-within", "1s", "--remove-within", "3s")
WIDTH = 100
TRANSCRIPT = """# What contrib/demo shows

An offer and an offline mail cross three nodes, A - B - C, on a private Tor network. The command
`contrib/demo --transcript docs/demo.md` wrote this file while it ran; nothing here is typed in.
Ids, addresses, times and seconds differ from run to run.

```text
{}
```
"""


class Stopped(BaseException):
    """We were asked to end. Not an Exception: nothing on the way may take it for a failure."""


class Failed(Exception):
    """A step did not do what it is there for."""


class Story:
    """Tells what happens, with the seconds since the beginning."""

    def __init__(self):
        self.began = time.monotonic()
        self.consensus = None
        self.told = []  # all that was printed, in order

    def say(self, text):
        stamp = f"[{time.monotonic() - self.began:6.1f} s] "
        blank = " " * len(stamp)
        self.tell(textwrap.fill(text, WIDTH, initial_indent=stamp, subsequent_indent=blank))

    def tell(self, text):
        self.told.append(text)
        print(text, flush=True)

    def show(self, node, *words):
        """Runs `hearsay` as a person would and shows it."""
        output = node.tell(*words)
        self.tell(f"\n{node.name}$ hearsay {shlex.join(words)}")
        self.tell(output.rstrip("\n") + "\n")

    def on_network(self, _seconds, milestone, _details):
        if milestone == "consensus made":
            self.consensus = time.monotonic()

    def since_consensus(self):
        return time.monotonic() - self.consensus

    def transcript(self):
        """All that was told, as a document."""
        lines = (line.rstrip() for line in "\n".join(self.told).split("\n"))
        return TRANSCRIPT.format("\n".join(lines))


class Demo:
    def __init__(self, directory, programs):
        self.story = Story()
        self.directory = directory
        self.network = TorNetwork(directory / "tor", report=self.story.on_network)
        self.a, self.b, self.c = (
            HearsayNode(directory / name, programs, self.network.client_torrc, name, options=SOON)
            for name in "ABC"
        )
        self.nodes = [self.a, self.b, self.c]

    def run(self):
        self.start_network()
        self.start_nodes()
        offer = self.publish()
        question = self.ask_about(offer)
        answer, seconds = self.answer_while_nobody_is_there(offer, question)
        self.learn_that_it_is_delivered(answer)
        return seconds

    def start_network(self):
        say = self.story.say
        say(
            "A private Tor network starts on 127.0.0.1: one authority and four relays, the "
            "ordinary program tor of Debian. Nothing leaves this machine."
        )
        self.network.start()
        say(
            "The network agreed on a consensus and is ready. From that consensus on the time "
            "counts."
        )

    def start_nodes(self):
        say = self.story.say
        say(
            "B starts: a node with an identity and an onion service of its own. Its Tor runs in a "
            "child process; neither of the two opens a TCP port."
        )
        self.b.start()
        onion = self.b.onion()
        say(f"B is {onion}")
        for node in (self.a, self.c):
            node.peers = [onion]
            node.start()
        say("A and C started. Each was told of B only, and not to look for others: A - B - C.")
        for node in (self.a, self.c):
            status = node.wait_connected(WAIT_SECONDS)
            say(
                f"{node.name} is linked with B: TLS inside Tor, each side proved its onion key "
                f"({status['links_outbound']} link out, {status.get('links_inbound', 0)} in)."
            )
        self.story.show(self.b, "status")

    def publish(self):
        say = self.story.say
        say(
            "A publishes an offer. A fresh key signs it, and a proof of work makes spam costly; "
            "nothing in it names A."
        )
        began = time.monotonic()
        offer = self.a.ask(
            "offer", "publish", "--title", "Honey from our own bees",
            "--text", "Dark, in jars of 500 g. Pick-up only.", "--give", "1 jar of honey",
            "--want", "a loaf of bread", "--tag", "food", "--lifetime", "7d",
        )  # fmt: skip
        arrived = self.c.wait_offer(offer["id"], WAIT_SECONDS)
        self.story.say(
            f"C has it, {time.monotonic() - began:.1f} s after it was written. It came through B."
        )
        require(arrived["title"] == offer["title"], f"the offer changed on its way: {arrived}")
        require(not arrived.get("mine"), "C takes the offer for its own")
        self.story.show(self.c, "offer", "list")
        self.story.show(self.c, "offer", "show", offer["id"][:12])
        return offer

    def ask_about(self, offer):
        say = self.story.say
        say(
            "C writes to whoever made this offer. The mail is sealed for the offer's mailbox and "
            "floods like everything else, so nobody sees who reads it."
        )
        question = self.c.ask("mail", "send", offer["id"], "--subject", "Your honey",
                              "--text", "Would a rye bread do?", "--lifetime", "1d")  # fmt: skip
        self.a.wait_mail(question["id"], WAIT_SECONDS)
        say("A could open it.")
        self.story.show(self.a, "mail", "read", question["id"])
        return question

    def answer_while_nobody_is_there(self, offer, question):
        say = self.story.say
        self.c.stop()
        say("C went to sleep (ended, with its Tor).")
        answer = self.a.ask(
            "mail", "send", question["id"], "--subject", "Re: Your honey",
            "--text", "Rye is perfect. Saturday at ten, at the old mill.",
        )  # fmt: skip
        say(
            "A answers, with a mail that lives 15 days. First the proof of work; then somebody is "
            "handed it over a fresh circuit, without a name. Here that can only be B."
        )
        self.a.wait_mail_state(answer["id"], "heard", WAIT_SECONDS)
        say("The work is found, and A has heard its answer back from B: it is out.")
        self.story.show(self.a, "mail", "list")
        self.a.stop()
        say("A went to sleep, too. Only B is awake; it keeps the mail and cannot read it.")
        began = time.monotonic()
        self.c.start()
        say("C woke up.")
        found = self.c.wait_mail(answer["id"], WAIT_SECONDS)
        say(
            f"C found the answer {time.monotonic() - began:.1f} s after it was started. A has been "
            "off all the time."
        )
        self.story.show(self.c, "mail", "list")
        self.story.show(self.c, "mail", "read", answer["id"])
        seconds = self.story.since_consensus()
        whole = self.c.ask("mail", "read", answer["id"])
        require(
            whole["text"] == "Rye is perfect. Saturday at ten, at the old mill.",
            f"another text: {whole}",
        )
        require(whole.get("about") == offer["id"], f"the mail is not about the offer: {whole}")
        require(
            whole.get("in_reply_to") == question["id"],
            f"the mail does not answer the question: {whole}",
        )
        require(found["direction"] == "in" and not self.a.is_running, "A was awake")
        return answer["id"], seconds

    def learn_that_it_is_delivered(self, answer):
        say = self.story.say
        began = time.monotonic()
        self.a.start()
        self.a.wait_mail_state(answer, "delivered", WAIT_SECONDS)
        say(
            f"A wakes up again. {time.monotonic() - began:.1f} s later it knows that its answer "
            "was delivered: C's receipt, a mail like any other, waited at B. What was read, C "
            "removes from the network."
        )
        self.story.show(self.a, "mail", "list")

    def stay(self):
        """--keep: all three are awake, until we are asked to end."""
        command = shlex.quote(str(self.a.command))
        print("\nThe network and the three nodes go on running. In another terminal:\n")
        for node in self.nodes:
            print(f"    {command} --data-dir {shlex.quote(str(node.directory))} status")
        print(
            f"\n`{command} --help` lists what else they can do; their logs are beside their "
            f"directories, in\n{self.directory}. Ctrl-C here ends everything.",
            flush=True,
        )
        while True:
            time.sleep(0.5)
            self.network.check()
            for node in self.nodes:
                node.check()

    def end(self):
        """Ends every process that we started; returns what did not go well."""
        problems = end_all(self.nodes)
        self.network.stop()
        inside = str(self.directory) + "/"
        try:
            wait_until(lambda: not list(self.processes_in(inside)), 5, "the end of every process")
        except NodeError:
            problems.append(f"still running: {list(self.processes_in(inside))}")
        return problems

    @staticmethod
    def processes_in(inside):
        for pid, words in living_processes():
            if pid != os.getpid() and words[0].rpartition("/")[2] in ("hearsayd", "tor"):
                if any(inside in word for word in words):
                    yield pid, " ".join(words)[:200]


def require(true, otherwise):
    if not true:
        raise Failed(otherwise)


@contextlib.contextmanager
def own_directory(path):
    """A directory of ours: a new one, or `path` if it is empty or was made by an earlier demo.
    Locked."""
    directory = Path(path) if path else Path(tempfile.mkdtemp(prefix="hearsay-demo-"))
    directory.mkdir(parents=True, exist_ok=True)
    marker = directory / MARKER
    if any(directory.iterdir()) and not marker.exists():
        raise Failed(
            f"{directory} is not empty and was not made by contrib/demo: choose another directory"
        )
    with open(marker, "a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"another demo runs in {directory}") from None
        for name in OURS:
            old = directory / name
            if old.is_dir():
                shutil.rmtree(old)
            else:
                old.unlink(missing_ok=True)
        yield directory


def tell(directory, options):
    """Runs the whole demo in `directory`; the exit status."""
    demo, status, seconds = None, 1, None
    try:
        demo = Demo(directory, options.programs)
        seconds = demo.run()
        status = 0
        demo.story.say(
            f"From consensus to mail read: {seconds:.1f} s. At most {GOAL_SECONDS} s are promised."
        )
        if options.keep:
            demo.stay()
    except Stopped as why:
        print(f"\ndemo: {why}", flush=True)
        status = 0 if seconds is not None else 1
    except (Failed, NodeError, TorError, OSError, subprocess.SubprocessError) as error:
        print(
            f"\ndemo: FAILED after {time.monotonic() - demo.story.began:.1f} s: {error}"
            if demo
            else f"\ndemo: FAILED: {error}",
            file=sys.stderr,
            flush=True,
        )
        status = 1
    finally:
        problems = []
        if demo:
            with ignoring_signals():
                problems = demo.end()
        for problem in problems:
            print(f"demo: while ending: {problem}", file=sys.stderr, flush=True)
    if problems:
        status = 1
    if demo and not problems:
        demo.story.say("Every process that was started has ended.")
    if options.transcript and status == 0:
        options.transcript.write_text(demo.story.transcript(), encoding="utf-8")
    if seconds is not None and seconds > GOAL_SECONDS:
        print(
            f"demo: from consensus to mail read it took more than {GOAL_SECONDS} s",
            file=sys.stderr,
            flush=True,
        )
    return status


@contextlib.contextmanager
def ignoring_signals():
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    yield
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)


def on_signal(number, _frame):
    raise Stopped(f"ending because of {signal.Signals(number).name}")


def main():
    parser = argparse.ArgumentParser(prog="demo")
    parser.add_argument("--programs", required=True, type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--dir")
    parser.add_argument("--transcript", type=Path)
    options = parser.parse_args()
    options.programs = options.programs.absolute()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    status = 1
    try:
        with own_directory(options.dir) as directory:
            status = tell(directory, options)
            if status:
                print(f"demo: everything is kept for a look, in {directory}", file=sys.stderr)
            elif not options.dir:
                shutil.rmtree(directory)
    except (Failed, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
    except Stopped as why:
        print(f"demo: {why}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

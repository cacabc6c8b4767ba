#!/usr/bin/env python3
"""The program behind contrib/test mail-kill: mails between real nodes that are killed at every step
of the way.

A sender, a relay and a recipient (tests/kill/node.cpp: all of a node but Tor) pass a mail on. A
first run kills nobody and counts the system calls of each that matter (writes, syncs, names, sends:
tests/kill/points.hpp). Every run after it kills one of the three with SIGKILL before or after one
of those calls, starts it again, and waits until the mail is read, the sender's outbox says
delivered, and mail and receipt are removed from the relay. Once all points had their turn, the
started node is killed a second time, on its way back. After each run and once more over all, after
everybody was started anew:
  - a mail that was acknowledged is in the recipient's inbox once, with its id and text: else it is
    lost, or doubled
  - one that was not, because the sender died first, is there at most once, and only if the outbox
    has it
  - the outbox shows the last state for each mail that it has
News that a person is told ("mail arrived") may come twice; they are counted.
"""
import argparse
import collections
import itertools
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from mail_kill_nodes import ROLES, Failure, Network  # noqa: E402

FINAL = "delivered"  # the outbox's last state
LOOKS_BETWEEN = 10  # at the boxes, which costs more
MAILS_PER_NETWORK = 100  # before everything begins anew with empty stores
# Networks side by side: most of a run is waiting for the second after which removals and receipts
# leave.
LANES = 6
COUNTING_RUNS = 3  # points vary a little with what comes when
FAILURES_MAX = 3
SECOND_POINTS = 40  # about what a start takes

Kill = collections.namedtuple("Kill", "role at side again", defaults=(0,))


class Run:
    """One mail's way, with one node killed on it."""

    def __init__(self, network, number, kill, text):
        self.network, self.kill, self.text = network, kill, text
        self.subject = f"run-{number}"
        self.sender, self.recipient, self.relay = (network.nodes[role] for role in ROLES)
        self.acknowledged, self.id = False, None
        self.kills, self.points = [], {}

    def revive(self):
        if all(node.alive() for node in self.network.nodes.values()):
            return
        again = 0 if self.kills else self.kill.again
        self.kills += self.network.revive(again)

    def ask(self, node, request):
        """Asked again when the node died of it."""
        while (answer := node.ask(request)) is None:
            self.revive()
        return answer

    def mails(self, node, direction):
        while (boxes := node.mails(direction)) is None:
            self.revive()
        return boxes[self.subject]

    def go(self):
        for node in self.network.nodes.values():
            mine = self.kill and node.role == self.kill.role
            if not self.kill or mine:
                node.ask(
                    f"arm {self.kill.at if mine else 0} {self.kill.side if mine else 'before'}"
                )
        answer = self.sender.ask(f"send {self.recipient.mailbox} {self.subject} {self.text}")
        if answer is not None and not answer.startswith("sent "):
            raise Failure(f"the sender says: {answer}")
        self.acknowledged = answer is not None
        self.revive()
        sent = self.mails(self.sender, "out")
        if len(sent) > 1 or (self.acknowledged and not sent):
            raise Failure(f"the outbox has the mail {len(sent)} times")
        if sent:
            self.id = sent[0]["id"]
            self.settle()
            self.read()
        for node in self.network.nodes.values():
            if node.alive():
                self.points[node.role] = (node.ask("disarm") or "points").split()[1:]
        self.revive()
        self.check()

    def settle(self):
        """Until it arrived, the outbox shows its last state, and the network has neither it nor its
        receipt."""
        there, looks = False, 0

        def settled():
            nonlocal there
            self.revive()
            if not there and self.network.changed:
                self.network.changed = False
                there = self.arrived() and self.said()
            return there and self.ask(self.relay, "left").split()[1] == "0"

        def look():  # news may have died with who would have told them
            nonlocal looks
            looks += 1
            if looks % LOOKS_BETWEEN == 0:
                self.network.changed = True

        self.network.changed = True
        self.network.wait_for(
            settled,
            f"the mail {self.id} arrived, the outbox says {FINAL}, and the relay has no mail left",
            look,
        )

    def arrived(self):
        return len(self.mails(self.recipient, "in")) > 0

    def said(self):
        sent = self.mails(self.sender, "out")
        return len(sent) == 1 and sent[0]["state"] == FINAL

    def read(self):
        answer = self.ask(self.recipient, f"read {self.id}")
        if (
            not answer.startswith("read ")
            or json.loads(answer.removeprefix("read "))["text"] != self.text
        ):
            raise Failure(f"reading gives: {answer}")

    def check(self):
        got = self.mails(self.recipient, "in")
        if [mail["id"] for mail in got] != ([self.id] if self.id else []):
            raise Failure(f"the inbox has {got}, the outbox {self.id}")


class Tally:
    """What came of all runs; lanes share it."""

    def __init__(self, runs):
        self.wanted, self.began, self._lock = runs, time.monotonic(), threading.Lock()
        self.runs = self.unacknowledged = self.unsent = self.unreached = self.news_twice = 0
        self.sent = self.lost = self.doubled = 0
        self.kills = collections.Counter()
        self.points = set()
        self.failures = []

    def add(self, run):
        with self._lock:
            self.runs += 1
            self.unacknowledged += not run.acknowledged
            self.unsent += run.id is None
            self.unreached += not run.kills
            self.kills.update(role for role, _ in run.kills)
            if run.kills:
                self.points.add((run.kill.role, run.kill.at, run.kill.side))
            if self.runs % 100 == 0:
                print(
                    f"  {self.runs} of {self.wanted} runs, {time.monotonic() - self.began:.0f} s",
                    flush=True,
                )

    def close(self, sent, lost, doubled, news_twice):
        with self._lock:
            self.sent += sent
            self.lost += lost
            self.doubled += doubled
            self.news_twice += news_twice

    def fail(self, text, run):
        with self._lock:
            self.failures.append(text)
            if run:
                self.runs += 1
                self.lost += run.acknowledged
        print(f"FAILED: {text}", flush=True)

    def print(self, counted):
        killed = ", ".join(f"{role} {self.kills[role]}" for role in ROLES)
        print(
            f"points: {', '.join(f'{role} {len(counted[role])}' for role in ROLES)}, each before "
            f"and after; {len(self.points)} of {2 * sum(map(len, counted.values()))} seen"
        )
        print(
            f"kills: {sum(self.kills.values())} ({killed}); {self.unreached} runs ended before "
            "their point"
        )
        print(f"not acknowledged: {self.unacknowledged}, of which {self.unsent} were never sent; "
              f"told twice that mail came: {self.news_twice}")
        print(f"runs {self.runs}, kill points seen {len(self.points)}, mails {self.sent}, "
              f"lost {self.lost}, doubled {self.doubled}", flush=True)


def plan(counted, runs, rng):
    """So many kills: all points if there is room, else evenly spread; further rounds kill a second
    time."""
    single = [Kill(role, at, side) for role in ROLES for at in range(1, len(counted[role]) + 1)
              for side in ("before", "after")]  # fmt: skip
    if runs < len(single):
        offset = rng.random()
        out = [single[int((i + offset) * len(single) / runs)] for i in range(runs)]
        rng.shuffle(out)
        return out
    out = []
    for turn in itertools.count():
        rng.shuffle(single)
        out += [
            kill._replace(again=rng.randint(1, SECOND_POINTS) if turn else 0) for kill in single
        ]
        if len(out) >= runs:
            return out[:runs]


class Lane:
    """Runs one after the other, in as many networks as it takes."""

    def __init__(self, program, directory, seed, name, tally):
        self.program, self.directory, self.seed, self.name, self.tally = (
            program, directory, seed, name, tally
        )
        self.rng = random.Random(f"{seed} {name}")
        self.networks, self.network, self.sent = 0, None, {}

    def count(self):
        """The points of each role: the most of a few runs in which nobody is killed."""
        counted = {role: [] for role in ROLES}
        for number in range(COUNTING_RUNS):
            run = self.one(-number, None)
            if run is None:
                raise Failure("a run in which nobody is killed fails")
            counted = {role: max(counted[role], run.points[role], key=len) for role in ROLES}
        self.end_network()
        return counted

    def run(self, kills):
        for number, kill in kills:
            if len(self.tally.failures) < FAILURES_MAX:
                run = self.one(number, kill)
                if run:
                    self.tally.add(run)
        self.end_network()

    def one(self, number, kill):
        """A run; None if it failed, and then what it left stays."""
        run = None
        try:
            if self.network is None:
                self.networks += 1
                name = f"{self.name}-{self.networks}"
                self.network = Network(self.program, self.directory / name, f"{self.seed} {name}")
            run = Run(self.network, number, kill, f"text-{self.rng.getrandbits(64):016x}")
            run.go()
            if run.id:
                self.sent[run.subject] = run.id
        except Failure as failure:
            self.failed(f"run {number}, {kill_text(run)}: {failure}", run)
            return None
        if len(self.sent) >= MAILS_PER_NETWORK:
            self.end_network()
        return run

    def failed(self, text, run=None):
        self.tally.fail(
            f"seed {self.seed}, {text}\n  kept: {self.directory / self.name}-{self.networks}", run
        )
        if self.network:
            self.network.close()
        self.network, self.sent = None, {}

    def end_network(self):
        """Everybody is started anew; then the boxes must hold what was sent, once."""
        if self.network is None:
            return
        twice = sum(count > 1 for news, count in self.network.nodes["recipient"].news.items()
                    if news.startswith("mail "))  # fmt: skip
        try:
            self.network = self.network.reopened()
            inbox, outbox = (
                self.network.nodes["recipient"].mails("in"),
                self.network.nodes["sender"].mails("out"),
            )
            lost = [subject for subject in self.sent if not inbox[subject]]
            doubled = sum(map(len, inbox.values())) - (len(self.sent) - len(lost))
            self.tally.close(len(self.sent), len(lost), doubled, twice)
            wrong = [
                mail
                for mails in outbox.values()
                for mail in mails
                if mail["state"] != FINAL or self.sent.get(mail["subject"]) != mail["id"]
            ]
            if lost or doubled or wrong:
                raise Failure(
                    f"in the end {lost} are lost, {doubled} doubled; wrong in the outbox: {wrong}"
                )
        except Failure as failure:
            return self.failed(str(failure))
        self.network.close()
        shutil.rmtree(self.network.directory)
        self.network, self.sent = None, {}


class Trial:
    """All runs, spread over lanes."""

    def __init__(self, program, directory, seed, runs):
        self.seed, self.runs, self.tally, self.counted = seed, runs, Tally(runs), None
        self.lanes = [
            Lane(program, directory, seed, f"lane{i}", self.tally) for i in range(min(LANES, runs))
        ]

    def run(self):
        self.counted = self.lanes[0].count()
        kills = list(enumerate(plan(self.counted, self.runs, random.Random(self.seed)), 1))
        threads = [
            threading.Thread(target=self.go, args=(lane, kills[i :: len(self.lanes)]), daemon=True)
            for i, lane in enumerate(self.lanes)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def go(self, lane, kills):
        try:
            lane.run(kills)
        # A lane that ends early must not pass for one that found nothing.
        except Exception as error:
            self.tally.fail(f"{lane.name}: {error!r}", None)


def kill_text(run):
    if run is None or run.kill is None:
        return "nobody killed"
    name = f" ({run.kills[0][1]})" if run.kills else ""
    second = f", again at {run.kill.again}" if run.kill.again else ""
    return f"{run.kill.role} killed {run.kill.side} point {run.kill.at}{name}{second}"


def main():
    parser = argparse.ArgumentParser(prog="mail-kill", description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--points", action="store_true", help="name the points that were counted")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    directory = Path(tempfile.mkdtemp(prefix="hearsay-mail-kill-"))
    trial = Trial(options.program.absolute(), directory, options.seed, options.runs)
    try:
        trial.run()
    except Failure as failure:
        trial.tally.fail(f"seed {options.seed}: {failure}", None)
    if options.points and trial.counted:
        for role in ROLES:
            print(
                f"{role}:", *(f"\n  {at} {name}" for at, name in enumerate(trial.counted[role], 1))
            )
    if trial.counted:
        trial.tally.print(trial.counted)
    if trial.tally.failures:
        print(f"{len(trial.tally.failures)} failures; what they left: {directory}", flush=True)
        return 1
    shutil.rmtree(directory, ignore_errors=True)
    return 0 if trial.tally.lost == trial.tally.doubled == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

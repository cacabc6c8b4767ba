#!/usr/bin/env python3
"""The second half of contrib/bench-peers: runs each contest's two sides one after the other, and
puts them together.

A contest is a name, a script for node or a C++ driver in contrib/bench-peers.d, a benchmark of
hearsay-bench, and the figures that both print. Rules, and why:
  1. Both sides run in this run, on this machine, one at a time: only the ratio means something.
  2. A side that fails or takes too long costs its own figures and no others; then the run ends with
     1.
  3. A missed target is a result like any other: the table says so plainly, the exit status stays 0.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True  # leaves the source tree as it was
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import bench_peers_install as install  # noqa: E402
import bench_peers_libtorrent as libtorrent  # noqa: E402
from children import describe_end, start_child  # noqa: E402

OURS_SECONDS_MAX = 1800  # hearsay-bench fills a store of a million items before it measures ingest
THEIRS_SECONDS_MAX = 900
PACKAGES = Path(__file__).resolve().parent.parent / "bench-peers.d"


@dataclass(frozen=True)
class Figure:
    name: str
    key: str  # what both sides call it
    unit: str
    target: float | None = None  # ours / theirs, at most; None: shown without a judgement


@dataclass(frozen=True)
class Contest:
    name: str
    title: str
    peer: str  # the package whose version is named: npm's, or Debian's source of libtorrent
    bench: str  # of hearsay-bench
    full: tuple[str, ...]  # arguments of the script
    small: tuple[str, ...]
    figures: tuple[Figure, ...]


CONTESTS = (
    Contest(
        "gossip", "20 nodes, degree 8, 600-byte signed messages, TCP on loopback",
        "@libp2p/gossipsub", "gossip-20",
        ("messages=400", "warm=100"), ("messages=40", "warm=20"),
        (
            Figure("gossip-cpu", "cpu_us_per_delivery", "us CPU a delivery", 1 / 10),
            Figure("gossip-bytes", "bytes_per_delivery", "bytes a delivery"),
            Figure("gossip-copies", "copies_per_delivery", "copies a delivery"),
        ),
    ),
    Contest(
        "ingest", "signed items of about 600 bytes, checked, verified, stored",
        "@nostr-relay/core", "ingest",
        ("items=5000", "warm=500"), ("items=300", "warm=100"),
        (Figure("ingest-cpu", "cpu_us_per_item", "us CPU an item", 1 / 20),),
    ),
    Contest(
        "reconcile", "100,000 items, 100 differences spread over time",
        "@nostr-dev-kit/sync", "reconcile-100k-100",
        ("items=100000",), ("items=1000",),
        (
            Figure("reconcile-bytes", "bytes", "bytes both ways", 1 / 25),
            Figure("reconcile-trips", "round_trips", "round trips"),
            Figure("reconcile-cpu", "seconds", "s CPU of the busier side"),
        ),
    ),
    Contest(
        "routing",
        "1,000 and 10,000 nodes offered to a routing table, then the 8 and 20 nearest to random "
        "targets",
        libtorrent.PACKAGE, "routing", (), ("rounds=3", "lookups=300"),
        tuple(
            Figure(
                f"routing-{what}-{size}", f"{what}_ns_{size}".replace("-", ""), f"ns CPU {unit}", 1
            )
            for what, unit in (
                ("insert", "a node"), ("closest-8", "a look-up"), ("closest-20", "a look-up")
            )
            for size in ("1k", "10k")
        ),
    ),
)  # fmt: skip


class NotMeasured(Exception):
    """A side has no figures; the text says why."""


def say(text):
    print(f"bench-peers: {text}", file=sys.stderr, flush=True)


def run_bounded(command, seconds, **options):
    """Standard output of a child that ends well in time. Its standard error is the user's."""
    child = start_child(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **options
    )
    try:
        output, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise NotMeasured(
            f"{Path(command[0]).name} took more than {seconds} s and was stopped"
        ) from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        child.stdout.close()
    if child.returncode != 0:
        raise NotMeasured(f"{Path(command[0]).name} {describe_end(child.returncode)}")
    return output


def figures_named(text, name):
    """The object of that name in what hearsay-bench or a script printed: one object, or a list of
    them."""
    try:
        parsed = json.loads(text)
    except ValueError:
        raise NotMeasured(f"what was printed for {name} is not JSON: {text[:200]!r}") from None
    for each in parsed if isinstance(parsed, list) else [parsed]:
        if isinstance(each, dict) and each.get("name") == name:
            return each
    raise NotMeasured(f"nothing named {name} was printed")


def measure_ours(contest, bench, small):
    command = [str(bench), contest.bench, "--json", *(["--small"] if small else [])]
    try:
        return figures_named(run_bounded(command, OURS_SECONDS_MAX), contest.bench)
    except OSError as error:
        raise NotMeasured(f"{bench} cannot be started: {error.strerror}") from None


def measure_theirs(contest, installed, small):
    arguments = contest.small if small else contest.full
    if isinstance(installed, libtorrent.Made):
        return figures_named(
            run_bounded([str(installed.program), *arguments], THEIRS_SECONDS_MAX), contest.name
        )
    return measure_script(contest, installed, arguments)


def measure_script(contest, installed, arguments):
    """The scripts find packages next to themselves, so they are copied beside a link to what was
    installed."""
    with tempfile.TemporaryDirectory(prefix="hearsay-bench-peers-") as folder:
        for source in [*PACKAGES.glob("*.js"), PACKAGES / "package.json"]:
            shutil.copy(source, folder)
        os.symlink(installed.modules, Path(folder) / "node_modules")
        command = [str(installed.node), str(Path(folder) / f"{contest.name}.js"), *arguments]
        # A killed script's database goes with the folder.
        environment = {**os.environ, "TMPDIR": folder}
        environment.pop("NODE_OPTIONS", None)
        return figures_named(
            run_bounded(command, THEIRS_SECONDS_MAX, env=environment), contest.name
        )


def number(side, key):
    value = (side or {}).get(key)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def compare(contest, ours, theirs, version, small=False):
    """A row for each figure. A side is None if it was not asked for or could not be measured."""
    rows = []
    for figure in contest.figures:
        left, right = number(ours, figure.key), number(theirs, figure.key)
        ratio = left / right if left is not None and right else None
        judged = ratio is not None and figure.target is not None
        rows.append(
            {
                "name": figure.name, "unit": figure.unit, "peer": f"{contest.peer} {version}",
                "ours": left, "theirs": right, "ratio": ratio, "target": figure.target,
                "met": ratio <= figure.target if judged else None, "small": small,
            }
        )  # fmt: skip
    return rows


def lacking(contest, side):
    """Figures with a target that a measured side does not have: then it was not measured, whatever
    it printed."""
    return [
        figure.key
        for figure in contest.figures
        if figure.target is not None and number(side, figure.key) is None
    ]


def shown(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(rows):
    """Lines for a person."""
    head = ("", "ours", "theirs", "ours/theirs", "target", "")
    words = {True: "reached", False: "MISSED", None: ""}
    lines = [head]
    for row in rows:
        ratio = "-" if row["ratio"] is None else f"{row['ratio']:.4g}"
        target = (
            ""
            if row["target"] is None
            else "<= 1"
            if row["target"] == 1
            else f"<= 1/{1 / row['target']:.0f}"
        )
        lines.append(
            (
                f"{row['name']}, {row['unit']}", shown(row["ours"]), shown(row["theirs"]), ratio,
                target, words[row["met"]],
            )
        )  # fmt: skip
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) if i in (0, 5) else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines
    )  # fmt: skip


def attempt(what, measure, contest, failures):
    say(f"{contest.name}: {what} ({contest.title})")
    began = time.monotonic()
    try:
        side = measure()
        if missing := lacking(contest, side):
            raise NotMeasured(f"no {', '.join(missing)} was printed")
    except NotMeasured as error:
        failures.append(f"{contest.name}: {what}: {error}")
        say(failures[-1])
        return None
    say(f"{contest.name}: {what} measured in {time.monotonic() - began:.0f} s")
    return side


def install_all(contests, failures):
    """By peer, what measure_theirs needs; one that cannot be had costs its own contests only."""
    made = {}
    for ensure, what in (
        (install.ensure, "the peers of npm"),
        (libtorrent.ensure, libtorrent.PACKAGE),
    ):
        wanted = [
            each.peer
            for each in contests
            if (each.peer == libtorrent.PACKAGE) == (ensure is libtorrent.ensure)
        ]
        if not wanted:
            continue
        try:
            made.update(dict.fromkeys(wanted, ensure(PACKAGES, say)))
        except install.InstallError as error:
            failures.append(f"{what} cannot be installed: {error}")
            say(failures[-1])
    return made


def run(options):
    contests = [each for each in CONTESTS if not options.contests or each.name in options.contests]
    rows, failures = [], []
    made = {} if options.ours_only else install_all(contests, failures)
    versions = json.loads((PACKAGES / "package.json").read_text(encoding="utf-8"))["dependencies"]
    versions[libtorrent.PACKAGE] = (
        made[libtorrent.PACKAGE].version if libtorrent.PACKAGE in made else "(not there)"
    )
    for contest in contests:
        ours = theirs = None
        installed = made.get(contest.peer)
        if installed is not None:
            theirs = attempt(
                "theirs",
                lambda: measure_theirs(contest, installed, options.small),
                contest,
                failures,
            )
        if not options.theirs_only:
            ours = attempt(
                "ours",
                lambda: measure_ours(contest, options.bench, options.small),
                contest,
                failures,
            )
        rows += compare(contest, ours, theirs, versions[contest.peer], options.small)
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        if options.small:
            print("small sizes: shows that everything runs, the figures say little")
        print(table(rows))
        for contest in contests:
            print(
                f"{contest.name}: beside {contest.peer} {versions[contest.peer]}; {contest.title}"
            )
    for failure in failures:
        say(f"not measured: {failure}")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(prog="bench-peers")
    parser.add_argument("contests", nargs="*", metavar="CONTEST")
    parser.add_argument("--bench", type=Path, default=Path("build/release/bin/hearsay-bench"))
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--json", action="store_true")
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument("--ours-only", action="store_true")
    sides.add_argument("--theirs-only", action="store_true")
    options = parser.parse_args()
    known = [contest.name for contest in CONTESTS]
    if unknown := [name for name in options.contests if name not in known]:
        parser.error(f"no contest {', '.join(unknown)}; there are {', '.join(known)}")
    try:
        return run(options)
    except KeyboardInterrupt:
        say("stopped")
        return 1


if __name__ == "__main__":
    sys.exit(main())

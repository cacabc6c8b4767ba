#!/usr/bin/env python3
"""Many runs of the simulator, one after the other, into a file of JSON lines: contrib/simulate
campaign

A run that the file has is not run again, so that a campaign goes on where it was stopped; begin
another file for another program. One process at a time, at the lowest priority unless --nice says
another. At the end, and with --table alone, the file as a table: for each scenario and size how
many runs failed, and how many items were late over all seeds together.

Exit status: 0 no run failed and of all honest items at least SHARE were everywhere in time; 1
otherwise; 2 wrong arguments.
"""
import argparse
import itertools
import json
import os
import pathlib
import subprocess
import sys
import time

# Of items, over all seeds of a scenario and size in which a third or less of the nodes are hostile.
SHARE = 0.999
# A run has millions of small pieces of memory. Where glibc keeps more of them at hand it takes a
# sixth less time.
ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=2000", **os.environ}
HOSTILE_MAJORITY = ("sybil-4to1", "sybil-4to1-alone")


def numbers(text):
    """7 or 1-60 or 500,1000"""
    out = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        out.extend(range(int(first), int(last or first) + 1))
    if not out or min(out) < 1:
        raise argparse.ArgumentTypeError(f"no numbers from 1 on: {text}")
    return out


def parse(argv):
    parser = argparse.ArgumentParser(prog="contrib/simulate campaign", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sim", default="build/release/bin/hearsay-sim", help="the program (%(default)s)"
    )
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/campaign.jsonl"),
                        help="the file of results (%(default)s)")
    parser.add_argument("--scenarios", default="byzantine-33,sybil-4to1,mail", help="(%(default)s)")
    parser.add_argument("--nodes", type=numbers, default=[500, 1000], help="sizes (500,1000)")
    parser.add_argument("--seeds", type=numbers, default=list(range(1, 61)), help="(1-60)")
    parser.add_argument("--offers", type=int, default=20, help="of a run (%(default)s)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=NUMBER",
        help="of the scenario, otherwise",
    )
    parser.add_argument("--minutes", type=float, help="begin no further run after this long")
    parser.add_argument(
        "--patience", type=float, default=240, help="minutes until a run is given up (%(default)s)"
    )
    parser.add_argument(
        "--nice", type=int, default=19, help="the priority of the runs (%(default)s)"
    )
    parser.add_argument("--table", action="store_true", help="run nothing, print the table")
    return parser.parse_args(argv)


def key_of(result):
    return (
        result["scenario"], result["nodes"], result["offers"], result.get("set", ""),
        result["seed"],
    )


def read(path):
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.strip()]


def run(options, scenario, nodes, seed):
    """One run's JSON object; what was on stderr and how it ended are added to it."""
    command = [
        options.sim, "run", scenario, "--nodes", str(nodes), "--offers", str(options.offers),
        "--seed", str(seed), "--json",
    ]
    for setting in options.set:
        command += ["--set", setting]
    begun = time.monotonic()
    result = {"scenario": scenario, "nodes": nodes, "offers": options.offers, "seed": seed}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60 * options.patience, check=False,
            preexec_fn=lambda: os.nice(options.nice), env=ENVIRONMENT,
        )
        if done.stdout.strip():
            result = json.loads(done.stdout)
        result["status"] = done.returncode
        result["failed"] = [
            line[len("failed: ") :]
            for line in done.stderr.splitlines()
            if line.startswith("failed: ")
        ]
        if done.returncode not in (0, 1):
            result["failed"].append(f"ended with {done.returncode}: {done.stderr[-300:]}")
    except subprocess.TimeoutExpired:
        result.update(status=-1, failed=[f"given up after {options.patience:.0f} minutes"])
    if options.set:
        result["set"] = " ".join(options.set)
    result["elapsed_s"] = round(time.monotonic() - begun, 1)
    return result


def spans(values):
    """1-60, 71"""
    out = []
    for value in sorted(values):
        if out and out[-1][1] == value - 1:
            out[-1][1] = value
        else:
            out.append([value, value])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in out)


def table(results):
    """Prints it; True if all is as it should be."""
    groups = itertools.groupby(sorted(results, key=key_of), key=lambda one: key_of(one)[:4])
    print(
        "| scenario | nodes | offers | seeds | failed | items | late | in time % | slowest item s "
        "| t99 s, slowest run |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    fine, notes = True, []
    for (scenario, nodes, offers, changes), group in groups:
        runs = list(group)
        items, late = (sum(one.get(name, 0) for one in runs) for name in ("items", "late_items"))
        failed = [one for one in runs if one["status"] != 0]
        share = 1 - late / items if items else 0
        slowest, t99 = (
            max(one.get(name, 0) for one in runs) / 1000
            for name in ("everywhere_most_ms", "t99_ms")
        )
        print(
            f"| {scenario} {changes} | {nodes} | {offers} | {spans(one['seed'] for one in runs)} | "
            f"{len(failed)} | {items} | {late} | {100 * share:.3f} | {slowest:.0f} | {t99:.1f} |"
        )
        fine = fine and not failed and (share >= SHARE or scenario in HOSTILE_MAJORITY)
        for one in runs:
            where = f"{scenario}, {nodes} nodes, seed {one['seed']}"
            notes += [f"- {where}: failed: {what}" for what in one["failed"]]
            notes += [f"- {where}: late: {what}" for what in one.get("late", [])]
    print("\n".join(["", *notes]) if notes else "")
    return fine


def main():
    options = parse(sys.argv[1:])
    results = read(options.out)
    known = {key_of(result) for result in results}
    begun = time.monotonic()
    # Seed by seed, so that what was stopped early has some of each.
    cases = itertools.product(options.seeds, options.nodes, options.scenarios.split(","))
    for seed, nodes, scenario in [] if options.table else cases:
        if (scenario, nodes, options.offers, " ".join(options.set), seed) in known:
            continue
        if options.minutes is not None and time.monotonic() - begun > 60 * options.minutes:
            break
        result = run(options, scenario, nodes, seed)
        results.append(result)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with options.out.open("a") as out:
            out.write(json.dumps(result) + "\n")
        print(
            f"{scenario}, {nodes} nodes, seed {seed}: {result['status']}, "
            f"{result.get('late_items', '?')} of {result.get('items', '?')} late, "
            f"{result['elapsed_s']} s",
            flush=True,
        )
    sys.exit(0 if table(results) else 1)


if __name__ == "__main__":
    main()

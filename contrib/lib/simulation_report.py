#!/usr/bin/env python3
"""Runs scenarios and relays at several sizes, two at a time, and writes what they found into a
folder: contrib/simulate report

Every figure comes from a run; nothing of the machine's speed is among them, so the same options
make the same files: README.md with a table and the command that makes it again, and the plots
delivery.svg (share of deliveries by time, at the largest size), delivery-by-size.svg (t50 and t99),
copies-by-size.svg, bytes-by-size.svg (of a node) and completeness.svg (share of what everybody
should hold, from the begin of the calm on).

Exit status: 0 every check held; 1 one failed, and README.md says which; 2 a run or the folder could
not be used.
"""
import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys

import plot

RELAYS = ("tree", "announce", "flood")
# With the tree, at one size.
SCENARIOS = (
    "churn", "partition", "flash-crowd", "cold-start", "skewed-clocks", "byzantine-20",
    "byzantine-33", "spam-10x", "synchronization", "availability", "spy",
)
SCENARIO_NODES = 100
PROCESSES = 2


def sizes(text):
    out = [int(part) for part in text.split(",")]
    if any(size < 2 for size in out) or out != sorted(set(out)):
        raise argparse.ArgumentTypeError(f"no rising sizes from 2 on: {text}")
    return out


def parse(argv):
    parser = argparse.ArgumentParser(prog="contrib/simulate report", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sim", default="build/release/bin/hearsay-sim", help="the program (%(default)s)"
    )
    parser.add_argument(
        "--nodes", type=sizes, default=[20, 100, 300, 1000], help="sizes, rising (20,100,300,1000)"
    )
    parser.add_argument("--offers", type=int, default=40, help="of a run (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of all runs (%(default)s)")
    parser.add_argument(
        "--out", type=pathlib.Path, default=pathlib.Path("docs/simulation"), help="(%(default)s)"
    )
    return parser.parse_args(argv)


def jobs_of(options):
    """(scenario, nodes, relay). The largest first: two processes end at about the same time."""
    calm = [("calm", nodes, relay) for nodes in reversed(options.nodes) for relay in RELAYS]
    return calm + [(name, min(SCENARIO_NODES, options.nodes[-1]), "tree") for name in SCENARIOS]


def run(options, job):
    scenario, nodes, relay = job
    command = [
        options.sim, "run", scenario, "--nodes", str(nodes), "--offers", str(options.offers),
        "--seed", str(options.seed), "--relay", relay, "--json", "--points",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"{' '.join(command)} ended {done.returncode}: {done.stderr.strip()}")
    result = json.loads(done.stdout)
    result["complaints"] = [
        line for line in done.stderr.splitlines() if line.startswith("failed: ")
    ]
    result["replay"] = "hearsay-sim " + " ".join(command[1:-2])
    return result


def is_calm(result):
    return result["scenario"] == "calm"


def by_size(results, title, unit, values):
    """A line for each relay and each (name, value of a result), over the sizes."""
    series = []
    for name, value in values:
        for relay in RELAYS:
            found = [each for each in results if is_calm(each) and each["relay"] == relay]
            points = [
                (each["nodes"], value(each))
                for each in sorted(found, key=lambda each: each["nodes"])
            ]
            series.append((relay + name, points))
    return plot.Plot(title, "nodes", unit, series, x_log=True)


def plots_of(results):
    largest = results[0]["nodes"]
    delivery = [
        (
            each["relay"],
            [(ms / 1000, percent) for percent, ms in enumerate(each["delay_percentiles_ms"])],
        )
        for each in results
        if is_calm(each) and each["nodes"] == largest
    ]
    completeness = [(each["scenario"], [(ms / 1000, 100 * share) for ms, share in each["curve"]])
                    for each in results if each["scenario"] not in ("calm", "availability", "spy")]
    return {
        "delivery": plot.Plot(
            f"Share of deliveries by time, {largest} nodes in the calm",
            "seconds from publication",
            "%",
            delivery,
        ),
        "delivery-by-size": by_size(
            results,
            "Delivery in the calm",
            "seconds",
            [
                (", t50", lambda each: each["t50_ms"] / 1000),
                (", t99", lambda each: each["t99_ms"] / 1000),
            ],
        ),
        "copies-by-size": by_size(
            results,
            "Copies of an item for each delivery, in the calm",
            "copies",
            [("", lambda each: each["copies_per_delivery"])],
        ),
        "bytes-by-size": by_size(
            results,
            "What a node receives in the calm, all told",
            "KiB",
            [("", lambda each: each["bytes_per_node"] / 1024)],
        ),
        "completeness": plot.Plot(
            "What everybody should hold and holds, from the end of the faults on",
            "seconds of calm",
            "%",
            completeness,
        ),
    }


def table_row(each):
    return (
        f"| {each['scenario']} | {each['nodes']} | {each['relay']} | "
        f"{100 * each['delivered_share']:.2f} | {each['copies_per_delivery']:.3f} | "
        f"{each['bytes_per_delivery']:.0f} | {each['bytes_per_node'] / 1024:.1f} | "
        f"{each['t50_ms'] / 1000:.2f} | {each['t99_ms'] / 1000:.2f} | "
        f"{each['settled_ms'] / 1000:.0f} |\n"
    )


def extras(each):
    """Of an experiment: its own figures, one a line."""
    rows = "".join(
        f"| {name} | {value:.{4 if 'share' in name else 1}f} |\n"
        for name, value in each["extra"].items()
    )
    return f"\n## {each['scenario']}, {each['nodes']} nodes\n| figure | value |\n|---|---|\n{rows}"


def markdown(options, results, plots):
    nodes = ",".join(str(size) for size in options.nodes)
    out = (
        f"# What the simulator found\nMade by `contrib/simulate report --nodes {nodes} --offers "
        f"{options.offers} --seed {options.seed}`;\nnothing here is typed in.\n"
        "Fields and scenarios: [docs/simulator.md](../simulator.md).\n\n"
    )
    for name, each in plots.items():
        out += f"![{each.title}]({name}.svg)\n\n"
    out += (
        "| scenario | nodes | relay | delivered % | copies a delivery | bytes a delivery | KiB a "
        "node | t50 s | t99 s | settled s |\n|---|---|---|---|---|---|---|---|---|---|\n"
    )
    out += "".join(table_row(each) for each in results)
    out += "".join(extras(each) for each in results if each["extra"])
    failures = "".join(
        f"- `{each['replay']}`: {complaint}\n"
        for each in results
        for complaint in each["complaints"]
    )
    return out + (f"\n## Checks that failed\n{failures}" if failures else "")


def main(argv):
    options = parse(argv)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
            results = list(pool.map(lambda job: run(options, job), jobs_of(options)))
        plots = plots_of(results)
        for name, each in plots.items():
            (options.out / f"{name}.svg").write_text(plot.to_svg(each), encoding="utf-8")
        (options.out / "README.md").write_text(markdown(options, results, plots), encoding="utf-8")
    except (OSError, RuntimeError) as error:
        print(f"simulate report: {error}", file=sys.stderr)
        return 2
    print(options.out / "README.md")
    failed = sum(1 for each in results if each["complaints"])
    if failed:
        print(f"{failed} runs failed a check; {options.out}/README.md says which", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Runs scenarios and relays at several sizes, two at a time, and writes what they found into a
folder: contrib/simulate report

Every figure comes from a run; nothing of the machine's speed is among them, so the same options
make the same files: README.md with a table and the command that makes it again, and the plots
delivery.svg (share of deliveries by time, at the largest size), delivery-by-size.svg (t50 and t99),
copies-by-size.svg, bytes-by-size.svg (of a node) and completeness.svg (share of what everybody
should hold, from the begin of the calm on).

With --full only the full networks run, at each size, with FULL_SETTINGS and their own, and what
they found is full.md. Its plots are of the largest size: full-floors.svg (the highest floor of any
node) and full-held.svg (what the fullest store holds).

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
# A day of attack, and two hours after it.
FULL_SETTINGS = (
    "budget_kib=256", "warmup_offers=24", "publish_s=82800", "faults_s=86400", "calm_s=7200",
)
# And others for some: where makers outbid each other a day is ten million steps.
FULL_SCENARIOS = {
    "flood-gpu-8": (), "flood-cpu": (), "flood-gpu": (), "mail-flood": (), "picture-flood": (),
    "evict-aim": (), "floor-liar": (), "full": ("publish_s=10800", "faults_s=21600"),
}
FULL_FIGURES = (
    ("incumbents_kept_share", "incumbents kept %", 100, 2),
    ("kept_from_before_share", "from before, kept %", 100, 2),
    ("held_most_by_budget", "fullest store % of budget", 100, 1),
    ("offers_everywhere_share", "new offers everywhere %", 100, 1),
    ("offers_wait_t50_s", "within s, half", 1, 0),
    ("offers_wait_t99_s", "99 %", 1, 0),
    ("offers_core_t50_s", "core s an offer, half", 1, 1),
    ("offers_core_t99_s", "99 %", 1, 1),
    ("mail_everywhere_share", "new mail everywhere %", 100, 1),
    ("mail_wait_t99_s", "within s, 99 %", 1, 0),
    ("mail_core_t99_s", "core s a mail, 99 %", 1, 1),
    ("sent_bytes_per_s_most", "bytes/s sent, most", 1, 0),
    ("attack_items", "items of the attack", 1, 0),
    ("attack_level_most", "level, most", 1, 0),
    ("floors_back_s", "floors back after s", 1, 0),
    ("complete_above_floors_share", "complete above floors %", 100, 2),
    ("aimed_evictions_by_node", "an offer that was aimed at made room, times a node", 1, 3),
    ("other_evictions_by_node", "another one did", 1, 3),
)
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
        "--nodes", type=sizes,
        help="sizes, rising (20,100,300,1000; of full networks 100,500)",
    )
    parser.add_argument("--full", action="store_true", help="full networks, and nothing else")
    parser.add_argument("--scenarios", default=",".join(FULL_SCENARIOS), help="--full: only these")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=NUMBER",
        help="--full: of all scenarios, otherwise than FULL_SETTINGS",
    )
    parser.add_argument(
        "--keep", type=pathlib.Path, metavar="FILE",
        help="--full: results as JSON lines; a run that is there is not made again. Begin another "
        "file for another program",
    )
    parser.add_argument("--offers", type=int, default=40, help="of a run (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of all runs (%(default)s)")
    parser.add_argument(
        "--out", type=pathlib.Path, default=pathlib.Path("docs/simulation"), help="(%(default)s)"
    )
    options = parser.parse_args(argv)
    options.nodes = options.nodes or ([100, 500] if options.full else [20, 100, 300, 1000])
    return options


def jobs_of(options):
    """(scenario, nodes, relay). The largest first: two processes end at about the same time."""
    if options.full:
        names = options.scenarios.split(",")
        return [(name, nodes, "tree") for nodes in reversed(options.nodes) for name in names]
    calm = [("calm", nodes, relay) for nodes in reversed(options.nodes) for relay in RELAYS]
    return calm + [(name, min(SCENARIO_NODES, options.nodes[-1]), "tree") for name in SCENARIOS]


def full_settings(options, scenario):
    return (*FULL_SETTINGS, *FULL_SCENARIOS[scenario], *options.set)


def replay_of(command):
    points = command.index("--json")
    return "hearsay-sim " + " ".join(command[1:points] + command[points + 2 :])


def kept(options, replay):
    if not options.keep or not options.keep.exists():
        return None
    lines = options.keep.read_text(encoding="utf-8").splitlines()
    return next((each for each in map(json.loads, lines) if each["replay"] == replay), None)


def run(options, job):
    scenario, nodes, relay = job
    command = [
        options.sim, "run", scenario, "--nodes", str(nodes), "--offers", str(options.offers),
        "--seed", str(options.seed), "--relay", relay, "--json", "--points",
    ]
    for setting in full_settings(options, scenario) if options.full else ():
        command += ["--set", setting]
    replay = replay_of(command)
    known = kept(options, replay)
    if known:
        return known
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"{' '.join(command)} ended {done.returncode}: {done.stderr.strip()}")
    result = json.loads(done.stdout)
    result["complaints"] = [
        line for line in done.stderr.splitlines() if line.startswith("failed: ")
    ]
    result["replay"] = replay
    if options.keep:  # one write of a line: two runs may end at once
        with open(options.keep, "a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
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


def full_plots_of(results):
    most = max(each["nodes"] for each in results)

    def over_time(name):
        return [
            (each["scenario"], [(at / 3600, value) for at, value in each["series"][name]])
            for each in results
            if each["nodes"] == most
        ]

    hours = "hours from the begin of the faults; they last a day"
    return {
        "full-floors": plot.Plot(
            "The highest floor of any node", hours, "level", over_time("floor_highest")
        ),
        "full-held": plot.Plot(
            "What the fullest store holds", hours, "% of its budget", over_time("held_percent")
        ),
    }


def full_table(nodes, results):
    out = f"## {nodes} nodes\n| |" + "".join(f" {each['scenario']} |" for each in results) + "\n"
    out += "|---|" + "---|" * len(results) + "\n"
    for name, title, factor, digits in FULL_FIGURES:
        values = [each["extra"].get(name) for each in results]
        cells = ["" if value is None else f"{factor * value:.{digits}f}" for value in values]
        out += f"| {title} |" + "".join(f" {cell} |" for cell in cells) + "\n"
    return out


def full_markdown(options, results, plots):
    """A table a size and a column a scenario: there are more figures than scenarios."""
    nodes = ",".join(map(str, options.nodes))
    settings = " ".join(FULL_SETTINGS)
    others = "; ".join(f"{name}: {' '.join(its)}" for name, its in FULL_SCENARIOS.items() if its)
    given = "".join(f" --set {setting}" for setting in options.set)
    if options.scenarios != ",".join(FULL_SCENARIOS):
        given += f" \\\n        --scenarios {options.scenarios}"
    out = (
        f"# Full networks\nMade by\n\n    contrib/simulate report --full --nodes {nodes} --offers "
        f"{options.offers} --seed {options.seed}{given}\n\nNothing here is typed in.\n\n"
        f"Settings: `{settings}`;\n`{others}`.\n"
        "What they mean, and why budgets and attackers may be smaller than in truth:\n"
        "[docs/simulator.md](../simulator.md), \"Full networks\".\n\n"
    )
    for name, each in plots.items():
        out += f"![{each.title}, {options.nodes[-1]} nodes]({name}.svg)\n\n"
    out += "\n".join(
        full_table(size, [each for each in results if each["nodes"] == size])
        for size in options.nodes
    )
    failures = "".join(
        f"- `{each['replay']}`: {complaint}\n"
        for each in results
        for complaint in each["complaints"]
    )
    return out + (f"\n## Checks that failed\n{failures}" if failures else "")


def main(argv):
    options = parse(argv)
    readme = options.out / ("full.md" if options.full else "README.md")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
            results = list(pool.map(lambda job: run(options, job), jobs_of(options)))
        plots = full_plots_of(results) if options.full else plots_of(results)
        for name, each in plots.items():
            (options.out / f"{name}.svg").write_text(plot.to_svg(each), encoding="utf-8")
        text = (full_markdown if options.full else markdown)(options, results, plots)
        readme.write_text(text, encoding="utf-8")
    except (OSError, RuntimeError) as error:
        print(f"simulate report: {error}", file=sys.stderr)
        return 2
    print(readme)
    failed = sum(1 for each in results if each["complaints"])
    if failed:
        print(f"{failed} runs failed a check; {readme} says which", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

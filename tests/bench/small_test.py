#!/usr/bin/env python3
"""hearsay-bench at small sizes: every name runs, and the JSON has what is promised: usage
small_test.py PROGRAM

The figures themselves mean nothing at these sizes and are not judged; that they are finite numbers
above zero is.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

# name -> the figure's key and what must be beside it
PROMISED = {
    "ingest": (
        "ratio",
        ["cpu_us_per_item", "items_per_second", "openssl_verifications_per_second"],
    ),
    "reconcile-100k-100": ("bytes", ["round_trips", "seconds"]),
    "reconcile-1m-1000": ("bytes", ["round_trips", "seconds"]),
    "reconcile-equal-1m": ("bytes", ["round_trips", "seconds"]),
    "reconnect-100k-100": ("ratio", ["bytes", "missing_bytes"]),
    "disk-1m": ("ratio", ["bytes_per_item", "ratio_at_200_a_commit", "ratio_at_4000_a_commit"]),
    "index-memory-1m": ("bytes_per_item", ["bytes"]),
    "start-1m-warm": ("seconds", ["raw_scan_seconds"]),
    "start-1m-cold": ("seconds", ["raw_scan_seconds"]),
    "store-write": ("ratio", ["us_per_item", "raw_us_per_item"]),
    "store-read": ("ratio", ["us_per_item", "raw_us_per_item"]),
    "evict-10k": ("seconds", ["evicted", "us_per_item", "ratio"]),
    "full-store": ("kept", ["items", "counted_share", "beyond_share", "us_per_evicted"]),
    "routing": (
        "insert_ns_1k",
        ["insert_ns_10k", "closest8_ns_1k", "closest20_ns_10k", "hash_ns_10k"],
    ),
    "trial-decrypt": (
        "ratio",
        ["ratio_1_key", "ratio_24_keys", "ratio_4096_keys", "cpu_us_per_key"],
    ),
    "trial-timing": ("t", ["t_hit_miss", "t_first_last", "t_control"]),
    "search-100k": (
        "index_ratio",
        ["index_bytes_per_item", "store_cpu_us_per_item", "word_p99_ms", "phrase_p99_ms"],
    ),
    "watches-20k": (
        "spread_worst_turn_ms",
        ["spread_worst_turn_cpu_ms", "one_worst_turn_ms", "one_worst_turn_cpu_ms"],
    ),
    "search-ingest": ("kept", ["kept_by_cpu", "ratio_with", "ratio_without"]),
    "work-search": ("ratio", ["hashes_per_second", "openssl_hashes_per_second", "lanes"]),
    "gossip-20": ("cpu_us_per_delivery", ["bytes_per_delivery", "copies_per_delivery"]),
}
ALWAYS = ("name", "reference", "targets", "reached")


def run(program, *arguments, directory):
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=500, check=False,
        env=dict(os.environ, TMPDIR=directory),
    )


def check(condition, text):
    if not condition:
        sys.exit("bench.small: " + text)


def check_object(name, each):
    key, beside = PROMISED[name]
    for field in ALWAYS:
        check(field in each, f"{name} has no {field}")
    for field in [key, *beside]:
        value = each.get(field)
        check(
            isinstance(value, (int, float)) and math.isfinite(value),
            f"{name}: {field} is {value!r}",
        )
        check(value > 0, f"{name}: {field} is {value}")
    check(each["reference"], f"{name} names no reference")
    for target, bound in each["targets"].items():
        check(target in each, f"{name} has a target for {target}, which it does not say")
        check(set(bound) in ({"at_least"}, {"at_most"}), f"{name}: a target is {bound!r}")
    reached = all(
        each[target] >= bound["at_least"]
        if "at_least" in bound
        else each[target] <= bound["at_most"]
        for target, bound in each["targets"].items()
    )
    check(each["reached"] == reached, f"{name} says reached: {each['reached']}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="hearsay-bench-test-") as directory:
        done = run(program, "all", "--json", "--small", directory=directory)
        check(done.returncode == 0, f"it ended with {done.returncode}: {done.stderr}")
        check(not os.listdir(directory), f"it left {os.listdir(directory)}")
        objects = {each["name"]: each for each in json.loads(done.stdout)}
        check(set(objects) == set(PROMISED), f"names differ: {set(objects) ^ set(PROMISED)}")
        for name, each in objects.items():
            check_object(name, each)
        # At any size: two stores that are equal tell so in one frame each.
        equal = objects["reconcile-equal-1m"]
        check(equal["bytes"] <= 64 and equal["round_trips"] == 1, f"equal stores took {equal}")

        named = run(program, "store-write", "--small", directory=directory)
        check(
            named.returncode == 0 and named.stdout.startswith("store-write"),
            f"a table is {named.stdout!r}",
        )
        check("beside: " in named.stdout, "the table does not say beside what")
        listed = run(program, "list", directory=directory)
        check(set(listed.stdout.split()) == set(PROMISED), f"list says {listed.stdout!r}")
        wrong = run(program, "no-such-bench", directory=directory)
        check(wrong.returncode == 2 and "no-such-bench" in wrong.stderr, f"a wrong name: {wrong}")
    print(f"bench.small: {len(objects)} benchmarks")


if __name__ == "__main__":
    main()

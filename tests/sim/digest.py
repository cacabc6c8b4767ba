#!/usr/bin/env python3
"""Fails unless the same seed makes the same digest: usage digest.py HEARSAY_SIM [ANOTHER_BUILD...]

The first program is run twice for each case; builds by other compilers or with sanitizers must
agree with the first.
"""
import concurrent.futures
import json
import os
import subprocess
import sys

CASES = (
    ("churn", 20, 5, 7), ("byzantine-33", 13, 4, 7), ("skewed-clocks", 12, 3, 8),
    ("mail", 12, 4, 7), ("byzantine-discovery", 13, 3, 9),
)


def digest(program, scenario, nodes, offers, seed):
    command = [
        program, "run", scenario, "--nodes", str(nodes), "--offers", str(offers),
        "--seed", str(seed), "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)["digest"]


def main():
    programs = sys.argv[1:]
    if not programs:
        sys.exit(__doc__)
    problems = 0
    runs = [(program, *case) for case in CASES for program in [programs[0], *programs]]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        digests = list(pool.map(lambda run: digest(*run), runs))
    for case in CASES:
        found = [(run[0], digests[at]) for at, run in enumerate(runs) if run[1:] == case]
        same = len({value for _, value in found}) == 1
        problems += 0 if same else 1
        print(case, found[0][1] if same else f"differs: {found}")
    other = digest(programs[0], *CASES[0][:3], CASES[0][3] + 1)
    if other == digest(programs[0], *CASES[0]):
        problems += 1
        print("two seeds made one digest: it sees nothing")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

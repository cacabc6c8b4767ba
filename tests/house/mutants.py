#!/usr/bin/env python3
"""Fails if what may survive contrib/mutate is not explained, or is gone: usage mutants.py ROOT

Each entry of tests/mutants/*.txt (see its README.md) has a reason, and is a mutant of the sources
as they are.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve()


def problems(root, mutants):
    for listed in sorted((root / "tests" / "mutants").glob("*.txt")):
        where = listed.relative_to(root)
        try:
            reasons = mutants.accepted(listed.read_text())
        except ValueError as error:
            yield f"{where}: {error}"
            continue
        keys = {}
        for key in reasons:
            path = key.split(": ", 1)[0]
            if path not in keys:
                text = (root / path).read_text() if (root / path).is_file() else ""
                keys[path] = {mutant.key(path, text) for mutant in mutants.mutants(text)}
            if key not in keys[path]:
                yield f"{where}: no such mutant: {key}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.path.insert(0, str(HERE.parents[2] / "contrib" / "lib"))
    import mutants

    found = list(problems(pathlib.Path(sys.argv[1]).resolve(), mutants))
    print("\n".join([*found, f"mutants: {len(found)} problems"]))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

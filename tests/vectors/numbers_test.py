#!/usr/bin/env python3
"""The tables of numbers in docs/protocol.md say what proto/ and the program have:
numbers_test.py SOURCE."""
import pathlib
import re
import sys

import strict


def rows(text, head):
    """First cells and the rest of the table whose head begins so."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(head))
    out = {}
    for line in lines[at + 2 :]:
        if not line.startswith("|"):
            break
        first, *rest = [cell.strip() for cell in line.strip("|").split("|")]
        out[first.strip("`")] = rest
    return out


def oneof(text, name):
    body = re.search(r"oneof " + name + r" \{(.*?)\n  \}", text, re.S).group(1)
    return {number: field for field, number in re.findall(r"(\w+) = (\d+);", body)}


def frames(text, source):
    named = {n: r[0].lower() for n, r in rows(text, "| frame | name").items() if n.isdigit()}
    assert named == oneof((source / "proto/frame.proto").read_text(), "body"), named
    assert sorted(map(int, named)) == sorted(strict.BODIES)


def claims(text, source):
    known = {n for n in rows(text, "| claim | name") if n.isdigit()}
    assert known == set(oneof((source / "proto/item.proto").read_text(), "claim")), known
    assert known == {str(n) for n in (strict.PUBLICATION, strict.MAIL, strict.REMOVAL)}


def faults(text, source):
    costs = {"the link, and being kept out for a while": "link"}
    told = {n: costs.get(r[0], "nothing") for n, r in rows(text, "| fault | costs").items()}
    program = (source / "src/base/fault.cpp").read_text()
    assert told == dict(re.findall(r'\{"(\w+)", Cost::(\w+)\}', program)), told


def tags(text, source):
    before, numbers = text.split("### Numbers")
    used = set(re.findall(r'tag\("(hearsay [^"]*)"\)', before))
    assert set(rows(numbers, "| tag | of what")) == used
    program = "".join(
        path.read_text() for room in ("item", "crypto", "core", "market")
        for path in (source / "src" / room).rglob("*.?pp")
    )  # fmt: skip
    for tag in used:
        assert f'"{tag}' in program, tag


def later_fields(text, source):
    """A payload's fields end where the text says that later ones begin."""
    table = rows(text, "| kind | name | later fields are above")
    assert sorted(table) == sorted(["2", "5", "6", "7", "10"])
    files = {"2": "offer", "5": "rating", "6": "profile", "7": "post", "10": "list"}
    for kind, file in files.items():
        schema = (source / f"proto/{file}.proto").read_text()
        body = re.search(r"message \w+ \{(.*?)\n\}", schema, re.S).group(1)
        last = max(map(int, re.findall(r"= (\d+);", body)))
        assert table[kind][1] == str(last), (file, last)


def main(source):
    text = (source / "docs/protocol.md").read_text(encoding="utf-8")
    for check in (frames, claims, faults, tags, later_fields):
        check(text, source)
        print(f"{check.__name__}: as in the text")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

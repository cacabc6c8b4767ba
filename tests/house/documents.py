#!/usr/bin/env python3
"""Fails if a document leads nowhere: usage documents.py ROOT

Rules for *.md at the top, in docs/ and below, and in tests/ and contrib/:
  1. a link to a file of the tree leads to one, and its #anchor to a heading there
  2. a test that a document names as `tests/...` is there
  3. each row of a table in docs/security.md that claims something names a test, in its last column
  4. docs/architecture.md lists the rooms of src/market as rooms.py does, and its row of src/core,
     like that of CONTRIBUTING.md, all folders that are there
"""
import pathlib
import re
import sys

import rooms

FOLDERS = ("docs", "tests", "contrib")
LINK = re.compile(r"\]\(([^()\s]+)\)")
TEST = re.compile(r"`(tests/[\w./-]+\.(?:cpp|py|sh))`")
HEADING = re.compile(r"^#{1,6} +(.*?)\s*$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CLAIMS = "docs/security.md"
NO_CLAIM = "nothing is claimed"
HOUSE = "docs/architecture.md"
CORE_ROWS = (HOUSE, "CONTRIBUTING.md")
# `keys` < `identity` < ...
ORDER = re.compile(r"`\w+`(?: < `\w+`)+")


def anchor_of(heading):
    """As sites for code make it."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def line_of(text, place):
    return text.count("\n", 0, place) + 1


def links(root, path, text, anchors):
    for found in LINK.finditer(text):
        target = found.group(1)
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        where = f"{path.relative_to(root)}:{line_of(text, found.start())}"
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists():
            yield f"{where}: {target} is not there"
        elif anchor and anchor not in anchors.get(there, ()):
            yield f"{where}: {target} names no heading of that document"


def tests(root, path, text):
    for found in TEST.finditer(text):
        if not (root / found.group(1)).is_file():
            yield (f"{path.relative_to(root)}:{line_of(text, found.start())}: "
                   f"{found.group(1)} is not there")  # fmt: skip


def claims(root):
    path = root / CLAIMS
    if not path.is_file():
        yield f"{CLAIMS} is not there"
        return
    lines = path.read_text(encoding="utf-8").split("\n")
    for at, line in enumerate(lines):
        # Below the line that parts a table's head from its rows.
        is_row = line.startswith("|") and not line.startswith("|---")
        if not is_row or lines[at + 1].startswith("|---"):
            continue
        last = line.rstrip().rstrip("|").rsplit("|", 1)[1].strip()
        if last != NO_CLAIM and not TEST.search(last):
            yield f"{CLAIMS}:{at + 1}: a claim without a test in the last column"


def row_of(root, name, room):
    """(number, text) of the document's first row of a table that names the room."""
    path = root / name
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    for at, line in enumerate(lines):
        if line.startswith("|") and f"| `{room}` " in line:
            return at + 1, line
    return 0, ""


def differs(where, room, told, wanted):
    lacking = [name for name in wanted if name not in told]
    unknown = [name for name in told if name not in wanted]
    if lacking:
        yield f"{where}: the row of {room} leaves out {', '.join(lacking)}"
    if unknown:
        yield f"{where}: the row of {room} names {', '.join(unknown)}, which it does not have"
    if not lacking and not unknown and list(told) != list(wanted):
        yield f"{where}: the rooms of {room} stand in this order: {' < '.join(wanted)}"


def room_lists(root):
    at, row = row_of(root, HOUSE, "src/market")
    order = ORDER.search(row)
    told = re.findall(r"\w+", order.group(0)) if order else []
    wanted = [name for name in rooms.MARKET if name != rooms.MARKET_GROUND]
    yield from differs(f"{HOUSE}:{at}", "src/market", told, wanted)
    # The folders of the core have no order.
    core = root / "src" / "core"
    wanted = sorted(path.name for path in core.iterdir() if path.is_dir()) if core.is_dir() else []
    for name in CORE_ROWS:
        at, row = row_of(root, name, "src/core")
        told = sorted(set(re.findall(r"`(\w+)/`", row)))
        yield from differs(f"{name}:{at}", "src/core", told, wanted)


def documents(root):
    yield from sorted(root.glob("*.md"))
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.md"))


def check(root):
    texts = {path: path.read_text(encoding="utf-8") for path in documents(root)}
    anchors = {
        path: {anchor_of(heading) for heading in HEADING.findall(CODE.sub("", text))}
        for path, text in texts.items()
    }
    problems = []
    for path, text in texts.items():
        problems += links(root, path, text, anchors)
        problems += tests(root, path, text)
    problems += claims(root)
    problems += room_lists(root)
    if not texts:
        problems.append(f"{root}: no documents found")
    return problems, len(texts)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems, checked = check(pathlib.Path(sys.argv[1]).resolve())
    for line in problems:
        print(line)
    print(f"documents: {checked} documents, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

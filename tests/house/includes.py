#!/usr/bin/env python3
"""Fails on an #include that reaches to the right, or out of one outer room into another: usage
includes.py ROOT

Rules for src/** and tor/**:
  1. a quoted include is spelled from src/ (or the top, for tor/): "room/path.hpp"
  2. the room is the file's own or one to its left (rooms.py)
  3. *.pb.h only in the rooms that may read messages
  4. libraries with effects only in the rooms that may talk to them
  5. every folder of src/ is a room
  6. within src/market: only what lies as high or lower, and every folder is one of its rooms
     (rooms.py, market_level)
"""
import pathlib
import re
import sys

import rooms

SUFFIXES = {".hpp", ".h", ".cpp", ".cc", ".c", ".ipp", ".inc", ".in"}
INCLUDE = re.compile(
    r'^[ \t]*#[ \t]*include(?:_next)?[ \t]*(?:"([^"]*)"|<([^>]*)>|(\S.*))', re.MULTILINE
)


def without_comments(text):
    # Comments may quote includes; string literals that look like comments do not occur on include
    # lines.
    text = re.sub(
        r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL
    )
    return re.sub(r"^[ \t]*//.*$", "", text, flags=re.MULTILINE)


def problem(room, quoted, angled, other):
    """What is wrong with this include in this room, or None."""
    if other:
        return f"include of a macro ({other.strip()}): say the file"
    path = quoted or angled
    first = path.split("/", 1)[0]
    if path.endswith(".pb.h") and "google/" not in path:
        return None if room in rooms.MAY_SEE_PROTO else f"{room} may not read messages ({path})"
    for prefix, allowed in rooms.LIBRARIES.items():
        if path.startswith(prefix):
            return (
                None
                if room in allowed
                else f"{room} may not use {path}; only {', '.join(sorted(allowed))}"
            )
    if ".." in path.split("/"):
        return f"{path}: spell it from the top, without .."
    if "/" in path and first in rooms.MAY_SEE:
        if first == room or first in rooms.MAY_SEE[room]:
            return None
        return f"{room} must not see {first} ({path})"
    if quoted:
        return f'"{path}": spell it from the top, "room/file.hpp"'
    return None


def market_problem(file, quoted):
    """What is wrong with this include in this file of src/market, or None."""
    if not (quoted or "").startswith("market/"):
        return None
    seen = quoted.removeprefix("market/")
    level = rooms.market_level(seen)
    if level is None:
        return f"{quoted} lies in no room of the market"
    if level <= rooms.market_level(file):
        return None
    return f"within market, {file} must not see {seen}: it lies higher"


def room_of(path, root):
    parts = path.relative_to(root).parts
    return "tor" if parts[0] == "tor" else parts[1]


def check(root):
    files = [
        path for top in ("src", "tor") for path in sorted((root / top).rglob("*")) if path.is_file()
    ]
    problems = []
    checked = 0
    for path in files:
        if path.suffix not in SUFFIXES:
            continue
        checked += 1
        where = path.relative_to(root)
        if where.parts[0] == "src" and len(where.parts) < 3:
            problems.append(f"{where}: lies in no room")
            continue
        room = room_of(path, root)
        if room not in rooms.MAY_SEE:
            problems.append(f"{where}: {room} is not a room (tests/house/rooms.py)")
            continue
        within = "/".join(where.parts[2:])
        if room == "market" and rooms.market_level(within) is None:
            problems.append(f"{where}: lies in no room of the market (tests/house/rooms.py)")
            continue
        text = without_comments(path.read_text(encoding="utf-8"))
        for found in INCLUDE.finditer(text):
            wrong = problem(room, *found.groups())
            if room == "market" and not wrong:
                wrong = market_problem(within, found.group(1))
            if wrong:
                line = text.count("\n", 0, found.start()) + 1
                problems.append(f"{where}:{line}: {wrong}")
    if checked == 0:
        problems.append(f"{root}: no source files found")
    return problems, checked


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems, checked = check(pathlib.Path(sys.argv[1]).resolve())
    for line in problems:
        print(line)
    print(f"includes: {checked} files, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

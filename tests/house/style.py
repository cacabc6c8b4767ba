#!/usr/bin/env python3
"""Fails on what reviewers should not have to say: usage style.py ROOT

  files        at most 500 lines (over 400 is mentioned), except data and documents
  functions    at most 90 lines
  headers      #pragma once after the opening comment, which must be there
  text         no tabs (Makefile-like files aside), no blanks at line ends, a line end at the end
  promises     no notes about work left undone: it is either done or an issue
  paths        no path of the machine that it was written on (invented ones, /home/ann, are fine)
  sources      no citation of a brief, or of an issue by its number: readers have only the tree
  C++          lines of at most 100 columns
  comments     in C++ no line ends early, unless with a sentence: they are wrapped as wide as code
  scripts      the same for Python, shell and CMake; what has no blank to break at may be wider
  Markdown     wraps at 100 columns; tables, blocks of code and what has no blank may be wider
"""
import ast
import pathlib
import re
import sys

LINES_MOST, LINES_USUAL, FUNCTION_MOST = 500, 400, 90
COLUMNS = 100
SPARE = 25  # what a line of a comment may leave free though its paragraph goes on
TOPS = ("src", "proto", "tor", "tests", "contrib", "cmake", "docs", ".ci")
SINGLE = ("CMakeLists.txt", "CMakePresets.json", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")
CODE = {".hpp", ".cpp", ".py", ".sh", ".bash", ".proto", ".cmake", ""}
TEXT = CODE | {".md", ".txt", ".json", ".html", ".css", ".js", ".in", ".yml", ".scenario"}
# Written in pieces, or this file would be the first to be found.
UNDONE = re.compile(
    r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b"
)
MACHINE = re.compile("|".join(("/wo" + "rk/", "/tmp/" + "hs\\b", "/ro" + "ot/")))
OUTSIDE = re.compile(
    r"\bthe\s+br" + r"ief\b|\bbr" + r"ief('s\b|,?\s+sections?\b)|\biss" + r"ue\s+#?\d",
    re.IGNORECASE,
)
# The blank behind these is no place to break a line at.
LEADS = re.compile(r"^(?:#|def|class) ")
OPENS = re.compile(
    r"^(?!namespace\b|struct\b|class\b|enum\b|union\b|extern\b|using\b|[#/}\s]).*\{$"
)

COMMENT = re.compile(r"( *)//( *)(.*)")
# "1. ", "- ", "(a) ", "S12 ", and the cells of a table: text goes on where theirs begins.
ITEM = re.compile(r"(?:[-*+]|\(?(?:\d{1,2}|[a-z])[.)]|[A-Z]\d{1,2}) +(?=\S)")
CELL = re.compile(r"\S {2,}(?=\S)")
# Rules, pictures and what programs read; and headings.
APART = re.compile(r"$|[<>|=\\^#]|'?->|[-=*_/]{2,}(?: |$)|.*(?:NOLINT|clang-format o)|fuzz: ")
HEADING = re.compile(r"(?:[A-Z]\w+|total): ")
SENTENCE = re.compile(r".*[.:?!][)\"'`]*")


def sources(root):
    for top in TOPS:
        for path in sorted((root / top).rglob("*")):
            inputs = "corpus" in path.relative_to(root).parts  # of fuzz targets: any bytes
            hidden = inputs or any(
                part.startswith(".") and part != ".ci" or part == "__pycache__"
                for part in path.relative_to(root).parts
            )
            if path.is_file() and not hidden and path.suffix in TEXT:
                yield path
    for name in SINGLE:
        if (root / name).is_file():
            yield root / name


def braces_functions(lines):
    """(first line, length) of what opens and closes in column 0: how our formatter lays out
    functions."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and OPENS.match(line) and not line.endswith("{{"):  # {{ opens a table
            start = number
        elif start is not None and line.startswith("}"):
            yield start, number - start + 1
            start = None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def is_python(path, text):
    return path.suffix == ".py" or (
        path.suffix == "" and text.startswith("#!") and "python" in text.split("\n", 1)[0]
    )


def is_script(path, text):
    """Python, shell or CMake."""
    opening = text.split("\n", 1)[0]
    shell = path.suffix in (".sh", ".bash") or re.match(r"#!.*sh$|#compdef ", opening)
    cmake = path.suffix == ".cmake" or path.name == "CMakeLists.txt"
    return shell or cmake or is_python(path, text)


def script_too_wide(lines):
    """The numbers of lines that should have been broken: they have a blank for it."""
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS and " " in LEADS.sub("", line.strip()):
            yield number


def header_problem(lines):
    if not lines or not lines[0].startswith("//"):
        return "a header opens with what it decides"
    first_code = next((line for line in lines if line.strip() and not line.startswith("//")), "")
    return None if first_code == "#pragma once" else "#pragma once follows the opening comment"


def markdown_too_wide(lines):
    """The numbers of lines that should have been wrapped: no tables, no blocks of code."""
    fenced, code, blank = False, False, True
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text.startswith("```"):
            fenced = not fenced
        # A block of code begins after a blank line; below a list item the same blanks continue it.
        code = text != "" and line.startswith("    ") and (code or blank)
        if not (fenced or code or text.startswith("|")) and len(line) > COLUMNS:
            if " " in text:
                yield number
        blank = text == ""


def goes_on(blanks, text, below):
    """In which columns a comment's line can go on; `below`: those of the item that it is in."""
    item, cells = ITEM.match(text), [found.end() for found in CELL.finditer(text)]
    if APART.match(text):
        return set(), below
    if item or cells:
        ends = {blanks + end for end in cells or [item.end()]}
        return ends, ends | ({blanks + item.end()} if item else set())
    if blanks <= 1:
        return {blanks}, set()
    return {blanks} & below, below  # anything else that is indented: a sample of code, a list


def ragged(lines):
    """The numbers of lines of comments that end early: room is left for more than the first word of
    the next one, which is of the same paragraph."""
    trailing, below = -1, set()
    for number, (line, after) in enumerate(zip(lines, lines[1:]), 1):
        own, follows = COMMENT.fullmatch(line), COMMENT.fullmatch(after)
        if not own:
            trailing, below = line.find("//"), set()
        if not own or len(own[1]) == trailing:
            continue
        columns, below = goes_on(len(own[2]), own[3], below)
        if not follows or follows[1] != own[1] or len(follows[2]) not in columns:
            continue
        text = follows[3]
        new = ITEM.match(text) or CELL.search(text) or APART.match(text) or HEADING.match(text)
        if not new and not SENTENCE.fullmatch(line):
            if len(line) + 1 + len(text.split()[0]) + SPARE <= COLUMNS:
                yield number


def check_file(path, where):
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    problems, notes = [], []

    def add(line, what):
        problems.append(f"{where}:{line}: {what}")

    if text and not text.endswith("\n"):
        add(len(lines), "no line end at the end of the file")
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            add(number, "a tab")
        if line != line.rstrip():
            add(number, "blanks at the end of the line")
        if found := UNDONE.search(line):
            add(number, f"{found.group()}: do it or open an issue")
        if found := MACHINE.search(line):
            add(number, f"a path of one machine ({found.group()})")
        if found := OUTSIDE.search(line):
            add(
                number,
                f"cites what is not in the tree ({found.group()}): docs/design.md has the reasons",
            )
    if path.suffix in (".cpp", ".hpp", ".scenario"):
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS:
                add(number, f"{len(line)} columns; at most {COLUMNS}")
    if path.suffix in (".cpp", ".hpp"):
        for number in ragged(lines):
            add(number, f"{len(lines[number - 1])} columns; comments wrap at {COLUMNS}")
    if is_script(path, text):
        for number in script_too_wide(lines):
            add(number, f"{len(lines[number - 1])} columns; at most {COLUMNS}")
    if path.suffix == ".md":
        for number in markdown_too_wide(lines):
            add(number, f"{len(lines[number - 1])} columns; Markdown wraps at {COLUMNS}")
    if path.suffix in CODE:
        count = len(lines) - 1
        if count > LINES_MOST:
            add(count, f"{count} lines; at most {LINES_MOST}")
        elif count > LINES_USUAL:
            notes.append(f"{where}: {count} lines; {LINES_USUAL} is usual")
        functions = python_functions(text) if is_python(path, text) else braces_functions(lines)
        for start, length in functions:
            if length > FUNCTION_MOST:
                add(start, f"a function of {length} lines; at most {FUNCTION_MOST}")
    if path.suffix == ".hpp" and (wrong := header_problem(lines)):
        add(1, wrong)
    return problems, notes


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1]).resolve()
    problems, notes, files = [], [], 0
    for path in sources(root):
        files += 1
        found, noted = check_file(path, path.relative_to(root))
        problems += found
        notes += noted
    if files == 0:
        problems.append(f"{root}: no files found")
    for line in notes + problems:
        print(line)
    print(f"style: {files} files, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

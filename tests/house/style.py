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
  scripts      the same for Python, shell and CMake; what has no blank to break at may be wider
  Markdown     wraps at 100 columns; tables, blocks of code and what has no blank may be wider
"""
import ast
import pathlib
import re
import sys

LINES_MOST, LINES_USUAL, FUNCTION_MOST = 500, 400, 90
COLUMNS = 100
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

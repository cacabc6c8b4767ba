"""Reads figures in Prometheus' text format, version 0.0.4, and takes nothing that the format does
not allow: https://prometheus.io/docs/instrumenting/exposition_formats, "Text format details".

    families(text) -> {name: Family}; FormatError names the line.
"""
import math
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]Inf")


class FormatError(Exception):
    pass


class Family:
    def __init__(self, name):
        self.name, self.help, self.type = name, None, None
        self.samples = {}  # ((label, value), ...) -> number


def unescaped(text, escapes):
    out, at = "", 0
    while at < len(text):
        if text[at] != "\\":
            out, at = out + text[at], at + 1
            continue
        two = text[at:at + 2]
        if two not in escapes:
            raise FormatError(f"escape {two!r}")
        out, at = out + escapes[two], at + 2
    return out


def labels_of(text):
    """The labels within braces, and what follows the brace."""
    out, at = [], 1
    while text[at:at + 1] != "}":
        name = LABEL.match(text, at)
        if not name or text[name.end():name.end() + 2] != '="':
            raise FormatError("a label is name=\"value\"")
        value = re.compile(r'(?:[^"\\\n]|\\.)*').match(text, name.end() + 2)
        if text[value.end():value.end() + 1] != '"':
            raise FormatError("a label's value does not end")
        plain = unescaped(value[0], {"\\\\": "\\", '\\"': '"', "\\n": "\n"})
        if name[0] in dict(out):
            raise FormatError(f"label {name[0]} stands twice")
        out.append((name[0], plain))
        at = value.end() + 1
        if text[at:at + 1] == ",":
            at += 1
        elif text[at:at + 1] != "}":
            raise FormatError("a comma or a brace has to follow a label")
    return tuple(out), text[at + 1:]


def take_comment(line, found, closed):
    word, _, rest = line[2:].partition(" ")
    name, _, text = rest.partition(" ")
    if not NAME.fullmatch(name):
        raise FormatError(f"{word} names {name!r}")
    if name in closed:
        raise FormatError(f"{name} goes on after another family")
    family = found.setdefault(name, Family(name))
    if family.samples:
        raise FormatError(f"{word} of {name} stands behind a sample")
    if word == "HELP":
        if family.help is not None:
            raise FormatError(f"a second HELP of {name}")
        family.help = unescaped(text, {"\\\\": "\\", "\\n": "\n"})
    else:
        if family.type is not None or text not in TYPES:
            raise FormatError(f"TYPE {text!r} of {name}")
        family.type = text
    return name


def take_sample(line, found, closed):
    name = NAME.match(line)
    if not name:
        raise FormatError("neither a comment nor a sample")
    labels, rest = (), line[name.end():]
    if rest.startswith("{"):
        labels, rest = labels_of(rest)
    parts = rest.split(" ")
    if len(parts) != 2 or parts[0] or not NUMBER.fullmatch(parts[1]):
        raise FormatError(f"one blank and a number have to follow the name, not {rest!r}")
    if name[0] in closed:
        raise FormatError(f"{name[0]} goes on after another family")
    family = found.setdefault(name[0], Family(name[0]))
    key = tuple(sorted(labels))
    if key in family.samples:
        raise FormatError(f"{line.split(' ')[0]} stands twice")
    value = float(parts[1])
    if family.type == "counter" and (value < 0 or math.isnan(value)):
        raise FormatError("a counter is not negative")
    family.samples[key] = value
    return name[0]


def families(text):
    if text and not text.endswith("\n"):
        raise FormatError("the last line has no end")
    found, closed, last = {}, set(), None
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            if "\r" in line or line != line.strip(" "):
                raise FormatError("blanks at an end")
            if not line or (line.startswith("#") and not re.match(r"# (HELP|TYPE) ", line)):
                continue
            take = take_comment if line.startswith("#") else take_sample
            name = take(line, found, closed)
        except FormatError as error:
            raise FormatError(f"line {number}, {line!r}: {error}") from None
        if last not in (None, name):
            closed.add(last)
        last = name
    return found

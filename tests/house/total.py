#!/usr/bin/env python3
"""Fails where code that strangers feed may read what is not there: usage total.py ROOT

In the rooms that read what comes from outside, and in everything they decide with it, each of these
needs something before it in the same function that speaks of the size:

  x.front(), x.back(), x.pop_front(), x.pop_back()
  x[i] and x.first(n), x.last(n), x.subspan(n), x.remove_prefix(n), x.remove_suffix(n) with an i or
      n that is no number
  *f(x), unless the same f(x) was asked before
  *y, y-> and y.value() of a y that was made in this function from an answer, unless y is asked
      before

Enough for the first two is that x.size(), x.empty() or x.contains() is asked, that x was just
filled (push_back, emplace_back, resize, assign, insert, or a constructor with a size), that
starts_with() was asked, or that a loop runs over it. A map's [] makes what it lacks, so names that
are declared as maps are left alone; so are [index(who)], the place of an enumeration in an array of
as many, and digest.view().first(N::size). What this does not see, a comment on the line or above it
answers for:

  // total: WHY it is there

clang-tidy's bugprone-unchecked-optional-access does not follow ENSURE, knows nothing of
std::expected, and takes minutes. This reads text, not programs: it finds who forgot to think, not
who thought wrongly. Release builds keep the library's assertions for those.
"""
import pathlib
import re
import sys

ROOMS = ("item", "core", "market", "net", "api", "voidphone")
MARK = re.compile(r"//\s*total:\s*\S")
COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
ENDS = r"(?:front|back|pop_front|pop_back)\(\)"
PARTS = r"(?:first|last|subspan|remove_prefix|remove_suffix)\("
# A name with what is asked of it: a.b->c, this->x_, f(y).z, chains_[at]
NAME = (
    r"(?:[A-Za-z_]\w*(?:::\w+)*(?:\([^()]*\)|\[[^\[\]]*\])*(?:\.|->))*"
    r"[A-Za-z_]\w*(?:\([^()]*\)|\[[^\[\]]*\])*"
)
ENDS_USE = re.compile(rf"({NAME})(?:\.|->)({ENDS})")
PARTS_USE = re.compile(rf"({NAME})(?:\.|->)({PARTS})")
INDEX_USE = re.compile(rf"({NAME})\[")
MAP = re.compile(r"\b(?:std::(?:unordered_)?(?:multi)?map|FlatMap|base::FlatMap)<")
# An answer that is followed at once.
CALLED = r"(?:[A-Za-z_]\w*(?:::|\.|->))*[A-Za-z_]\w*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
FOLLOWED = re.compile(rf"(?:^|[(,=!{{<&|?:\[]|\breturn)\s*\*((?:{CALLED}(?:\.|->))*{CALLED})", re.M)
# What gives a reference or an iterator that is never empty by itself; begin() and the like are
# asked for their container.
SURE = re.compile(
    r"(?:^|\W)(?:move|exchange|prev|next|mutable_\w+|add_\w+|static_cast<.*>|GetReflection|"
    r"GetDescriptor|field|emplace)\("
)
FIRST_OF = re.compile(rf"({NAME})(?:\.|->)r?begin\(\)$")
MADE = re.compile(
    r"(\bif\s*\(|\bwhile\s*\()?\s*(?:const\s+)?\b"
    r"(?:auto|std::optional<[^;=]*?>|base::Result<[^;=]*?>|std::expected<[^;=]*?>)\s+(\w+)\s*="
)
NO_ANSWER = re.compile(
    r"make_shared|make_unique|\bbegin\(|\bfind\(|\.find|_bound\(|max_element|min_element|"
    r"\bget\(|_cast<|std::prev"
)
OPENS = re.compile(r"^(?!namespace\b|enum\b|union\b|extern\b|using\b|[#/}\s]).*\{$")


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def closing(text, at):
    depth = 0
    for place in range(at, len(text)):
        depth += text[place] in "([{<" if text[at] == "<" else text[place] in "([{"
        depth -= text[place] in ")]}>" if text[at] == "<" else text[place] in ")]}"
        if depth == 0:
            return place + 1
    return len(text)


def maps_of(text):
    """Names declared as maps."""
    out = set()
    for found in MAP.finditer(text):
        named = re.match(r"[&*\s]*(\w+)\s*[;={(),:]", text[closing(text, found.end() - 1):])
        if named:
            out.add(named.group(1))
    return out


def functions(text):
    """(offset, text) of what opens and closes in column 0, and of the rest of a file by
    paragraphs."""
    lines, start, out, offset = text.splitlines(keepends=True), None, [], 0
    for line in lines:
        if start is None and OPENS.match(line.rstrip("\n")):
            start = offset
        offset += len(line)
        if start is not None and line.startswith("}"):
            out.append((start, text[start:offset]))
            start = None
    return out


def is_spoken_of(name, before):
    """Does what stands before speak of how much is in `name`?"""
    plain = re.escape(name.replace("->", "."))
    before = before.replace("->", ".")
    asked = (
        rf"(?<![\w.]){plain}\.(?:size|empty|contains|starts_with|push_back|emplace_back|resize|"
        r"assign|insert|reserve|begin|find)\("
    )
    made = rf"\b{plain}[({{]\w"
    looped = rf":\s*{plain}\s*\)"
    return any(re.search(pattern, before) for pattern in (asked, made, looped))


def is_number(text):
    return (
        re.fullmatch(r"\s*(?:\d[\w']*|[A-Za-z_]\w*_(?:size|bytes)|index\(\*?[\w.]+\))\s*", text)
        is not None
    )


def uses(body):
    """(offset, name, text, place) of each place that may not be there."""
    for found in ENDS_USE.finditer(body):
        yield found.start(), found.group(1), found.group(2), found.start(2)
    for found in PARTS_USE.finditer(body):
        if body[found.end()] == ")":  # a field of a message
            continue
        if found.group(1).endswith(".view()") and re.match(r"[\w:]+::size\)", body[found.end():]):
            continue
        yield found.start(), found.group(1), found.group(2) + "...)", found.start(2)
    for found in INDEX_USE.finditer(body):
        opening = found.end() - 1
        inside = body[opening + 1:closing(body, opening) - 1]
        if is_number(inside) or not inside.strip():
            continue
        yield found.start(), found.group(1), f"[{inside}]", opening


def followed(body):
    """(offset, what, place) of answers that are followed unasked."""
    for found in FOLLOWED.finditer(body):
        call = found.group(1)
        first = FIRST_OF.search(call)
        if SURE.search(call) or (
            first and is_spoken_of(first.group(1), body[: found.start(1)] + ";")
        ):
            continue
        same = re.escape(call)
        if re.search(
            rf"!{same}|\(\s*{same}\s*[,)]|{same}\s*(?:&&|\?|!=)", body[: found.start(1) - 1]
        ):
            continue
        call = " ".join(call.split())
        yield found.start(1), f"*{call}: nobody asked whether there is an answer"
    for made in MADE.finditer(body):
        condition, name = made.groups()
        rest = body[made.end():]
        if NO_ANSWER.search(rest.split(";", 1)[0]):
            continue
        if condition:  # the condition itself asks, unless something else stands behind a semicolon
            opening = made.start(1) + len(condition.rstrip()) - 1
            if ";" not in body[opening:closing(body, opening)]:
                continue
        use = re.search(
            rf"(?<![\w.>)\]])\*{name}\b(?!\.|->|\[|\()|(?<![\w.>]){name}\.value\(\)|"
            rf"(?<![\w.>*&]){name}->",
            rest,
        )
        if not use:
            continue
        asked = re.search(
            rf"(?:[(!&|;,]\s*|\breturn\s+|=\s*|\?\s*)!?{name}\b\s*(?:\)|&&|\|\||\?|==|!=|;)|"
            rf"(?:&&|\|\|)\s*!?{name}\s*,|"
            rf"\b{name}\.(?:has_value|error)\(\)|ENSURE\(\s*{name}\s*,",
            rest[: use.start()],
        )
        if not asked:
            yield made.end() + use.start(), f"{use.group()}: nobody asked whether {name} is there"


def check(text, maps):
    """(offset, what) of each use that nothing answers for."""
    lines = text.split("\n")
    plain = COMMENT_OR_TEXT.sub(blank, text)
    seen = set()

    def answered(place):
        """By a comment in the line, or in the block of comments over the line or its statement."""
        line = plain.count("\n", 0, place)
        if MARK.search(lines[line]):
            return True
        if line and not lines[line - 1].rstrip().endswith((";", "{", "}")):
            code = lines[line - 1].strip()
            line -= 1 if code and not code.startswith("//") else 0  # one statement of two lines
        while line and lines[line - 1].strip().startswith("//"):
            if MARK.search(lines[line - 1]):
                return True
            line -= 1
        return False

    for start, body in functions(plain):
        for at, what in followed(body):
            if (start + at) not in seen and not answered(start + at):
                seen.add(start + at)
                yield start + at, what + " (// total: WHY, if it is sure)"
        for _, name, use, at in uses(body):
            if (
                name.rsplit(".", 1)[-1].rsplit("->", 1)[-1] in maps
                or name in ("operator", "return", "delete", "else")
            ):
                continue
            if is_spoken_of(name, body[:at] + ";") or (start + at) in seen:
                continue
            if answered(start + at):
                continue
            seen.add(start + at)
            yield (
                start + at,
                f"{name} {use}: nothing before it speaks of its size "
                "(// total: WHY, if that is elsewhere)",
            )


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1])
    files = [path for room in ROOMS for path in sorted((root / "src" / room).rglob("*.[ch]pp"))]
    if not files:
        sys.exit("total: no room was found; that is no tree of ours")
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    maps = set().union(*(maps_of(COMMENT_OR_TEXT.sub(blank, text)) for text in texts.values()))
    problems = marks = 0
    for path, text in texts.items():
        marks += len(MARK.findall(text))
        for offset, what in check(text, maps):
            problems += 1
            print(f"{path.relative_to(root)}:{text.count(chr(10), 0, offset) + 1}: {what}")
    print(f"total: {len(files)} files, {marks} answered for by comments, {problems} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

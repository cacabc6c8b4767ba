"""Mutants of C++ sources: one guard changed at a time, as text. Used by contrib/mutate.

What is changed, by kind:

  negate  the condition of an if or while; == and !=; true and false that are returned
  never   a condition that declares something, as if it did not hold
  term    one operand of a chain of && or ||, as if it were not there
  bound   <, <=, > and >= by one; "+ 1" and "- 1" left out; std::min and std::max exchanged
  drop    a statement, or what an if would have returned, broken off or passed over

Only bodies of functions are looked at, and no ENSURE and no sanity_check(): they look for faults of
ours and decide nothing. It relies on how our formatter lays out code, and knows no types: what does
not compile is found out by compiling it.
"""
import dataclasses
import hashlib
import re

COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
NAMES = re.compile(r"(?!(?:namespace|struct|class|enum|union|extern|using|template|static_assert)\b"
                   r"|[#/}\s])\w")  # fmt: skip
CHECKS = re.compile(r"\bsanity_check\(|::check\(")
CONDITION = re.compile(r"\b(?:if|while) (?:constexpr )?\(")
DECLARES = re.compile(r"(?:(?:const|static|auto|[\w:]+(?:<[^;=]*>)?)[&*]* )+"
                      r"[&*]*(?:\w+|\[[^\]]*\])\s*(?:[=;{(\[]|$)")  # fmt: skip
WORDS = re.compile(r"(?:if|for|while|switch|do|case|default|else|using|typedef|static|constexpr|"
                   r"struct|class|enum|public|private|namespace|template|friend|goto|throw|try|"
                   r"catch|ENSURE)\b")  # fmt: skip
BEGINS = re.compile(r"[\w(*+\-:]")
RETURNS = re.compile(r"return\b")
CONTROLS = re.compile(r"\b(if|for|while|switch)(?: constexpr)? ?$")
BRACES = re.compile(r"\{[^{}]*\}")
LEAVES = re.compile(r"(?:return|continue|break)\b")


@dataclasses.dataclass(frozen=True)
class Mutant:
    kind: str
    begin: int  # of what is replaced, in the file's text
    end: int
    text: str  # instead of it

    def apply(self, source):
        return source[: self.begin] + self.text + source[self.end :]

    def line(self, source):
        return source.count("\n", 0, self.begin) + 1

    def lines(self, source):
        """The lines that it changes, before and after, each with its blanks made one."""
        first = source.rfind("\n", 0, self.begin) + 1
        last = source.find("\n", self.end)
        changed = self.apply(source)
        end = last + len(changed) - len(source)
        return " ".join(source[first:last].split()), " ".join(changed[first:end].split())

    def key(self, path, source):
        before, after = self.lines(source)
        return f"{path}: {before} => {after}"


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def closing(text, at):
    """Behind the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(text)):
        depth += text[place] in "([{"
        depth -= text[place] in ")]}"
        if depth == 0:
            return place + 1
    return len(text)


def opening(text, at):
    """The bracket that what closes at `at` opened with."""
    depth = 0
    for place in range(at, -1, -1):
        depth += text[place] in ")]}"
        depth -= text[place] in "([{"
        if depth == 0:
            return place
    return 0


def functions(masked):
    """(begin, end) of what lies between the braces of each function."""
    begin = named = None
    at = 0
    for line in masked.split("\n"):
        end = at + len(line) + 1
        if begin is not None:
            if line.startswith("}"):
                if not CHECKS.search(named):
                    yield begin, at
                begin = named = None
        else:
            if named is None and NAMES.match(line) and "(" in line:
                named = line  # a signature may go on for lines
            if named is not None and line.rstrip().endswith("{"):
                begin = end
            elif named is not None and line.rstrip().endswith((";", "}")):
                named = None
        at = end


def brackets(text):
    """For each place the bracket that it is in: the innermost, or a blank."""
    out, open_ones = [], [" "]
    for char in text:
        if char in ")]}" and len(open_ones) > 1:
            open_ones.pop()
        out.append(open_ones[-1])
        if char in "([{":
            open_ones.append(char)
    return "".join(out)


def top_level(text, wanted, begin, end):
    """Places of `wanted` in [begin, end) that are inside no bracket of it."""
    depth, out = 0, []
    for at in range(begin, end):
        depth += text[at] in "([{"
        depth -= text[at] in ")]}"
        if depth == 0 and text.startswith(wanted, at):
            out.append(at)
    return out


def conditions(text, begin, end):
    for found in CONDITION.finditer(text, begin, end):
        close = closing(text, found.end() - 1) - 1
        first = found.end()
        parts = top_level(text, ";", first, close)
        if parts:
            first = parts[-1] + 1
            first += len(text[first:close]) - len(text[first:close].lstrip())
        condition = text[first:close]
        if DECLARES.match(condition) and re.search(r"[^=!<>]=[^=]", condition):
            yield "never", close, close, "; false"
        else:
            yield "negate", first, close, None


def is_colon(text, at):
    return text[at] == ":" and text[at - 1] != ":" and text[at + 1] != ":"


def is_assignment(text, at):
    return text[at] == "=" and text[at - 1] not in "=!<>" and text[at + 1] != "="


def operand_begin(text, at, least):
    """Where the operand that ends before the operator at `at` begins."""
    depth = 0
    for place in range(at - 1, least - 1, -1):
        if text[place] in ")]}":
            depth += 1
        elif text[place] in "([{":
            if depth == 0:
                return place + 1
            depth -= 1
        elif depth == 0 and (text[place] in ";,?" or text[place - 1 : place + 1] in ("&&", "||")):
            return place + 1
        elif depth == 0 and is_colon(text, place):
            return place + 1
        elif depth == 0 and is_assignment(text, place):
            return place + 1
        elif depth == 0 and RETURNS.match(text, place) and not re.match(r"\w", text[place - 1]):
            return place + len("return")
    return least


def operand_end(text, at, most):
    depth = 0
    for place in range(at, most):
        if text[place] in "([{":
            depth += 1
        elif text[place] in ")]}":
            if depth == 0:
                return place
            depth -= 1
        elif depth == 0 and (text[place] in ";,?" or text[place : place + 2] in ("&&", "||")):
            return place
        elif depth == 0 and is_colon(text, place):
            return place
    return most


def terms(text, begin, end):
    for found in re.finditer(r"&&|\|\|", text[begin:end]):
        at = begin + found.start()
        if text[at - 1] not in " \n":
            continue  # a reference to what moves
        neutral = "true" if found.group() == "&&" else "false"
        left = operand_begin(text, at, begin)
        if text[max(left - 2, 0) : left] not in ("&&", "||"):
            yield "term", *trimmed(text, left, at), neutral
        yield "term", *trimmed(text, at + 2, operand_end(text, at + 2, end)), neutral


def trimmed(text, begin, end):
    inner = text[begin:end]
    return begin + len(inner) - len(inner.lstrip()), end - (len(inner) - len(inner.rstrip()))


COMPARISONS = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > "}
EQUALITIES = {" == ": " != ", " != ": " == "}
ANSWERS = {"return true;": "return false;", "return false;": "return true;"}


def replacements(text, begin, end):
    body = text[begin:end]
    for kind, table in (("bound", COMPARISONS), ("negate", EQUALITIES), ("negate", ANSWERS)):
        for before, after in table.items():
            for found in re.finditer(re.escape(before), body):
                yield kind, begin + found.start(), begin + found.end(), after
    for found in re.finditer(r" [+-] 1\b(?![.\w'])", body):
        yield "bound", begin + found.start(), begin + found.end(), ""
    for found in re.finditer(r"\bstd::(min|max)\b", body):
        other = "max" if found.group(1) == "min" else "min"
        yield "bound", begin + found.start(1), begin + found.end(1), other


def statement_starts(text, begin, end):
    """(place, controlled by an if or the like) of whatever may be a statement."""
    yield begin + len(text[begin:end]) - len(text[begin:end].lstrip()), False
    for found in re.finditer(r"[;{}:]\s+|\)\s+|\belse\s+", text[begin:end]):
        at = begin + found.start()
        if text[at] == ":" and not re.search(r"(?:\bcase [\w:]+|\bdefault)$", text[begin:at]):
            continue
        if text[at] == ")":
            word = CONTROLS.search(text[begin : opening(text, at)])
            if not word:
                continue
            yield begin + found.end(), word.group(1) == "if"
            continue
        yield begin + found.end(), text[at] == "e"


def statements(text, begin, end):
    inner = brackets(text[begin:end])
    for at, controlled in statement_starts(text, begin, end):
        if at >= end or inner[at - begin] not in " {":
            continue  # between the brackets of an if or for
        ends = top_level(text, ";", at, end)
        if not ends or "}" in BRACES.sub("", BRACES.sub("", text[at : ends[0]])):
            continue  # it goes on behind the block that it is in
        statement = text[at : ends[0] + 1]
        indent = at - (text.rfind("\n", 0, at) + 1)
        if LEAVES.match(statement):
            if controlled or (indent > 4 and statement != "break;"):
                yield "drop", at, ends[0] + 1, ";"
        elif not WORDS.match(statement) and not DECLARES.match(statement):
            if BEGINS.match(statement) and len(statement) > 1:
                yield "drop", at, ends[0] + 1, ";"


def mutants(source):
    """All of a file, in the order of their places."""
    masked = COMMENT_OR_TEXT.sub(blank, source)
    checks = [(found.start(), closing(masked, found.end() - 1))
              for found in re.finditer(r"\b(?:ENSURE|static_assert)\(", masked)]  # fmt: skip
    found = {}
    for begin, end in functions(masked):
        for make in (conditions, terms, replacements, statements):
            for kind, first, last, text in make(masked, begin, end):
                if any(a <= first < b for a, b in checks):
                    continue
                new = f"!({source[first:last]})" if text is None else text
                found.setdefault((first, last, new), Mutant(kind, first, last, new))
    return [found[place] for place in sorted(found)]


def fingerprint(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def accepted(text):
    """Reasons by key, from a file of them (tests/mutants/README.md).

    ValueError says what is wrong with it.
    """
    out, key = {}, None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            if key is None:
                raise ValueError(f"line {number}: a reason for nothing")
            out[key] = (out[key] + " " + line.strip()).strip()
            continue
        if key is not None and not out[key]:
            raise ValueError(f"line {number}: the one before has no reason")
        if " => " not in line or ": " not in line:
            raise ValueError(f"line {number}: expected PATH: BEFORE => AFTER")
        key = line.strip()
        if key in out:
            raise ValueError(f"line {number}: twice")
        out[key] = ""
    if key is not None and not out[key]:
        raise ValueError("the last one has no reason")
    return out

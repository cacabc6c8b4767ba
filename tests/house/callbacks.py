#!/usr/bin/env python3
"""Fails if C could be thrown through: usage callbacks.py ROOT

What libevent, OpenSSL, LMDB or the C library calls, and what a thread begins with, consists of one
call of base::guarded() (src/base/guard.hpp) and nothing else: either a lambda at the place where it
is handed over, or a function of the same file. A function of those libraries that takes a callback
and is not in the table below is an error, too, so that a new one is looked at.
Benchmarks and the simulator are no nodes; their callbacks are not looked at.
"""
import pathlib
import re
import sys

# Who takes a callback, and which of its arguments that is.
TAKES = {
    "event_new": (3,),
    "event_assign": (4,),
    "event_base_once": (3,),
    "evsignal_new": (2,),
    "evtimer_new": (1,),
    "bufferevent_setcb": (1, 2, 3),
    "evbuffer_add_cb": (1,),
    "evbuffer_add_reference": (3,),
    "evconnlistener_new": (1,),
    "evconnlistener_new_bind": (1,),
    "evconnlistener_set_cb": (1,),
    "evconnlistener_set_error_cb": (1,),
    "SSL_CTX_set_alpn_select_cb": (1,),
    "SSL_CTX_set_cert_verify_callback": (1,),
    "SSL_CTX_set_client_hello_cb": (1,),
    "SSL_CTX_set_verify": (2,),
    "SSL_set_verify": (2,),
    "SSL_set_msg_callback": (1,),
    "mdb_set_compare": (2,),
    "mdb_set_dupsort": (2,),
    "signal": (1,),
    "SetLogHandler": (0,),
    "thread": (0,),
    "jthread": (0,),
}
NONE = {"nullptr", "SIG_IGN", "SIG_DFL", ""}
LOOKS_LIKE = re.compile(
    r"\b(?:SSL|SSL_CTX|X509|X509_STORE|BIO|event|bufferevent|evbuffer|evconnlistener|evhttp|mdb|"
    r"CRYPTO|sodium)_\w*?(?:_cb|setcb|_callback|_handler|_func)\s*\("
)
NOT_THE_NODE = ("bench", "sim")
CALL = re.compile(r"\b(" + "|".join(sorted(TAKES)) + r")\b(?:\s+\w+)?\s*\(")
COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def closing(text, at):
    """The place behind the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(text)):
        depth += text[place] in "([{"
        depth -= text[place] in ")]}"
        if depth == 0:
            return place + 1
    return len(text)


def arguments(text, opening):
    """[(place, text)] between the bracket at `opening` and its end, split at its own commas."""
    out, start, place, end = [], opening + 1, opening + 1, closing(text, opening) - 1
    while place < end:
        if text[place] in "([{":
            place = closing(text, place)
            continue
        if text[place] == ",":
            out.append((start, text[start:place]))
            start = place + 1
        place += 1
    return out + [(start, text[start:end])]


def is_guarded(body):
    """Is a body, with its braces, one call of base::guarded?"""
    inner = body.strip()[1:-1].strip()
    found = re.match(r"(?:return\s+)?(?:hearsay::)?base::guarded\(", inner)
    return bool(found) and inner[closing(inner, found.end() - 1):].strip() == ";"


def problem(text, argument):
    """Why this argument is not a guarded callback, or None."""
    given = argument.strip().lstrip("&")
    if given in NONE:
        return None
    if given.startswith("["):
        brace = given.find("{", closing(given, 0))
        return (
            None
            if brace >= 0 and is_guarded(given[brace:])
            else "its lambda is not one call of base::guarded()"
        )
    if not re.fullmatch(r"[\w:]+", given):
        return f"{given!r} is neither a lambda nor a function of this file"
    name = given.rsplit("::", 1)[-1]
    for found in re.finditer(rf"\b{name}\s*\(", text):
        end = closing(text, found.end() - 1)
        brace = re.match(r"\s*(?:noexcept\s*)?(\{)", text[end:])
        if brace:
            start = end + brace.start(1)
            body = text[start:closing(text, start)]
            return None if is_guarded(body) else f"{name}() is not one call of base::guarded()"
    return f"{name} is not a function of this file"


def threads_of(text):
    """Names of what holds threads: emplace_back() and push_back() of these start one."""
    return re.findall(r"(?:vector|deque|list)<std::j?thread>\s+(\w+)", text)


def look(text, everywhere):
    """(offset, what is wrong) of one file; `everywhere`: names that hold threads, in any file."""
    text = COMMENT_OR_TEXT.sub(blank, text)
    starts = [(found.start(), found.group(1), found.end() - 1) for found in CALL.finditer(text)]
    for name in everywhere:
        starts += [
            (found.start(), "thread", found.end() - 1)
            for found in re.finditer(rf"\b{name}\.(?:emplace_back|push_back)\s*\(", text)
        ]
    for start, name, opening in starts:
        given = arguments(text, opening)
        for place in TAKES[name]:
            if place < len(given) and (why := problem(text, given[place][1])):
                yield start, f"{name}: {why}"
    for found in LOOKS_LIKE.finditer(text):
        name = found.group().rstrip("( \n")
        if name not in TAKES:
            yield found.start(), f"{name} takes a callback and is not known to this check"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1])
    files = [path for top in ("src", "tor") for path in sorted((root / top).rglob("*.[ch]pp"))
             if path.relative_to(root).parts[1] not in NOT_THE_NODE]  # fmt: skip
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    everywhere = sorted({name for text in texts.values() for name in threads_of(text)})
    problems = calls = 0
    for path, text in texts.items():
        calls += len(CALL.findall(COMMENT_OR_TEXT.sub(blank, text)))
        for offset, what in look(text, everywhere):
            problems += 1
            print(f"{path.relative_to(root)}:{text.count(chr(10), 0, offset) + 1}: {what}")
    if not calls:
        sys.exit("callbacks: no call that takes a callback was found; that is no tree of ours")
    print(f"callbacks: {len(files)} files, {calls} calls, {problems} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

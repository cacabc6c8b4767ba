#!/usr/bin/env python3
"""Fails on what a page must not have: usage page.py ROOT

  size        what a browser loads is less than 150,000 bytes: all files but the catalogues, and
              the largest of these. One visit has one: each is complete, words.js is the only
              module that imports from words/, and it does so once; another choice of language is
              another visit.
  languages   each file of words/ has the keys of en.js, and for each the same {names}
  keys        what the modules ask for by t('...') is there, and what is there is asked for
  sentences   each code of src/api/encode/sentences.cpp has a text in the group node, or a hint of
              the field of that name, in each language but English, which the node speaks; it names
              nothing that the node does not tell, and what a row says is said in src or tor. Of the
              phases of Tor's bootstrap English has them, too: they are Tor's own words otherwise.
  text        no way from text to markup, no inline style, no code from text, no address outside
  columns     at most 100
  contrast    text has 4.5 to 1 and edges have 3 to 1 against what is behind them, in both themes
              (WCAG 2.2, 1.4.3 and 1.4.11)
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BYTES_MOST, COLUMNS = 150_000, 100
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|"
    r"setAttribute\('style'|javascript:|\bstyle=|\bon\w+=\"|https?://(?!127\.0\.0\.1|www\.w3\.org/2000/svg')"
)
GROUP = re.compile(r"^export const (\w+) = (.*?);$", re.MULTILINE | re.DOTALL)
TEXT = r"(?:'[^']*'|\"[^\"]*\")"  # one, or several that are put together
TEXTS = rf"{TEXT}(?:\s*\+ {TEXT})*"
FORMS = rf"\{{\s*(?:\w+: {TEXTS},?\s*)+\}}"  # for numbers
ENTRY = re.compile(rf"(?:(\w+)|'([\w.-]+)'): ({TEXTS}|{FORMS})")
ASKED = re.compile(r"\b(?:t|field|headed|button|tip)\(\s*'([^']+)'")
QUOTED = re.compile(r"'([\w-]+(?:\.[\w-]+)*)'")
# `market.${each}`, word('state', ...): any key that begins so may be asked for.
BEGUN = re.compile(r"`([\w-]+\.[\w.-]*)\$\{|\b(?:word|choices|told)\('([\w.-]+)'")
# What these take is only the beginning of some keys, or one that they ask for by themselves.
SECTION = re.compile(r"\b(?:section\(page, |field\()'([\w.]+)'")
EMPTY = re.compile(r"\bempty\('([\w.]+)'")
NAME = re.compile(r"\{(\w+)\}")
CHOSEN = re.compile(r"^const chosen = \{(.*?)^\};", re.MULTILINE | re.DOTALL)
ROW = re.compile(r'\{"(\w+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}')
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
RUN = re.compile(r'(?:"(?:[^"\\\n]|\\.)*"\s*\+?\s*)+')  # literals that make one text
IMPORTED = re.compile(r"import\(?[^;]*?['\"`]\./words/")
PHASES = re.compile(r"\bphases\{\s*((?:\"\w+\"[,\s]*)+)\}")
PHASE = "phase_"  # how the codes of these begin
PHRASE_ENDS = re.compile(r"\{\w*\}|[.,;:()]")
WHOLE = "node."  # in English only some stand here: the node says the others
COLOUR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
# (in front, behind, least)
CONTRASTS = [
    ("ink", "ground", 4.5), ("ink", "sheet", 4.5), ("ink", "tint", 4.5), ("soft", "ground", 4.5),
    ("soft", "sheet", 4.5), ("soft", "tint", 4.5), ("accent", "ground", 4.5),
    ("accent", "sheet", 4.5), ("accent", "tint", 4.5), ("on-accent", "accent", 4.5),
    ("bad", "ground", 4.5), ("bad", "sheet", 4.5), ("bad", "bad-tint", 4.5), ("wait", "sheet", 4.5),
    ("ink", "bad-tint", 4.5), ("edge", "sheet", 3), ("edge", "ground", 3), ("wait", "ground", 3),
]  # fmt: skip


def words(text):
    """{key: the names in it}; 'mine.heard' stands as heard in the group mine."""
    out = {}
    for group, value in GROUP.findall(text):
        if not value.startswith("{"):
            out[group] = set(NAME.findall(value))
            continue
        # What stands between the entries, too, so that nothing is passed over.
        rest = ENTRY.sub("", value[1:-1])
        assert not re.sub(r"[\s,]", "", rest), f"{group}: not understood: {rest.strip()[:60]}"
        for plain, quoted, said in ENTRY.findall(value[1:-1]):
            out[f"{group}.{plain or quoted}"] = set(NAME.findall(said))
    return out


def unasked(keys, modules):
    """Those that no module can ask for."""
    quoted = set(QUOTED.findall(modules))
    begun = [one or f"{other}." for one, other in BEGUN.findall(modules)]
    quoted |= {title.removesuffix(".title") + ".hint" for title in SECTION.findall(modules)}
    begun += [f"{why}." for why in EMPTY.findall(modules)]
    for found in CHOSEN.findall(modules):
        begun += [f"{key}." for key in re.findall(r"(\w+): \[", found)]
    return [key for key in keys if key not in quoted and not key.startswith(tuple(begun))]


def rows(table):
    """[(code, sentence)] of the node's table."""
    return [(code, "".join(LITERAL.findall(text))) for code, text in ROW.findall(table)]


def names_of(sentences):
    """{code: the names of what every sentence of it tells, and its inner ones may}"""
    out = {}
    for code, sentence in sentences:
        out.setdefault(code, set()).update(NAME.findall(sentence))
    return out


def unsaid(sentences, sources):
    """Phrases of rows that stand nowhere in the sources, where sentences are put together."""
    runs = RUN.findall(sources.replace("'\"'", ""))
    said = "\n".join("".join(LITERAL.findall(run)) for run in runs)
    for code, sentence in sentences:
        for phrase in PHRASE_ENDS.split(sentence):
            if len(phrase.strip()) > 3 and phrase.strip() not in said:
                yield f"sentences.cpp: {code}: nobody says: {phrase.strip()}"


def phases(table):
    """[(code, sentence without a name)] of Tor's phases."""
    return [(PHASE + tag, "") for tag in LITERAL.findall(PHASES.search(table)[1])]


def loaded(folder, files):
    """(bytes that a browser loads at the most, what is wrong with how it loads catalogues)"""
    sizes = {path: path.stat().st_size for path in files}
    catalogues = {path: size for path, size in sizes.items() if path.parent.name == "words"}
    imports = {
        path.name: len(IMPORTED.findall(path.read_text("utf-8"))) for path in folder.glob("*.js")
    }
    wrong = [
        f"{name}: a browser would load more than one language"
        for name, count in sorted(imports.items())
        if count != (name == "words.js")
    ]
    return sum(sizes.values()) - sum(catalogues.values()) + max(catalogues.values()), wrong


def unfit(name, there, sentences):
    """What is wrong with a language's texts for the node's sentences."""
    told = names_of(sentences)
    for key in there:
        if key.startswith(WHOLE) and key.removeprefix(WHOLE) not in told:
            yield f"words/{name}: the node has no {key}"
    for code, names in told.items():
        text = there.get(WHOLE + code)
        own_words = name == "en.js" and not code.startswith(PHASE)
        if text is None and not own_words and f"field.{code}.hint" not in there:
            yield f"words/{name}: the node's {code} is not said"
        elif text and (more := text - names):
            yield f"words/{name}: the node's {code} tells no {', '.join(sorted(more))}"


def luminance(colour):
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes(style):
    """{theme: {name: colour}}"""
    pairs = COLOUR.findall(style)
    return {
        "light": {name: light for name, light, _ in pairs},
        "dark": {name: dark for name, _, dark in pairs},
    }


def check(folder, root=ROOT):
    table = root / "src" / "api" / "encode" / "sentences.cpp"
    sentences = rows(table.read_text("utf-8"))
    tor_says = phases(table.read_text("utf-8"))
    sources = "\n".join(
        path.read_text("utf-8")
        for top in ("src", "tor")
        for path in sorted((root / top).rglob("*.[ch]pp"))
        if path != table
    )
    problems = list(unsaid(sentences, sources))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    size, wrong = loaded(folder, files)
    problems += wrong
    if size >= BYTES_MOST:
        problems.append(f"{folder}: {size} bytes; less than {BYTES_MOST}")
    own = words((folder / "words" / "en.js").read_text("utf-8"))
    modules = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.js")))
    problems += [f"words/en.js: nobody asks for {key}" for key in unasked(own, modules)]
    for path in files:
        text = path.read_text("utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > COLUMNS:
                problems.append(f"{path.name}:{number}: {len(line)} columns; at most {COLUMNS}")
            if found := FORBIDDEN.search(line):
                problems.append(f"{path.name}:{number}: {found.group()} has no place in a page")
        if path.parent.name == "words":
            there = words(text)
            problems += unfit(path.name, there, sentences + tor_says)
            for key in sorted(own.keys() ^ there.keys()):
                if not key.startswith(WHOLE):
                    problems.append(f"words/{path.name}: {key} is only in one of it and en.js")
            for key in sorted(own.keys() & there.keys()):
                if own[key] != there[key] and not key.startswith(WHOLE):
                    problems.append(f"words/{path.name}: {key} names other things than en.js")
        elif path.suffix == ".js":
            for key in ASKED.findall(text):
                if key not in own:
                    problems.append(f"{path.name}: nobody wrote {key}")
    for name, colours in themes((folder / "page.css").read_text("utf-8")).items():
        for front, back, least in CONTRASTS:
            if front not in colours or back not in colours:
                problems.append(f"page.css: {front} and {back} are no light-dark() colours")
                continue
            got = contrast(colours[front], colours[back])
            if got < least:
                problems.append(f"page.css, {name}: {front} on {back} has {got:.2f}, not {least}")
    return problems, size


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1]).resolve()
    problems, size = check(root / "src" / "page", root)
    for line in problems:
        print(line)
    print(f"page: a browser loads {size} bytes at the most, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

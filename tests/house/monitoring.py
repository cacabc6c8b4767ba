#!/usr/bin/env python3
"""Fails where contrib/monitoring asks for what a node does not tell: usage monitoring.py ROOT

  figures   each name and label in an alert or a panel is one that src/api/encode/metrics.cpp writes
  counters  what only grows (_total) stands in rate() or increase(), and nothing else does
  board     what Grafana's own schema of a board asks for: panels with unique ids, in a grid of 24
            columns, none over another, of kinds and units that Grafana has; queries with unique
            letters; variables that are declared
  alerts    each has a name of its own, an expression, a time, a severity and two texts

What values come, tests/functional/service_test.py sees of a node that runs. Where Prometheus'
promtool is installed, it reads every expression, too.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

METRICS = "src/api/encode/metrics.cpp"
ALERTS = "contrib/monitoring/hearsay.rules.yml"
BOARD = "contrib/monitoring/grafana.json"
FAMILY = re.compile(r'\bout\s*\.(gauge|counter)\(\s*"([a-z_]+)"')
LABEL = re.compile(r'\{\s*"([a-z_]+)",')
NAME = re.compile(r"\bhearsay_[a-z0-9_]+\b")
PARTS = re.compile(r"(hearsay_[a-z0-9_]+)(?:\{([^}]*)\})?(?:\[\w+\])?")
VARIABLE = re.compile(r"\$\{?(\w+)\}?")
GRID = 24
KINDS = ("stat", "timeseries", "table", "gauge", "bargauge", "row", "text")
UNITS = ("none", "short", "bool", "bool_yes_no", "bytes", "Bps", "cps", "s", "percentunit")
ALERT_FIELDS = ("expr", "for", "severity", "summary", "description")
SEVERITIES = ("critical", "warning", "info")
PROMETHEUS = ("instance", "job")  # labels that Prometheus adds


def told(text):
    """Name -> (counter or gauge, labels), as the node writes them."""
    out, found = {}, list(FAMILY.finditer(text))
    for at, each in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        labels = set(LABEL.findall(text[each.end():end]))
        out["hearsay_" + each.group(2)] = (each.group(1), labels)
    return out


def expression_problems(expression, figures):
    for part in PARTS.finditer(expression):
        name, selected = part.groups()
        if name not in figures:
            yield f"no node tells {name}"
            continue
        kind, labels = figures[name]
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selected or ""):
            if label not in labels and label not in PROMETHEUS:
                yield f"{name} has no label {label}"
        grows = re.search(r"\b(?:rate|increase)\($", expression[: part.start()]) is not None
        if (kind == "counter") != grows:
            yield f"{name} is a {kind}: " + (
                "rate() or increase() tells something of it" if kind == "counter"
                else "rate() and increase() tell nothing of it"
            )  # fmt: skip


def alerts(text):
    """The rules of the file, in the form that it has: one field a line."""
    out = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("- alert:"):
            out.append({"alert": line.partition(":")[2].strip()})
        for field in ALERT_FIELDS if out else ():
            if field == "severity" and line.startswith("labels:"):
                out[-1][field] = re.sub(r".*severity: (\w+).*", r"\1", line)
            elif line.startswith(field + ":"):
                value = line.partition(":")[2].strip()
                out[-1][field] = json.loads(value) if value.startswith('"') else value
    return out


def alert_problems(text, figures):
    rules, seen = alerts(text), set()
    if not rules:
        yield "there is no alert"
    for rule in rules:
        name = rule["alert"]
        missing = [field for field in ALERT_FIELDS if not rule.get(field)]
        if missing:
            yield f"{name} lacks {', '.join(missing)}"
        if name in seen:
            yield f"{name} stands twice"
        seen.add(name)
        if rule.get("severity") not in SEVERITIES:
            yield f"{name}: severity {rule.get('severity')}"
        for problem in expression_problems(rule.get("expr", ""), figures):
            yield f"{name}: {problem}"


def place_problems(panel, taken):
    place = panel.get("gridPos", {})
    if any(not isinstance(place.get(side), int) or place[side] < 0 for side in "xywh"):
        yield "has no gridPos"
        return
    if place["w"] < 1 or place["h"] < 1 or place["x"] + place["w"] > GRID:
        yield f"does not fit into {GRID} columns"
    for x in range(place["x"], min(GRID, place["x"] + place["w"])):
        for y in range(place["y"], place["y"] + place["h"]):
            other = taken.setdefault((x, y), panel["title"])
            if other != panel["title"]:
                yield f"lies over {other}"
                return


def panel_problems(panel, figures, variables):
    if panel.get("type") not in KINDS:
        yield f"is of the kind {panel.get('type')}"
    config = panel.get("fieldConfig", {})
    unit = config.get("defaults", {}).get("unit")
    if unit not in UNITS:
        yield f"has the unit {unit}"
    if not isinstance(config.get("overrides"), list):
        yield "has no list of overrides"
    letters = [target.get("refId") for target in panel.get("targets", ())]
    if not letters or None in letters or len(letters) != len(set(letters)):
        yield "has no queries, or two of one letter"
    for target in panel.get("targets", ()):
        expression = target.get("expr", "")
        if not NAME.search(expression):
            yield f"asks {target.get('refId')} for nothing"
        yield from expression_problems(expression, figures)
        labels = {label for name in NAME.findall(expression) if name in figures
                  for label in figures[name][1]}  # fmt: skip
        for label in re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")):
            if label not in labels and label not in PROMETHEUS:
                yield f"{target['refId']} is called by the label {label}, which it has not"
        for each in (target, panel):
            if each.get("datasource", {}).get("uid") != "${datasource}":
                yield "takes no data source that the reader chose"
    for name in set(VARIABLE.findall(json.dumps(panel))):
        if name not in variables:
            yield f"names the variable {name}, which is not declared"


def board_problems(text, figures):
    try:
        board = json.loads(text)
    except ValueError as error:
        yield f"is no JSON: {error}"
        return
    for field, kind in (("title", str), ("uid", str), ("schemaVersion", int), ("time", dict),
                        ("templating", dict), ("panels", list), ("editable", bool)):  # fmt: skip
        if not isinstance(board.get(field), kind):
            yield f"has no {field} that is a {kind.__name__}"
            return
    if not 0 < len(board["uid"]) <= 40:
        yield "has a uid that is longer than Grafana takes"
    if "id" in board and board["id"] is not None:
        yield "has the number of one Grafana: it would not be imported elsewhere"
    variables = {each.get("name") for each in board["templating"].get("list", ())}
    ids, taken = set(), {}
    for panel in board["panels"]:
        name = f"the panel {panel.get('title')}"
        if not panel.get("title") or not isinstance(panel.get("id"), int) or panel["id"] in ids:
            yield f"{name} has no title, or no id of its own"
            continue
        ids.add(panel["id"])
        for problem in (*panel_problems(panel, figures, variables), *place_problems(panel, taken)):
            yield f"{name}: {problem}"


def promtool_problems(rules, board):
    """The alerts as they are, and the panels' expressions as rules."""
    if not shutil.which("promtool"):
        return
    lines = ["groups:", "  - name: board", "    rules:"]
    for panel in json.loads(board)["panels"]:
        for target in panel["targets"]:
            lines += ["      - record: a:b", f"        expr: {json.dumps(target['expr'])}",
                      f"        labels: {{of: \"{panel['id']}{target['refId']}\"}}"]  # fmt: skip
    with tempfile.TemporaryDirectory() as top:
        for name, text in (("alerts", rules), ("board", "\n".join(lines) + "\n")):
            file = pathlib.Path(top, name + ".yml")
            file.write_text(text)
            done = subprocess.run(["promtool", "check", "rules", file], capture_output=True,
                                  text=True)  # fmt: skip
            if done.returncode != 0:
                yield f"promtool on {name}: {done.stdout}{done.stderr}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1])
    figures = told((root / METRICS).read_text())
    rules, board = (root / ALERTS).read_text(), (root / BOARD).read_text()
    if not figures:
        sys.exit(f"monitoring: {METRICS} tells no figure; that is no tree of ours")
    problems = [f"{ALERTS}: {each}" for each in alert_problems(rules, figures)]
    problems += [f"{BOARD}: {each}" for each in board_problems(board, figures)]
    if not problems:
        problems = list(promtool_problems(rules, board))
    print("\n".join(problems), end="\n" if problems else "")
    print(f"monitoring: {len(figures)} figures, {len(alerts(rules))} alerts, "
          f"{len(problems)} problems")  # fmt: skip
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

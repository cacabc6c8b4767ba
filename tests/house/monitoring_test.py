#!/usr/bin/env python3
"""The check of the alerts and the board finds what it is for, and only that."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
METRICS = """
    out.gauge("links", "Links.").value(1, {{"direction", "in"}}).value(2, {{"direction", "out"}});
    out.counter("dials_failed_total", "Dials that became no link.").value(figures.dials_failed);
    out.gauge("up", "Up.").value(1);
"""
ALERT = """
groups:
  - name: hearsay
    rules:
      - alert: Alone
        expr: "hearsay_links{direction=\\"out\\"} == 0"
        for: 15m
        labels: {severity: warning}
        annotations:
          summary: "No link"
          description: "Look at its log."
"""
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def panel(number, expression='hearsay_links{instance="$instance"}', **changes):
    out = {
        "id": number, "title": f"Panel {number}", "type": "timeseries", "datasource": SOURCE,
        "gridPos": {"x": 0, "y": 8 * number, "w": 12, "h": 8},
        "targets": [{"refId": "A", "datasource": SOURCE, "expr": expression,
                     "legendFormat": "{{direction}}" if "links" in expression else "x"}],
        "fieldConfig": {"defaults": {"unit": "none"}, "overrides": []},
    }  # fmt: skip
    out.update(changes)
    return out


def board(*panels, **changes):
    out = {
        "title": "Hearsay", "uid": "hearsay", "schemaVersion": 39, "editable": True,
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [{"name": "datasource"}, {"name": "instance"}]},
        "panels": list(panels) or [panel(1)],
    }  # fmt: skip
    out.update(changes)
    return json.dumps(out)


class Monitoring(unittest.TestCase):
    def run_on(self, alert, board_text):
        with tempfile.TemporaryDirectory() as root:
            for path, text in (("src/api/encode/metrics.cpp", METRICS),
                               ("contrib/monitoring/hearsay.rules.yml", alert),
                               ("contrib/monitoring/grafana.json", board_text)):  # fmt: skip
                file = pathlib.Path(root, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            done = subprocess.run([sys.executable, "-B", HERE / "monitoring.py", root],
                                  capture_output=True, text=True)  # fmt: skip
            return done.returncode, done.stdout + done.stderr

    def refused(self, reason, alert=ALERT, board_text=None):
        code, said = self.run_on(alert, board_text or board())
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)

    def test_what_a_node_tells_is_accepted(self):
        code, said = self.run_on(ALERT, board(panel(1), panel(2, "rate(hearsay_dials_failed_total"
                                                                 "[5m])")))  # fmt: skip
        self.assertEqual(code, 0, said)

    def test_figures_and_labels_that_no_node_tells(self):
        self.refused("no node tells hearsay_link", ALERT.replace("hearsay_links", "hearsay_link"))
        self.refused("no node tells hearsay_item", board_text=board(panel(1, "hearsay_item")))
        self.refused("has no label way", ALERT.replace("direction=", "way="))
        named = panel(1, "hearsay_up")
        named["targets"][0]["legendFormat"] = "{{direction}}"
        self.refused("called by the label direction", board_text=board(named))

    def test_counters_want_a_rate_and_gauges_none(self):
        self.refused("is a counter", board_text=board(panel(1, "hearsay_dials_failed_total")))
        self.refused("is a gauge", board_text=board(panel(1, "rate(hearsay_up[5m])")))

    def test_alerts_are_whole_and_have_names_of_their_own(self):
        self.refused("Alone lacks for", ALERT.replace("        for: 15m\n", ""))
        self.refused("severity loud", ALERT.replace("warning", "loud"))
        self.refused("Alone stands twice", ALERT + ALERT.split("rules:\n")[1])
        self.refused("there is no alert", "groups: []\n")

    def test_a_board_that_grafana_would_not_show(self):
        self.refused("is no JSON", board_text="{")
        self.refused("no panels that is a list", board_text=board(panels={}))
        self.refused("the number of one Grafana", board_text=board(id=7))
        self.refused("no id of its own", board_text=board(panel(1), panel(1)))
        self.refused("of the kind graf", board_text=board(panel(1, type="graf")))
        self.refused("lies over Panel 1", board_text=board(
            panel(1), panel(2, gridPos={"x": 11, "y": 15, "w": 12, "h": 8})))  # fmt: skip
        self.refused("does not fit into 24 columns", board_text=board(
            panel(1, gridPos={"x": 13, "y": 0, "w": 12, "h": 8})))  # fmt: skip
        self.refused("has the unit parsecs", board_text=board(
            panel(1, fieldConfig={"defaults": {"unit": "parsecs"}, "overrides": []})))  # fmt: skip
        self.refused("two of one letter", board_text=board(
            panel(1, targets=panel(1)["targets"] * 2)))  # fmt: skip
        self.refused("no data source that the reader chose", board_text=board(
            panel(1, datasource={"type": "prometheus", "uid": "mine"})))  # fmt: skip
        self.refused("the variable instance, which is not declared", board_text=board(
            templating={"list": [{"name": "datasource"}]}))  # fmt: skip


if __name__ == "__main__":
    unittest.main()

"""What somebody needs who lets a node run for years: figures, a sandbox, and word of a Tor that is
due."""
import http.client
import json
import os
import re
import socket
import subprocess
import unittest
from pathlib import Path

import metrics_text
from hearsay_node import FRESH
from support import ROOT, NodeTest, Watch, measured, programs, tornet_config

MONITORING = ROOT / "contrib" / "monitoring"
NETWORK_SECONDS = 240
# Of our own and of the query language.
METRIC = re.compile(r"\bhearsay_[a-z0-9_]+\b")


class OverSocket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("hearsay", timeout=20)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        here = os.open(self._path.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            self.sock.connect(f"/proc/self/fd/{here}/{self._path.name}")
        finally:
            os.close(here)


def got(connection, path, **fields):
    try:
        connection.request("GET", path, headers=fields)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read().decode()
    finally:
        connection.close()


def figures(node):
    status, kind, text = got(OverSocket(node.directory / "run" / "api"), "/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8"), (status, kind)
    return text


def field_of(pid, name):
    text = Path(f"/proc/{pid}/status").read_text()
    return re.search(rf"(?m)^{name}:\s*(\S+)", text)[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def used_in_monitoring():
    """Name -> where it is used: in the alerts' expressions and in the panels'."""
    used = {}
    for line in (MONITORING / "hearsay.rules.yml").read_text().splitlines():
        if line.strip().startswith("expr:"):
            for name in METRIC.findall(json.loads(line.split("expr:", 1)[1])):
                used.setdefault(name, "an alert")
    board = json.loads((MONITORING / "grafana.json").read_text())
    for panel in board["panels"]:
        for target in panel["targets"]:
            for name in METRIC.findall(target["expr"]):
                used.setdefault(name, f"the panel {panel['title']}")
    return used


class Figures(NodeTest):
    def test_every_figure_that_an_alert_or_a_panel_asks_for_is_there(self):
        a = self.node("a").start()
        b = self.node("b", peers=[a.onion()]).start()
        b.wait_connected()
        a.wait_reachable()
        a.tell("backup", "create", str(self.top / "backup"), given="words to keep it\n" * 2)
        a.wait_for("word of its Tor", lambda status: status["tor_standing"], NETWORK_SECONDS)
        a.wait_until(
            lambda: "hearsay_view_peers 1" in figures(a), NETWORK_SECONDS, "a comparison"
        )
        text = figures(a)
        found = metrics_text.families(text)
        for name, where in used_in_monitoring().items():
            self.assertIn(name, found, where)
            # Who refused nothing has no sample of it.
            if name != "hearsay_refused_total":
                self.assertTrue(found[name].samples, name)
        for name, family in found.items():
            self.assertRegex(name, r"^hearsay_[a-z_]+$")
            self.assertTrue(family.help, name)
            self.assertEqual(family.type == "counter", name.endswith("_total"), name)
        self.assertGreater(found["hearsay_received_bytes_total"].samples[()], 0)
        self.assertGreater(found["hearsay_turns_total"].samples[()], 0)
        self.assertGreater(found["hearsay_memory_bytes"].samples[()], 1 << 20)
        self.assertGreater(found["hearsay_open_files"].samples[()], 5)
        self.assertEqual(found["hearsay_sandboxed"].samples[()], 1)
        self.assertNotRegex(text, r"[a-z2-7]{16}")  # no address, no id

        later = metrics_text.families(figures(a))
        for name, family in found.items():
            for labels, value in family.samples.items() if family.type == "counter" else ():
                self.assertGreaterEqual(later[name].samples[labels], value, f"{name} went back")

        status = a.status()
        self.assertEqual(status["tor_standing"], "newer")  # than what that directory recommends
        self.assertEqual(status["tor_recommended"], [tornet_config.RECOMMENDED_VERSION])
        self.assertIn("newer than what Tor's directory recommends", a.tell("status"))
        a.stop()
        version = subprocess.run(
            [programs() / "hearsayd", "--version", "--data-dir", a.directory],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        self.assertIn(f"it recommends {tornet_config.RECOMMENDED_VERSION}", version)

    def test_figures_come_over_tcp_with_their_own_token_and_nothing_else_does(self):
        token, port = "5a" * 32, free_port()
        file = self.top / "token"
        file.write_text(token + "\n")
        node = self.node("a", network=False, options=[
            *FRESH, "--page", "yes", "--page-port", str(port), "--metrics-token-file", str(file),
        ]).start()  # fmt: skip

        def ask(path, **fields):
            return got(http.client.HTTPConnection("127.0.0.1", port, timeout=20), path, **fields)

        right = {"Authorization": f"Bearer {token}"}
        status, _, text = ask("/metrics", **right)
        self.assertEqual(status, 200)
        self.assertIn("hearsay_build_info", metrics_text.families(text))
        self.assertEqual(ask("/metrics")[0], 401)
        self.assertEqual(ask("/metrics", Authorization="Bearer " + "5b" * 32)[0], 401)
        self.assertEqual(ask("/v1/status", **right)[0], 401)
        self.assertEqual(ask("/metrics", Host="evil.example", **right)[0], 403)
        self.assertNotIn(token, node.log_text())
        node.stop()
        file.write_text("short\n")
        node.launch()
        node.wait_until(lambda: not node.is_running, 20, "a wrong token to be refused")
        self.assertIn("64 hexadecimal digits", node.log_text())


class Reader(unittest.TestCase):
    def test_the_reader_takes_what_the_format_allows_and_nothing_else(self):
        good = (
            '# HELP a b \\\\ c\n# TYPE a counter\na{x="1\\"\\n",y=""} 1e3\na 0.5\n\n# x\nb +Inf\n'
        )
        found = metrics_text.families(good)
        self.assertEqual(found["a"].samples, {(("x", '1"\n'), ("y", "")): 1000, (): 0.5})
        for bad in ("a 1", "a  1\n", "a\n", "1a 1\n", "a x\n", "a{b=1} 1\n", 'a{b="1} 1\n',
                    'a{b="\\x"} 1\n', "a 1\na 1\n", "a 1\nb 1\na{c=\"1\"} 1\n", "a 1\r\n", " a 1\n",
                    "# TYPE a counter\na -1\n", "# TYPE a what\n", "a 1\n# TYPE a gauge\n",
                    "# HELP a b\n# HELP a b\n", 'a{b="1",b="2"} 1\n', "a 1 2 3\n"):  # fmt: skip
            with self.subTest(bad), self.assertRaises(metrics_text.FormatError):
                metrics_text.families(bad)


class Confinement(NodeTest):
    def test_the_node_its_helper_and_tor_are_confined_and_tor_starts_again(self):
        node = self.node("a").start()
        node.wait_reachable()
        self.assertEqual(node.status()["sandbox"], "on")
        self.assertRegex(node.tell("status"), r"(?m)^  sandbox +on$")
        first = node.tor_pid()
        helper = next(
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if path.read_bytes().split(b"\0")[1:3] == [b"helper", str(node.pid).encode()]
        )
        for name, pid in (("the node", node.pid), ("its helper", helper), ("its Tor", first)):
            self.assertEqual(field_of(pid, "Seccomp"), "2", name)
            self.assertEqual(field_of(pid, "NoNewPrivs"), "1", name)
        for thread in Path(f"/proc/{node.pid}/task").iterdir():
            self.assertRegex((thread / "status").read_text(), r"(?m)^Seccomp:\s*2$")
        self.assertEqual(field_of(first, "PPid"), str(node.pid))

        os.kill(first, 9)
        watch = Watch()
        node.wait_until(lambda: node.tor_pid() not in (None, first), 30, "another Tor")
        self.assertEqual(field_of(node.tor_pid(), "Seccomp"), "2")
        self.assertEqual(field_of(node.tor_pid(), "PPid"), str(node.pid))
        node.wait_reachable()
        measured("Tor was started again by the helper, and reachable, after", watch.seconds)

        self.assertRegex(node.ask("open", "--print")["url"], r"^http://127\.0\.0\.1:\d+/")
        node.stop()

    def test_a_helper_that_is_gone_is_said_and_costs_no_more(self):
        node = self.node("a", network=False).start()
        node.wait_until(node.tor_pid, 10, "Tor")
        helper = next(
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if path.read_bytes().split(b"\0")[1:3] == [b"helper", str(node.pid).encode()]
        )
        os.kill(helper, 9)
        os.kill(node.tor_pid(), 9)
        told = node.wait_for(
            "word of it", lambda status: "helper" in status["tor"].get("detail", ""), 30
        )
        self.assertEqual(told["tor"]["state"], "failed")
        self.assertEqual(told["store"]["state"], "ready")
        node.stop()

    def test_it_can_be_turned_off(self):
        node = self.node("a", network=False, options=[*FRESH, "--sandbox", "no"]).start()
        self.assertEqual(node.status()["sandbox"], "off")
        self.assertEqual(field_of(node.pid, "Seccomp"), "0")
        tor = node.wait_until(node.tor_pid, 10, "Tor")
        self.assertEqual(field_of(tor, "Seccomp"), "0")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""contrib/bench-peers puts figures together rightly, says what it could not measure, and pins what
it installs."""
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "contrib" / "lib"))

import bench_peers  # noqa: E402
import bench_peers_install as install  # noqa: E402
import bench_peers_libtorrent as libtorrent  # noqa: E402

GOSSIP, INGEST, RECONCILE, ROUTING = bench_peers.CONTESTS
PACKAGES = ROOT / "contrib" / "bench-peers.d"
OURS = [
    {
        "name": "gossip-20",
        "cpu_us_per_delivery": 150,
        "bytes_per_delivery": 700,
        "copies_per_delivery": 1.1,
    },
    {
        "name": "ingest",
        "ratio": 0.9,
        "cpu_us_per_item": 100,
        "targets": {"ratio": {"at_least": 0.85}},
    },
    {"name": "reconcile-100k-100", "bytes": 3000, "round_trips": 1},
    {
        "name": "routing",
        "hash_ns_1k": 130,
        **{
            f"{what}_ns_{size}": 300
            for what in ("insert", "closest8", "closest20")
            for size in ("1k", "10k")
        },
    },
]


class Comparison(unittest.TestCase):
    def test_a_ratio_is_ours_by_theirs_and_at_most_the_target(self):
        for theirs, met in ((2000, True), (1999, False)):
            (row,) = bench_peers.compare(
                INGEST, {"cpu_us_per_item": 100}, {"cpu_us_per_item": theirs}, "1.0"
            )
            self.assertAlmostEqual(row["ratio"], 100 / theirs)
            self.assertIs(row["met"], met)
            self.assertEqual((row["ours"], row["theirs"], row["target"]), (100, theirs, 0.05))

    def test_the_targets_are_the_projects(self):
        targets = {
            figure.name: figure.target
            for contest in bench_peers.CONTESTS
            for figure in contest.figures
        }
        routing = {
            f"routing-{what}-{size}": 1
            for what in ("insert", "closest-8", "closest-20")
            for size in ("1k", "10k")
        }
        self.assertEqual(
            {name: target for name, target in targets.items() if target is not None},
            {"gossip-cpu": 1 / 10, "ingest-cpu": 1 / 20, "reconcile-bytes": 1 / 25, **routing},
        )

    def test_not_slower_is_a_ratio_of_one_at_most(self):
        theirs = {figure.key: 300 for figure in ROUTING.figures}
        for ours, word in ((300, "reached"), (301, "MISSED")):
            text = bench_peers.table(
                bench_peers.compare(ROUTING, {**theirs, "insert_ns_10k": ours}, theirs, "2.0.8")
            )
            (line,) = [line for line in text.splitlines() if line.startswith("routing-insert-10k,")]
            self.assertRegex(line, f"<= 1 +{word}$")

    def test_a_missing_side_is_neither_met_nor_missed(self):
        for ours, theirs in (
            (None, {"bytes": 5}),
            ({"bytes": 5}, None),
            ({"bytes": 5}, {"bytes": 0}),
        ):
            row = bench_peers.compare(RECONCILE, ours, theirs, "1.0")[0]
            self.assertIsNone(row["ratio"])
            self.assertIsNone(row["met"])

    def test_the_table_says_plainly_what_was_missed(self):
        ours = {"cpu_us_per_item": 100}
        self.assertIn(
            "MISSED",
            bench_peers.table(bench_peers.compare(INGEST, ours, {"cpu_us_per_item": 1999}, "1")),
        )
        reached = bench_peers.table(
            bench_peers.compare(INGEST, ours, {"cpu_us_per_item": 2000}, "1")
        )
        self.assertNotIn("MISSED", reached)
        self.assertIn("reached", reached)
        self.assertIn("<= 1/20", reached)

    def test_figures_are_found_in_a_list_and_alone(self):
        self.assertEqual(
            bench_peers.figures_named(json.dumps(OURS), "ingest")["cpu_us_per_item"], 100
        )
        self.assertEqual(
            bench_peers.figures_named(json.dumps(OURS[1]), "ingest")["cpu_us_per_item"], 100
        )
        for text in ("", "[]", "no JSON", json.dumps(OURS[0])):
            with self.assertRaises(bench_peers.NotMeasured):
                bench_peers.figures_named(text, "ingest")


class Program(unittest.TestCase):
    """The driver with a hearsay-bench that prints canned figures."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def bench(self, body):
        path = pathlib.Path(self.folder.name, "hearsay-bench")
        path.write_text(f"#!{sys.executable}\nimport sys, time\nfigures = {OURS!r}\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def run_driver(self, *arguments, **environment):
        command = [sys.executable, bench_peers.__file__, *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=60,
            check=False,
        )  # fmt: skip

    def test_ours_alone_needs_no_npm_and_says_what_it_found(self):
        bench = self.bench(
            "import json; print(json.dumps([f for f in figures if f['name'] == sys.argv[1]]))"
        )
        done = self.run_driver("--ours-only", "--json", "--bench", bench, PATH="/nonexistent")
        self.assertEqual(done.returncode, 0, done.stderr)
        ours = {row["name"]: row["ours"] for row in json.loads(done.stdout)}
        self.assertEqual(
            (ours["gossip-cpu"], ours["ingest-cpu"], ours["reconcile-bytes"]), (150, 100, 3000)
        )

    def test_what_was_not_measured_is_named_and_ends_with_1(self):
        for body, reason in (
            ("sys.exit(3)", "exit code 3"),
            ("print('[]')", "nothing named ingest"),
            ("print('{\"name\": \"ingest\"}')", "no cpu_us_per_item"),
        ):
            done = self.run_driver("ingest", "--ours-only", "--bench", self.bench(body))
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(reason, done.stderr)

    def test_a_bench_that_is_not_there_ends_with_1(self):
        done = self.run_driver("ingest", "--ours-only", "--bench", "/nonexistent")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot be started", done.stderr)

    def test_a_side_that_takes_too_long_is_stopped(self):
        with self.assertRaisesRegex(bench_peers.NotMeasured, "took more than"):
            bench_peers.run_bounded([str(self.bench("time.sleep(60)"))], 0.5)

    def test_without_npm_the_message_says_how_to_get_it(self):
        done = self.run_driver(
            "ingest", "--theirs-only", PATH="/nonexistent", HEARSAY_CACHE=self.folder.name
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("contrib/setup --bench-peers", done.stderr)

    def test_a_missing_source_costs_its_own_contest_and_says_where_it_should_come_from(self):
        done = self.run_driver(
            "routing", "--theirs-only", PATH="/nonexistent", HEARSAY_CACHE=self.folder.name
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("libtorrent-rasterbar cannot be installed: Debian's source", done.stderr)
        failures = []
        with (
            mock.patch.object(libtorrent, "ensure", side_effect=install.InstallError("no source")),
            mock.patch.object(install, "ensure", return_value="npm's"),
            mock.patch.object(bench_peers, "say"),
        ):
            made = bench_peers.install_all(bench_peers.CONTESTS, failures)
        self.assertEqual(made, {contest.peer: "npm's" for contest in (GOSSIP, INGEST, RECONCILE)})
        self.assertEqual(failures, ["libtorrent-rasterbar cannot be installed: no source"])

    def test_routing_needs_nothing_of_npm(self):
        with (
            mock.patch.object(libtorrent, "ensure", return_value="made"),
            mock.patch.object(install, "ensure", side_effect=AssertionError("npm is not needed")),
        ):
            self.assertEqual(bench_peers.install_all([ROUTING], []), {ROUTING.peer: "made"})

    def test_what_was_compiled_runs_with_the_contests_arguments(self):
        program = self.bench(
            "print('{\"name\": \"routing\", \"insert_ns_1k\": 5, \"words\": \"%s\"}' "
            "% ' '.join(sys.argv[1:]))"
        )
        made = libtorrent.Made(program, "2.0.8")
        self.assertEqual(
            bench_peers.measure_theirs(ROUTING, made, True)["words"], "rounds=3 lookups=300"
        )
        self.assertEqual(bench_peers.measure_theirs(ROUTING, made, False)["words"], "")

    def test_wrong_arguments_end_with_2(self):
        self.assertEqual(self.run_driver("chess").returncode, 2)
        self.assertEqual(self.run_driver("--ours-only", "--theirs-only").returncode, 2)


class Libtorrent(unittest.TestCase):
    def test_the_version_is_the_sources(self):
        for name, version in (
            ("2.0.8-1", "2.0.8"),
            ("2.0.11+dfsg-1~deb12u1", "2.0.11+dfsg"),
            ("1.2.3", "1.2.3"),
        ):
            self.assertEqual(libtorrent.version_in(f"libtorrent-rasterbar_{name}.dsc"), version)
        with self.assertRaises(install.InstallError):
            libtorrent.version_in("libtorrent_0.13.8-2.dsc")

    def test_another_source_driver_or_compiler_is_compiled_anew(self):
        with tempfile.TemporaryDirectory() as folder:
            source, driver = pathlib.Path(folder, "a.dsc"), pathlib.Path(folder, "routing.cpp")
            source.write_text("one")
            driver.write_text("one")
            keys = {libtorrent.key_of(source, driver, "g++ 12")}
            keys.add(libtorrent.key_of(source, driver, "g++ 13"))
            driver.write_text("two")
            keys.add(libtorrent.key_of(source, driver, "g++ 12"))
            source.write_text("two")
            keys.add(libtorrent.key_of(source, driver, "g++ 12"))
            self.assertEqual(len(keys), 4)


class Packages(unittest.TestCase):
    def test_an_old_node_is_refused_with_the_version_that_is_needed(self):
        with (
            tempfile.TemporaryDirectory() as empty,
            mock.patch.object(install, "major_version", return_value=18),
        ):
            with self.assertRaisesRegex(
                install.InstallError, "has 18; please install node 22 or later"
            ):
                install.find_node(pathlib.Path(empty))

    def test_an_old_npm_is_refused(self):
        with mock.patch.object(install, "major_version", return_value=6):
            with self.assertRaisesRegex(install.InstallError, "npm 6 is too old"):
                install.require_npm()

    def test_versions_are_exact_and_the_lock_agrees(self):
        wanted = json.loads((PACKAGES / "package.json").read_text())
        locked = json.loads((PACKAGES / "package-lock.json").read_text())["packages"]
        for kind in ("dependencies", "optionalDependencies"):
            self.assertEqual(locked[""][kind], wanted[kind])
            for name, version in wanted[kind].items():
                self.assertRegex(version, r"^\d+\.\d+\.\d+$", name)
                self.assertEqual(locked[f"node_modules/{name}"]["version"], version, name)

    def test_the_lock_has_a_hash_for_everything_and_names_no_host(self):
        text = (PACKAGES / "package-lock.json").read_text()
        self.assertIsNone(re.search(r"://|\"resolved\"", text))
        for path, package in json.loads(text)["packages"].items():
            self.assertTrue(path == "" or package["integrity"].startswith("sha512-"), path)


if __name__ == "__main__":
    unittest.main()

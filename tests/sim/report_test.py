#!/usr/bin/env python3
"""contrib/simulate report: plots, the table, and one real run: usage report_test.py HEARSAY_SIM"""
import pathlib
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "contrib" / "lib"))

import plot  # noqa: E402
import simulation_report  # noqa: E402

SIM = ""


def result(scenario, nodes, relay, **more):
    out = {
        "scenario": scenario, "nodes": nodes, "relay": relay, "delivered_share": 1,
        "copies_per_delivery": 1.5, "bytes_per_delivery": 2000, "bytes_per_node": 2048,
        "t50_ms": 500, "t99_ms": 1500, "settled_ms": 40000,
        "delay_percentiles_ms": list(range(101)), "curve": [[0, 0.5], [5000, 1]], "extra": {},
        "complaints": [], "replay": f"hearsay-sim run {scenario}",
    }
    return out | more


class Report(unittest.TestCase):
    def test_a_plot_names_its_series_and_draws_each_inside_the_frame(self):
        both = plot.Plot(
            "T & t", "x", "y", [("one", [(20, 1), (1000, 3)]), ("two", [(20, 2)])], x_log=True
        )
        svg = plot.to_svg(both)
        for part in ("T &amp; t", ">one<", ">two<", 'points="64.0,246.7 540.0,40.0"'):
            self.assertIn(part, svg)  # from the left edge to the right one; 3 is the top mark
        self.assertEqual(svg, plot.to_svg(both))

    def test_a_plot_of_nothing_is_still_a_plot(self):
        svg = plot.to_svg(plot.Plot("empty", "x", "y", [("none", [])]))
        self.assertTrue(svg.endswith("</svg>\n"))
        self.assertNotIn("nan", svg)

    def test_the_table_has_a_row_a_run_and_names_what_failed(self):
        results = [result("calm", 100, "tree"), result("calm", 20, "tree"),
                   result("spy", 20, "tree", extra={"spy_hit_share": 0.12345, "spy_guesses": 7},
                          complaints=["failed: spies guess"])]
        options = simulation_report.parse(["--nodes", "20,100"])
        plots = simulation_report.plots_of(results)
        text = simulation_report.markdown(options, results, plots)
        self.assertIn(
            "| calm | 100 | tree | 100.00 | 1.500 | 2000 | 2.0 | 0.50 | 1.50 | 40 |", text
        )
        self.assertIn("| spy_hit_share | 0.1235 |\n| spy_guesses | 7.0 |", text)
        self.assertIn("- `hearsay-sim run spy`: failed: spies guess", text)
        self.assertEqual(plots["delivery"].series[0][1][-1], (0.1, 100))
        self.assertEqual(
            plots["delivery-by-size"].series[0], ("tree, t50", [(20, 0.5), (100, 0.5)])
        )

    def test_a_real_run_gives_what_the_report_reads(self):
        options = simulation_report.parse(["--sim", SIM, "--nodes", "5", "--offers", "2"])
        found = simulation_report.run(options, ("calm", 5, "tree"))
        self.assertEqual(len(found["delay_percentiles_ms"]), 101)
        self.assertEqual(found["curve"][-1][1], 1)
        self.assertEqual(found["complaints"], [])
        self.assertIn(
            "calm",
            simulation_report.markdown(options, [found], simulation_report.plots_of([found])),
        )

    def test_full_networks_have_a_table_a_size_and_a_run_that_is_kept_is_not_made_again(self):
        with tempfile.TemporaryDirectory() as folder:
            arguments = [
                "--full", "--scenarios", "flood-cpu,floor-liar", "--nodes", "5,6", "--offers", "2",
                "--keep", folder + "/kept", "--out", folder,
            ]  # fmt: skip
            for setting in ("publish_s=60", "faults_s=120", "calm_s=60", "mails=0"):
                arguments += ["--set", setting]
            self.assertIn(simulation_report.main(["--sim", SIM, *arguments]), (0, 1))
            text = pathlib.Path(folder, "full.md").read_text(encoding="utf-8")
            self.assertIn("## 5 nodes\n| | flood-cpu | floor-liar |\n|---|---|---|\n", text)
            self.assertIn("## 6 nodes\n| | flood-cpu | floor-liar |\n", text)
            self.assertEqual(text.count("| incumbents kept % | 100.00 |"), 2)
            kept = pathlib.Path(folder, "kept").read_text(encoding="utf-8")
            self.assertEqual(kept.count("\n"), 4)
            self.assertIn(simulation_report.main(["--sim", "/bin/false", *arguments]), (0, 1))
            self.assertEqual(pathlib.Path(folder, "full.md").read_text(encoding="utf-8"), text)

    def test_what_cannot_be_run_or_written_is_said(self):
        with tempfile.NamedTemporaryFile() as file:
            self.assertEqual(
                simulation_report.main(["--sim", SIM, "--nodes", "5", "--out", file.name + "/x"]), 2
            )
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(
                simulation_report.main(["--sim", "/bin/false", "--nodes", "5", "--out", folder]), 2
            )


if __name__ == "__main__":
    SIM = sys.argv.pop(1)
    unittest.main()

#!/usr/bin/env python3
"""What contrib/lib/debian-source takes and refuses. apt is played by a script: no network."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

FETCH = Path(__file__).resolve().parents[2] / "contrib" / "lib" / "debian-source"
MIRROR = "http://mirror.example/debian"
SECURITY = "http://mirror.example/debian-security"

# apt-get, apt-cache and dpkg as far as debian-source calls them. The world is a JSON file:
# "asks": what apt would ask for; "signed": [mirror, suite]; "listed": {"mirror suite": [versions]};
# "gone": [suite, version] that is listed and not there.
APT = r'''#!/usr/bin/env python3
import json, os, re, sys
from pathlib import Path
world = json.loads(Path(os.environ["APT_WORLD"]).read_text())
words = sys.argv[1:]
with open(os.environ["APT_WORLD"] + ".log", "a") as log:
    print(*words, file=log)
if "--print-uris" in words:
    for uri, suite in world["asks"]:
        print(f"'{uri}/dists/{suite}/InRelease' list 0")
    sys.exit()
if os.path.basename(sys.argv[0]) == "dpkg":
    _, one, relation, other = words
    parts = lambda text: [(part[0].isdigit(), int(part) if part.isdigit() else 0, part)
                          for part in re.findall(r"\d+|[^\d.~]+", text)]
    sys.exit(0 if parts(one) >= parts(other) else 1)
folder = Path(words[words.index("-c") + 1]).parent
source = (folder / "sources" / "hearsay.sources").read_text()
uri, suite = (re.search(f"{key}: (.*)", source).group(1) for key in ("URIs", "Suites"))
if "update" in words:
    if [uri, suite] not in world["signed"]:
        print("E: The repository is not signed by a key of Debian's", file=sys.stderr)
        sys.exit(100)
elif "showsrc" in words:
    for version in world["listed"].get(f"{uri} {suite}", []):
        print(f"Package: {words[-1]}\nVersion: {version}")
elif "source" in words:
    name, version = words[-1].split("=")
    if [suite, version] in world["gone"]:
        print(f"E: Failed to fetch {uri}/{name}_{version}.dsc  404  Not Found", file=sys.stderr)
        sys.exit(100)
    Path(f"{name}_{version}.dsc").write_text(f"{suite}\n")
'''


class DebianSource(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hearsay-debian-source-test.")
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        (self.top / "bin").mkdir()
        for name in ("apt-get", "apt-cache", "dpkg", "dpkg-source"):
            path = self.top / "bin" / name
            path.write_text(APT)
            path.chmod(0o755)
        self.own = subprocess.run(
            ["sh", "-c", ". /etc/os-release && echo $VERSION_CODENAME"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        self.other = "trixie" if self.own != "trixie" else "bookworm"
        self.world = {
            "asks": [[MIRROR, self.own], [SECURITY, self.own + "-security"]],
            "signed": [
                [uri, release + end]
                for release in (self.own, self.other)
                for uri, end in ((MIRROR, ""), (SECURITY, "-security"))
            ],
            "listed": {
                f"{MIRROR} {self.own}": ["3.0.1-1"],
                f"{MIRROR} {self.other}": ["3.5.7-1", "3.5.9-1"],
                f"{SECURITY} {self.other}-security": ["3.5.8-1"],
            },
            "gone": [],
        }

    def fetch(self, *words):
        world = self.top / "world.json"
        world.write_text(json.dumps(self.world))
        path = f"{self.top / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            [FETCH, "thing", "--cache", self.top / "cache", *words],
            capture_output=True, text=True, check=False, timeout=120,
            env={**os.environ, "PATH": path, "APT_WORLD": str(world), "TMPDIR": str(self.top)},
        )  # fmt: skip

    def taken(self, *words):
        """The version, and what was said."""
        done = self.fetch(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        (dsc,) = Path(done.stdout.strip()).glob("*.dsc")
        return dsc.stem.split("_")[1], done.stderr

    def asked(self):
        return (self.top / "world.json.log").read_text()

    def test_the_newest_version_of_all_releases_is_taken(self):
        version, said = self.taken()
        self.assertEqual(version, "3.5.9-1")
        self.assertNotIn("not to be had", said)

    def test_one_that_cannot_be_fetched_gives_way_to_the_next_and_that_is_said(self):
        self.world["gone"] = [[self.other, "3.5.9-1"]]
        version, said = self.taken()
        self.assertEqual(version, "3.5.8-1")
        self.assertIn("3.5.9-1", said)
        self.assertIn("404 Not Found", said)
        self.assertIn("newer are listed and were not to be had: 3.5.9-1", said)

    def test_what_was_not_to_be_had_is_recalled_until_it_is_asked_for_again(self):
        self.world["gone"] = [[self.other, "3.5.9-1"]]
        self.taken()
        self.world["gone"] = []
        version, said = self.taken()
        self.assertEqual(version, "3.5.8-1")
        self.assertIn("--update tries again", said)
        version, said = self.taken("--update")
        self.assertEqual(version, "3.5.9-1")
        self.assertEqual(self.taken()[1], "")

    def test_none_below_the_minimum_is_taken_whatever_can_be_fetched(self):
        self.world["gone"] = [[self.other, "3.5.9-1"], [self.other + "-security", "3.5.8-1"]]
        done = self.fetch("--at-least", "3.5.8")
        self.assertEqual(done.returncode, 1)
        self.assertIn("3.5.7-1", done.stderr)
        self.assertIn("below 3.5.8 and not taken", done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.taken("--at-least", "3.5.7")[0], "3.5.7-1")

    def test_a_kept_version_below_the_minimum_is_replaced(self):
        self.world["gone"] = [[self.other, "3.5.9-1"], [self.other + "-security", "3.5.8-1"]]
        self.taken()
        self.world["gone"] = []
        self.assertEqual(self.taken("--at-least", "3.5.8")[0], "3.5.9-1")

    def test_a_mirror_without_debians_signature_is_left_out_and_asked_for_no_other_release(self):
        self.world["asks"].append(["http://thing.example/apt", self.own])
        self.world["listed"][f"http://thing.example/apt {self.own}"] = ["9.9-1"]
        version, said = self.taken()
        self.assertEqual(version, "3.5.9-1")
        self.assertIn(f"left out {self.own} at http://thing.example/apt", said)
        self.assertNotIn(f"{self.other} at http://thing.example/apt", said)

    def test_another_release_without_debians_signature_is_left_out(self):
        self.world["signed"].remove([MIRROR, self.other])
        self.assertEqual(self.taken()[0], "3.5.8-1")

    def test_the_own_release_only(self):
        self.assertEqual(self.taken("--own-release")[0], "3.0.1-1")
        self.assertNotIn(self.other, self.asked())

    def test_a_second_run_asks_nobody(self):
        self.taken()
        before = len(self.asked())
        self.assertEqual(self.taken()[0], "3.5.9-1")
        new = self.asked()[before:]
        self.assertNotIn("update", new)
        self.assertNotIn("source", new)

    def test_nothing_at_all_is_an_error_that_names_the_package(self):
        self.world["listed"] = {}
        done = self.fetch()
        self.assertEqual(done.returncode, 1)
        self.assertIn("no archive with Debian's signature has a source of thing", done.stderr)

    def test_odd_names_and_versions_are_refused(self):
        for words in (["--at-least", "$(id)"], ["other"], ["--nonsense"], ["--cache"]):
            self.assertEqual(self.fetch(*words).returncode, 1)
        done = subprocess.run([FETCH, "../etc"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    if "ID=debian\n" not in Path("/etc/os-release").read_text():
        print("not Debian: skipped")
    else:
        unittest.main()

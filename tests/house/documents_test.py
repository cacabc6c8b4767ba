#!/usr/bin/env python3
"""The check of documents finds what it is for, and lets good ones pass."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import rooms

HERE = pathlib.Path(__file__).resolve().parent
SECURITY = """# Who

| what | seen by |
|---|---|
| a | `tests/a_test.py` |
| b | nothing is claimed |
"""
MARKET = " < ".join(f"`{name}`" for name in rooms.MARKET if name != rooms.MARKET_GROUND)
HOUSE = f"""| room | decides |
|---|---|
| `src/core` | the mind: (`links/`), (`relay/`) |
| `src/market` | rooms: {MARKET} |
"""
ROWS = """| what | room |
|---|---|
| who | `src/core` (`links/`, `relay/`) |
"""
GOOD = {
    "docs/security.md": SECURITY,
    "tests/a_test.py": "",
    "docs/architecture.md": HOUSE,
    "CONTRIBUTING.md": ROWS,
    "src/core/links/links.hpp": "",
    "src/core/relay/relay.hpp": "",
}


class Documents(unittest.TestCase):
    def run_on(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in (GOOD | files).items():
                file = pathlib.Path(root, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            done = subprocess.run(
                [sys.executable, HERE / "documents.py", root], capture_output=True, text=True
            )
            return done.returncode, done.stdout

    def refused(self, files, reason):
        code, said = self.run_on(files)
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)

    def accepted(self, files):
        code, said = self.run_on(files)
        self.assertEqual(code, 0, said)

    def test_links_that_lead_somewhere_pass(self):
        links = "[a](docs/security.md#who), [b](#c-d), [x](https://nowhere.example)\n"
        self.accepted({"README.md": links + "# C d\n"})

    def test_a_link_to_a_file_that_is_not_there_is_found(self):
        self.refused({"README.md": "[a](docs/b.md)\n"}, "README.md:1: docs/b.md is not there")

    def test_a_link_to_a_heading_that_is_not_there_is_found(self):
        self.refused({"docs/x.md": "\n[a](security.md#what)\n"}, "docs/x.md:2: security.md#what")

    def test_a_heading_in_an_example_is_none(self):
        self.refused({"README.md": "[a](#b)\n```\n# B\n```\n"}, "#b names no heading")

    def test_a_test_that_is_not_there_is_found(self):
        self.refused({"README.md": "`tests/b_test.py`\n"}, "README.md:1: tests/b_test.py")

    def test_a_claim_without_a_test_is_found(self):
        claim = SECURITY + "| c | our word |\n"
        self.refused({"docs/security.md": claim}, "security.md:7: a claim")

    def test_a_room_of_the_market_that_is_left_out_is_found(self):
        self.refused(
            {"docs/architecture.md": HOUSE.replace(" < `pictures`", "")},
            "docs/architecture.md:4: the row of src/market leaves out pictures",
        )

    def test_rooms_of_the_market_in_another_order_are_found(self):
        swapped = HOUSE.replace("`mail` < `trade`", "`trade` < `mail`")
        self.refused({"docs/architecture.md": swapped}, "stand in this order: keys < identity")

    def test_a_folder_of_the_core_that_is_left_out_is_found(self):
        said = "the row of src/core leaves out audit"
        self.refused({"src/core/audit/audit.hpp": ""}, f"docs/architecture.md:3: {said}")
        self.refused({"src/core/audit/audit.hpp": ""}, f"CONTRIBUTING.md:3: {said}")

    def test_a_folder_that_is_not_there_is_found(self):
        rows = ROWS.replace("`links/`", "`links/`, `audit/`")
        self.refused({"CONTRIBUTING.md": rows}, "names audit, which it does not have")

    def test_a_document_without_the_rows_is_refused(self):
        self.refused({"CONTRIBUTING.md": ""}, "CONTRIBUTING.md:0: the row of src/core leaves out")

    def test_a_tree_without_the_claims_is_refused(self):
        with tempfile.TemporaryDirectory() as root:
            done = subprocess.run(
                [sys.executable, HERE / "documents.py", root], capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 1)
            self.assertIn("docs/security.md is not there", done.stdout)


if __name__ == "__main__":
    unittest.main()

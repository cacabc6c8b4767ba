#!/usr/bin/env python3
"""The transcript of contrib/demo is what it printed, without the network that it needs to print
it."""
import contextlib
import io
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contrib" / "lib"))

import demo  # noqa: E402


class Node:
    """Answers as `hearsay` does, with blanks at a line's end and an empty line."""

    name = "A"

    def tell(self, *words):
        return f"{' '.join(words)}   \n\nbread\n"


class Transcript(unittest.TestCase):
    def test_it_is_what_was_printed_without_blanks_at_line_ends(self):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            story = demo.Story()
            story.say("an offer goes from A to C " * 8)
            story.show(Node(), "offer", "list")
            story.say("everything has ended")
        head, block = story.transcript().split("```text\n")
        lines = [line.rstrip() for line in printed.getvalue().rstrip("\n").split("\n")]
        self.assertEqual(block, "\n".join(lines) + "\n```\n")
        self.assertIn("A$ hearsay offer list", lines)
        self.assertTrue(head.startswith("# What contrib/demo shows\n"))

    def test_docs_demo_has_the_same_head(self):
        page = pathlib.Path(demo.__file__).resolve().parents[2] / "docs" / "demo.md"
        self.assertTrue(page.read_text(encoding="utf-8").startswith(demo.TRANSCRIPT.split("{}")[0]))


if __name__ == "__main__":
    unittest.main()

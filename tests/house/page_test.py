#!/usr/bin/env python3
"""page.py finds what it is there for."""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import page  # noqa: E402

SOURCE = HERE.parents[1] / "src" / "page"


class PageRules(unittest.TestCase):
    def setUp(self):
        top = pathlib.Path(tempfile.mkdtemp(prefix="hearsay-page-"))
        self.addCleanup(shutil.rmtree, top)
        self.folder = top / "page"
        shutil.copytree(SOURCE, self.folder)

    def found(self, file, old, new):
        path = self.folder / file
        text = path.read_text("utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1), "utf-8")
        return page.check(self.folder)[0]

    def test_the_page_as_it_is_has_no_problem(self):
        self.assertEqual(page.check(self.folder)[0], [])

    def test_a_key_that_one_language_lacks_is_found(self):
        self.assertEqual(len(self.found("words/de.js", "done = 'Erledigt", "dune = 'Erledigt")), 2)

    def test_a_name_that_one_language_lacks_is_found(self):
        self.assertEqual(len(self.found("words/de.js", "je {what}", "je Stück")), 1)

    def test_a_text_that_nobody_wrote_is_found(self):
        found = self.found("mine.js", "tip('mine.renewed')", "tip('mine.renude')")
        self.assertEqual(len(found), 2)  # and the other is not asked for any more

    def test_a_text_that_nobody_asks_for_is_found(self):
        self.assertEqual(len(self.found("mine.js", "tip('mine.renewed')", "tip('done')")), 1)

    def test_a_sentence_of_the_nodes_that_one_language_lacks_is_found(self):
        lacking = self.found("words/de.js", "over: 'Das ist schon vorbei.',", "")
        self.assertEqual(lacking, ["words/de.js: the node's over is not said"])

    def test_a_sentence_that_tells_what_the_node_does_not_is_found(self):
        found = self.found("words/de.js", "'Zu lang: höchstens {most}", "'{x} {most}")
        self.assertEqual(len(found), 1)

    def test_a_row_that_nobody_says_is_found(self):
        said = [("late", "it is {n} o'clock already")]
        self.assertEqual(len(list(page.unsaid(said, '"it is sold " + x'))), 1)
        self.assertEqual(list(page.unsaid(said, '"x it is " + n + " o\'clock "\n  "already"')), [])

    def test_a_phase_of_tors_that_a_language_lacks_is_found_in_english_too(self):
        for name, text in (("en.js", "It starts."), ("de.js", "Es startet.")):
            lacking = self.found(f"words/{name}", f"phase_starting: '{text}',", "")
            self.assertIn(f"words/{name}: the node's phase_starting is not said", lacking)

    def test_markup_from_text_is_found(self):
        self.assertEqual(len(self.found("dom.js", "node.append(", "node.innerHTML = (")), 1)

    def test_an_address_outside_is_found(self):
        self.assertEqual(len(self.found("main.js", "'status'", "'https://a.example/'")), 1)

    def test_a_colour_that_is_too_pale_is_found(self):
        pale = self.found("page.css", "--soft: light-dark(#55605c", "--soft: light-dark(#a5b0ac")
        self.assertNotEqual(pale, [])

    def test_a_page_that_grew_too_large_is_found(self):
        (self.folder / "more.js").write_text("// more\n" * 20_000)
        self.assertEqual(len(page.check(self.folder)[0]), 1)

    def test_of_the_languages_only_the_largest_counts(self):
        size = page.check(self.folder)[1]
        catalogues = [path.stat().st_size for path in (self.folder / "words").iterdir()]
        all_of_them = sum(each.stat().st_size for each in self.folder.rglob("*") if each.is_file())
        self.assertEqual(size, all_of_them - sum(catalogues) + max(catalogues))
        shutil.copy(self.folder / "words" / "de.js", self.folder / "words" / "at.js")
        self.assertEqual(page.check(self.folder), ([], size))

    def test_a_visit_that_would_load_a_second_language_is_found(self):
        there = "const languageOf ="
        for more in ("import * as en from './words/en.js';", "await import('./words/en.js');"):
            self.setUp()
            self.assertEqual(len(self.found("words.js", there, f"{more}\n{there}")), 1)


if __name__ == "__main__":
    unittest.main()

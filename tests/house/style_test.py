#!/usr/bin/env python3
"""The style check finds what it is for, and lets good files pass."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
HEADER = "// base/x.hpp - decides x.\n#pragma once\n"


class Style(unittest.TestCase):
    def run_on(self, path, text):
        return self.run_on_tree({path: text})

    def run_on_tree(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                file = pathlib.Path(root, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            done = subprocess.run(
                [sys.executable, HERE / "style.py", root], capture_output=True, text=True
            )
            return done.returncode, done.stdout

    def refused(self, path, text, reason):
        code, said = self.run_on(path, text)
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)

    def accepted(self, path, text):
        code, said = self.run_on(path, text)
        self.assertEqual(code, 0, said)
        return said

    def test_a_good_file_passes(self):
        self.accepted("src/base/x.hpp", HEADER + "int f();\n")

    def test_long_files(self):
        self.refused("src/base/x.cpp", "int x;\n" * 501, "501 lines")
        self.assertIn("401 lines", self.accepted("src/base/x.cpp", "int x;\n" * 401))

    def test_long_functions(self):
        body = "    x();\n"
        self.refused("src/base/x.cpp", "void f() {\n" + body * 90 + "}\n", "a function of 92 lines")
        self.accepted(
            "src/base/x.cpp", "void f() {\n" + body * 60 + "}\nvoid g() {\n" + body * 60 + "}\n"
        )
        self.refused(
            "contrib/x",
            "#!/usr/bin/env python3\ndef f():\n" + "    x()\n" * 95,
            "a function of 96 lines",
        )

    def test_headers(self):
        self.refused("src/base/x.hpp", "#pragma once\nint f();\n", "opens with what it decides")
        self.refused("src/base/x.hpp", "// base/x.hpp - x.\nint f();\n", "#pragma once follows")

    def test_text(self):
        self.refused("src/base/x.cpp", "\tint x;\n", "a tab")
        self.refused("src/base/x.cpp", "int x; \n", "blanks at the end")
        self.refused("src/base/x.cpp", "int x;", "no line end")

    def test_promises(self):
        for word in ("TO" + "DO", "FIX" + "ME", "X" + "XX"):
            self.refused("src/base/x.cpp", f"// {word}: later\n", word)
        self.accepted("contrib/x.sh", "mktemp -d x.XXXXXX\n")

    def test_machine_paths(self):
        self.refused("docs/x.md", "see /wo" + "rk/main\n", "a path of one machine")
        self.accepted("docs/x.md", "lies in /home/ann/.local/share/hearsay\n")
        self.refused("src/base/x.cpp", 'auto x = "/ro' + 'ot/x";\n', "a path of one machine")

    def test_sources_outside_the_tree(self):
        cited = ("the br" + "ief has it", "br" + "ief section 9", "br" + "ief, sections 1 and 2",
                 "The Br" + "ief's example", "iss" + "ue 4 asks", "iss" + "ue #12")  # fmt: skip
        for path in ("src/base/x.cpp", "docs/x.md"):
            text = "".join(f"// {words}.\n" for words in cited)
            self.refused(path, text, "cites what is not in the tree")
            self.refused(path, text, f"{len(cited)} problems")
        self.accepted("src/sim/x.cpp", "const bool brief = false;  // an issue, in brief\n")

    def test_markdown_wraps(self):
        wide = "word " * 20 + "word\n"
        self.refused("docs/x.md", wide, "104 columns")
        self.refused("README.md", "- item\n  " + wide, "106 columns")
        self.refused("CONTRIBUTING.md", "- item\n    " + wide, "108 columns")  # continues the item
        self.refused("docs/x.md", "```\ncode\n```\n" + wide, "104 columns")
        self.refused("docs/x.md", "    code\n\n" + wide, "104 columns")
        fine = ("| " + wide, "```text\n" + wide + "```\n", "Text\n\n    " + wide + "    " + wide,
                "https://example.org/" + "x" * 100 + "\n", "x " * 49 + "xx\n")  # fmt: skip
        self.accepted("docs/x.md", "".join(fine))
        self.accepted("docs/x.txt", wide)

    def test_scripts_have_columns(self):
        wide = "word " * 20 + "word\n"
        scripts = {
            "contrib/x.py": "",
            "contrib/x": "#!/usr/bin/env python3\n",
            "contrib/y": "#!/bin/bash\n",
            "contrib/z": "#!/usr/bin/env bash\n",
            "contrib/x.sh": "",
            "contrib/lib/x.bash": "",
            "contrib/completion/_x": "#compdef x\n",
            "CMakeLists.txt": "",
            "src/base/CMakeLists.txt": "",
            "tests/unit/app/tests.cmake": "",
        }
        code, said = self.run_on_tree({path: text + "# " + wide for path, text in scripts.items()})
        self.assertEqual(code, 1, said)
        for path in scripts:
            self.assertRegex(said, rf"{path}:[12]: 106 columns; at most 100")
        self.assertIn(f"{len(scripts)} problems", said)
        fine = "\n".join(("# " + "x" * 98, "# https://example.org/" + "x" * 100, "y" * 120)) + "\n"
        for path in ("contrib/x.py", "contrib/y", "CMakeLists.txt"):
            scripts[path] += fine
        code, said = self.run_on_tree(scripts)
        self.assertEqual(code, 0, said)
        self.accepted("contrib/x.py", f"class X:\n    def test_{'x' * 100}(self):\n        pass\n")
        self.refused("contrib/x.py", f"class X:\n    x = '{'x' * 100}'\n", "110 columns")

    def test_cpp_has_columns(self):
        self.refused("src/base/x.cpp", "// " + "word " * 20 + "word\n", "107 columns; at most 100")
        self.refused("src/base/x.cpp", "//" + "x" * 100 + "\n", "102 columns; at most 100")
        self.accepted("src/base/x.cpp", "//" + "x" * 98 + "\n")

    def test_comments_do_not_end_early(self):
        goes_on = "and this went on in a line of its own\n"
        for early in ("// A line that a tool broke,\n// ",
                      "    // " + "x" * 64 + "\n    // ",
                      "//   1. an item\n//      ", "// - an item.\n//   goes on,\n//   ",
                      "//   name    a cell\n//           ",
                      "//   1. one   -> two,\n//      on\n//      "):  # fmt: skip
            self.refused("src/base/x.cpp", early + goes_on, "columns; comments wrap at 100")
            self.refused("src/base/x.cpp", early + goes_on, "1 problems")
        self.refused("tests/x.hpp", "// x.hpp - a line\n// " + goes_on, ":1: 17 columns")

    def test_comments_end_early_where_they_should(self):
        for text in ("// A sentence.\n// Another (one.)\n// A list:\n//   - b\n//   - c\n// d\n",
                     "// A\n//\n// B\n// ---- c ----\n// d\n", "// fuzz: max_len=400\n// What\n",
                     "//   name   cell\n//   other  cell\n", "//   S1  cell\n//   S12 none\n",
                     "//   hearsay list\n//   hearsay show\n", "// A | b\n// | c\n",
                     "// NOLINTNEXTLINE(x)\n// What\n", "// What\n// Errors: none\n",
                     "int x;  // a\n        // b\n        // c\n", "// a\nint x;\n// b\n",
                     "// " + "x" * 64 + "\n// " + "y" * 8 + "\n"):  # fmt: skip
            self.accepted("src/base/x.cpp", text)
        self.accepted("contrib/x.py", "# a\n# b\n")

    def test_an_empty_tree_is_no_success(self):
        with tempfile.TemporaryDirectory() as root:
            done = subprocess.run(
                [sys.executable, HERE / "style.py", root], capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()

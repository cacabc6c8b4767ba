#!/usr/bin/env python3
"""contrib/mutate changes one guard at a time, and the list of survivors is checked."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "contrib" / "lib"))
sys.dont_write_bytecode = True
import mutants  # noqa: E402


def of(body, head="bool f(int x)"):
    """The changed lines of every mutant of a function with this body."""
    source = f"namespace a {{\n\n{head} {{\n{body}}}\n\n}}\n"
    return {mutant.lines(source) for mutant in mutants.mutants(source)}


class Mutants(unittest.TestCase):
    def becomes(self, line, *others):
        self.assertEqual(of(f"    {line}\n"), {(line, other) for other in others})

    def test_a_condition_is_negated_and_its_return_passed_over(self):
        self.assertEqual(of("    if (is_old(x)) return early();\n    return later();\n"), {
            ("if (is_old(x)) return early();", "if (!(is_old(x))) return early();"),
            ("if (is_old(x)) return early();", "if (is_old(x)) ;")})  # fmt: skip

    def test_a_bound_moves_by_one(self):
        line = "return x < most - 1;"
        self.becomes(line, "return x <= most - 1;", "return x < most;")
        self.becomes("return std::min(x, most);", "return std::max(x, most);")

    def test_each_operand_of_a_chain_is_left_out(self):
        self.becomes("const bool due = a && b(x, y) && !c;",
                     "const bool due = true && b(x, y) && !c;",
                     "const bool due = a && true && !c;",
                     "const bool due = a && b(x, y) && true;")  # fmt: skip
        self.becomes("return a ? b || c : d;",
                     "return a ? false || c : d;",
                     "return a ? b || false : d;")  # fmt: skip

    def test_what_a_condition_declares_is_kept_and_never_holds(self):
        self.becomes("if (const auto fault = look(x)) return fault;",
                     "if (const auto fault = look(x); false) return fault;",
                     "if (const auto fault = look(x)) ;")  # fmt: skip
        self.becomes("if (const auto at = find(x); at != none) go(at);",
                     "if (const auto at = find(x); !(at != none)) go(at);",
                     "if (const auto at = find(x); at == none) go(at);",
                     "if (const auto at = find(x); at != none) ;")  # fmt: skip

    def test_statements_are_dropped_and_declarations_are_not(self):
        body = "    const int y = x;\n    ++count_;\n    int z;\n    out.push_back(\n        y);\n"
        self.assertEqual(of(body), {("++count_;", ";"), ("out.push_back( y);", ";")})

    def test_a_signature_may_take_lines(self):
        source = "void f(int x,\n       int y)\n    : a_(x) {\n    go();\n}\n"
        changed = [mutant.lines(source) for mutant in mutants.mutants(source)]
        self.assertEqual(changed, [("go();", ";")])

    def test_comments_texts_and_checks_of_our_own_are_left_alone(self):
        body = '    // if (x) return;\n    const auto y = "a < b";\n    ENSURE(x < 3 && y, "no");\n'
        self.assertEqual(of(body), set())
        self.assertEqual(of("    if (x) go();\n", "void A::sanity_check() const"), set())
        self.assertEqual(mutants.mutants("struct A {\n    int x = 1 < 2;\n};\n"), [])

    def test_a_mutant_is_one_change(self):
        source = "void f() {\n    a();\n    b();\n}\n"
        changed = [mutant.apply(source) for mutant in mutants.mutants(source)]
        self.assertEqual(changed, [source.replace("a()", ""), source.replace("b()", "")])


class Survivors(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as root:
            source = pathlib.Path(root, "src/core/a.cpp")
            source.parent.mkdir(parents=True)
            source.write_text("void f() {\n    a();\n}\n")
            listed = pathlib.Path(root, "tests/mutants/core.txt")
            listed.parent.mkdir(parents=True)
            listed.write_text(text)
            done = subprocess.run([sys.executable, "-B", HERE / "mutants.py", root],
                                  capture_output=True, text=True)  # fmt: skip
            return done.returncode, done.stdout + done.stderr

    def test_a_mutant_with_a_reason_is_fine(self):
        text = "# a list\n\nsrc/core/a.cpp: a(); => ;\n    it does nothing,\n    ever\n"
        self.assertEqual(self.check(text)[0], 0)

    def test_one_without_a_reason_is_not(self):
        code, said = self.check("src/core/a.cpp: a(); => ;\n")
        self.assertEqual((code, "no reason" in said), (1, True), said)

    def test_one_that_is_gone_is_not(self):
        code, said = self.check("src/core/a.cpp: b(); => ;\n    why\n")
        self.assertEqual((code, "no such mutant" in said), (1, True), said)

    def test_a_reason_for_nothing_is_not(self):
        self.assertEqual(self.check("    why\n")[0], 1)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The check for what may not be there finds what it is for, and only that."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent


class Total(unittest.TestCase):
    def run_on(self, body, path="src/core/relay/request_tracker.cpp"):
        with tempfile.TemporaryDirectory() as root:
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True)
            file.write_text(
                "namespace hearsay {\n\nint f(const List& list, std::size_t at) {\n"
                + body
                + "}\n\n}\n"
            )
            done = subprocess.run(
                [sys.executable, HERE / "total.py", root], capture_output=True, text=True
            )
            return done.returncode, done.stdout + done.stderr

    def refused(self, body, reason, **where):
        code, said = self.run_on(body, **where)
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)

    def accepted(self, body, **where):
        code, said = self.run_on(body, **where)
        self.assertEqual(code, 0, said)

    def test_ends_of_what_may_be_empty(self):
        self.refused("    return list.front();\n", "request_tracker.cpp:4: list front()")
        self.refused("    return chains_[role(who)].back().number;\n", "chains_[role(who)] back()")
        self.refused("    list->pop_back();\n", "list pop_back()")
        self.accepted("    return list.empty() ? 0 : list.front();\n")
        self.accepted("    list.push_back(1);\n    return list.back();\n")

    def test_asking_afterwards_is_too_late(self):
        self.refused(
            "    int x = list.front();\n    return list.empty() ? 0 : x;\n", "list front()"
        )

    def test_asking_another_is_no_answer(self):
        self.refused("    return other.list.empty() ? 0 : list.front();\n", "list front()")

    def test_places_with_a_number_from_elsewhere(self):
        self.refused("    return list[at];\n", "list [at]")
        self.refused("    return list[seen.number - 1];\n", "list [seen.number - 1]")
        self.accepted("    return at < list.size() ? list[at] : 0;\n")
        self.accepted("    return list[0] + list[17];\n")
        self.accepted("    for (int x : list) sum += list[x];\n")

    def test_places_of_an_enumeration(self):
        self.accepted("    return chains_[index(who)];\n")
        self.refused(
            "    const auto who = role_of(key);\n    return chains_[index(*who)];\n",
            "*who: nobody asked",
        )
        self.refused("    return chains_[index(*role_of(key))];\n", "*role_of(key): nobody asked")

    def test_parts(self):
        self.refused("    return view.subspan(at);\n", "view subspan(...)")
        self.refused("    text.remove_prefix(at);\n", "text remove_prefix(...)")
        self.accepted("    if (view.size() < at) return 0;\n    return view.subspan(at);\n")

    def test_maps_make_what_they_lack(self):
        self.accepted("    std::map<int, std::vector<int>> counts;\n    return counts[at];\n")

    def test_lambdas_and_attributes_are_no_places(self):
        self.accepted(
            "    [[maybe_unused]] auto g = [at](int x) { return x; };\n"
            "    call([&] { return 1; });\n"
        )

    def test_answers_that_are_followed_at_once(self):
        self.refused(
            "    const Role who = *role_of(seen.who);\n", "*role_of(seen.who): nobody asked"
        )
        self.refused("    use(*base::from_hex(letters(text)), 1);\n", "nobody asked")
        self.refused("    return *machine.maker();\n", "nobody asked")
        self.refused("    return *list.begin();\n", "nobody asked")
        self.accepted("    return list.empty() ? 0 : *list.begin();\n")
        self.accepted("    if (!stream.dialled()) return 0;\n    return *stream.dialled();\n")
        self.accepted("    take(*std::move(found));\n    return at * size(list);\n")

    def test_answers_that_have_a_name(self):
        self.refused(
            "    const auto role = role_of(who);\n    return *role;\n",
            "*role: nobody asked whether role is there",
        )
        self.refused(
            "    const auto found = load(who);\n    return found->count();\n",
            "found->: nobody asked",
        )
        self.refused(
            "    const auto role = role_of(who);\n    return *role ? 1 : !role;\n",
            "*role: nobody asked",
        )
        self.accepted(
            "    const auto role = role_of(who);\n    if (!role) return 0;\n    return *role;\n"
        )
        self.accepted(
            "    const auto role = role_of(who);\n    return role && known ? *role : 0;\n"
        )
        self.accepted("    if (const auto role = role_of(who)) return *role;\n")
        self.accepted("    if (const auto role = role_of(who); role && at > 0) return *role;\n")
        self.refused(
            "    if (const auto role = role_of(who); at > 0) return *role;\n", "*role: nobody asked"
        )
        self.accepted(
            '    const auto role = role_of(who);\n    ENSURE(role, "asked before");\n'
            "    return *role;\n"
        )

    def test_a_comment_answers_with_a_reason(self):
        self.accepted("    return list.front();  // total: filled by its only maker\n")
        self.accepted("    // total: filled by its only maker\n    return list.front();\n")
        self.refused("    return list.front();  // total:\n", "list front()")
        self.refused(
            "    int x = 0;  // total: about another line\n    return list.front();\n",
            "list front()",
        )

    def test_comments_and_texts_do_not_count(self):
        self.accepted('    // list.front()\n    return "list.front() list[at]";\n')

    def test_other_rooms_are_left_alone(self):
        code, said = self.run_on("    return list.front();\n", path="src/sim/world.cpp")
        self.assertEqual(code, 1)
        self.assertIn("no room was found", said)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The callback check finds what it is for, and only that."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
GUARDED = (
    "void f() { event_new(base, 1, EV_READ, [](int, short, void* self) "
    "{ base::guarded(\"x\", [&] { go(self); }); }, 0); }\n"
)


class Callbacks(unittest.TestCase):
    def run_on(self, text, path="src/net/loop.cpp"):
        with tempfile.TemporaryDirectory() as root:
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True)
            file.write_text(text)
            done = subprocess.run(
                [sys.executable, HERE / "callbacks.py", root], capture_output=True, text=True
            )
            return done.returncode, done.stdout + done.stderr

    def refused(self, text, reason):
        code, said = self.run_on(text)
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)

    def accepted(self, text):
        code, said = self.run_on(GUARDED + text)
        self.assertEqual(code, 0, said)

    def test_a_guarded_lambda_is_fine(self):
        self.accepted("")

    def test_a_bare_lambda_is_not(self):
        self.refused(
            "void f() { event_new(base, 1, EV_READ, "
            "[](int, short, void* self) { go(self); }, 0); }\n",
            "src/net/loop.cpp:1: event_new: its lambda is not one call",
        )

    def test_work_beside_the_guarded_call_is_not(self):
        self.refused(
            "void f() { event_new(b, 1, 2, [](int, short, void* s) "
            '{ look(); base::guarded("x", [&] { go(s); }); }, 0); }\n',
            "its lambda is not one call",
        )
        self.refused(
            "void f() { event_new(b, 1, 2, [](int, short, void* s) "
            '{ base::guarded("x", [&] { go(s); }); look(); }, 0); }\n',
            "its lambda is not one call",
        )

    def test_functions_are_looked_up(self):
        self.accepted(
            'int pick(SSL*, void*) {\n  return base::guarded("TLS", [&] { return 1; });\n}\n'
            "void g() { SSL_CTX_set_alpn_select_cb(context, pick, nullptr); }\n"
        )
        self.refused(
            "int pick(SSL*, void*) {\n  return choose();\n}\n"
            "void g() { SSL_CTX_set_alpn_select_cb(context, &pick, nullptr); }\n",
            "pick() is not one call",
        )
        self.refused("void g() { SSL_CTX_set_alpn_select_cb(context, elsewhere, nullptr); }\n",
                     "elsewhere is not a function of this file")

    def test_each_of_several_is_looked_at(self):
        self.refused(
            "void f() { bufferevent_setcb(s, [](B*, void* x) "
            '{ base::guarded("a", [&] { go(x); }); },\n'
            "  nullptr, [](B*, short, void* x) { go(x); }, this); }\n",
            "bufferevent_setcb: its lambda",
        )

    def test_threads_begin_guarded(self):
        self.refused("void f() { std::thread([] { work(); }).join(); }\n", "thread: its lambda")
        self.refused("void f() { std::thread back([] { work(); }); }\n", "thread: its lambda")
        self.refused(
            "std::vector<std::thread> pool_;\nvoid f() { pool_.emplace_back([] { work(); }); }\n",
            ":2: thread: its lambda",
        )
        self.accepted(
            "std::vector<std::thread> pool_;\n"
            'void f() { pool_.emplace_back([] { base::guarded("a", [] { work(); }); }); }\n'
        )

    def test_what_is_nobody_is_fine(self):
        self.accepted(
            "void f() { std::signal(SIGPIPE, SIG_IGN); "
            "bufferevent_setcb(s, nullptr, nullptr, nullptr, nullptr); }\n"
        )

    def test_an_unknown_taker_is_said(self):
        self.refused(
            "void f() { SSL_CTX_set_keylog_callback(context, nullptr); }\n",
            "not known to this check",
        )

    def test_comments_and_texts_do_not_count(self):
        self.accepted(
            "// event_new(a, b, c, [](int) { go(); }, 0)\n"
            'const char* t = "event_new(a, b, c, d, e)";\n'
        )

    def test_an_empty_tree_is_no_success(self):
        code, said = self.run_on("int x;\n")
        self.assertEqual(code, 1, said)


if __name__ == "__main__":
    unittest.main()

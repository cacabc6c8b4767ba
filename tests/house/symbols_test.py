#!/usr/bin/env python3
"""The symbol check finds what it is for: usage symbols_test.py CXX NM"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
CXX, NM = "c++", "nm"


class Symbols(unittest.TestCase):
    def run_on(self, room, source):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "x.cpp")
            file.write_text(source)
            built = pathlib.Path(folder, "x.o")
            subprocess.run([CXX, "-std=c++2b", "-O0", "-c", file, "-o", built], check=True)
            archive = pathlib.Path(folder, "libx.a")
            subprocess.run(["ar", "rcs", archive, built], check=True)
            done = subprocess.run(
                [sys.executable, HERE / "symbols.py", "--nm", NM, f"{room}={archive}"],
                capture_output=True,
                text=True,
            )
            return done.returncode, done.stdout + done.stderr

    def refused(self, source, kind, room="core"):
        code, said = self.run_on(room, source)
        self.assertEqual(code, 1, said)
        self.assertIn(f"({kind}", said)
        self.assertIn("x.o", said)

    def accepted(self, source, room="core"):
        code, said = self.run_on(room, source)
        self.assertEqual(code, 0, said)

    def test_clocks(self):
        self.refused("#include <ctime>\nlong f() { return time(nullptr); }", "clock")
        self.refused(
            "#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }", "clock"
        )
        self.refused(
            "#include <chrono>\nauto f() { return std::chrono::system_clock::now(); }", "clock"
        )

    def test_randomness(self):
        self.refused("#include <cstdlib>\nint f() { return rand(); }", "randomness")
        self.refused(
            "#include <random>\nunsigned f() { return std::random_device()(); }", "randomness"
        )
        self.refused(
            "#include <sys/random.h>\nlong f(char* x) { return getrandom(x, 4, 0); }", "randomness"
        )
        self.refused(
            'extern "C" int RAND_bytes(unsigned char*, int);\n'
            "int f() { return RAND_bytes(nullptr, 0); }",
            "randomness",
        )
        self.refused("namespace hearsay::crypto { int system_random_secret(); }\n"
                     "int f() { return hearsay::crypto::system_random_secret(); }", "randomness")

    def test_sockets(self):
        self.refused("#include <sys/socket.h>\nint f() { return socket(1, 1, 0); }", "socket")
        self.refused("#include <poll.h>\nint f() { return poll(nullptr, 0, 0); }", "socket")

    def test_threads_and_locks(self):
        self.refused("#include <thread>\nvoid f() { std::thread([] {}).join(); }", "thread")
        self.refused("#include <mutex>\nstd::mutex m;\nvoid f() { m.lock(); }", "thread")

    def test_files_processes_environment(self):
        self.refused("#include <fstream>\nvoid f() { std::ofstream(\"x\") << 1; }", "file")
        self.refused("#include <fcntl.h>\nint f() { return open(\"x\", 0); }", "file")
        self.refused("#include <unistd.h>\nint f() { return fork(); }", "process")
        self.refused("#include <cstdlib>\nchar* f() { return getenv(\"x\"); }", "environment")

    def test_printing_is_base_only(self):
        last_words = (
            "#include <cstdio>\n#include <cstdlib>\n"
            "void f() { std::fprintf(stderr, \"%d\", 1); std::abort(); }"
        )
        self.refused(last_words, "output")
        self.accepted(last_words, room="base")

    def test_rooms_to_the_right(self):
        self.refused(
            "namespace hearsay::net { int x(); }\nint f() { return hearsay::net::x(); }",
            "room to the right (net)",
        )

    def test_honest_code_passes(self):
        self.accepted("#include <map>\n#include <memory>\n#include <string>\n"
                      "std::map<std::string, std::shared_ptr<int>> f(std::string s) "
                      "{ return {{s + s, std::make_shared<int>(1)}}; }")
        self.accepted(
            "namespace hearsay::item { int opened(); }\nint f() { return hearsay::item::opened(); }"
        )

    def test_an_empty_archive_is_no_success(self):
        code, _ = self.run_on("core", "int x;")
        self.assertEqual(code, 1)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        CXX, NM = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
"""What tor/build refuses, and what it does with a finished result. Needs no network and compiles
nothing."""
import hashlib
import os
import subprocess
import tarfile
import tempfile
import threading
import unittest

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BUILD = os.path.join(TOP, "tor", "build")

# A source that is Tor only as far as tor/build looks: it "configures" and "compiles" in no time.
CONFIGURE = r"""#!/bin/sh
echo configured >>"$COUNT_FILE"
mkdir -p src/feature/api
echo 'int tor_run_main(const void *);' >src/feature/api/tor_api.h
if [ -z "$WITHOUT_GPL" ]; then echo '#define ENABLE_GPL 1' >orconfig.h; else : >orconfig.h; fi
cat >x.c <<'C'
int helper(void); int helper(void) { return 7; }
int tor_run_main(const void *x); int tor_run_main(const void *x) { return x ? helper() : 0; }
C
printf 'libtor.a:\n\tcc -c x.c -o x.o && ar rcs libtor.a x.o\n' >Makefile
"""


class TorBuild(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="hearsay-tor-build.")
        self.addCleanup(directory.cleanup)
        self.top = directory.name
        self.cache = os.path.join(self.top, "cache")
        self.count = os.path.join(self.top, "count")

    def source(self, version, configure=CONFIGURE):
        path = os.path.join(self.top, "tor-" + version)
        os.mkdir(path)
        with open(os.path.join(path, "configure.ac"), "w", encoding="utf-8") as file:
            file.write(f"AC_INIT([tor],[{version}])\n")
        with open(os.path.join(path, "configure"), "w", encoding="utf-8") as file:
            file.write(configure)
        os.chmod(os.path.join(path, "configure"), 0o755)
        return path

    def build(self, *arguments, **environment):
        # Which OpenSSL the tree is configured with; the system's if it is not said.
        named = os.environ.get("HEARSAY_OPENSSL_PREFIX")
        openssl = ["--openssl", named] if named and "--openssl" not in arguments else []
        return subprocess.run(
            [BUILD, "--cache", self.cache, *openssl, *arguments],
            capture_output=True, text=True, check=False,
            env={**os.environ, "COUNT_FILE": self.count, **environment}, timeout=120,
        )  # fmt: skip

    def builds(self):
        with open(self.count, encoding="utf-8") as file:
            return len(file.readlines())

    def test_an_old_tor_is_refused_with_the_reason(self):
        for version in ("0.4.9.10", "0.4.8.21", "0.4.9.9-rc"):
            result = self.build("--source", self.source(version))
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"Tor {version} is refused", result.stderr)
            self.assertIn("impersonate", result.stderr)

    def test_a_newer_tor_is_taken(self):
        for version in ("0.4.9.11", "0.4.10.1-alpha", "0.5.0.1"):
            result = self.build("--source", self.source(version))
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(result.stdout.strip() + "/info", encoding="utf-8") as info:
                self.assertIn("version=" + version + "\n", info.read())

    def test_a_wrong_hash_stops_with_both_hashes(self):
        tarball = os.path.join(self.top, "tor.tar.gz")
        with open(tarball, "wb") as file:
            file.write(b"not what was meant")
        actual = hashlib.sha256(b"not what was meant").hexdigest()
        result = self.build("--tarball", tarball, "--sha256", "ab" * 32)
        self.assertEqual(result.returncode, 1)
        self.assertIn(actual, result.stderr)
        self.assertIn("ab" * 32, result.stderr)

    def test_a_tarball_needs_its_hash(self):
        result = self.build("--tarball", "/dev/null")
        self.assertEqual(result.returncode, 1)
        self.assertIn("--sha256", result.stderr)

    def test_a_tarball_with_the_right_hash_is_built(self):
        tarball = os.path.join(self.top, "tor.tar.gz")
        with tarfile.open(tarball, "w:gz") as file:
            file.add(self.source("0.4.9.11"), "tor-0.4.9.11")
        with open(tarball, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        result = self.build("--tarball", tarball, "--sha256", digest.upper())
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_only_the_interface_stays_visible(self):
        library = self.build("--source", self.source("0.4.9.11")).stdout.strip() + "/libtor.a"
        symbols = subprocess.run(
            ["nm", "-g", "--defined-only", library], capture_output=True, text=True, check=True
        )
        self.assertIn(" T tor_run_main", symbols.stdout)
        self.assertNotIn("helper", symbols.stdout)

    def test_a_second_run_builds_nothing(self):
        source = self.source("0.4.9.11")
        first = self.build("--source", source)
        second = self.build("--source", source, "--print")
        self.assertEqual((first.stdout, second.stderr), (second.stdout, ""))
        self.assertEqual(self.builds(), 1)

    def openssl(self, name, version="3.5.7"):
        headers = os.path.join(self.top, name, "include", "openssl")
        os.makedirs(headers)
        with open(os.path.join(headers, "opensslv.h"), "w", encoding="utf-8") as file:
            file.write(f'#define OPENSSL_FULL_VERSION_STR "{version}"\n')
        return os.path.join(self.top, name)

    def test_with_another_openssl_it_is_another_library(self):
        source = self.source("0.4.9.11")
        made = [
            self.build("--source", source, "--openssl", openssl).stdout
            for openssl in (
                self.openssl("3.5.7-one"), self.openssl("3.5.7-two"),
                self.openssl("other/3.5.7-one", "3.5.8"), os.path.join(self.top, "3.5.7-one"),
            )
        ]  # fmt: skip
        self.assertEqual(len(set(made)), 3)
        self.assertEqual(made[0], made[3])
        self.assertEqual(self.builds(), 3)

    def test_a_directory_without_openssl_is_refused(self):
        result = self.build("--source", self.source("0.4.9.11"), "--openssl", self.top)
        self.assertEqual(result.returncode, 1)
        self.assertIn("holds no OpenSSL", result.stderr)

    def test_two_builds_at_once_make_one_result(self):
        source = self.source("0.4.9.11", CONFIGURE + "sleep 1\n")
        results = []
        threads = [
            threading.Thread(target=lambda: results.append(self.build("--source", source)))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([result.returncode for result in results], [0, 0, 0])
        self.assertEqual(len({result.stdout for result in results}), 1)
        self.assertEqual(self.builds(), 1)

    def test_a_failed_build_tells_why_and_leaves_no_result(self):
        source = self.source("0.4.9.11", "#!/bin/sh\necho the real trouble\nexit 1\n")
        result = self.build("--source", source)
        self.assertEqual(result.returncode, 1)
        self.assertIn("the real trouble", result.stderr)
        self.assertIn("failed at: configured", result.stderr)
        kept = os.listdir(self.cache)
        self.assertEqual([name for name in kept if not name.startswith(("failed-", "lock-"))], [])

    def test_a_tor_without_proof_of_work_is_refused(self):
        result = self.build("--source", self.source("0.4.9.11"), WITHOUT_GPL="1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("proof of work", result.stderr)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""What contrib/lib/build-openssl refuses and leaves. Needs no network and compiles no OpenSSL; what
it shares with tor/build is proved there (tests/unit/tor/build_test.py)."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "contrib" / "lib" / "build-openssl"

# A source that is OpenSSL only as far as build-openssl looks.
CONFIGURE = r"""#!/bin/sh
echo "$@" >"$ARGUMENTS"
env >"$ARGUMENTS.environment"
mkdir -p include/openssl
echo "$SETTINGS" >include/openssl/configuration.h
cat >Makefile <<'M'
.RECIPEPREFIX = >
build_libs:
> echo x >x.c && cc -E x.c >x.o && ar rcs libcrypto.a x.o && cp libcrypto.a libssl.a
install_dev:
> mkdir -p $(DESTDIR)/usr/lib/pkgconfig $(DESTDIR)/usr/include
> cp *.a $(DESTDIR)/usr/lib && cp -r include/openssl $(DESTDIR)/usr/include
M
"""


class BuildOpenssl(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hearsay-build-openssl-test.")
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)

    def build(self, version, settings="", **environment):
        source = self.top / version
        source.mkdir()
        (source / "Configure").write_text(CONFIGURE)
        (source / "Configure").chmod(0o755)
        numbers, _, tag = version.partition("-")
        major, minor, patch = numbers.split(".")
        (source / "VERSION.dat").write_text(
            f"MAJOR={major}\nMINOR={minor}\nPATCH={patch}\nPRE_RELEASE_TAG={tag}\n"
            'RELEASE_DATE="9 Jun 2026"\n'
        )
        return subprocess.run(
            [BUILD, "--source", source, "--cache", self.top / "cache"],
            capture_output=True, text=True, check=False, timeout=120,
            env={**os.environ, "SETTINGS": settings, "ARGUMENTS": str(self.top / "arguments"),
                 **environment},
        )  # fmt: skip

    def test_one_before_ml_kem_or_with_known_flaws_is_refused(self):
        for version in ("3.0.19", "3.4.9", "3.5.6", "3.5.0-beta1"):
            done = self.build(version)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"OpenSSL {version} is refused", done.stderr)
            self.assertIn("or later", done.stderr)

    def test_a_newer_one_is_taken_with_its_headers_and_both_libraries_and_nothing_else(self):
        for version in ("3.5.7", "3.5.12", "3.6.0", "4.0.1"):
            done = self.build(version)
            self.assertEqual(done.returncode, 0, done.stderr)
            made = Path(done.stdout.strip())
            self.assertIn(f"version={version}\n", (made / "info").read_text())
            files = {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()}
            self.assertEqual(files, {
                "info", "lib/libcrypto.a", "lib/libssl.a", "include/openssl/configuration.h",
            })  # fmt: skip

    def test_one_that_was_configured_without_ml_kem_is_refused(self):
        done = self.build("3.5.7", "# define OPENSSL_NO_ML_KEM")
        self.assertEqual(done.returncode, 1)
        self.assertIn("has no ML-KEM", done.stderr)

    def test_nothing_is_loaded_at_run_time_and_no_file_of_the_system_configures_it(self):
        self.assertEqual(self.build("3.5.7").returncode, 0)
        arguments = (self.top / "arguments").read_text().split()
        for wanted in ("no-module", "no-dso", "no-engine", "no-autoload-config", "no-shared"):
            self.assertIn(wanted, arguments)
        for kept in ("no-scrypt", "no-ml-kem", "no-chacha", "no-ecx", "no-tls1_2", "no-rsa"):
            self.assertNotIn(kept, arguments)

    def test_what_the_environment_compiles_other_things_with_changes_nothing(self):
        flags = {name: "-O0 -g3" for name in ("CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS")}
        done = self.build("3.5.7", **flags)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("-O0", (self.top / "arguments").read_text())
        self.assertNotIn("-O0", (self.top / "arguments.environment").read_text())


if __name__ == "__main__":
    unittest.main()

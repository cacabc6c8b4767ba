#!/usr/bin/env python3
"""The list of parts that contrib/sbom makes: usage sbom_test.py BUILD, of a build that is done."""
import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"


def made(build, **environment):
    return subprocess.run(
        [sys.executable, "-B", ROOT / "contrib" / "sbom", "--build", build],
        capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip


class Sbom(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = made(BUILD, SOURCE_DATE_EPOCH="1800000000")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.text = done.stdout
        cls.document = json.loads(done.stdout)
        cls.packages = {each["name"]: each for each in cls.document["packages"]}

    def test_it_has_what_spdx_2_3_asks_of_a_document(self):
        document = self.document
        self.assertEqual(document["spdxVersion"], "SPDX-2.3")
        self.assertEqual(document["dataLicense"], "CC0-1.0")
        self.assertEqual(document["SPDXID"], "SPDXRef-DOCUMENT")
        self.assertEqual(document["creationInfo"]["created"], "2027-01-15T08:00:00Z")
        self.assertRegex(document["creationInfo"]["creators"][0], r"^(Tool|Person|Organization): ")
        self.assertRegex(document["documentNamespace"], r"^urn:[a-z]+:[^#\s]+$")
        for each in document["packages"]:
            for field in ("name", "SPDXID", "downloadLocation"):
                self.assertTrue(each[field], each)
            self.assertIs(each["filesAnalyzed"], False)  # so no verification code is due
        for each in document["files"]:
            self.assertTrue(each["fileName"].startswith("./"))
            self.assertIn("SHA1", {sum_["algorithm"] for sum_ in each["checksums"]})

    def test_ids_are_unique_and_relations_lead_somewhere(self):
        everything = self.document["packages"] + self.document["files"]
        ids = [each["SPDXID"] for each in everything] + ["SPDXRef-DOCUMENT"]
        self.assertEqual(len(ids), len(set(ids)))
        for name in ids:
            self.assertRegex(name, r"^SPDXRef-[A-Za-z0-9.-]+$")
        related = set()
        for each in self.document["relationships"]:
            self.assertIn(each["spdxElementId"], ids)
            self.assertIn(each["relatedSpdxElement"], ids)
            related |= {each["spdxElementId"], each["relatedSpdxElement"]}
        self.assertEqual(related, set(ids))

    def test_what_is_linked_in_is_named_with_its_source(self):
        tor = self.packages["tor"]
        self.assertRegex(tor["versionInfo"], r"^0\.4\.\d+\.\d+")
        self.assertIn("linked in", tor["comment"])
        self.assertRegex(tor["checksums"][0]["checksumValue"], r"^[0-9a-f]{64}$")
        version = subprocess.run(
            [BUILD / "bin" / "hearsayd", "--version"], capture_output=True, text=True, check=True
        ).stdout
        self.assertIn(f"Tor {tor['versionInfo']} ", version)
        if "OpenSSL" in version and "linked in" in version.split("OpenSSL")[1].splitlines()[0]:
            self.assertIn(f"OpenSSL {self.packages['openssl']['versionInfo']} ", version)

    def test_each_library_that_is_loaded_is_of_a_package(self):
        loaded = [each for each in self.document["packages"] if "loaded" in each.get("comment", "")]
        names = " ".join(each["comment"] for each in loaded)
        for library in ("libevent", "libseccomp", "libsodium", "liblmdb", "libprotobuf", "libc.so"):
            self.assertIn(library, names)
        for each in loaded:
            self.assertNotEqual(each["versionInfo"], "NOASSERTION", each)
            purl = each["externalRefs"][0]["referenceLocator"]
            self.assertRegex(purl, r"^pkg:deb/debian/[a-z0-9.+-]+@[^?+:]+\?arch=[a-z0-9]+$")

    def test_the_same_build_gives_the_same_bytes(self):
        self.assertEqual(made(BUILD, SOURCE_DATE_EPOCH="1800000000").stdout, self.text)

    def test_what_is_no_build_is_said(self):
        done = made(ROOT / "docs")
        self.assertEqual(done.returncode, 1)
        self.assertIn("configure first", done.stderr)
        self.assertTrue(re.match(r"^sbom: ", done.stderr))


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        BUILD = Path(sys.argv.pop(1))
    unittest.main()

#!/usr/bin/env python3
"""The check for a second OpenSSL finds what it is for."""
import unittest

from one_openssl import faults

LIBC = "\tlibc.so.6 => /lib/libc.so.6 (0x1)\n"
CRYPTO = "\tlibcrypto.so.3 => /lib/libcrypto.so.3 (0x2)\n"
SSL = "\tlibssl.so.3 => /lib/libssl.so.3 (0x3)\n"
WITHIN = "0001 T main\n0002 T OPENSSL_init_crypto\n"
WITHOUT = "0001 T main\n                 U OPENSSL_init_crypto@OPENSSL_3.0.0\n"


class OneOpenssl(unittest.TestCase):
    def said(self, *of):
        return "; ".join(faults(*of))

    def test_one_is_right_either_way(self):
        self.assertEqual(self.said("static", LIBC, WITHIN), "")
        self.assertEqual(self.said("shared", LIBC + SSL + CRYPTO, WITHOUT), "")

    def test_the_systems_beside_ours_is_found(self):
        self.assertIn("libcrypto.so.3 beside", self.said("static", LIBC + CRYPTO, WITHIN))
        self.assertIn("libssl.so.3", self.said("static", LIBC + SSL, WITHIN))

    def test_another_way_than_configured_is_found(self):
        self.assertIn("no OpenSSL linked in", self.said("static", LIBC + CRYPTO, WITHOUT))
        self.assertIn("within itself", self.said("shared", LIBC + CRYPTO, WITHIN))

    def test_two_or_none_of_the_systems_are_found(self):
        two = CRYPTO + CRYPTO.replace("so.3", "so.1.1")
        self.assertIn("loads 2 libcrypto", self.said("shared", two, WITHOUT))
        self.assertIn("loads 0 libcrypto", self.said("shared", LIBC, WITHOUT))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Fails if a program has two OpenSSLs, or another than it was to have.

  one_openssl.py WAY PROGRAM...

  WAY `static`: no shared library that a program loads, and none that these load, is OpenSSL's;
  WAY `shared`: each program loads exactly one libcrypto, and has none within itself.

Two in one process would share names and not state: what one frees the other may still use. So no
other library may bring the system's beside ours (libevent_openssl, say).
"""
import re
import subprocess
import sys

PARTS = re.compile(r"\blib(crypto|ssl)\.so[.0-9]*")
# Any of OpenSSL's, for it is not reached from outside unless it is there whole.
INNER = re.compile(r" [TtWw] (OSSL_PROVIDER_load|OPENSSL_init_crypto)$", re.MULTILINE)


def output(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def faults(way, loaded, symbols):
    """What is wrong with a program that loads these libraries (ldd) and has these symbols (nm)."""
    found = sorted({match.group(0) for match in PARTS.finditer(loaded)})
    inner = INNER.search(symbols) is not None
    if way == "static" and found:
        yield f"loads {' and '.join(found)} beside the OpenSSL that is linked in"
    if way == "static" and not inner:
        yield "has no OpenSSL linked in"
    if way == "shared" and inner:
        yield "has an OpenSSL within itself"
    crypto = [name for name in found if name.startswith("libcrypto")]
    if way == "shared" and len(crypto) != 1:
        yield f"loads {len(crypto)} libcrypto: {' '.join(crypto)}"


def main(way, programs):
    wrong = 0
    for program in programs:
        for fault in faults(way, output("ldd", program), output("nm", program)):
            print(f"{program}: {fault}")
            wrong += 1
    print(f"one_openssl: {len(programs)} programs looked at, {way}, {wrong} faults")
    return 1 if wrong or not programs else 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("static", "shared"):
        sys.exit("usage: one_openssl.py static|shared PROGRAM...")
    sys.exit(main(sys.argv[1], sys.argv[2:]))

#!/usr/bin/env python3
"""Fetches axe-core, by which the page's tests look for what keeps people out: axe.py [--path]

  <cache>/hearsay/axe-core/VERSION/axe.min.js   <cache>: $HEARSAY_CACHE, $XDG_CACHE_HOME or ~/.cache

Nothing is fetched while a file with the right hash is there. The package comes from npm's registry,
without npm; none of its scripts is run. --path only prints where the file is, and fails if it is
not. Debian has no package of it; its licence is MPL-2.0.
Exit status: 0 it is there; 1 it is not, and the reason is printed; 2 wrong arguments.
"""
import hashlib
import io
import os
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path

VERSION = "4.14.1"
SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"  # of axe.min.js
ARCHIVE = f"https://registry.npmjs.org/axe-core/-/axe-core-{VERSION}.tgz"
SECONDS_MAX = 60  # without a byte
BYTES_MAX = 8 << 20


class AxeError(Exception):
    """Why it is not there, and what to do about it."""


def place():
    base = os.environ.get("HEARSAY_CACHE") or os.environ.get("XDG_CACHE_HOME")
    folder = Path(base or Path.home() / ".cache") / "hearsay" / "axe-core"
    return folder / VERSION / "axe.min.js"


def is_right(path):
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == SHA256
    except OSError:
        return False


def found():
    """The path of the right file."""
    path = place()
    if not is_right(path):
        raise AxeError(f"axe-core {VERSION} is not at {path}: contrib/setup --test fetches it")
    return path


def fetch():
    path = place()
    if is_right(path):
        return path
    try:
        with urllib.request.urlopen(ARCHIVE, timeout=SECONDS_MAX) as answer:
            package = answer.read(BYTES_MAX)
        with tarfile.open(fileobj=io.BytesIO(package)) as archive:
            script = archive.extractfile("package/axe.min.js").read()
    except (OSError, KeyError, tarfile.TarError) as error:
        raise AxeError(f"cannot fetch {ARCHIVE}: {error}") from None
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as aside:
        made = Path(aside) / path.name
        made.write_bytes(script)
        if not is_right(made):
            raise AxeError(f"{ARCHIVE} has another hash than we know")
        made.replace(path)
    return path


def main():
    if sys.argv[1:] not in ([], ["--path"]):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        print(found() if sys.argv[1:] else fetch())
    except (AxeError, OSError) as error:
        print(f"axe: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()

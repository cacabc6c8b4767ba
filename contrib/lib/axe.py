#!/usr/bin/env python3
"""Fetches axe-core, by which the page's tests look for what keeps people out: axe.py [--path]

  <cache>/hearsay/axe-core/VERSION/axe.min.js   <cache>: $HEARSAY_CACHE, $XDG_CACHE_HOME or ~/.cache

Nothing is fetched while a file with the right hash is there. npm brings the package, and runs none
of its scripts; which registry it comes from is npm's business. --path only prints where the file
is, and fails if it is not. Debian has no package of it; its licence is MPL-2.0.
Exit status: 0 it is there; 1 it is not, and the reason is printed; 2 wrong arguments.
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "4.14.1"
SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"  # of axe.min.js
SECONDS_MAX = 120


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
    if shutil.which("npm") is None:
        raise AxeError(
            "npm is missing, which fetches axe-core: contrib/setup --bench-peers installs it"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as aside:
        command = ["npm", "pack", "--silent", "--ignore-scripts", "--fetch-retries=1",
                   f"axe-core@{VERSION}"]  # fmt: skip
        try:
            done = subprocess.run(
                command, cwd=aside, capture_output=True, text=True, timeout=SECONDS_MAX
            )
        except subprocess.TimeoutExpired:
            raise AxeError(f"{' '.join(command)} did not end within {SECONDS_MAX} s") from None
        if done.returncode != 0:
            raise AxeError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
        made = Path(aside) / path.name
        try:
            with tarfile.open(next(Path(aside).glob("*.tgz"))) as archive:
                made.write_bytes(archive.extractfile("package/axe.min.js").read())
        except (StopIteration, KeyError, tarfile.TarError) as error:
            raise AxeError(f"npm brought no axe-core {VERSION}: {error}") from None
        if not is_right(made):
            raise AxeError(f"npm brought an axe-core {VERSION} with another hash than we know")
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

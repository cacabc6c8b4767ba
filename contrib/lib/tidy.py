#!/usr/bin/env python3
"""clang-tidy over the sources of a build, each once for each content:
usage tidy.py BUILD [PATTERN...] [options]

A source that passed is not looked at again while all that decides about it is the same:
clang-tidy's version and settings, the compile command, the libraries' packages, and every file of
ours that the source includes, generated ones too. What passed is remembered outside the tree, in
$XDG_CACHE_HOME/hearsay/tidy (~/.cache), for 60 days.

BUILD needs compile_commands.json and the generated headers. PATTERN: only sources whose path
contains one of them.
Exit status: 0 nothing was found; 1 something was; 2 wrong arguments, or clang-tidy cannot be run.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "clang-tidy-19"
OURS = ("src", "tor", "tests")
SECONDS_MAX = 600  # for one source; some twenty times the usual
KEPT_SECONDS = 60 * 24 * 3600
PACKAGES = (
    "libprotobuf-dev", "libevent-dev", "libssl-dev", "libsodium-dev", "liblmdb-dev",
    "libspdlog-dev", "libsqlite3-dev", "libstemmer-dev", "libboost-program-options-dev",
    "doctest-dev", "libstdc++-12-dev", "libstdc++-14-dev",
)  # fmt: skip
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)


def output_of(*command):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=60
    )
    return done.stdout


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "hearsay" / "tidy"


class Files:
    """What files hold and what they include, each read once."""

    def __init__(self):
        self._known = {}

    def look(self, path):
        if path not in self._known:
            data = path.read_bytes()
            self._known[path] = (
                hashlib.sha256(data).digest(),
                [one.decode() for one in INCLUDE.findall(data)],
            )
        return self._known[path]

    def reached(self, source, folders):
        """The source and every file that it includes by a quoted name, in order of path."""
        seen, left = set(), [source]
        while left:
            path = left.pop()
            if path in seen:
                continue
            seen.add(path)
            for name in self.look(path)[1]:
                found = next(
                    (
                        one
                        for one in (folder / name for folder in (path.parent, *folders))
                        if one.is_file()
                    ),
                    None,
                )
                if found:
                    left.append(Path(os.path.normpath(found)))
        return sorted(seen)


def include_folders(entry):
    words = entry.get("arguments") or shlex.split(entry["command"])
    folders = []
    for at, word in enumerate(words):
        if word in ("-I", "-isystem") and at + 1 < len(words):
            folders.append(words[at + 1])
        elif word.startswith("-I"):
            folders.append(word[2:])
    return [Path(entry["directory"], folder) for folder in folders]


def key_of(entry, source, common, files):
    total = hashlib.sha256(common)
    command = entry.get("command") or shlex.join(entry["arguments"])
    total.update(command.replace(str(ROOT), "ROOT").encode())
    for path in files.reached(source, include_folders(entry)):
        total.update(os.path.relpath(path, ROOT).encode() + b"\0" + files.look(path)[0])
    return total.hexdigest()


def common_of():
    """What decides about every source alike."""
    try:
        version = output_of(PROGRAM, "--version")
    except FileNotFoundError:
        print(
            f"tidy: {PROGRAM} is not installed; contrib/setup --check installs it", file=sys.stderr
        )
        sys.exit(2)
    try:
        packages = output_of("dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES)
    except FileNotFoundError:
        packages = b""
    return version + packages + (ROOT / ".clang-tidy").read_bytes()


def sources_of(build, patterns):
    """[(source, its entry)], in order of path."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(os.path.normpath(Path(entry["directory"], entry["file"])))
        if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in OURS:
            continue
        where = str(path.relative_to(ROOT))
        if not patterns or any(pattern in where for pattern in patterns):
            found.setdefault(path, entry)
    return sorted(found.items())


def look_at(source, build):
    """What clang-tidy has to say: (whether it found nothing, its words)."""
    # The compile commands may be g++'s, which knows warnings that clang does not.
    command = [
        PROGRAM, "--quiet", "--extra-arg=-Wno-unknown-warning-option",
        "-p", str(build), str(source),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
            timeout=SECONDS_MAX,
        )
    except subprocess.TimeoutExpired:
        return False, f"{source}: clang-tidy did not end within {SECONDS_MAX} s\n"
    noise = re.compile(
        r"^\d+ warnings?( and \d+ errors?)? generated\.$|^Suppressed |^Use -header-filter",
        re.MULTILINE,
    )
    words = done.stdout + "".join(
        line for line in done.stderr.splitlines(True) if not noise.match(line)
    )
    return done.returncode == 0, words


def forget_old(folder):
    for path in folder.glob("*/*"):
        try:
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink()
        except FileNotFoundError:
            pass  # another run was quicker


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=Path)
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--anew", action="store_true", help="also what passed before")
    given = parser.parse_args()
    build = given.build.resolve()
    if not (build / "compile_commands.json").is_file():
        print(
            f"tidy: {build}/compile_commands.json is not there; configure the build first",
            file=sys.stderr,
        )
        return 2
    common, files, folder = common_of(), Files(), cache_folder()
    keys = {
        source: key_of(entry, source, common, files)
        for source, entry in sources_of(build, given.patterns)
    }
    if not keys:
        print("tidy: no source fits", file=sys.stderr)
        return 2
    todo = []
    for source, key in keys.items():
        mark = folder / key[:2] / key
        if mark.exists() and not given.anew:
            mark.touch()
        else:
            todo.append(source)
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(max(1, given.jobs)) as pool:
        for source, (clean, words) in zip(todo, pool.map(lambda one: look_at(one, build), todo)):
            if clean:
                mark = folder / keys[source][:2] / keys[source]
                mark.parent.mkdir(parents=True, exist_ok=True)
                mark.touch()
            else:
                wrong.append(source)
                print(words, end="", flush=True)
    forget_old(folder)
    for source in wrong:
        print(f"tidy: {source.relative_to(ROOT)}: something was found")
    print(f"tidy: {len(keys)} sources, {len(todo)} looked at, {len(wrong)} with findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

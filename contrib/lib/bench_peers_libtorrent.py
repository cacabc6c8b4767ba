"""Makes the program with libtorrent's routing table that contrib/bench-peers measures, once,
outside the tree.

  <cache>/hearsay/bench-peers/libtorrent-<key>/routing    <cache> as in bench_peers_install.py; the
                                                          key is a hash of the source package, the
                                                          driver, the compiler and this file
Rules, and why:
  1. The source is Debian's libtorrent-rasterbar of this release, fetched and verified by
     contrib/lib/debian-source: apt checks the signature, dpkg-source the hashes. Nothing of it is
     in this repository.
  2. The few files that the routing table needs are compiled with the driver, optimized as a release
     build of ours is.
  3. Made aside and renamed into place under a lock: it is complete or absent, however many runs
     die.
"""
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import bench_peers_install as install
from bench_peers_install import InstallError
from children import start_child

PACKAGE = "libtorrent-rasterbar"
FETCH = Path(__file__).resolve().parent / "debian-source"
FETCH_SECONDS_MAX = 600
COMPILE_SECONDS_MAX = 1800
NEEDED = (
    "kademlia/routing_table", "kademlia/node_entry", "kademlia/node_id", "session_settings", "time",
    "ffs", "hex", "crc32c", "sha1_hash", "socket_io", "random", "ip_helpers", "cpuid",
)  # fmt: skip
FLAGS = ("-std=c++17", "-O3", "-DNDEBUG", "-w", "-ffunction-sections", "-fdata-sections")
# What the needed files have beside what is needed reaches for the rest of the library;
# it goes before that is missed.
LINK = ("-Wl,--gc-sections", "-lcrypto", "-pthread")


@dataclass(frozen=True)
class Made:
    program: Path
    version: str


def version_in(name):
    """2.0.8 of libtorrent-rasterbar_2.0.8-1.dsc."""
    found = re.fullmatch(PACKAGE + r"_(?:\d+:)?([0-9][^_-]*)(?:-[^_]*)?\.dsc", name)
    if found is None:
        raise InstallError(f"{name} is not a source of {PACKAGE}")
    return found.group(1)


def fetch():
    """The .dsc of the verified source package. What it does is said on the user's standard
    error."""
    child = start_child(
        [str(FETCH), PACKAGE, "--own-release"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        folder, _ = child.communicate(timeout=FETCH_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise InstallError(f"debian-source took more than {FETCH_SECONDS_MAX} s") from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        child.stdout.close()
    found = sorted(Path(folder.strip()).glob(f"{PACKAGE}_*.dsc")) if child.returncode == 0 else []
    if not found:
        raise InstallError(
            f"Debian's source of {PACKAGE} cannot be had; the lines of debian-source above say why"
        )
    return found[-1]


def compiler():
    program = os.environ.get("CXX") or "c++"
    try:
        done = subprocess.run(
            [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise InstallError(f"there is no compiler {program}: {error}") from None
    return program, done.stdout


def key_of(source, driver, compiler_version):
    both = hashlib.sha256()
    for part in (
        source.read_bytes(),
        driver.read_bytes(),
        compiler_version.encode(),
        Path(__file__).read_bytes(),
    ):
        both.update(hashlib.sha256(part).digest())
    return f"libtorrent-{os.uname().machine}-{both.hexdigest()[:16]}"


def make(source, driver, cxx, folder, say):
    log = folder / "log"
    install.run_logged(
        "unpacking libtorrent", ["dpkg-source", "-x", str(source), "source"], folder, log, 300
    )
    say("compiling libtorrent's routing table (minutes; once)")
    files = [f"source/src/{name}.cpp" for name in NEEDED]
    command = [cxx, *FLAGS, "-Isource/include", str(driver), *files, *LINK, "-o", "routing"]
    install.run_logged(
        "compiling libtorrent's routing table", command, folder, log, COMPILE_SECONDS_MAX
    )
    shutil.rmtree(folder / "source")


def ensure(packages, say):
    """The program, after making it if need be."""
    driver = packages / "routing.cpp"
    source = fetch()
    cxx, compiler_version = compiler()
    cache = install.cache_folder()
    final = cache / key_of(source, driver, compiler_version)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with open(cache / "libtorrent.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not final.is_dir():
                work = cache / "libtorrent-unfinished"
                shutil.rmtree(work, ignore_errors=True)
                work.mkdir()
                make(source, driver, cxx, work, say)
                work.rename(final)
    except OSError as error:
        raise InstallError(f"the cache {cache} cannot be used: {error}") from None
    return Made(final / "routing", version_in(source.name))

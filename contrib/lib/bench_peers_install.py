"""Installs with npm what contrib/bench-peers measures, once, outside the tree; every later run only
finds it.

  <cache>/hearsay/bench-peers/<key>/node_modules     <cache> as for libtor (tor/build):
                                                     $HEARSAY_CACHE, $XDG_CACHE_HOME or ~/.cache;
                                                     the key is a hash of package.json and its lock
Rules, and why:
  1. Versions and hashes come from package-lock.json; which registry they come from is npm's
     business.
  2. Node itself is among the packages (22, for x64 and arm64): libp2p needs 22, Debian 12 has 18.
     The system's node only runs npm. On other machines the system's node must be 22 or later.
  3. No package's install script runs. better-sqlite3, which is C++, is built here from its source
     in the package, against the headers of the node that will load it; so nothing comes from
     anywhere but the registry. node-gyp is one of the packages because Debian's links what it
     builds with Debian's own libnode, which crashes inside another node.
  4. Made aside and renamed into place under a lock: it is complete or absent, however many runs
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

from children import start_child

NPM_OLDEST = 7  # the first that reads this kind of lock file
NODE_OLDEST = 22  # Promise.withResolvers, which libp2p calls
INSTALL_SECONDS_MAX = 1200
BUILD_SECONDS_MAX = 1200


class InstallError(Exception):
    """Why not, and what to do about it."""


@dataclass(frozen=True)
class Installed:
    node: Path
    modules: Path


def cache_folder():
    base = os.environ.get("HEARSAY_CACHE") or os.environ.get("XDG_CACHE_HOME")
    return Path(base or Path.home() / ".cache") / "hearsay" / "bench-peers"


def key_of(packages):
    both = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        both.update(hashlib.sha256((packages / name).read_bytes()).digest())
    return f"{os.uname().machine}-{both.hexdigest()[:16]}"


def major_version(command):
    """The first number that `command --version` prints; None if it is not there or not well."""
    try:
        done = subprocess.run(
            [command, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v?(\d+)\.", done.stdout.strip())
    return int(found.group(1)) if done.returncode == 0 and found else None


def require_npm():
    version = major_version("npm")
    if version is None:
        raise InstallError(
            "npm is missing or does not run; contrib/setup --bench-peers installs Debian's"
        )
    if version < NPM_OLDEST:
        raise InstallError(
            f"npm {version} is too old, {NPM_OLDEST} or later is needed; Debian 12's is 9"
        )


def find_node(modules):
    """The node among the packages, or a system's that is new enough. Also says where its headers
    are, if known."""
    for machine in ("x64", "arm64"):
        folder = modules / f"node-linux-{machine}"
        if (folder / "bin" / "node").is_file():
            return folder / "bin" / "node", folder
    version = major_version("node")
    if version is None or version < NODE_OLDEST:
        raise InstallError(
            f"there is no node {NODE_OLDEST} for {os.uname().machine} among the packages, and the "
            f"system has {version or 'none'}; please install node {NODE_OLDEST} or later"
        )
    system = Path(shutil.which("node") or "node").resolve()
    prefix = system.parent.parent
    return system, prefix if (prefix / "include" / "node" / "node.h").is_file() else None


def run_logged(what, command, folder, log, seconds):
    with open(log, "a", encoding="utf-8") as file:
        print(f"== {' '.join(map(str, command))}", file=file, flush=True)
        child = start_child(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        try:
            code = child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
    if code != 0:
        kept = cache_folder() / "failed.log"
        shutil.copy(log, kept)
        end = "\n".join(kept.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        why = f"took more than {seconds} s" if code is None else "failed"
        raise InstallError(f"{what} {why}; the end of its output (all of it: {kept}):\n{end}")


def install(packages, folder, say):
    log = folder / "log"
    for name in ("package.json", "package-lock.json"):
        shutil.copy(packages / name, folder)
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier")
    say("installing the peers with npm (about 250 packages, 400 MB; once)")
    run_logged(
        "npm ci", ["npm", "ci", "--ignore-scripts", *quiet], folder, log, INSTALL_SECONDS_MAX
    )
    node, headers = find_node(folder / "node_modules")
    say("building better-sqlite3 (minutes; once)")
    gyp = folder / "node_modules" / "node-gyp" / "bin" / "node-gyp.js"
    command = [
        str(node), str(gyp), "rebuild", "--release",
        *([f"--nodedir={headers}"] if headers is not None else []),
    ]  # fmt: skip
    run_logged(
        "building better-sqlite3", command, folder / "node_modules" / "better-sqlite3", log,
        BUILD_SECONDS_MAX,
    )  # fmt: skip
    probe = "new (require('better-sqlite3'))(':memory:').close()"
    run_logged("a look at better-sqlite3", [str(node), "-e", probe], folder, log, 60)


def ensure(packages, say):
    """What is installed, after installing it if need be."""
    cache = cache_folder()
    final = cache / key_of(packages)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        if not final.is_dir():
            with open(cache / "lock", "w", encoding="utf-8") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    say("waiting for another run that installs them")
                    fcntl.flock(lock, fcntl.LOCK_EX)
                if not final.is_dir():
                    require_npm()
                    work = cache / "unfinished"
                    shutil.rmtree(work, ignore_errors=True)
                    work.mkdir()
                    install(packages, work, say)
                    work.rename(final)
    except OSError as error:
        raise InstallError(f"the cache {cache} cannot be used: {error}") from None
    node, _ = find_node(final / "node_modules")
    return Installed(node, final / "node_modules")

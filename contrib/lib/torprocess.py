"""One Tor process that we started and own.

Rules, and why:
  1. Its control connection is one end of a socket pair that Tor inherits (__OwningControllerFD). No
     path, so no 108-byte limit and nothing to clean up; no port; and Tor ends when our end closes,
     however we died.
  2. That alone does not suffice: Tor 0.4.9.11 told to exit while a worker thread is busy can wait
     for that thread for ever (worker_thread_main goes back to pthread_cond_wait without looking at
     pool->exit; seen with gdb). So the kernel kills it when we die (children.py), and stopping in
     order kills it after a bounded wait.
  3. Every answer has a time limit and a size limit; a dead Tor is reported with the end of its log.
"""
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from children import describe_end, start_child

# An idle Tor answers within milliseconds; starved of processor time it was seen to need 15 s.
ANSWER_SECONDS_MAX = 45
ANSWER_BYTES_MAX = 8 << 20  # all descriptors of a private network are far below a megabyte
LOG_LINES_SHOWN = 8


class TorError(RuntimeError):
    """The environment failed; the text says what happened and what to do."""


def find_program(name):
    """Full path of one of Tor's programs. Debian puts some into sbin, which users often lack in
    PATH."""
    path = os.pathsep.join(
        [os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/bin", "/sbin", "/usr/local/sbin"]
    )
    found = shutil.which(name, path=path)
    if found is None:
        raise TorError(f"{name} is not installed: run contrib/setup (Debian package: tor)")
    return found


def run_tool(command, pass_fds=()):
    """Runs a short-lived program and returns what it printed."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, pass_fds=pass_fds, timeout=60,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TorError(f"{command[0]} did not end within 60 s") from None
    if done.returncode != 0:
        words = (done.stderr + done.stdout).decode("utf-8", "replace").strip()
        raise TorError(f"{command[0]} ended with {done.returncode}: {words}")
    return done.stdout.decode("utf-8", "replace")


def quoted(value):
    """A value for a torrc that contains a path: Tor reads C-like strings if the whole value is
    quoted."""
    text = str(value)
    if "\n" in text or "\r" in text:
        raise TorError("a path with a line break cannot be written into a torrc")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class TorProcess:
    """A running Tor, configured by `torrc` (text without the lines that concern ownership and
    logging)."""

    def __init__(self, program, name, directory, torrc):
        self.name = name
        self.directory = Path(directory)
        self._program = program
        self._torrc = torrc
        self._child = None
        self._control = None
        self._answers = None

    @property
    def pid(self):
        return self._child.pid if self._child else None

    def start(self):
        # DataDirectory is made beforehand: Tor wants 0700 and so do the keys in it.
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours, theirs = socket.socketpair()
        try:
            configuration = self.directory / "torrc"
            configuration.write_text(self._torrc + self._owned_lines(theirs.fileno()))
            with open(self.directory / "console.log", "wb") as console:
                self._child = start_child(
                    # "none" does not exist: neither the system's torrc nor its defaults may reach a
                    # test network.
                    [
                        self._program, "--hush", "--ignore-missing-torrc",
                        "--defaults-torrc", str(self.directory / "none"), "-f", str(configuration),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=console,
                    stderr=console,
                    pass_fds=(theirs.fileno(),),
                )  # fmt: skip
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.settimeout(ANSWER_SECONDS_MAX)
        self._control = ours
        self._answers = ours.makefile("rb")

    def _owned_lines(self, control_fd):
        return (
            f"DataDirectory {quoted(self.directory)}\n"
            f"Log {quoted(f'notice file {self.directory}/notices.log')}\n"
            f"__OwningControllerFD {control_fd}\n"
            f"__OwningControllerProcess {os.getpid()}\n"
        )

    def has_ended(self):
        return self._child is None or self._child.poll() is not None

    def ask(self, command):
        """Sends a control command (control-spec 2.2). Returns (status code, list of texts without
        their codes)."""
        try:
            self._control.sendall(command.encode() + b"\r\n")
            return self._read_answer()
        except TimeoutError:
            raise TorError(
                f"{self.name} did not answer {command!r} within {ANSWER_SECONDS_MAX} s"
            ) from None
        except OSError:
            raise self.death() from None

    def get_info(self, key):
        """GETINFO's value, or None if Tor does not have it (yet)."""
        code, texts = self.ask(f"GETINFO {key}")
        return texts[0].partition("=")[2].lstrip("\n") if code == 250 else None

    def _read_answer(self):
        texts, size = [], 0
        while size <= ANSWER_BYTES_MAX:
            line = self._line()
            size += len(line)
            code, mark, text = line[:3], line[3:4], line[4:]
            # A data block follows, up to a line that is only a dot (control-spec 2.3).
            while mark == "+":
                more = self._line()
                size += len(more)
                if more == "." or size > ANSWER_BYTES_MAX:
                    break
                text += "\n" + (more[1:] if more.startswith("..") else more)
            texts.append(text)
            if mark == " ":
                return int(code), texts
        raise TorError(f"{self.name} answered more than {ANSWER_BYTES_MAX} bytes")

    def _line(self):
        line = self._answers.readline(ANSWER_BYTES_MAX)
        if not line.endswith(b"\n"):
            raise ConnectionError("Tor closed its control connection")
        return line.decode("utf-8", "replace").rstrip("\r\n")

    def reload(self):
        """SIGHUP: reads the configuration again and forgets the pauses between failed downloads."""
        if not self.has_ended():
            self._child.send_signal(signal.SIGHUP)

    def death(self):
        """The error to raise when this process ended, or its control connection did, without being
        asked."""
        status = "closed its control connection"
        if self._child is not None:
            try:
                status = describe_end(self._child.wait(timeout=2))
            except subprocess.TimeoutExpired:
                pass
        return TorError(
            f"{self.name} {status}; the end of its log ({self.directory}):\n{self.log_tail()}"
        )

    def log_tail(self):
        # Before its log is open, Tor writes to the console.
        for name in ("notices.log", "console.log"):
            try:
                lines = (
                    (self.directory / name).read_text("utf-8", "replace").splitlines()
                )[-LOG_LINES_SHOWN:]
            except OSError:
                continue
            if lines:
                return "\n".join("    " + line for line in lines)
        return "    (nothing was logged)"

    def ask_to_end(self):
        if not self.has_ended():
            self._child.send_signal(signal.SIGTERM)

    def finish(self, seconds):
        """Waits for the end, then kills; afterwards no process is left and the exit status is
        collected."""
        if self._child is not None:
            try:
                self._child.wait(timeout=max(0.1, seconds))
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._control is not None:
            self._answers.close()
            self._control.close()
            self._control = None

"""A program in a terminal that we draw: what a person would see on a screen of so many columns.

    with Screen(["hearsay", "status"], columns=40) as screen:
        screen.wait_for("Tor")
        screen.type("q")
        screen.wait_end()
        print(screen.text())

The emulator is pyte (Debian: python3-pyte): cursor movement, colours and the alternate screen are
carried out, not shown. What leaves the screen at its top is kept.
"""
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

from children import start_child

SYSTEM_MODULES = "/usr/lib/python3/dist-packages"  # where Debian's python3-pyte lies

try:
    import pyte
except ImportError:  # another Python than Debian's
    sys.path.append(SYSTEM_MODULES)
    import pyte

ROWS = 24
KEPT_LINES = 2000
READ_BYTES = 65536


class ScreenError(RuntimeError):
    """The program did something else than expected; the text has what the screen showed."""


class Screen:
    def __init__(self, words, columns=80, rows=ROWS, environment=None):
        self.words = [str(word) for word in words]
        self._drawn = pyte.HistoryScreen(columns, rows, history=KEPT_LINES, ratio=1.0)
        self._stream = pyte.ByteStream(self._drawn)
        self._fd, inner = pty.openpty()
        self.resize(columns, rows)
        settings = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        # The terminal becomes the program's own, so that Ctrl-C and /dev/tty reach it.
        self._process = start_child(
            ["setsid", "--ctty", *self.words],
            stdin=inner, stdout=inner, stderr=inner, start_new_session=False,
            env={**os.environ, **settings, **(environment or {})},
        )  # fmt: skip
        os.close(inner)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._fd)

    @property
    def pid(self):
        return self._process.pid

    def resize(self, columns, rows=ROWS):
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._drawn.resize(rows, columns)

    def type(self, text):
        os.write(self._fd, text.encode())

    def read(self, seconds):
        """Takes in what comes within that time; False once the program has closed its side."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._fd, READ_BYTES)
        except OSError:  # Linux says EIO when the last process has closed it
            return False
        self._stream.feed(data)
        return bool(data)

    def lines(self):
        """All that was written and not erased, without blanks at the ends."""
        columns = range(self._drawn.columns)
        kept = ["".join(row[at].data for at in columns) for row in self._drawn.history.top]
        out = [line.rstrip() for line in (*kept, *self._drawn.display)]
        while out and not out[-1]:
            out.pop()
        return out

    def shown(self):
        """What is on the screen now."""
        out = [line.rstrip() for line in self._drawn.display]
        while out and not out[-1]:
            out.pop()
        return out

    def text(self):
        return "\n".join(self.lines())

    def wait_for(self, text, seconds=60):
        """Until the screen or what left it has this text."""
        end = time.monotonic() + seconds
        while text not in self.text():
            if not self.read(0.1):
                raise self._error(f"closed its terminal before it showed {text!r}")
            if time.monotonic() > end:
                raise self._error(f"did not show {text!r} within {seconds} s")

    def wait_end(self, seconds=60):
        """Until the program ends; its exit code."""
        end = time.monotonic() + seconds
        while self.read(0.1):
            if time.monotonic() > end:
                raise self._error(f"did not end within {seconds} s")
        try:
            return self._process.wait(max(1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise self._error("closed its terminal and did not end") from None

    def _error(self, what):
        return ScreenError(f"{' '.join(self.words[:4])}... {what}; the screen:\n{self.text()}")

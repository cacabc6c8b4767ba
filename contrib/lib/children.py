"""Child processes that cannot outlive this one.

Rules, and why:
  1. The kernel kills a child when we die (PR_SET_PDEATHSIG), also by kill -9 and also if the child
     hangs.
  2. That signal follows the *thread* that forked, so one thread that lives as long as we do does
     all the forking.
  3. A child leads a session of its own: Ctrl-C in a terminal reaches us only, and we end the
     children in order.
"""
import concurrent.futures
import ctypes
import os
import queue
import signal
import subprocess
import threading

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)  # loaded before any fork


class _Spawner:
    """Starts children in a thread that ends with the process, never before; see rule 2."""

    def __init__(self):
        self._orders = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread = None

    def popen(self, command, options):
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="spawner", daemon=True)
                self._thread.start()
        child = concurrent.futures.Future()
        self._orders.put((child, command, options))
        return child.result()

    def _serve(self):
        parent = os.getpid()

        def die_with_parent():  # runs in the child, before exec
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:  # the parent died between fork and prctl
                os._exit(1)

        while True:
            child, command, options = self._orders.get()
            try:
                child.set_result(subprocess.Popen(command, preexec_fn=die_with_parent, **options))
            except BaseException as error:
                child.set_exception(error)
            del child, command, options  # while it waits, the thread keeps nothing alive


_spawner = _Spawner()


def start_child(command, **options):
    """subprocess.Popen with the rules above."""
    return _spawner.popen(command, {"start_new_session": True, **options})


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def describe_end(code):
    """What a return code of subprocess means, for a person."""
    return f"ended with exit code {code}" if code >= 0 else f"was killed by {signal_name(-code)}"


def process_arguments(pid):
    """The command line of a living process as a list; empty if it is gone or only waits to be
    buried."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return [os.fsdecode(word) for word in file.read().split(b"\0")[:-1]]
    except OSError:
        return []


def living_processes():
    """Pairs of (pid, arguments) of every process that we may see."""
    for name in os.listdir("/proc"):
        if name.isdigit() and (arguments := process_arguments(name)):
            yield int(name), arguments

"""Ports for one private network, such that two networks on a machine never collide.

Ports come in aligned blocks below the kernel's range for outgoing connections, so no connect() of
anybody can take one between our check and Tor's bind. The first port of a block is the guard:
whoever holds it owns the block. It is bound (never listened on) while the network lives, and the
kernel frees it however the owner dies.
"""
import random
import socket

from torprocess import TorError

BLOCK = 32  # guard, directory port and one port a node
LOWEST = 10240
TRIES_MAX = 200


class PortBlock:
    """`take()` yields ports base+1 ... of a block that is ours until `release()`."""

    def __init__(self, count, base=None):
        if not 1 <= count < BLOCK:
            raise TorError(f"a network uses between 1 and {BLOCK - 1} ports, not {count}")
        self._guard = None
        for candidate in [base] if base is not None else _candidates():
            self._guard = _bound(candidate, reuse=False)
            if self._guard is not None and all(_is_free(candidate + 1 + i) for i in range(count)):
                self.base = candidate
                self.ports = [candidate + 1 + i for i in range(count)]
                return
            self.release()
        if base is not None:
            raise TorError(
                f"ports {base} to {base + count} on 127.0.0.1 are not all free: choose another "
                "--base-port"
            )
        raise TorError(
            f"no {count + 1} free ports in a row found on 127.0.0.1 in {TRIES_MAX} tries"
        )

    def release(self):
        if self._guard is not None:
            self._guard.close()
            self._guard = None


def _candidates():
    blocks = range(LOWEST // BLOCK, (_first_outgoing_port() // BLOCK))
    picks = random.SystemRandom().sample(blocks, min(TRIES_MAX, len(blocks)))
    return [block * BLOCK for block in picks]


def _first_outgoing_port():
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
            first = int(f.read().split()[0])
    except (OSError, ValueError, IndexError):
        first = 32768
    # On a machine that hands out all ports we take our chance.
    return first if first >= LOWEST + 8 * BLOCK else 32768


def _bound(port, reuse):
    if not 0 < port < 65536:
        return None
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if reuse:  # as Tor binds: a port in TIME_WAIT is free
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", port))
        return s
    except OSError:
        s.close()
        return None


def _is_free(port):
    s = _bound(port, reuse=True)
    if s is None:
        return False
    s.close()
    return True

"""Sockets: hearsayd itself opens Unix sockets only; its Tor connects to the private network only;
nobody listens.

strace watches every network call of both over a run in which a node publishes, dials and is
dialled.
"""
import collections
import os
import re
import shutil
import unittest

from support import NodeTest, Watch, measured

NODE, TOR = "hearsayd", "its Tor"
CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>)?[( ]?(.*)$")


class Call:
    """One traced call, the pieces of an interrupted one put together."""

    def __init__(self, who, name, text):
        self.who, self.name, self.text = who, name, text

    def __str__(self):
        return f"{self.who}: {self.name}({self.text[:200]}"


def read_trace(path):
    """Every call in the trace, with the process it belongs to. A thread belongs to whom its creator
    belonged to then; whoever executes `hearsayd tor-child` is Tor from that moment on."""
    lines, pending = [], {}
    creator = {}
    for line in path.read_text("utf-8", "replace").splitlines():
        match = CALL.match(line)
        if not match:
            continue  # signals and exits
        pid, name, text = int(match[1]), match[2], match[3]
        if text.endswith("<unfinished ...>"):
            pending[pid] = text.removesuffix("<unfinished ...>")
            continue
        text = pending.pop(pid, "") + text
        lines.append((pid, name, text))
        made = re.search(r"\)? = (\d+)$", text)
        if name in ("clone", "clone3", "fork", "vfork") and made:
            creator[int(made[1])] = pid
    first, calls = lines[0][0], []
    tors = set()

    def is_tor(pid):
        while pid is not None:
            if pid in tors:
                return True
            pid = creator.get(pid)
        return False

    for pid, name, text in lines:
        if name == "execve" and '"tor-child"' in text:
            tors.add(pid)
        if pid != first and pid not in creator:
            raise AssertionError(f"process {pid} appeared from nowhere: {name}({text}")
        calls.append(Call(TOR if is_tor(pid) else NODE, name, text))
    return calls


class Sockets(NodeTest):
    @unittest.skipIf(
        shutil.which("strace") is None, "strace is not installed (contrib/setup --test)"
    )
    @unittest.skipIf(
        os.getuid() != 0, "reading the calls of a process that forbids debugging takes root"
    )
    def test_the_node_uses_unix_sockets_only_and_tor_loopback_only(self):
        calls = read_trace(self.traced_run())
        counted = collections.Counter((call.who, call.name) for call in calls)
        for who in (NODE, TOR):
            measured(
                f"{who}: "
                + ", ".join(
                    f"{name} {number}"
                    for (whose, name), number in sorted(counted.items())
                    if whose == who
                )
            )
        self.assertGreater(counted[NODE, "socket"], 2)  # the trace has seen both at work
        self.assertGreater(counted[TOR, "connect"], 2)
        self.assertIn(TOR, {call.who for call in calls if "AF_INET," in call.text})

        bad = [str(call) for call in calls if not self.is_allowed(call)]
        self.assertEqual(bad, [], f"{len(bad)} forbidden calls")

    def test_this_watch_notices_what_it_watches_for(self):
        trace = self.top / "trace"
        child = (
            '7 execve("bin/hearsayd", ["bin/hearsayd"], 0x1) = 0\n'
            "7 clone3({flags=CLONE_VM|CLONE_THREAD}, 88 <unfinished ...>\n"
            "8 socket(AF_UNIX, SOCK_STREAM, 0) = 3\n"
            "7 <... clone3 resumed> => {parent_tid=[8]}, 88) = 8\n"
            "8 clone3({flags=CLONE_VFORK}, 88) = 9\n"
            '9 execve("/proc/self/exe", ["hearsayd", "tor-child", "7"], 0x1) = 0\n'
        )
        home = 'sin_port=htons(9001), sin_addr=inet_addr("127.0.0.1")'
        dns = home.replace("9001", "53")
        for line, allowed in (
            (f"9 connect(3, {{sa_family=AF_INET, {home}}}, 16) = 0", True),
            (f"8 connect(3, {{sa_family=AF_INET, {home}}}, 16) = 0", False),
            (f"9 bind(3, {{sa_family=AF_INET, {home}}}, 16) = 0", False),
            (f"9 sendto(3, ..., {{sa_family=AF_INET, {dns}}}, 16) = 9", False),
            (
                "9 connect(3, {sa_family=AF_INET, sin_port=htons(443), "
                'sin_addr=inet_addr("18.0.0.1")}, 16) = 0',
                False,
            ),
            ("9 connect(3, {sa_family=AF_INET6, sin6_port=htons(443)}, 28) = 0", False),
            ("8 socket(AF_INET, SOCK_DGRAM, 0) = 3", False),
            ("7 socket(AF_NETLINK, SOCK_RAW, 0) = 3", False),
            ('7 connect(3, {sa_family=AF_UNIX, sun_path="/proc/self/fd/1/socks"}, 110) = 0', True),
        ):
            trace.write_text(child + line + "\n")
            *before, last = read_trace(trace)
            self.assertTrue(all(map(self.is_allowed, before)), line)
            self.assertEqual(self.is_allowed(last), allowed, line)

    @staticmethod
    def is_allowed(call):
        text = call.text
        if call.name in ("socket", "socketpair"):
            if call.who == NODE:
                return text.startswith("AF_UNIX,")
            return text.startswith(("AF_UNIX,", "AF_INET,", "AF_INET6,", "AF_NETLINK,"))
        if "sin_port=htons(53)" in text or "sin6_port=htons(53)" in text:
            return False  # name resolution, over whatever
        if "sa_family=AF_INET6" in text:
            return False
        if call.name == "listen":
            return True  # on what was bound, and that is checked
        if "sa_family=AF_INET" in text:
            at_home = 'inet_addr("127.' in text
            return call.who == TOR and at_home and call.name not in ("bind",)
        return True

    def traced_run(self):
        trace = self.top / "trace"
        b = self.node("b").start()
        a = self.node("a", peers=[b.onion()])
        # -D: the tracer is the child and hearsayd our own, so that ending and killing work as ever.
        a.wrapper = ["strace", "-D", "-f", "-qq", "-s", "200", "-o", str(trace), "-e",
                     "trace=%network,%process", "--seccomp-bpf"]  # fmt: skip
        watch = Watch()
        a.start(60)
        a.wait_connected(90)
        offer = self.publish(a)
        b.wait_offer(offer)
        a.wait_reachable(90)
        c = self.node("c", peers=[a.onion()]).start()
        c.wait_offer(offer, 90)
        a.stop(30)
        measured("traced: started, linked, published, was dialled, ended, in", watch.seconds)
        a.wait_until(lambda: self.is_complete(trace), 10, "the tracer to finish")
        return trace

    @staticmethod
    def is_complete(trace):
        return re.search(
            r"exited with \d+ \+\+\+|exit_group", trace.read_text("utf-8", "replace")[-4000:]
        )


if __name__ == "__main__":
    unittest.main(verbosity=2)

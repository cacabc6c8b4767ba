"""The page's door, without a browser: of all that a request may say only what is allowed has an
effect, and nothing secret lies about."""
import itertools
import os
import socket
import stat
import subprocess
import unittest

from browser import listeners, opened_by
from support import NodeTest, Watch, measured

# (value, fine); None is a field that is not there.
HOSTS = [
    ("127.0.0.1:{port}", True), ("[::1]:{port}", True), (None, False), ("127.0.0.1", False),
    ("localhost:{port}", False), ("0.0.0.0:{port}", False), ("127.0.0.1.:{port}", False),
    ("evil.example:{port}", False), ("127.0.0.1:{port}\r\nHost: evil.example", False),
]  # fmt: skip
ORIGINS = [
    (None, True), ("http://{host}", True), ("null", False), ("http://localhost:{port}", False),
    ("http://127.0.0.1:1", False), ("https://{host}", False),
]  # fmt: skip
SITES = [
    (None, True), ("same-origin", True), ("none", True), ("same-site", False),
    ("cross-site", False),
]  # fmt: skip
TYPES = [
    (None, True), ("application/json", True), ("text/plain", False),
    ("application/x-www-form-urlencoded", False),
]  # fmt: skip
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
TOKENS = ["none", "wrong", "right"]
PATHS = ["/", "/main.js", "/v1/friends", "/v1/status", "/v1/page/token", "/v1/persona-exports"]
# What the gate says; everything else was said behind it.
OF_THE_GATE = (b"Host is not", b"another page may not", b"expected GET, HEAD, POST",
               b'expected \\"Content-Type', b"nobody is logged in",
               b"this path takes GET, HEAD", b"HTTP/1.1 needs")  # fmt: skip
BATCH = 100


class Answer:
    def __init__(self, status, head, body):
        self.status, self.head, self.body = status, head, body


class Pipe:
    """Sends requests ahead on a connection, and goes on with a new one where the node ended it."""

    def __init__(self, port):
        self._port, self._socket = port, None

    def ask(self, requests):
        """[(bytes, whether it is HEAD)] -> [Answer]"""
        out = []
        while len(out) < len(requests):
            rest = requests[len(out):len(out) + BATCH]
            before = len(out)
            with socket.create_connection(("127.0.0.1", self._port), timeout=10) as self._socket:
                self._socket.sendall(b"".join(each for each, _ in rest))
                data = b""
                for _, is_head in rest:
                    answer, data = self._read(data, is_head)
                    if answer is None:
                        break
                    out.append(answer)
                    if b"Connection: close" in answer.head:
                        break
            if len(out) == before:
                raise AssertionError(f"no answer to {rest[0][0]!r}")
        return out

    def _more(self):
        try:
            return self._socket.recv(1 << 18)
        except ConnectionResetError:
            return b""

    def _read(self, data, is_head):
        while b"\r\n\r\n" not in data:
            more = self._more()
            if not more:
                return None, b""
            data += more
        head, data = data.split(b"\r\n\r\n", 1)
        length = 0 if is_head else int(head.lower().split(b"content-length: ")[1].split(b"\r")[0])
        while len(data) < length:
            more = self._more()
            if not more:
                return None, b""
            data += more
        return Answer(int(head[9:12]), head, data[:length]), data[length:]


class PageDoor(NodeTest):
    def setUp(self):
        super().setUp()
        self.one = self.node("a", network=False).start()

    def token(self, port, code):
        body = f'{{"code":"{code}"}}'.encode()
        head = (f"POST /v1/page/token HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        answer, = Pipe(port).ask([(head.encode() + body, False)])
        return answer.body.decode().split('"token":"')[1].split('"')[0]

    def test_only_what_is_allowed_has_an_effect(self):
        persona = self.one.ask("identity", "new", "shop")["address"]
        port, code = opened_by(self.one)
        right = self.token(port, code)
        allowed, refused = [], []
        for cell in itertools.product(HOSTS, ORIGINS, SITES, METHODS, TYPES, TOKENS, PATHS):
            (allowed if self.may(cell) else refused).append(cell)
        watch, pipe = Watch(), Pipe(port)
        for cells in (refused, allowed):
            asked = [self.request(cell, port, right, persona) for cell in cells]
            wrong = [
                (cell, answer.status, answer.body[:90])
                for cell, answer in zip(cells, pipe.ask(asked))
                if self.got_in(cell, answer) != (cells is allowed) or self.is_careless(answer)
            ]
            self.assertEqual(wrong[:5], [], f"{len(wrong)} cells")
            names = [each["name"] for each in self.one.ask("friends", "list").get("friends", [])]
            self.assertEqual(names, ["let in"] if cells is allowed else [])
        measured(f"{len(allowed) + len(refused)} cells, {len(allowed)} of them allowed, in",
                 watch.seconds)  # fmt: skip

    def may(self, cell):
        (_, host), (_, origin), (_, site), method, (kind, typed), token, path = cell
        if not (host and origin and site and typed) or method not in METHODS[:5]:
            return False
        if method in ("POST", "PUT") and kind is None:
            return False  # they bring a body
        if not path.startswith("/v1/"):
            return method in ("GET", "HEAD")
        return token == "right" or (method, path) == ("POST", "/v1/page/token")

    def request(self, cell, port, right, persona):
        (host, _), (origin, _), (site, _), method, (kind, _), token, path = cell
        name = "let in" if self.may(cell) else "not let in"
        body = b""
        if method in ("POST", "PUT"):
            body = (f'{{"address":"{persona}","name":"{name}"}}' if path == "/v1/friends"
                    else '{"code":"x"}').encode()  # fmt: skip
        shown = (host or "127.0.0.1:{port}").split("\r")[0].format(port=port)
        fields = {
            "Host": host and host.format(port=port),
            "Origin": origin and origin.format(port=port, host=shown),
            "Sec-Fetch-Site": site,
            "Content-Type": kind,
            "Authorization": {"wrong": "Bearer " + "0" * 64, "right": f"Bearer {right}"}.get(token),
            "Content-Length": str(len(body)) if body else None,
        }
        # A token that was shown ends by DELETE; here it has to last.
        if (method, path, token) == ("DELETE", "/v1/page/token", "right"):
            path += "?x"
        lines = [f"{each}: {value}" for each, value in fields.items() if value is not None]
        text = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])
        return text.encode() + body, method == "HEAD"

    def got_in(self, cell, answer):
        if answer.status == 400 and cell[0][1] is False:
            return False  # no Host, or two: the reader itself refuses them
        if cell[3] == "HEAD":
            return answer.status not in (401, 403, 415, 429)
        if answer.status == 429:
            return False  # wrong tokens beyond their budget
        return not any(text in answer.body for text in OF_THE_GATE)

    def is_careless(self, answer):
        head = answer.head.lower()
        return (b"access-control" in head or b"set-cookie" in head
                or b"content-security-policy: default-src 'none'" not in head
                or b"cross-origin-resource-policy: same-origin" not in head)  # fmt: skip

    def test_nothing_listens_until_somebody_asks_and_nothing_secret_lies_about(self):
        self.assertEqual(listeners(self.one.pid), [])
        file = self.one.tell("open", "--print").strip()
        port, code = opened_by(self.one)
        self.assertEqual(
            sorted(listeners(self.one.pid)), [f"127.0.0.1:{port}", f"[::1]:{port}"]
        )
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        said = self.one.ask("open", "--print")
        self.assertNotIn(code, str(said))
        self.assertEqual(said["code"], "")
        self.assertNotIn(code, self.one.log_text())
        self.one.tell("open", "--close")
        self.assertEqual(listeners(self.one.pid), [])
        self.assertFalse(os.path.exists(file))

    def test_a_browser_is_started_with_a_file_and_the_file_goes_when_it_was_used(self):
        programs = self.top / "programs"
        programs.mkdir()
        starter = programs / "xdg-open"
        starter.write_text(
            f'#!/bin/sh\nprintf %s "$*" > {self.top}/words\ncp "$1" {self.top}/copy\n'
        )
        starter.chmod(0o755)
        child = subprocess.Popen(
            [str(self.one.command), "--data-dir", str(self.one.directory), "open"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        )  # fmt: skip
        try:
            copy = self.top / "copy"
            self.one.wait_until(
                lambda: copy.exists() and "#code=" in copy.read_text(), 10, "the browser's start"
            )
            words = (self.top / "words").read_text()
            self.assertEqual(words, str(self.one.directory / "run" / "page.html"))
            self.assertTrue(os.path.exists(words))
            address = copy.read_text().split("url=")[1].split('"')[0]
            port, code = int(address.split(":")[2].split("/")[0]), address.split("#code=")[1]
            self.token(port, code)
            self.assertEqual(child.wait(5), 0)
            self.assertFalse(os.path.exists(words))
            self.assertNotIn(code, child.stdout.read())
        finally:
            child.kill()
            child.wait()
            child.stdout.close()

    def test_a_setting_opens_it_at_a_port_of_ones_choice(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.one.stop()
        self.one.options += ["--page", "yes", "--page-port", str(port)]
        self.one.start()
        self.assertIn(f"127.0.0.1:{port}", listeners(self.one.pid))
        self.assertEqual(opened_by(self.one)[0], port)


if __name__ == "__main__":
    unittest.main(verbosity=2)

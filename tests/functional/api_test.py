"""The local API: private to its user, and undisturbed by many requests or broken ones."""
import contextlib
import http.client
import json
import os
import socket
import stat
import threading
import unittest

from stranger import Key, mailbox_address, onion_of
from support import NodeTest, Watch, long_path, measured

REQUESTS = 2000
CLIENTS = 8
LETTERS = 1000  # as many as wait to be sent


class Connection(http.client.HTTPConnection):
    """HTTP over the Unix socket of a node, whatever the length of its path."""

    def __init__(self, directory):
        super().__init__("hearsay", timeout=20)
        self._directory = directory

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        folder = os.open(self._directory / "run", os.O_PATH | os.O_DIRECTORY)
        try:
            self.sock.connect(f"/proc/self/fd/{folder}/api")
        finally:
            os.close(folder)

    def ask(self, method, path, body=None, **headers):
        if isinstance(body, dict):
            body = json.dumps(body)
        if body is not None:
            headers = {"Content-Type": "application/json", **headers}
        # The node may answer before it has read everything.
        with contextlib.suppress(BrokenPipeError):
            self.request(method, path, body, headers)
        answer = self.getresponse()
        return answer.status, json.loads(answer.read())


class Api(NodeTest):
    def setUp(self):
        super().setUp()
        self.one = self.node("a", long_path(self.top), network=False).start()

    def connection(self):
        made = Connection(self.one.directory)
        self.addCleanup(made.close)
        return made

    def test_only_its_user_can_reach_it(self):
        modes = {
            name: stat.S_IMODE((self.one.directory / name).lstat().st_mode)
            for name in (".", "run", "run/api")
        }
        self.assertEqual(modes, {".": 0o700, "run": 0o700, "run/api": 0o600})
        for path in self.one.directory.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                self.assertEqual(stat.S_IMODE(path.lstat().st_mode) & 0o077, 0, path)

    def test_web_pages_and_other_hosts_are_refused(self):
        for headers in ({"Origin": "http://localhost"}, {"Host": "evil.example"}):
            self.assertEqual(self.connection().ask("GET", "/v1/status", **headers)[0], 403, headers)

    def test_broken_requests_are_answered_with_what_was_expected(self):
        for body, code in (
            ("{", 400), ("[]", 400), ("null", 400), ('{"title": 5, "give": {}}', 400),
            ('{"colour": "red"}', 400),
            ('{"title": "\ud800"}'.encode("utf-8", "surrogatepass"), 400),
            (b'{"title": "\xff"}', 400), ("", 400), ('{"title": ""}', 400), ("[" * 50000, 400),
            ('{"title": "' + "x" * 300000 + '"}', 413),
        ):  # fmt: skip
            with self.subTest(body=body[:40]):
                status, answer = self.connection().ask("POST", "/v1/offers", body)
                self.assertEqual(status, code, answer)
                self.assertTrue(answer["message"])
        for method, path, code in (
            ("GET", "/", 404), ("GET", "/v1/nothing", 404), ("PUT", "/v1/offers", 405),
            ("GET", "/v1/offers/%2e", 400), ("GET", "/v1/offers/" + "0" * 64, 404),
            ("GET", "/v1/offers?limit=0", 400), ("GET", "/v1/status?x=1", 400),
        ):  # fmt: skip
            with self.subTest(path=path):
                self.assertEqual(self.connection().ask(method, path)[0], code)
        for garbage in (
            b"\0" * 100,
            b"GET\r\n\r\n",
            b"GET /v1/status HTTP/9.9\r\n\r\n",
            b"A" * 200000,
        ):
            with self.subTest(garbage=garbage[:20]):
                made = self.connection()
                made.connect()
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    made.sock.sendall(garbage)
                    self.assertRegex(made.sock.recv(100), rb"^HTTP/1\.1 (400|431|505)")
        self.assertEqual(self.one.offers(), {})
        self.assertEqual(self.one.status()["store"]["state"], "ready")

    def test_peers_are_added_banned_shown_and_forgotten_and_a_restart_keeps_all_of_it(self):
        pinned, liar, nobody = (onion_of(Key(self.top)) for _ in range(3))
        self.one.ask("peers", "add", pinned)
        added = self.one.ask("peers", "add", liar.removesuffix(".onion").upper())
        self.assertEqual((added["onion"], added["manual"], added["state"]), (liar, True, "waiting"))
        banned = self.one.ask(
            "peers", "ban", liar, "--for", "7d", "--reason", "says \u20ac 5 and means 6"
        )
        self.assertEqual(
            (banned["state"], banned["was_pinned"], banned["manual"]), ("banned", True, False)
        )
        self.assertIn("It was pinned", self.one.tell("peers", "ban", pinned))
        self.one.ask("peers", "add", pinned)
        self.one.stop()
        self.one.start()
        self.assertEqual(
            [(peer["onion"], peer["state"]) for peer in self.one.ask("peers", "list")["peers"]],
            [(pinned, "waiting"), (liar, "banned")],
        )
        shown = self.one.ask("peers", "show", liar)
        self.assertEqual(shown["ban_reason"], "says \u20ac 5 and means 6")
        self.assertTrue(shown["banned_until"] > shown["added"])
        self.assertRegex(self.one.tell("peers", "list"), "free in 7 days: says \u20ac")
        self.assertEqual(self.one.ask("peers", "unban", liar)["state"], "waiting")
        self.assertEqual(
            [peer["onion"] for peer in self.one.ask("peers", "list")["peers"]], [pinned]
        )
        self.assertEqual(len(self.one.ask("peers", "list", "--all")["peers"]), 2)
        for verb in ("show", "remove", "unban"):
            self.assertEqual(self.one.run("peers", verb, nobody).returncode, 4, verb)
        self.one.ask("peers", "remove", liar)
        self.assertEqual(self.one.run("peers", "show", liar).returncode, 4)

    def test_bans_that_make_no_sense_are_refused_and_change_nothing(self):
        onion = onion_of(Key(self.top))
        for ban, code in (
            ({"onion": "x" * 56}, 400), ({"onion": "\u0000"}, 400),
            ({"onion": onion, "duration_seconds": -1}, 400),
            ({"onion": onion, "duration_seconds": 2**32 - 1}, 400),
            ({"onion": onion, "reason": "x" * 201}, 400),
            ({"onion": onion, "reason": "two\nlines"}, 400),
            ({"onion": onion, "reason": "\u001b[2J"}, 400),
            ({"onion": onion, "reason": "\u0000"}, 400), ({"onion": self.one.onion()}, 422),
            ({}, 400),
        ):  # fmt: skip
            with self.subTest(ban=ban):
                status, answer = self.connection().ask("POST", "/v1/bans", ban)
                self.assertEqual(status, code, answer)
        self.assertEqual(self.connection().ask("GET", "/v1/peers?all=true")[1].get("peers", []), [])
        self.assertEqual(self.connection().ask("DELETE", "/v1/bans/" + "a" * 101)[0], 400)

    def test_a_watch_tells_each_change_and_every_part_of_the_start_on_its_own(self):
        watch = self.one.watch()
        self.assertEqual(watch.line("store")[:12], "store: 100 %")
        self.assertIn("no peer is known", watch.line("peers"))
        for part in ("tor", "onion descriptor", "reachability", "sync"):
            watch.line(part)
        self.one.ask("peers", "add", onion_of(Key(self.top)))
        self.assertIn("knows 1 node; waits for Tor", watch.line("peers"))
        self.assertEqual(watch.end(), 0)

    def test_known_peers_of_a_file_are_tried_and_are_no_friends(self):
        self.one.stop()
        onions = [onion_of(Key(self.top)) for _ in range(3)]
        (self.top / "some").write_text(
            f"# of the forum\n{onions[0]}\r\n\n  {onions[1]}   # Ann's\n"
        )
        (self.top / "config").write_text(
            f"known_peers = {self.top}/some\nbootstrapper={onions[2]}\nmax_connections = 20\n"
        )
        self.one.options += ["--config", str(self.top / "config")]
        self.one.start()
        status = self.one.wait_for(
            "its hearsay", lambda status: status.get("peers_heard_of") == 2, 20
        )
        self.assertEqual((status["peers_known"], status["peers"]["state"]), (0, "connecting"))
        self.assertTrue(self.one.ask("peers", "show", onions[0])["hearsay"])
        self.assertEqual(self.one.ask("peers", "list", "--all").get("peers", []), [])

    def test_limits_of_traffic_come_from_the_settings_and_are_shown(self):
        self.assertEqual(self.one.status().get("upload_limit", "0"), "0")
        self.one.stop()
        (self.top / "config").write_text("upload_limit = 50\ndownload-limit = 8\n")
        self.one.options += ["--config", str(self.top / "config")]
        self.one.start()
        status = self.one.status()
        self.assertEqual(
            (status["upload_limit"], status["download_limit"]), (str(50 * 1024), str(8 * 1024))
        )
        shown = self.one.run("status").stdout
        self.assertIn("at most 50 KiB a second, 0 items wait to be sent", shown)
        self.assertIn("at most 8 KiB a second, 0 items wait to be asked for", shown)

    def test_the_history_begins_with_the_node_and_its_lists_are_of_one_length(self):
        code, history = self.connection().ask("GET", "/v1/history")
        self.assertEqual(code, 200)
        lists = [history[name] for name in ("seconds_ago", "received_rate", "sent_rate", "items",
                                            "links_outbound", "links_inbound")]  # fmt: skip
        self.assertEqual({len(each) for each in lists}, {len(history["seconds_ago"])})
        self.assertGreaterEqual(len(history["seconds_ago"]), 1)
        self.assertEqual(history["received_rate"][0], 0, "nothing was before the first")
        self.assertEqual(history["seconds_ago"], sorted(history["seconds_ago"], reverse=True))

    def test_what_publishing_costs_is_told_before_it_is_done(self):
        ask = self.connection().ask
        code, usual = ask("GET", "/v1/work-estimate")
        self.assertEqual(code, 200)
        self.assertEqual((usual["kind"], usual["lifetime_seconds"]), ("offer", 7 * 86400))
        self.assertEqual((usual["price"], usual["too_dear"]), (1, False))
        self.assertGreater(usual["hashes_per_second"], 0)
        path = "/v1/work-estimate?kind=mail&bytes=2000&lifetime_seconds=1296000"
        code, longer = ask("GET", path)
        self.assertEqual(code, 200)
        self.assertGreater(longer["seconds"], 2 * usual["seconds"])
        self.assertGreater(longer["seconds"], longer["day_seconds"])
        for wrong in ("kind=poem", "bytes=33793", "lifetime_seconds=0", "bytes=-1", "size=3"):
            self.assertEqual(ask("GET", "/v1/work-estimate?" + wrong)[0], 400, wrong)
        shown = self.one.run("offer", "publish", "--title", "Tea", "--estimate")
        self.assertEqual(shown.returncode, 0)
        self.assertIn("this offer costs", shown.stdout)
        self.assertEqual(self.one.ask("offer", "list", "--mine").get("offers", []), [])

    def test_many_requests_at_once_are_all_answered(self):
        problems = []

        def client():
            try:
                made = Connection(self.one.directory)
                for _ in range(REQUESTS // CLIENTS):
                    status, answer = made.ask("GET", "/v1/status")
                    if status != 200 or not answer["onion"]:
                        problems.append((status, answer))
                made.close()
            except (OSError, http.client.HTTPException) as error:
                problems.append(error)

        watch = Watch()
        clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for one in clients:
            one.start()
        for one in clients:
            one.join()
        measured(
            f"{REQUESTS} requests of {CLIENTS} clients: {REQUESTS / watch.seconds:.0f} a second"
        )
        self.assertEqual(problems, [])

    def test_a_thousand_letters_are_listed_by_pages_and_whole(self):
        made = self.connection()
        to = mailbox_address()  # nobody's: they stay drafts
        for number in range(LETTERS):
            draft = {"to": to, "subject": f"Letter {number}", "text": "x" * 2000}
            status, answer = made.ask("POST", "/v1/mail", draft)
            self.assertEqual(status, 201, answer)

        def listed(query):
            status, answer = made.ask("GET", "/v1/mail" + query)
            self.assertEqual((status, answer["total"]), (200, LETTERS), query)
            return [mail["subject"] for mail in answer["mail"]]

        watch = Watch()
        whole = listed(f"?limit={LETTERS}")
        measured(f"{LETTERS} letters listed in", watch.seconds)
        self.assertEqual(sorted(whole), sorted(f"Letter {number}" for number in range(LETTERS)))
        pages = [listed(f"?limit=300&page={page}") for page in range(1, 6)]
        self.assertEqual([len(page) for page in pages], [300, 300, 300, LETTERS - 900, 0])
        self.assertEqual(sum(pages, []), whole)
        self.assertEqual(len(listed("")), 100)
        status, none = made.ask("GET", "/v1/mail?about=" + "ab" * 32)
        self.assertEqual((status, none["mail"], none["total"]), (200, [], 0))
        status, none = made.ask("GET", "/v1/mail?unread=true")
        self.assertEqual((status, none["mail"], none["total"]), (200, [], 0))

    def test_idle_connections_do_not_lock_others_out(self):
        idle = []
        for _ in range(200):  # more than the node keeps
            made = self.connection()
            try:
                made.connect()
            except OSError:
                break
            idle.append(made)
        for made in idle[:20]:
            made.close()
        watch = Watch()
        self.one.wait_until(lambda: self.one.run("status").returncode == 0, 20, "an answer")
        measured(f"{len(idle)} idle connections, 20 of them closed: answered after", watch.seconds)
        for made in idle:
            made.close()
        self.assertEqual(self.one.run("status").returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

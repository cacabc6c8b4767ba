"""Damaged homes: whatever happened to the data directory, a node says so, does what can be done,
and never hangs."""
import hashlib
import os
import shutil
import stat
import subprocess
import unittest

import stranger
from support import FRESH, NodeTest, measured, programs

PAGE = 4096
END_SECONDS = 30


class HomeTest(NodeTest):
    """A node that has an offer and a mail of its own, and is stopped."""

    def home(self, **options):
        node = self.node("a", network=False, **options)
        node.start()
        self.offer = self.publish(node)
        self.sent = node.ask(
            "mail", "send", stranger.mailbox_address(), "--subject", "hello", "--text", "x"
        )["id"]
        self.onion = node.onion()
        node.stop()
        self.assertTrue((node.directory / "vault").is_file())
        return node

    def refused_start(self, node):
        """What a start says that must end by itself with 1; nothing of the home may have
        changed."""
        before, said_before = self.digests(node), len(node.log_text())
        node.launch()
        try:
            code = node._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            node.kill()
            self.fail(f"the start hangs: {node.log_text()[said_before:]}")
        said = node.log_text()[said_before:]
        self.assertEqual(code, 1, said)
        node.kill()
        self.assertEqual(self.digests(node), before)
        return said.strip().splitlines()[-1]

    def with_options(self, node, *more):
        node.options = [*FRESH, *more]
        return node

    @staticmethod
    def digests(node):
        """Of every regular file that is somebody's loss, by its name."""
        out = {}
        for path in sorted(node.directory.rglob("*")):
            name = str(path.relative_to(node.directory))
            if path.is_file() and not name.startswith(
                ("tor/", "run/", "flood/", "lock", "own/lock.mdb")
            ):
                out[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return out

    @staticmethod
    def check(node):
        return subprocess.run(
            [
                str(programs() / "hearsayd"), "--check", "--data-dir", str(node.directory),
                "--no-passphrase",
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )  # fmt: skip

    def assert_all_there(self, node):
        self.assertEqual(node.onion(), self.onion)
        self.assertIn(self.offer, node.offers())
        self.assertEqual(node.mail()[self.sent]["subject"], "hello")
        self.assertEqual(node.status()["store"]["state"], "ready")


def replace(path, make):
    """`make(path)` in the place of whatever is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.is_symlink() or path.exists():
        path.unlink()
    make(path)


def overwrite(path, at, content):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(content)


class FloodStore(HomeTest):
    def test_a_damaged_flood_store_is_made_anew_and_said_in_one_line(self):
        node = self.home()
        data = node.directory / "flood" / "data.mdb"
        whole = data.read_bytes()
        damages = {
            "cut in half": lambda path: path.write_bytes(whole[: len(whole) // 2]),
            "cut within its first page": lambda path: path.write_bytes(whole[:100]),
            "a wrong beginning": lambda path: path.write_bytes(
                b"\xff" * 2 * PAGE + whole[2 * PAGE :]
            ),
            "garbage": lambda path: path.write_bytes(os.urandom(100_000)),
            "text": lambda path: path.write_bytes(b"hello\n"),
            "every page overwritten": lambda path: path.write_bytes(
                whole[: 2 * PAGE] + b"\x5a" * (len(whole) - 2 * PAGE)
            ),
            "a directory": lambda path: path.mkdir(),
            "a pipe": os.mkfifo,
            "a link to nothing": lambda path: path.symlink_to("/nowhere/at/all"),
        }
        for name, make in damages.items():
            with self.subTest(name):
                replace(data, make)
                said = len(node.log_text())
                node.start()
                lines = [
                    line for line in node.log_text()[said:].splitlines() if "made anew" in line
                ]
                self.assertEqual(len(lines), 1, node.log_text()[said:])
                self.assert_all_there(node)
                node.stop()

    def test_one_overwritten_page_ends_no_start(self):
        node = self.home()
        data = node.directory / "flood" / "data.mdb"
        whole = data.read_bytes()
        for page in range(2, len(whole) // PAGE):
            data.write_bytes(whole)
            overwrite(data, page * PAGE, os.urandom(PAGE))
            node.start()
            self.assert_all_there(node)
            node.stop()
        measured(f"{len(whole) // PAGE - 2} pages overwritten, one at a time")

    def test_a_flood_store_that_is_no_directory_or_gone_is_made_anew(self):
        node = self.home()
        flood = node.directory / "flood"
        for make in (lambda path: path.write_text("text"), os.mkfifo, lambda path: None):
            replace(flood, make)
            node.start()
            self.assert_all_there(node)
            node.stop()

    def test_a_file_cut_short_while_the_node_runs_ends_with_a_reason_at_worst(self):
        node = self.home()
        node.start()
        os.truncate(node.directory / "flood" / "data.mdb", PAGE)
        for turn in range(20):
            if not node.is_running:
                break
            node.run("offer", "publish", "--title", f"Offer {turn}", "--lifetime", "1d")
        if not node.is_running:
            self.assertEqual(node._process.returncode, 1)
            self.assertIn("SIGBUS", node.log_text().splitlines()[-1])
        node.kill()
        node.start()
        self.assert_all_there(node)


class OwnStore(HomeTest):
    def test_a_damaged_own_store_is_refused_with_what_to_do_and_set_aside_only_when_told(self):
        node = self.home()
        data = node.directory / "own" / "data.mdb"
        whole = data.read_bytes()
        for damaged in (
            whole[: len(whole) // 2],
            os.urandom(len(whole)),
            whole[: 2 * PAGE] + bytes(len(whole) - 2 * PAGE),
        ):
            data.write_bytes(damaged)
            said = self.refused_start(node)
            for words in ("own/data.mdb is damaged", "--check", "backup", "--accept-loss"):
                self.assertIn(words, said)
            checked = self.check(node)
            self.assertEqual(checked.returncode, 3, checked.stdout + checked.stderr)
            self.assertIn("DAMAGED", checked.stdout)
            self.assertEqual(data.read_bytes(), damaged)
        self.with_options(node, "--accept-loss").start()
        self.assertEqual((node.directory / "own.aside-1" / "data.mdb").read_bytes(), damaged)
        self.assertEqual(node.ask("offer", "list", "--mine").get("offers", []), [])
        self.assertEqual(node.onion(), self.onion)
        self.publish(node)
        node.stop()
        self.with_options(node).start()  # once accepted, it is as it is

    def test_records_of_an_earlier_version_are_left_to_it_or_set_aside_when_told(self):
        node = self.home()
        node.start()
        main = node.ask("identity", "show")["personas"][0]["address"]
        node.stop()
        own, flood = (node.directory / name / "data.mdb" for name in ("own", "flood"))
        # A home of the version before had the same files; the number of the schema tells.
        for path, ours, before in ((own, 5, 4), (flood, 5, 4)):
            number = [b"schema" + schema.to_bytes(8, "big") for schema in (ours, before)]
            whole = path.read_bytes()
            self.assertIn(number[0], whole)
            path.write_bytes(whole.replace(*number))
        stores = own.read_bytes(), flood.read_bytes()
        for _ in range(2):
            said = self.refused_start(node)
            for words in ("earlier version", "Nothing was changed", "--accept-loss"):
                self.assertIn(words, said)
            self.assertEqual((own.read_bytes(), flood.read_bytes()), stores)
        checked = self.check(node)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertIn("of an earlier version", checked.stdout)
        self.with_options(node, "--accept-loss").start()
        self.assertEqual((node.directory / "own.aside-1" / "data.mdb").read_bytes(), stores[0])
        self.assertEqual(node.onion(), self.onion)
        shown = node.ask("identity", "show")["personas"]
        self.assertIn(main, [persona["address"] for persona in shown])
        self.publish(node)
        node.stop()
        self.with_options(node).start()

    def test_records_that_are_missing_beside_a_vault_are_a_loss_to_be_accepted(self):
        node = self.home()
        own = node.directory / "own"
        kept = self.top / "kept"
        shutil.copytree(own, kept)
        for loss in ("gone", "an empty directory", "an empty file", "a store without records"):
            with self.subTest(loss):
                shutil.rmtree(own, ignore_errors=True)
                if loss != "gone":
                    own.mkdir(mode=0o700)
                if loss == "an empty file":
                    (own / "data.mdb").touch()
                if loss == "a store without records":
                    self.copy_unused_records(own)
                said = self.refused_start(node)
                self.assertIn("lost", said)
                self.assertIn("--accept-loss", said)
        shutil.rmtree(own, ignore_errors=True)
        shutil.copytree(kept, own)
        node.start()
        self.assert_all_there(node)
        node.stop()
        shutil.rmtree(own)
        self.with_options(node, "--accept-loss").start()
        self.assertEqual(node.onion(), self.onion)
        self.publish(node)

    def copy_unused_records(self, own):
        """An own store as a start leaves it that was refused before there was a person."""
        options = [
            "--passphrase-file",
            str(self.top / "none"),
            "--recovery-words-file",
            str(self.top / "words"),
        ]
        node = self.node("unused", network=False, options=options)
        node.launch()
        node._process.wait(END_SECONDS)
        node.kill()
        self.assertFalse((node.directory / "vault").exists(), node.log_text())
        shutil.copy(node.directory / "own" / "data.mdb", own)

    def test_a_vault_that_is_missing_beside_records_is_refused(self):
        node = self.home()
        (node.directory / "vault").rename(self.top / "vault")
        said = self.refused_start(node)
        self.assertIn("vault is missing", said)
        self.assertIn("--accept-loss", said)
        (self.top / "vault").rename(node.directory / "vault")
        node.start()
        self.assert_all_there(node)

    def test_a_check_finds_a_sound_home_sound_and_changes_nothing(self):
        node = self.home()
        before = self.digests(node)
        names = sorted(str(path) for path in node.directory.rglob("*"))
        done = self.check(node)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertNotIn("DAMAGED", done.stdout)
        for part in ("node.key", "vault", "own", "flood"):
            self.assertIn(f"/{part}", done.stdout)
        self.assertEqual(
            (self.digests(node), sorted(str(path) for path in node.directory.rglob("*"))),
            (before, names),
        )
        node.start()
        done = self.check(node)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(str(node.pid), done.stderr)

    def test_a_check_names_each_part_that_is_damaged(self):
        node = self.home()
        for name, size in (
            ("node.key", 32),
            ("vault", 200),
            ("own/data.mdb", 6 * PAGE),
            ("flood/data.mdb", 6 * PAGE),
        ):
            path = node.directory / name
            whole = path.read_bytes()
            overwrite(path, size // 2, bytes(255 - byte for byte in whole[size // 2 :]))
            done = self.check(node)
            self.assertEqual(done.returncode, 3, name)
            bad = [line for line in done.stdout.splitlines() if line.startswith("DAMAGED")]
            self.assertEqual(len(bad), 1, done.stdout)
            self.assertIn(name.split("/")[0], bad[0])
            path.write_bytes(whole)


class Keys(HomeTest):
    def test_a_key_that_is_missing_flipped_or_anothers_is_refused_with_the_reason(self):
        node = self.home()
        key = node.directory / "node.key"
        right = key.read_bytes()
        flipped = bytes([right[0] ^ 1]) + right[1:]
        for content, reason in (
            (None, "is missing"), (flipped, "is damaged"), (os.urandom(32), "is damaged"),
            (right[:31], "31 bytes"), (b"", "0 bytes"), (right + b"\n", "longer than 32"),
        ):  # fmt: skip
            with self.subTest(reason):
                replace(
                    key, lambda path: path.write_bytes(content) if content is not None else None
                )
                said = self.refused_start(node)
                self.assertIn(reason, said)
                self.assertIn("--new-address", said)
        # Without the checksum the vault still knows the address.
        key.write_bytes(flipped)
        (node.directory / "node.key.sha256").unlink()
        said = self.refused_start(node)
        self.assertIn("is another node's", said)
        self.assertIn(self.onion, said)
        key.write_bytes(right)
        node.start()
        self.assert_all_there(node)
        done = subprocess.run(
            ["sha256sum", "-c", "node.key.sha256"], cwd=node.directory, check=False
        )
        self.assertEqual(done.returncode, 0)

    def test_a_new_address_is_taken_only_when_told_and_the_rest_stays(self):
        node = self.home()
        key = node.directory / "node.key"
        key.unlink()
        self.refused_start(node)
        self.with_options(node, "--new-address").start()
        changed = node.onion()
        self.assertNotEqual(changed, self.onion)
        self.assertIn(self.offer, node.offers())
        node.stop()
        node.start()  # a sound key is left alone
        self.assertEqual(node.onion(), changed)
        node.stop()
        self.with_options(node).start()
        self.assertEqual(node.onion(), changed)

    def test_a_key_or_vault_that_is_no_file_is_refused_and_never_waited_for(self):
        node = self.home()
        for name in ("node.key", "vault"):
            path = node.directory / name
            kept = path.read_bytes()
            elsewhere = self.top / "elsewhere"
            elsewhere.write_bytes(kept)
            for make in (
                os.mkfifo,
                lambda path: path.mkdir(),
                lambda path: path.symlink_to(elsewhere),
            ):
                replace(path, make)
                self.assertIn(f"{name} is not a regular file", self.refused_start(node))
            replace(path, lambda path: path.write_bytes(kept))
        node.start()
        self.assert_all_there(node)

    def test_secrets_that_others_can_read_are_warned_of_and_closed(self):
        node = self.home()
        for name in ("node.key", "vault"):
            path = node.directory / name
            path.chmod(0o644)
            said = len(node.log_text())
            node.start()
            self.assertIn(f"{name} could be read or written by other users", node.log_text()[said:])
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            self.assert_all_there(node)
            node.stop()


class Memory(NodeTest):
    PASSPHRASE = "a passphrase that nobody else would choose 7351"
    TEXT = "we meet at the old mill, at nine, and nobody knows 9127"

    @unittest.skipIf(os.getuid() != 0, "reading the memory of a process that forbids it takes root")
    def test_no_passphrase_word_or_deleted_letter_is_left_in_the_memory_of_a_node(self):
        passphrase = self.top / "passphrase"
        passphrase.write_text(self.PASSPHRASE + " of the node\n")
        words = self.top / "words"
        node = self.node(
            "a",
            network=False,
            options=["--passphrase-file", str(passphrase), "--recovery-words-file", str(words)],
        )
        node.start()
        letter = node.ask(
            "mail", "send", stranger.mailbox_address(), "--subject", "hello", "--text", self.TEXT
        )["id"]
        self.assertEqual(node.ask("mail", "read", letter)["text"], self.TEXT)
        backup = self.top / "backup"
        node.ask("backup", "create", str(backup), given=self.PASSPHRASE + " of the backup\n")
        self.assertTrue(backup.is_file())
        node.ask("mail", "remove", letter)
        secrets = {
            "the passphrase of the node": self.PASSPHRASE + " of the node",
            "the passphrase of the backup": self.PASSPHRASE + " of the backup",
            "the recovery words": words.read_text().strip(),
            "the text of a removed letter": self.TEXT,
        }
        memory = self.memory_of(node.pid)
        self.assertIn(node.onion().encode(), memory)  # it is the right memory
        found = {what: memory.count(secret.encode()) for what, secret in secrets.items()}
        self.assertEqual(found, dict.fromkeys(secrets, 0))
        measured(f"searched {len(memory) >> 20} MiB of memory")

    @staticmethod
    def memory_of(pid):
        """What is not a mapped file of the stores: their rows are sealed, and a gigabyte is only
        reserved."""
        out = []
        with (
            open(f"/proc/{pid}/maps") as maps,
            open(f"/proc/{pid}/mem", "rb", buffering=0) as memory,
        ):
            for line in maps:
                span, rights, *_, last = line.split()
                if (
                    "r" not in rights
                    or last.endswith("data.mdb")
                    or last in ("[vvar]", "[vsyscall]", "[vdso]")
                ):
                    continue
                begin, end = (int(number, 16) for number in span.split("-"))
                try:
                    memory.seek(begin)
                    out.append(memory.read(end - begin))
                except OSError:
                    continue  # a guard page
        return b"\0".join(out)

    @unittest.skipIf(os.getuid() != 0, "running as another user takes root")
    def test_others_of_the_same_user_cannot_look_into_it_and_it_leaves_no_core(self):
        user = 65534
        home = self.top / "home"
        home.mkdir(mode=0o700)
        os.chown(home, user, user)
        self.top.chmod(0o755)
        binary = self.top / "hearsayd"
        shutil.copy(programs() / "hearsayd", binary)
        node = self.node("a", directory=home / "data", network=False)
        node.daemon = binary
        node.log = self.top / "a.log"
        node.wrapper = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        node.start()
        self.assertEqual(os.stat(f"/proc/{node.pid}/mem").st_uid, 0)
        looked = subprocess.run(
            [*node.wrapper, "dd", f"if=/proc/{node.pid}/mem", "of=/dev/null", "count=1"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertIn("ermission denied", looked.stderr)
        with open(f"/proc/{node.pid}/limits") as limits:
            core = next(line for line in limits if line.startswith("Max core file size"))
        self.assertEqual(core.split()[4:6], ["0", "0"])
        node.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""The second half of contrib/story, once the programs are built: a person's day with Hearsay,
played in a terminal of 40, 80 and 120 columns on a private Tor network, and what the screens show.

Anna starts her node for the first time, looks around, publishes an offer, is asked about it by
Bob's node, answers, trades, makes mistakes, and stops. What only looks is played at each width;
what changes something is played once, at 80 columns.

The screens are written to docs/screens/day-WIDTH.txt, or compared with what is there. Ids,
addresses, figures and times differ from run to run, and so does where a line with one of them
breaks: compared are the words.
"""
import argparse
import contextlib
import re
import shlex
import shutil
import signal
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from hearsay_node import FIXED, HearsayNode, NodeError, end_all, wait_until  # noqa: E402
from screen import Screen, ScreenError  # noqa: E402
from torprocess import TorError  # noqa: E402
from tornet import TorNetwork  # noqa: E402

WIDTHS = (40, 80, 120)
USUAL = 80
ROWS = 24
INDENT = 4  # of a word that is longer than a line
WAIT_SECONDS = 300  # a letter that was handed over in vain is handed over again after a minute
ANSWER_SECONDS = 60
PASSPHRASE = "correct horse battery staple"
WORDS_SHOWN = "    (twelve words)"
SOON = ("--receipt-within", "1s", "--remove-within", "1h")
HEAD = """What a person sees in a terminal of {} columns. The command contrib/story wrote this;
nothing is typed in. Ids, addresses, figures and times differ from run to run.
"""


class Failed(Exception):
    """A step did not do what it is there for."""


def is_calm(status):
    """Nothing of what is shown changes by itself in the next minutes."""
    parts = ("tor", "onion_descriptor", "reachability", "peers", "sync", "store")
    done = all(int(status[part].get("percent", 0)) == 100 for part in parts)
    return done and bool(status.get("tor_standing"))


class Day:
    def __init__(self, directory, programs, report=print):
        self.programs = Path(programs)
        self.report = report
        self.network = TorNetwork(directory / "tor", report=lambda *_: None)
        self.passphrase = directory / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        self.passphrase.chmod(0o600)
        torrc = self.network.client_torrc
        kept = ("--passphrase-file", str(self.passphrase), "--discover", "no", *SOON)
        self.anna = HearsayNode(directory / "anna", programs, torrc, "anna", options=kept)
        self.bob = HearsayNode(directory / "bob", programs, torrc, "bob", options=(*FIXED, *SOON))
        self.shots = {width: [] for width in WIDTHS}

    # --- playing ---

    def shot(self, width, words, lines, code=0):
        for line in lines:
            if len(line) > width:
                raise Failed(f"{shlex.join(words)}: {len(line)} columns at {width}: {line}")
        told = [f"$ {shlex.join(words)}", *lines]
        if code:
            told.append(f"(exit code {code})")
        self.shots[width].append("\n".join(told))

    def command(self, words):
        return [self.programs / "hearsay", "--data-dir", self.anna.directory, *words]

    def play(self, width, *words, code=0):
        with Screen(self.command(words), width, ROWS) as screen:
            ended = screen.wait_end(ANSWER_SECONDS)
            if ended != code:
                raise Failed(f"{shlex.join(words)} ended with {ended}:\n{screen.text()}")
            self.shot(width, ("hearsay", *words), screen.lines(), code)

    def look(self, *words, code=0):
        """Changes nothing: at each width."""
        self.report("hearsay " + shlex.join(words))
        for width in WIDTHS:
            self.play(width, *words, code=code)

    def do(self, *words):
        """Changes something: once."""
        self.report("hearsay " + shlex.join(words))
        self.play(USUAL, *words)

    def watch(self):
        """The status as it is redrawn, until Ctrl-C."""
        self.report("hearsay status --watch")
        for width in WIDTHS:
            with Screen(self.command(("status", "--watch")), width, ROWS) as screen:
                screen.wait_for("sandbox", ANSWER_SECONDS)
                screen.read(0.2)  # the rest of the last line
                shown = screen.shown()
                screen.type("\x03")
                ended = screen.wait_end(ANSWER_SECONDS)
                if ended != 0:
                    raise Failed(f"status --watch ended with {ended}")
                self.shot(width, ("hearsay", "status", "--watch"), shown)

    # --- the day ---

    def run(self):
        self.look("help")
        self.look("status", code=3)
        self.network.start()
        self.bob.start()
        self.first_start()
        self.anna.peers = [self.bob.onion()]
        self.anna.start()
        self.anna.wait_connected(WAIT_SECONDS)
        self.anna.wait_reachable(WAIT_SECONDS)
        self.anna.wait_for("all parts, and word of its Tor", is_calm, WAIT_SECONDS)
        self.look("status")
        self.watch()
        self.look("identity", "show")
        self.look("peers", "list")
        self.look("doctor")
        offer = self.publish()
        self.mail(offer)
        self.trade(offer)
        self.mistakes()
        self.do("stop")
        self.anna.stop(ask=False)

    def first_start(self):
        """Asks for a passphrase and shows the words, once: at the usual width."""
        self.report("hearsayd")
        words = ("hearsayd",)
        command = [
            self.anna.daemon, "--data-dir", self.anna.directory, "--network", "local",
            "--tor-config", self.network.client_torrc, "--discover", "no",
        ]  # fmt: skip
        with Screen(command, USUAL, 50) as screen:
            screen.wait_for("New passphrase", ANSWER_SECONDS)
            screen.type(PASSPHRASE + "\n")
            screen.wait_for("The same again", ANSWER_SECONDS)
            screen.type(PASSPHRASE + "\n")
            screen.wait_for("kept nowhere", ANSWER_SECONDS)

            def before_words():
                """The lines above the words, once those are there: in one line or in two."""
                screen.read(0.1)
                lines = screen.lines()
                end = next(at for at, line in enumerate(lines) if "kept nowhere" in line) + 1
                below = "".join(line for line in lines[end:] if line)
                return lines[:end] if len(below.split()) >= 12 else None

            above = wait_until(before_words, ANSWER_SECONDS, "the twelve words")
            lines = [*above, "", WORDS_SHOWN]
            screen.type("\x03")
            # Where the machine is slow it ends before it has begun to wait for signals.
            if (ended := screen.wait_end(ANSWER_SECONDS)) not in (0, -signal.SIGINT):
                raise Failed(f"hearsayd ended with {ended} after Ctrl-C:\n{screen.text()}")
        self.shot(USUAL, words, lines)

    def publish(self):
        self.do(
            "offer", "publish", "--title", "Honey from our own bees", "--price", "8.50",
            "--currency", "EUR", "--negotiable", "--text", "Dark, in jars of 500 g. Pick-up only.",
            "--category", "food/honey", "--country", "DE", "--payment", "cash", "--lifetime", "7d",
        )  # fmt: skip
        offer = self.anna.ask("offer", "list", "--mine")["offers"][0]["id"]
        self.anna.wait_until(
            lambda: self.anna.ask("offer", "show", offer)["state"] == "published",
            WAIT_SECONDS, "the offer to come back",
        )  # fmt: skip
        theirs = self.bob.ask(
            "offer", "publish", "--title", "Rye bread, every Friday", "--give", "a loaf",
            "--want", "a jar of honey", "--tag", "food", "--lifetime", "7d",
        )["id"]  # fmt: skip
        self.anna.wait_offer(theirs, WAIT_SECONDS)
        self.look("offer", "list")
        self.look("offer", "show", offer[:12])
        self.look("search", "bread")
        return offer

    def mail(self, offer):
        self.bob.wait_offer(offer, WAIT_SECONDS)
        question = self.bob.ask(
            "mail", "send", offer, "--subject", "Your honey", "--text",
            "Would a rye bread do? I bake on Fridays and could come by on Saturday.",
        )["id"]  # fmt: skip
        self.anna.wait_mail(question, WAIT_SECONDS)
        self.look("mail", "list")
        self.do("mail", "read", question[:12])
        self.do(
            "mail", "send", question[:12], "--subject", "Re: Your honey", "--text",
            "Rye is perfect. Saturday at ten, at the old mill.",
        )  # fmt: skip
        answer = next(
            mail["id"] for mail in self.anna.mail().values() if mail["direction"] == "out"
        )
        self.anna.wait_mail_state(answer, "delivered", WAIT_SECONDS)
        self.look("mail", "list")

    def trade(self, offer):
        self.bob.ask("trade", "take", offer, "--text", "Two jars, please.")
        trade = self.anna.wait_until(
            lambda: self.anna.ask("trade", "list").get("trades"), WAIT_SECONDS, "the trade"
        )[0]["id"]
        self.look("trade", "list")
        self.look("trade", "show", trade[:12])
        self.do("trade", "accept", trade[:12], "--text", "They are yours.")
        self.anna.wait_until(
            lambda: self.anna.ask("trade", "show", trade)["state"] == "agreed",
            WAIT_SECONDS, "an agreement",
        )  # fmt: skip
        self.look("trade", "show", trade[:12])

    def mistakes(self):
        self.look("ofer", "list", code=2)
        self.look("offer", "publish", code=2)
        self.look("offer", "show", "ffffffff", code=4)
        self.look("offer", "list", "--limit", "many", code=2)

    def end(self):
        problems = end_all([self.anna, self.bob])
        self.network.stop()
        return problems

    def files(self):
        """What belongs into docs/screens: name and text."""
        return {
            f"day-{width}.txt": HEAD.format(width) + "\n" + "\n\n".join(shots) + "\n"
            for width, shots in self.shots.items()
        }


# --- comparing ---


def unwrapped(text, width):
    """Words that the terminal broke in one piece again: ids, addresses and paths that are longer
    than its lines. Everything else the command breaks itself."""
    out = []
    whole = True
    for line in text.split("\n"):
        if whole:
            out.append(line)
        else:
            out[-1] += line
        whole = len(line) < width or len(line.split()[-1]) < width - INDENT
    return "\n".join(out)


def words_of(text):
    """The words of a screen, without what differs from run to run."""
    out = []
    text = re.sub(r"/\S*/anna\S*", "DIR", text)
    # A moment ago may be now.
    ago = r"[0-9]+\s+(?:second|minute|hour|day)s?\s+ago"
    text = re.sub(rf"\b(?:just\s+now|{ago})\b", "now", text)
    for word in text.split():
        plain = word.strip(".,:;()'\"")
        if re.fullmatch(r"[0-9a-f]{6,}", plain) and re.search("[0-9]", plain):
            word = word.replace(plain, "ID")
        word = re.sub(r"hs[pm]1[a-z0-9]+|[a-z2-7]{40,}(\.onion)?", "KEY", word)
        word = re.sub(r"[0-9]+([.,:][0-9]+)*", "0", word)
        word = re.sub(r"^(second|minute|hour|day)s?([.,:;)]*)$", r"time\2", word)
        if word in ("ID", "KEY") and out and out[-1] == word:
            continue  # a long one, broken
        out.append(word)
    return out


def differences(before, now, width=USUAL):
    """What two texts of screens say differently, shot by shot; nothing: the same."""

    def shots_of(text):
        out = {}
        for shot in text.split("\n\n$ "):
            name, _, rest = shot.partition("\n")
            # Rows of one minute may stand in any order.
            words = sorted(words_of(unwrapped(rest, width)))
            out.setdefault(" ".join(words_of(name)), []).append(words)
        return out

    old, new = shots_of(before), shots_of(now)
    out = [f"only one of both has: {name}" for name in sorted(set(old) ^ set(new))]
    for name in [each for each in old if each in new]:
        if old[name] != new[name]:
            out.append(f"$ {name}\n  was: {old[name]}\n  is:  {new[name]}")
    return out


def compare(files, folder):
    out = []
    for width, (name, text) in zip(WIDTHS, files.items(), strict=True):
        path = folder / name
        before = path.read_text("utf-8") if path.exists() else ""
        out += [f"{name}: {each}" for each in differences(before, text, width)]
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", required=True)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="hearsay-story-"))
    day = Day(directory, options.programs)
    problems = []
    try:
        day.run()
    except (Failed, NodeError, ScreenError, TorError, OSError) as error:
        problems.append(str(error))
    finally:
        problems += day.end()
        with contextlib.suppress(OSError):
            shutil.rmtree(directory)
    if not problems and options.check:
        problems = compare(day.files(), options.to)
    for problem in problems:
        print(f"story: {problem}", file=sys.stderr)
    if problems:
        return 1
    if not options.check:
        options.to.mkdir(parents=True, exist_ok=True)
        for name, text in day.files().items():
            (options.to / name).write_text(text, "utf-8")
            print(options.to / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())

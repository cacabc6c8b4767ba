"""What tests share in which a stranger meets a node: links, and what the node counts."""
import contextlib

import stranger
from stranger import Item, Key, hello, items_frame, offer_payload
from support import FRESH, NodeTest, Watch, measured

PING, PONG = 2, 3


class StrangerTest(NodeTest):
    """One node for each test; every case is a stranger with a key of its own, because faults keep a
    peer out."""

    options = FRESH  # of the node

    def setUp(self):
        super().setUp()
        self.victim = self.node("node", network=False, options=self.options).start()
        self.cases = 0

    def refused(self):
        return {name: int(count) for name, count in self.victim.status().get("refused", {}).items()}

    @contextlib.contextmanager
    def counts(self, fault):
        """What happens inside is counted once, as this fault and no other; the node answers
        afterwards."""
        with self.subTest(fault=fault, case=self.cases):
            self.cases += 1
            before = self.refused()
            yield
            expected = dict(before)
            if fault:
                expected[fault] = before.get(fault, 0) + 1
                self.victim.wait_until(
                    lambda: self.refused() != before, 20, f"{fault} to be counted", poll=0.02
                )
            self.assertEqual(self.refused(), expected)

    def meet(self, key=None):
        """A link of an honest stranger with a fresh key, after both Hellos; None for an anonymous
        one."""
        link = self.handshake(key)
        link.send(hello())
        self.assertEqual(link.receive()[0], 1, "the node's Hello")
        return link

    def handshake(self, key=None, **context):
        key = key or Key(self.top)
        link = stranger.link(
            self.victim.directory, stranger.client_context(key.certificate(), key.file, **context)
        )
        self.addCleanup(link.close)
        return link

    def heard_until_pong(self, link, number=4711):
        """All frames that come before the answer to a Ping: what the node did before is among
        them."""
        link.send(stranger.message((PING, stranger.fixed64(1, number))))
        frames = []
        while (frame := link.receive()) is not None:
            if frame[0] == PONG and dict(stranger.parse(frame[1])).get(1) == number:
                return frames
            frames.append(frame)
        self.fail("the link ended")

    def is_cut(self, frames):
        """Sends these until the node ends the link, for too many requests."""
        too_many = lambda: self.refused().get("too_many_requests", 0)
        before, link = too_many(), self.meet()
        with contextlib.suppress(OSError):
            for frame in frames:
                link.send(frame)
        link.wait_end()
        self.victim.wait_until(
            lambda: too_many() == before + 1, 20, "too_many_requests to be counted"
        )

    def case(self, fault, act, **options):
        """`act(link)` after both Hellos; the node ends the link and counts the fault."""
        with self.counts(fault):
            link = self.meet(**options)
            act(link)
            link.wait_end()

    def still_welcomes_honest_strangers(self):
        """The node goes on: an honest item of another stranger comes in and is shown."""
        item = Item(Key(self.top), offer_payload("Honest"))
        link = self.meet()
        watch = Watch()
        link.send(items_frame(item))
        self.victim.wait_offer(item.thing, 20)
        measured(
            f"{self.cases} attacks refused; an honest item after them was accepted in",
            watch.seconds,
        )

    def visit(self):
        """An anonymous link, after both Hellos."""
        link = stranger.link(self.victim.directory, stranger.client_context())
        self.addCleanup(link.close)
        link.send(hello())
        self.assertEqual(link.receive()[0], 1)
        return link

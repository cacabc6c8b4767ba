"""Finding peers on real Tor: nodes that know one address find each other, and do without it
afterwards."""
import random
import unittest

from hearsay_node import end_all
from support import NodeTest, Watch, measured

NODES = 8  # besides the one that all know
LINKS = 4  # that each shall have when only the eight are left
FIND_SECONDS = 240


def linked(node):
    """Onions of the peers that this node has a link to."""
    peers = node.ask("peers", "list").get("peers", [])
    return {peer["onion"] for peer in peers if peer["state"] == "linked"}


def is_one_component(nodes):
    """Whether links connect all of them, without help of others."""
    by_onion = {node.onion(): node for node in nodes}
    links = {onion: linked(node) for onion, node in by_onion.items()}
    seen, left = set(), [next(iter(by_onion))]
    while left:
        onion = left.pop()
        if onion in seen:
            continue
        seen.add(onion)
        left += [other for other in by_onion if other in links[onion] or onion in links[other]]
    return len(seen) == len(by_onion)


class FindingPeers(NodeTest):
    seconds_max = 900

    def bootstrapped(self, name, onion):
        node = self.node(name)
        node.options += ["--bootstrapper", onion]
        return node

    def wait_linked(self, nodes, least, gone=frozenset()):
        for node in nodes:
            node.wait_until(
                lambda node=node: len(linked(node) - gone) >= least,
                FIND_SECONDS,
                f"{least} links",
                poll=1,
            )
        self.wait_one_component(nodes)

    def wait_one_component(self, nodes):
        nodes[0].wait_until(lambda: is_one_component(nodes), FIND_SECONDS, "one component", poll=1)

    def test_nodes_that_know_only_one_find_each_other_and_outlive_it_and_a_new_one_joins_through_any(
        self,
    ):
        seed = self.node("seed").start()
        address = seed.onion()
        seed.wait_reachable(120)
        watch = Watch()
        nodes = [self.bootstrapped(f"node{number}", address).launch() for number in range(NODES)]
        for node in nodes:
            node.start_wait()
        self.wait_linked(nodes, LINKS, {address})
        measured(
            f"{NODES} nodes that knew one address have {LINKS} links to others each after",
            watch.seconds,
        )

        seed.kill()
        watch = Watch()
        self.wait_linked(nodes, LINKS, {address})
        for node in nodes:
            node.wait_until(
                lambda node=node: address not in linked(node),
                FIND_SECONDS,
                "the link to the dead one to end",
            )
        measured("without it they are still one network after", watch.seconds)
        offer = self.publish(nodes[0])
        for node in nodes:
            node.wait_offer(offer, 120)

        watch = Watch()
        late = self.bootstrapped("late", random.choice(nodes).onion()).start()
        late.wait_offer(offer, FIND_SECONDS)
        measured(
            "a new node joined through one of them and has what they have after", watch.seconds
        )
        self.wait_linked([*nodes, late], LINKS, {address})
        measured(f"and {LINKS} links after", watch.seconds)

        watch = Watch()
        onion = late.onion()
        late.stop()
        for node in nodes[:4]:
            node.stop()
        late.options = late.options[:-2]  # nobody told it whom to ask
        late.start()
        late.wait_until(lambda: linked(late), FIND_SECONDS, "a link", poll=1)
        self.assertEqual(late.onion(), onion)
        measured(
            "started again without a bootstrapper, half of the network gone: a link after",
            watch.seconds,
        )
        self.assertEqual(end_all([late, *nodes[4:]]), [])


if __name__ == "__main__":
    unittest.main()

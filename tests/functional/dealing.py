"""What tests of trades share: a trade as a node sees it, and waiting for what others did."""
from hearsay_node import FIXED
from support import NodeTest

# Without the minutes that a person would let pass before a receipt and a removal.
OPTIONS = (*FIXED, "--receipt-within", "1s", "--remove-within", "1h")
LETTER_SECONDS = 240  # it lives for 15 days, and pays for that with work


class Dealing(NodeTest):
    seconds_max = 900

    def trade(self, node, trade):
        found = [each["id"] for each in node.ask("trade", "list").get("trades", [])]
        return node.ask("trade", "show", trade) if trade in found else None

    def wait_trade(self, node, trade, what, condition):
        """Until condition(the trade as `node` sees it)."""

        def met():
            found = self.trade(node, trade)
            return found if found and condition(found) else None

        return node.wait_until(met, LETTER_SECONDS, f"a trade with {what}")

    def wait_state(self, trade, state, *nodes):
        return [
            self.wait_trade(node, trade, state, lambda found: found["state"] == state)
            for node in nodes
        ]

    def wait_move(self, node, trade, by, move):
        """The message, when `node` has processed it; it was allowed. Letters overtake one another,
        and then it waits."""

        def message(found):
            return next(
                (
                    each
                    for each in found["messages"]
                    if (each["by"], each["move"]) == (by, move) and not each.get("waiting")
                ),
                None,
            )

        got = message(self.wait_trade(node, trade, f"{move} of the {by}", message))
        self.assertEqual(got.get("problem", ""), "")
        return got

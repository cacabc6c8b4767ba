"""Processes: whatever is killed, nothing is left behind, nothing acknowledged is lost, and the rest
goes on."""
import os
import signal
import unittest

from support import FRESH, NodeTest, Watch, measured, tor_children_of, wait_until
from hearsay_node import still_there


class Processes(NodeTest):
    def test_kill_9_of_the_node_leaves_no_process_and_the_data_is_there_after_a_restart(self):
        node = self.node("a").start()
        node.wait_reachable()
        onion, offer = node.onion(), self.publish(node)
        identity = node.ask("identity", "show")
        pid, tor = node.pid, node.wait_until(node.tor_pid, 10, "Tor")
        watch = Watch()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not still_there([pid, tor]), 5, "the end of node and Tor", poll=0.005)
        measured("no process left after", watch.seconds)
        node.kill()  # collects the exit status
        watch = Watch()
        node.start()
        measured("API answers again after", watch.seconds)
        self.assertEqual((node.onion(), list(node.offers())), (onion, [offer]))
        self.assertEqual(node.ask("identity", "show"), identity)
        node.wait_reachable()
        measured("reachable again after", watch.seconds)

    def test_a_hanging_tor_dies_with_its_node(self):
        node = self.node("a").start()
        tor = node.wait_until(node.tor_pid, 10, "Tor")
        # A process that was only just started has not yet asked to die with its parent;
        # one that reports has.
        node.wait_until(
            lambda: int(node.status()["tor"].get("percent", 0)) > 0, 60, "Tor to report progress"
        )
        os.kill(tor, signal.SIGSTOP)  # as hung as can be: it cannot notice that its owner is gone
        node.kill()
        wait_until(lambda: not still_there([tor]), 5, "the end of the hanging Tor")

    def test_kill_9_of_tor_costs_a_restart_and_the_node_serves_its_store_meanwhile(self):
        b = self.node("b").start()
        a = self.node("a", peers=[b.onion()]).start()
        offer = self.publish(a)
        b.wait_offer(offer)
        pid, tor = b.pid, b.tor_pid()
        watch = Watch()
        os.kill(tor, signal.SIGKILL)
        answers, slowest = 0, 0.0

        def is_new_tor():
            nonlocal answers, slowest
            asked = Watch()
            self.assertEqual(list(b.offers()), [offer])
            answers, slowest = answers + 1, max(slowest, asked.seconds)
            return b.tor_pid() not in (None, tor)

        b.wait_until(is_new_tor, 30, "a new Tor", poll=0.01)
        measured(
            f"a new Tor runs (the API answered {answers} times meanwhile, "
            f"at most in {slowest:.2f} s) after",
            watch.seconds,
        )
        self.assertEqual((b.pid, b.status()["tor_restarts"]), (pid, 1))
        later = self.publish(b, "After the restart")
        b.wait_reachable()
        measured("reachable again after", watch.seconds)
        a.wait_offer(later, 90)
        measured("linked again, offer published meanwhile arrived, after", watch.seconds)

    def test_a_tor_that_is_stuck_is_said_and_replaced(self):
        node = self.node("a").start()
        node.wait_reachable()
        tor = node.tor_pid()
        os.kill(tor, signal.SIGSTOP)
        watch = Watch()
        status = node.wait_for(
            "it to say that Tor does not answer",
            lambda status: status["tor"]["state"] == "silent",
            60,
        )
        measured(f"Tor is stuck: said ({status['tor']['detail']}) after", watch.seconds)
        self.assertIn("WRONG tor", node.run("doctor").stdout)
        node.wait_until(lambda: node.tor_pid() not in (None, tor), 90, "another Tor")
        measured("another Tor runs after", watch.seconds)
        node.wait_reachable()
        self.assertEqual(node.status()["tor_restarts"], 1)
        self.assertIn("Tor did not answer", node.log_text())

    def test_tor_looks_again_for_a_friend_who_starts_later(self):
        friend = self.node("friend").start()
        onion = friend.onion()
        friend.kill()
        node = self.node("a", peers=[onion], options=(*FRESH, "--log-level", "debug")).start()
        node.wait_until(
            lambda: "Tor forgets which onion services it did not find" in node.log_text(),
            150,
            "Tor to be told that it may look again",
        )
        friend.start()
        node.wait_connected()

    def test_stop_ends_node_and_tor_and_returns_when_both_are_gone(self):
        node = self.node("a", network=False).start()
        node.wait_until(node.tor_pid, 10, "Tor")
        pid = node.pid
        self.assertIn("has ended", node.tell("stop"))
        self.assertEqual(tor_children_of(pid), [])
        node.stop(ask=False)  # with 0
        self.assertEqual(node.run("stop").returncode, 3)

    def test_sigterm_ends_node_and_tor_in_order_at_any_moment(self):
        node = self.node("a", network=False)
        for name, wait in (
            ("as soon as the API answers", lambda: None),
            ("while Tor runs", self.until_tor(node)),
        ):
            node.start()
            wait()
            pid, watch = node.pid, Watch()
            node.stop()  # fails unless it ends with 0 and its Tor is gone
            measured(f"SIGTERM {name}: ended after", watch.seconds)
            self.assertEqual(tor_children_of(pid), [])
            self.assertFalse(
                (node.directory / "run" / "api").exists(), "the API socket was left behind"
            )
            self.assertEqual(node.run("status").returncode, 3)

    @staticmethod
    def until_tor(node):
        return lambda: node.wait_until(node.tor_pid, 10, "Tor")

    def test_a_second_node_in_the_same_directory_is_refused_and_told_the_pid(self):
        node = self.node("a", network=False).start()
        second = self.node("second", node.directory, network=False)
        second.log = self.top / "second.log"
        second.launch()
        wait_until(lambda: not second.is_running, 10, "the second node to give up")
        self.assertEqual(second._process.returncode, 1, second.log_tail())
        self.assertIn(str(node.pid), second.log_text())
        self.assertEqual(node.status()["store"]["state"], "ready")


if __name__ == "__main__":
    unittest.main(verbosity=2)

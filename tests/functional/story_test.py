"""contrib/story: a person's day at three widths shows what docs/screens shows, word by word."""
import unittest

from support import ROOT, NodeTest, programs

from story import Day, compare, differences, unwrapped, words_of  # isort: skip

SCREENS = ROOT / "docs" / "screens"


class Story(NodeTest):
    seconds_max = 900

    def test_the_screens_of_a_day_are_those_in_docs(self):
        day = Day(self.top, programs(), report=lambda *_: None)
        try:
            day.run()
        finally:
            problems = day.end()
        self.assertEqual(problems, [])
        self.assertEqual(compare(day.files(), SCREENS), [])


class Words(unittest.TestCase):
    def test_ids_addresses_figures_and_times_make_no_difference(self):
        onion = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion"
        self.assertEqual(
            words_of(f"offer 3f2a9c1e77aa of {onion}, 2 minutes ago, 8.50 EUR"),
            ["offer", "ID", "of", "KEY,", "now,", "0", "EUR"],
        )
        for moment in ("now", "59 minutes ago", "1 minute\n  ago", "just now"):
            self.assertEqual(words_of(f"made {moment}."), ["made", "now."])
        self.assertEqual(words_of("in 1 day"), words_of("in 7 days"))

    def test_what_the_terminal_broke_is_one_word_and_what_the_command_broke_are_two(self):
        full = "words that are as wide as this terminal "[:39] + "!"
        shown = f"{full}\n  id\n    {'a' * 36}\n{'a' * 28}\n  price x"
        self.assertEqual(unwrapped(shown, 40), f"{full}\n  id\n    {'a' * 64}\n  price x")

    def test_another_word_a_missing_shot_and_another_order_do(self):
        before = "head\n\n$ hearsay status\nready\n\n$ hearsay doctor\nall is well\n"
        self.assertEqual(differences(before, before), [])
        self.assertEqual(len(differences(before, before.replace("ready", "lost"))), 1)
        self.assertEqual(len(differences(before, before.replace("doctor", "nurse"))), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""The include check finds what it is for, and only that."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent


class Includes(unittest.TestCase):
    def run_on(self, path, text):
        with tempfile.TemporaryDirectory() as root:
            good = pathlib.Path(root, "src/base/bytes.hpp")
            good.parent.mkdir(parents=True)
            good.write_text("#pragma once\n#include <vector>\n")
            file = pathlib.Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            done = subprocess.run(
                [sys.executable, HERE / "includes.py", root], capture_output=True, text=True
            )
            return done.returncode, done.stdout

    def refused(self, path, text, reason):
        code, said = self.run_on(path, text)
        self.assertEqual(code, 1, said)
        self.assertIn(reason, said)
        self.assertIn(path, said)

    def accepted(self, path, text):
        code, said = self.run_on(path, text)
        self.assertEqual(code, 0, said)

    def test_left_is_fine(self):
        self.accepted(
            "src/core/node.cpp",
            '#include "core/node.hpp"\n#include "base/bytes.hpp"\n#include "item.pb.h"\n',
        )
        self.accepted("tor/child.cpp", '#include "tor/child.hpp"\n#include <event2/event.h>\n')
        self.accepted("src/app/main.cpp", '#include "tor/child.hpp"\n#include "net/loop.hpp"\n')

    def test_right_is_not(self):
        self.refused("src/core/node.cpp", '#include "net/loop.hpp"\n', "core must not see net")
        self.refused("src/base/bytes.cpp", '#include "item/item.hpp"\n', "base must not see item")

    def test_angle_brackets_do_not_hide_a_room(self):
        self.refused("src/core/node.cpp", "#include <store/lmdb.hpp>\n", "core must not see store")

    def test_doors_never_see_each_other(self):
        self.refused(
            "src/net/links.cpp",
            '\n  #  include "store/file.hpp"\n',
            "src/net/links.cpp:2: net must not see store",
        )
        self.refused("tor/child.cpp", '#include "net/loop.hpp"\n', "tor must not see net")
        self.refused(
            "src/api/http/reader.cpp", '#include "tor/child.hpp"\n', "api must not see tor"
        )

    def test_the_simulator_never_sees_the_network(self):
        self.refused("src/sim/world.cpp", '#include "net/loop.hpp"\n', "sim must not see net")

    def test_rooms_of_the_market_see_what_lies_lower(self):
        self.accepted(
            "src/market/mail/inbox.hpp",
            '#include "market/offers/offers.hpp"\n#include "market/room.hpp"\n',
        )
        self.accepted("src/market/rooms.hpp", '#include "market/ratings/ratings.hpp"\n')
        self.accepted("src/market/room.hpp", '#include "market/keys/vault.hpp"\n')
        self.accepted("src/market/trade/trades.hpp", '#include "market/trade/views.hpp"\n')
        self.refused(
            "src/market/offers/offers.cpp", '#include "market/mail/mail.hpp"\n', "it lies higher"
        )
        self.refused(
            "src/market/mail/mail.cpp", '#include "market/trade/views.hpp"\n', "it lies higher"
        )
        self.refused(
            "src/market/identity/identity.hpp", '#include "market/market.hpp"\n', "it lies higher"
        )
        self.refused(
            "src/market/room.hpp", '#include "market/identity/identity.hpp"\n', "it lies higher"
        )
        self.refused("src/market/keys/vault.hpp", '#include "market/room.hpp"\n', "it lies higher")

    def test_every_folder_of_the_market_is_one_of_its_rooms(self):
        self.refused("src/market/extra/letter.hpp", "", "lies in no room of the market")
        self.refused("src/market/mail/deep/letter.hpp", "", "lies in no room of the market")
        self.refused(
            "src/market/mail/mail.cpp",
            '#include "market/extra/letter.hpp"\n',
            "lies in no room of the market",
        )

    def test_messages_stay_where_they_are_read(self):
        self.refused("src/net/links.cpp", '#include "frame.pb.h"\n', "may not read messages")

    def test_libraries_with_effects_stay_behind_their_doors(self):
        self.refused(
            "src/core/node.cpp", "#include <openssl/rand.h>\n", "core may not use openssl/rand.h"
        )
        self.refused(
            "src/market/keys/vault.cpp", "#include <lmdb.h>\n", "market may not use lmdb.h"
        )

    def test_ways_around_are_closed(self):
        self.refused("src/core/node.cpp", '#include "../net/loop.hpp"\n', "without ..")
        self.refused("src/core/node.cpp", '#include "node.hpp"\n', "spell it from the top")
        self.refused("src/core/node.cpp", "#include HEADER\n", "include of a macro")
        self.refused("src/extra/x.cpp", "int x;\n", "is not a room")
        self.refused("src/x.cpp", "int x;\n", "lies in no room")

    def test_comments_do_not_count(self):
        self.accepted(
            "src/core/node.cpp", '// #include "net/loop.hpp"\n/*\n#include "net/loop.hpp"\n*/\n'
        )

    def test_an_empty_tree_is_no_success(self):
        with tempfile.TemporaryDirectory() as root:
            done = subprocess.run(
                [sys.executable, HERE / "includes.py", root], capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()

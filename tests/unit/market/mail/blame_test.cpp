// market/mail/blame.hpp: who is set aside when a node ends while it reads.
#include "market/mail/blame.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace hearsay;
using namespace hearsay::market;

namespace {

Readable mail(std::uint8_t number) {
    base::ItemId id;
    id.data[0] = number;
    return id;
}

Readable row(std::uint8_t number) {
    return KeptRow{Table::inbox, {number}};
}

using Readables = std::vector<Readable>;

// Lives of a node with these mails to read, some of which end it; `together` at a time,
// but suspects by themselves.
struct Lives {
    Readables poisoned;
    std::size_t together = 4;
    Readables suspects, set_aside;
    std::size_t ends = 0;

    bool ends_it(const Readable& what) const {
        return std::ranges::find(poisoned, what) != poisoned.end();
    }
    bool is_set_aside(const Readable& what) const {
        return std::ranges::find(set_aside, what) != set_aside.end();
    }
    // False if the node ended.
    bool read(const Readables& some, bool alone) {
        if (std::ranges::none_of(some, [&](const Readable& what) { return ends_it(what); })) {
            for (const Readable& what : some) std::erase(suspects, what);
            return true;
        }
        std::vector<UnderReading> noted;
        for (const Readable& what : some) noted.push_back({what, alone});
        const Blame found = blame(suspects, noted);
        suspects = found.suspects;
        set_aside.insert(set_aside.end(), found.set_aside.begin(), found.set_aside.end());
        ++ends;
        return false;
    }
    bool live(const Readables& all) {
        for (const Readable& suspect : Readables(suspects))
            if (!read({suspect}, true)) return false;
        Readables batch;
        for (const Readable& what : all) {
            if (!is_set_aside(what)) batch.push_back(what);
            if (batch.size() < together) continue;
            if (!read(batch, false)) return false;
            batch.clear();
        }
        return read(batch, false);
    }
};

}  // namespace

TEST_CASE("a start that finds nothing changes nothing") {
    const Blame found = blame({mail(1), row(2)}, {});
    CHECK(found.set_aside.empty());
    CHECK(found.suspects == Readables{mail(1), row(2)});
}

TEST_CASE("one end makes suspects and sets nothing aside") {
    const Blame found = blame({}, {{mail(1), false}, {mail(2), false}, {mail(1), false}});
    CHECK(found.set_aside.empty());
    CHECK(found.suspects == Readables{mail(1), mail(2)});
}

TEST_CASE("a suspect that ends the node when it is read by itself is set aside") {
    const Blame found = blame({mail(1), mail(2), mail(3)}, {{mail(2), true}});
    CHECK(found.set_aside == Readables{mail(2)});
    CHECK(found.suspects == Readables{mail(1), mail(3)});
}

TEST_CASE("a mail that was read among others is never set aside, however often") {
    const Blame found = blame({mail(1), mail(2)}, {{mail(1), false}, {mail(2), false}});
    CHECK(found.set_aside.empty());
    CHECK(found.suspects == Readables{mail(1), mail(2)});
}

TEST_CASE("a mail that was read by itself without suspicion becomes a suspect only") {
    const Blame found = blame({}, {{mail(1), true}});
    CHECK(found.set_aside.empty());
    CHECK(found.suspects == Readables{mail(1)});
}

TEST_CASE("a record that was being read at two ends is set aside") {
    const Blame first = blame({}, {{row(1), false}});
    CHECK(first.set_aside.empty());
    CHECK(first.suspects == Readables{row(1)});
    const Blame second = blame(first.suspects, {{row(1), false}});
    CHECK(second.set_aside == Readables{row(1)});
    CHECK(second.suspects.empty());
}

TEST_CASE("no record is suspected while a mail was being read") {
    const Blame found = blame({row(1)}, {{row(1), false}, {row(2), false}, {mail(3), false}});
    CHECK(found.set_aside.empty());
    CHECK(found.suspects == Readables{row(1), mail(3)});
}

TEST_CASE("the same start twice decides the same") {
    const std::vector<UnderReading> noted{{mail(2), true}, {row(9), false}};
    const Blame first = blame({mail(1), mail(2)}, noted);
    const Blame again = blame({mail(1), mail(2)}, noted);
    CHECK(first.set_aside == again.set_aside);
    CHECK(first.suspects == again.suspects);
}

TEST_CASE("of a batch exactly those that end the node are set aside, each for one end more") {
    Readables all;
    for (std::uint8_t i = 0; i < 20; ++i) all.push_back(mail(i));
    for (const std::size_t together : {1UL, 4UL, 20UL})
        for (const Readables& poisoned :
             {Readables{mail(0)}, Readables{mail(19)}, Readables{mail(4), mail(5)},
              Readables{mail(1), mail(7), mail(18)}, all}) {
            Lives lives{poisoned, together, {}, {}, 0};
            while (lives.ends < 100 && !lives.live(all)) {
            }
            std::ranges::sort(lives.set_aside);
            CHECK(lives.set_aside == poisoned);
            CHECK(lives.suspects.empty());
            CHECK(lives.ends <= 2 * poisoned.size());
            CHECK(lives.ends >= poisoned.size() + 1);
        }
}

TEST_CASE("nothing that only the person writes can be set aside") {
    for (const Table table : {Table::meta, Table::personas, Table::mailboxes, Table::publications,
                              Table::outbox, Table::peers, Table::candidates, Table::friends})
        CHECK_FALSE(may_be_set_aside(table));
    for (const Table table : {Table::inbox, Table::trades, Table::tickets, Table::removals,
                              Table::seen_mail, Table::removed_trades})
        CHECK(may_be_set_aside(table));
}

#include "sim/memory_own_store.hpp"

#include <doctest/doctest.h>

using namespace hearsay;
using market::Table;

namespace {

constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);

base::Bytes text(const char* words) {
    return base::to_bytes(std::string_view(words));
}

}  // namespace

TEST_CASE(
    "an own store that is rolled back is as it was committed last, whatever happened to it "
    "meanwhile") {
    sim::MemoryOwnStore store;
    store.put(Table::meta, text("a"), text("1"));
    store.put(Table::inbox, text("b"), text("2"));
    REQUIRE(store.commit());
    store.put(Table::meta, text("a"), text("3"));
    store.erase(Table::inbox, text("b"));
    store.put(Table::inbox, text("b"), text("4"));
    store.put(Table::inbox, text("c"), text("5"));
    store.apply(core::KeepPeer{});
    store.roll_back();
    CHECK(store.get(Table::meta, text("a")) == text("1"));
    CHECK(store.get(Table::inbox, text("b")) == text("2"));
    CHECK(store.size() == 2);
    CHECK(store.peers().empty());
}

TEST_CASE("an own store is scanned in order, one table, from a key on") {
    sim::MemoryOwnStore store;
    for (const char* key : {"c", "a", "b"}) store.put(Table::inbox, text(key), text("x"));
    store.put(Table::outbox, text("b"), text("y"));
    std::string seen;
    store.scan(Table::inbox, text("b"), [&](base::ByteView key, base::ByteView) {
        seen += base::as_text(key);
        return true;
    });
    CHECK(seen == "bc");
}

TEST_CASE(
    "candidates are kept, one by each source, and a turn that is rolled back leaves them as they "
    "were") {
    const base::PeerId one{{1}}, two{{2}}, source{{9}};
    sim::MemoryOwnStore store;
    store.apply(core::KeepCandidate{{one, source, noon}});
    store.apply(core::KeepCandidate{{one, two, noon}});
    REQUIRE(store.commit());
    store.apply(core::DropCandidate{one, source});
    store.apply(core::KeepCandidate{{two, source, noon}});
    REQUIRE(store.candidates().size() == 2);
    store.roll_back();
    const std::vector<core::Candidate> kept{{one, two, noon}, {one, source, noon}};
    CHECK(store.candidates() == kept);
}

TEST_CASE("peers are kept until they are dropped, and a broken store commits nothing") {
    const base::PeerId peer{{1}};
    core::KnownPeer known;
    known.peer = peer;
    sim::MemoryOwnStore store;
    store.apply(core::KeepPeer{known});
    REQUIRE(store.commit());
    store.break_commits(true);
    store.apply(core::DropPeer{peer});
    CHECK(store.peers().empty());
    REQUIRE_FALSE(store.commit());
    store.roll_back();
    CHECK(store.peers().contains(peer));
    store.break_commits(false);
    store.apply(core::DropPeer{peer});
    REQUIRE(store.commit());
    store.roll_back();
    CHECK(store.peers().empty());
}

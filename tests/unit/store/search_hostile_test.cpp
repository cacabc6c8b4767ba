// What strangers write into the index of words: its size, and what a store full of it takes.
#include <algorithm>

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "core/retention/retention.hpp"
#include "item/kinds.hpp"
#include "search/run.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;

struct Hostile : FloodFixture {
    Hostile() {
        FloodOptions options = flood_options();
        options.search_pace.pending_items = 50;
        reopen(options);
    }
    void publish(const item::OfferText& text) {
        Wanted wanted;
        wanted.publisher = static_cast<std::uint8_t>(1 + published % 200);
        wanted.slot = static_cast<std::uint8_t>(published / 200);
        wanted.created = noon;
        wanted.payload = base::to_text(item::write_offer(text));
        ++published;
        effects.push_back(storing(publication(wanted)));
    }
    void store() {
        for (std::size_t at = 0; at < effects.size(); at += 50)
            commit(*flood, {effects.begin() + static_cast<std::ptrdiff_t>(at),
                            effects.begin() +
                                static_cast<std::ptrdiff_t>(std::min(at + 50, effects.size()))});
        effects.clear();
    }
    std::uint64_t index_bytes() {
        std::uint64_t out = 0;
        edit([&](Txn& txn, const FloodTables& tables) {
            MDB_stat stat{};
            REQUIRE(mdb_stat(txn.raw(), tables.search, &stat) == 0);
            out = (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) *
                  stat.ms_psize;
        });
        return out;
    }
    std::uint64_t found(std::string_view text) const {
        const auto reader = read();
        const auto answer =
            search::run(*reader->index(), {*search::parse_query(text), search::Sort::newest, 1000});
        REQUIRE(answer);
        return answer->found.size();
    }
    core::Effects effects;
    std::size_t published = 0;
};

TEST_CASE_FIXTURE(Hostile, "four megabytes of words that differ make an index of bounded size") {
    std::uint64_t word = 0;
    for (int item = 0; item < 512; ++item) {
        item::OfferText text{"hostile", "", "", ""};
        while (text.text.size() + 8 < item::offer_text_bytes_max)
            text.text += std::to_string(++word * 7919) + " ";
        publish(text);
    }
    store();
    // 1,000 terms an item, each of its letters and a few bytes more.
    CHECK(index_bytes() < 512 * 1000 * 20);
    CHECK(found("hostile ") == 512);
    CHECK(found("hostile 7919 ") == 1);
}

TEST_CASE_FIXTURE(Hostile, "what is gone leaves the index, too") {
    std::uint64_t word = 0;
    for (int item = 0; item < 400; ++item) {
        item::OfferText text{"offer", "", "", ""};
        for (int words = 0; words < 50; ++words) text.text += std::to_string(++word * 7919) + " ";
        publish(text);
    }
    const core::Effects all = effects;
    store();
    CHECK(index_bytes() > 100'000);
    for (const core::Effect& effect : all)
        commit(*flood, {forgetting(std::get<core::Store>(effect).item->id)});
    CHECK(index_bytes() < 20'000);
    CHECK(found("offer ") == 0);
}

TEST_CASE_FIXTURE(Hostile, "a million equal words are one entry an item") {
    for (int item = 0; item < 250; ++item) {
        item::OfferText text{"x", "", "", ""};
        while (text.text.size() + 2 < item::offer_text_bytes_max) text.text += "a ";
        publish(text);
    }
    store();
    CHECK(index_bytes() < 250 * 200);
    CHECK(found("a ") == 250);
}

TEST_CASE_FIXTURE(Hostile, "what is written from right to left or unseen is found as it is read") {
    publish({"\u202Ebi\u200Bcy\u00ADcle\u202C \u05E9\u05B8\u05DC\u05D5\u05DD", "", "", ""});
    publish({std::string(100, 'w'), std::string(8000, 'w'), "", ""});
    store();
    CHECK(found("bicycle ") == 1);
    CHECK(found("\u05E9\u05DC\u05D5\u05DD ") == 1);
    CHECK(found(std::string(300, 'w')) == 1);
}

// ---- what a full store takes --------------------------------------------------------------------

struct Full : FloodFixture {
    static constexpr std::uint64_t budget = 32ULL << 20;

    // Letters of a script without spaces: each pair of neighbours is a term of six bytes.
    std::string letters(std::size_t count) {
        std::string out;
        for (; count > 0; --count) {
            const auto point = static_cast<std::uint32_t>(0x4E00 + rng.below(0x5000));
            out += static_cast<char>(0xE0 | point >> 12);
            out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
            out += static_cast<char>(0x80 | (point & 0x3F));
        }
        return out;
    }
    // In the simulated network the nonce says it.
    static item::ReadPtr with_work(const item::Read& item, std::uint64_t level) {
        item::Item out = item.item;
        out.nonce = level << 56;
        return *item::read(std::move(out), item::Network::sim);
    }
    void offer_some(std::size_t count, std::size_t size) {
        auto txn = begin();
        for (; count > 0; --count) {
            Wanted wanted;
            wanted.publisher = static_cast<std::uint8_t>(1 + number % 250);
            wanted.slot = static_cast<std::uint8_t>(number++ / 250);
            wanted.payload = base::to_text(item::write_offer({"x", letters(size), "", ""}));
            const item::ReadPtr item = with_work(*publication(wanted), rng.below(40));
            core::Effects effects;
            const auto place = retention.admit(*item, 1, {}, *txn, {{}, noon}, effects);
            for (const core::Effect& effect : effects)
                if (std::holds_alternative<core::Forget>(effect)) {
                    ++evicted;
                    REQUIRE(txn->apply(effect));
                }
            if (!place) continue;
            REQUIRE(txn->apply(core::Store{item, noon, place->level, place->pile}));
            ++admitted;
        }
        REQUIRE(txn->commit());
        most = std::max(most, flood->stats().disk_bytes);
    }

    base::Rng rng{seed_of(1)};
    core::Retention retention{budget / 8 * 7};  // as the shell has it
    std::uint64_t number = 0, admitted = 0, evicted = 0, most = 0;
};

TEST_CASE_FIXTURE(Full,
                  "a store full of words that nobody else has takes no more than its budget") {
    for (int commits = 0; commits < 170; ++commits) offer_some(20, 1000);
    CHECK(evicted > 100);
    CHECK(most <= budget);
    CHECK(most > budget / 2);
}

TEST_CASE_FIXTURE(Full, "items that fill pages badly take no more than the budget") {
    for (int commits = 0; commits < 235; ++commits) offer_some(20, 600);
    CHECK(evicted > 100);
    CHECK(most <= budget);
    CHECK(most > budget / 2);
}

}  // namespace
}  // namespace hearsay::store

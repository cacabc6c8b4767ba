// The index of words beside a naive scan: every answer compared, through random inserts, updates,
// removals, expiries, aborted transactions and reopened stores.
#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "search/run.hpp"
#include "store/inspect.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;
using core::Position;

constexpr std::array<const char*, 24> some_words{
    "bicycle", "bike",   "wood", "water",  "Käse",  "käsekuchen", "straße", "книга",
    "東京都",  "ランプ", "lamp", "lamps",  "blue",  "green",      "old",    "new",
    "repair",  "wheel",  "swap", "garden", "seeds", "apple",      "apples", "zebra"};

std::string sentence(base::Rng& rng, std::size_t most) {
    std::string out;
    for (std::size_t left = 1 + rng.below(most); left > 0; --left) {
        // Small numbers more often, as words are.
        const auto at = rng.below(1 + rng.below(some_words.size()));
        out += (out.empty() ? "" : rng.below(9) == 0 ? ", " : " ") + std::string(some_words[at]);
    }
    return out;
}

item::ReadPtr offer(base::Rng& rng, std::uint8_t slot, std::uint64_t sequence,
                    base::WallTime created, bool removed) {
    Wanted wanted;
    wanted.publisher = static_cast<std::uint8_t>(1 + slot % 5);
    wanted.slot = slot;
    wanted.sequence = sequence;
    wanted.removed = removed;
    wanted.created = created;
    wanted.lifetime = static_cast<int>(1 + rng.below(100)) * hour;
    item::OfferText text;
    text.title = sentence(rng, 3);
    text.text = sentence(rng, 20);
    text.give = sentence(rng, 2);
    if (rng.below(2) == 0) text.tags = {rng.below(2) == 0 ? "bike" : "garden"};
    wanted.payload = removed ? std::string() : base::to_text(item::write_offer(text));
    return publication(wanted);
}

// What is held, searched by reading all of it.
struct Naive {
    std::map<Position, item::ReadPtr> alive;

    static std::set<std::string> terms(const search::Fields& fields) {
        std::set<std::string> out;
        search::TermScratch scratch;
        search::terms_of(fields, scratch, [&](std::string_view term) {
            return out.insert(std::string(term)).second;
        });
        return out;
    }
    static bool has(const std::set<std::string>& terms, const search::Word& word) {
        const auto at = terms.lower_bound(word.letters);
        return at != terms.end() &&
               (word.is_prefix ? at->starts_with(word.letters) : *at == word.letters);
    }
    static bool fits(const search::Query& query, const item::Read& item) {
        const auto fields = search::fields_of(item);
        if (!fields) return false;
        const auto all = terms(*fields);
        search::Tokens scratch;
        for (const auto& facet : query.facets)
            if (all.contains(search::facet_term(facet.facet)) == facet.excludes) return false;
        for (const auto& clause : query.clauses) {
            const bool found =
                std::ranges::all_of(clause.words, [&](const auto& word) { return has(all, word); });
            const bool phrase = !clause.is_phrase || search::has_phrase(*fields, clause, scratch);
            if ((found && phrase) == clause.excludes) return false;
        }
        return true;
    }
    std::vector<Position> run(const search::Query& query) const {
        std::vector<Position> out;
        for (auto at = alive.rbegin(); at != alive.rend(); ++at)
            if (fits(query, *at->second)) out.push_back(at->first);
        return out;
    }
};

std::string query_text(base::Rng& rng) {
    std::string out;
    for (std::uint64_t left = rng.below(4); left > 0; --left) {
        const std::string word = some_words[rng.below(some_words.size())];
        switch (rng.below(8)) {
            case 0:
                out += "-" + word + " ";
                break;
            case 1:
                out += "\"" + word + " " + some_words[rng.below(6)] + "\" ";
                break;
            case 2:
                out += rng.below(2) == 0 ? "tag:bike " : "-tag:garden ";
                break;
            case 3:
                out += "-\"" + std::string(some_words[rng.below(4)]) + " bike\" ";
                break;
            default:
                out += word + " ";
        }
    }
    if (rng.below(3) == 0)
        out += std::string(some_words[rng.below(some_words.size())]).substr(0, 3);
    return out;
}

struct Walk : FloodFixture {
    explicit Walk(std::uint64_t seed, const FloodOptions& with = flood_options())
        : options(with), rng(secret(seed)) {
        reopen(options);
    }
    static base::Secret secret(std::uint64_t seed) {
        base::Secret out;
        const auto bytes = base::big_endian(seed);
        std::copy(bytes.begin(), bytes.end(), out.data.begin());
        return out;
    }

    void store(FloodTxn& txn, Naive& into, Position& at) {
        const auto slot = static_cast<std::uint8_t>(rng.below(250));
        const item::ReadPtr item = offer(rng, slot, ++sequence, now, rng.below(12) == 0);
        if (txn.presence(item->id) != core::Presence::unknown) return;
        const auto before = things.find(thing_of(item));
        if (before != things.end()) forget(txn, into, before->second);
        REQUIRE(txn.apply(storing(item)));
        into.alive[++at] = item;
        things[thing_of(item)] = at;
    }
    void forget(FloodTxn& txn, Naive& into, Position position) {
        const auto found = into.alive.find(position);
        if (found == into.alive.end()) return;
        REQUIRE(txn.apply(forgetting(found->second->id)));
        into.alive.erase(found);
    }
    void transaction() {
        auto txn = begin();
        Naive after = naive;
        Position at = last;
        const auto things_before = things;
        const std::uint64_t most = rng.below(20) == 0 ? 300 : 6;
        for (std::uint64_t left = rng.below(most); left > 0; --left) {
            if (rng.below(3) > 0 || after.alive.empty()) {
                store(*txn, after, at);
            } else {
                auto any = after.alive.begin();
                std::advance(any, static_cast<std::ptrdiff_t>(rng.below(after.alive.size())));
                forget(*txn, after, any->first);
            }
        }
        if (rng.below(30) == 0) {  // all that lives in the oldest part
            while (after.alive.size() > 20) forget(*txn, after, after.alive.begin()->first);
        }
        if (rng.below(10) == 0) {
            things = things_before;
            return;  // never was
        }
        REQUIRE(txn->commit());
        naive = std::move(after);
        last = at;
    }

    search::Answer ask(const search::Request& request) const {
        const auto reader = read();
        const auto answer = search::run(*reader->index(), request);
        REQUIRE(answer);
        CHECK_FALSE(reader->error());
        return *answer;
    }
    void compare() {
        const std::string text = query_text(rng);
        CAPTURE(text);
        const auto query = search::parse_query(text);
        REQUIRE(query);
        const std::vector<Position> expected = naive.run(*query);
        search::Request request{*query, search::Sort::newest, 1 + rng.below(40)};
        std::vector<Position> found;
        search::Answer page = ask(request);
        if (!page.corrected.empty()) {
            CHECK(expected.empty());
            return;
        }
        const bool reads = std::ranges::any_of(query->clauses, &search::Clause::is_phrase);
        CHECK(page.total == (reads ? std::min(expected.size(), request.limit) : expected.size()));
        CHECK(page.is_more_than == (reads && expected.size() > request.limit));
        for (int pages = 0; pages < 500; ++pages) {
            CHECK(page.found.size() <= request.limit);
            found.insert(found.end(), page.found.begin(), page.found.end());
            if (page.cursor.empty()) break;
            request.cursor = page.cursor;
            page = ask(request);
        }
        CHECK(found == expected);
        // Sorted, it is the same set.
        search::Request ranked{*query, search::Sort::relevance, 1 + rng.below(40)};
        found.clear();
        page = ask(ranked);
        CHECK(page.ranked == expected.size());
        for (int pages = 0; pages < 500; ++pages) {
            found.insert(found.end(), page.found.begin(), page.found.end());
            if (page.cursor.empty()) break;
            ranked.cursor = page.cursor;
            page = ask(ranked);
        }
        std::ranges::sort(found, std::greater<>());
        CHECK(found == expected);
    }

    FloodOptions options;
    base::Rng rng;
    base::WallTime now = noon;
    Naive naive;
    std::map<item::ThingId, Position> things;
    Position last = 0;
    std::uint64_t sequence = 0;
};

void walk(std::uint64_t seed, const FloodOptions& options) {
    CAPTURE(seed);
    Walk walk(seed, options);
    for (int round = 0; round < 250; ++round) {
        walk.transaction();
        if (round % 40 == 17) walk.reopen(options);
        for (int queries = 0; queries < 3; ++queries) walk.compare();
    }
}

TEST_CASE("what is found is what a scan of all that is held finds") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) walk(seed, flood_options());
}

TEST_CASE("it is so while segments are merged little by little") {
    FloodOptions options = flood_options();
    options.merge_pace = {600, 100, 1, 2};
    for (const std::uint64_t seed : {4U, 5U, 6U}) walk(seed, options);
}

TEST_CASE("a check of the files finds what cannot be searched") {
    Walk walk(9);
    for (int round = 0; round < 30; ++round) walk.transaction();
    const auto check = [&] {
        walk.flood.reset();
        const auto found = inspect_flood(walk.path, item::Network::sim);
        REQUIRE(found);
        walk.reopen();
        return found->damage;
    };
    CHECK(check().empty());
    walk.edit([](Txn& txn, const FloodTables& tables) {
        txn.erase(tables.about, base::as_bytes("search"));
    });
    const auto damage = check();
    REQUIRE(damage.size() == 1);
    CHECK(damage.front().find("cannot be searched") != std::string::npos);
}

// ---- what strangers write -----------------------------------------------------------------------

struct Hostile : FloodFixture {
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

}  // namespace
}  // namespace hearsay::store

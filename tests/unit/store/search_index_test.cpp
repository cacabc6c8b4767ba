// The index of words beside a naive scan: every answer compared, through random inserts, updates,
// removals, expiries, aborted transactions, reopened stores and killed processes.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unistd.h>

#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
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

// Few values, so that many items share them. The languages have no stems, so that words stand for
// themselves.
void add_fields(base::Rng& rng, item::OfferText& out) {
    constexpr std::array<const char*, 5> categories{"sport", "sport/bicycles",
                                                    "sport/bicycles/parts", "garden", ""};
    constexpr std::array<const char*, 4> geohashes{"", "u", "u33", "u33d"};
    constexpr std::array<const char*, 3> languages{"", "ja", "pl"};
    out.side = rng.below(4) == 0 ? item::Side::wanted : item::Side::offered;
    out.status = static_cast<item::OfferStatus>(rng.below(3));
    out.condition = static_cast<item::Condition>(rng.below(6));
    out.category = categories[rng.below(categories.size())];
    out.geohash = geohashes[rng.below(geohashes.size())];
    if (!out.geohash.empty() || rng.below(2) == 0) out.country = rng.below(3) == 0 ? "AT" : "DE";
    if (rng.below(2) == 0) out.delivery = {"post"};
    if (rng.below(2) == 0) out.payment = {"cash", rng.below(2) == 0 ? "xmr" : "iban"};
    out.language = languages[rng.below(languages.size())];
    if (rng.below(2) == 0) return;
    out.price = item::Price{.amount = 1 + rng.below(50),
                            .currency = rng.below(3) == 0 ? "XMR" : "EUR",
                            .decimals = static_cast<std::uint32_t>(rng.below(9))};
    if (rng.below(3) == 0) out.price->amount_most = out.price->amount + 1 + rng.below(50);
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
    add_fields(rng, text);
    wanted.payload = removed ? std::string() : base::to_text(item::write_offer(text));
    return publication(wanted);
}

// A post or a profile now and then; what is removed is an offer.
item::ReadPtr something(base::Rng& rng, std::uint8_t slot, std::uint64_t sequence,
                        base::WallTime created) {
    if (slot % 8 > 1) return offer(rng, slot, sequence, created, rng.below(12) == 0);
    Wanted wanted;
    wanted.publisher = slot;
    wanted.slot = slot % 8 == 0 ? slot : 0;
    wanted.sequence = sequence;
    wanted.created = created;
    wanted.kind = slot % 8 == 0 ? item::kind_post : item::kind_profile;
    wanted.payload = base::to_text(
        slot % 8 == 0
            ? item::write_post({.title = sentence(rng, 3),
                                .text = sentence(rng, 20),
                                .tags = {"bike"},
                                .language = rng.below(2) == 0 ? "ja" : ""})
            : item::write_profile(
                  {.nickname = sentence(rng, 1), .about = sentence(rng, 9), .languages = {"pl"}}));
    return publication(wanted);
}

// Of whole values, as the market asks for them; some of them no item has.
void ask_for_fields(base::Rng& rng, search::Request& out) {
    using search::Facet;
    constexpr std::array<std::pair<Facet, const char*>, 20> some{
        {{Facet::kind, "offer"},
         {Facet::kind, "post"},
         {Facet::kind, "profile"},
         {Facet::side, "wanted"},
         {Facet::side, "offered"},
         {Facet::status, "sold"},
         {Facet::condition, "for-parts"},
         {Facet::category, "sport"},
         {Facet::category, "sport/bicycles"},
         {Facet::category, "gard"},
         {Facet::geohash, "u3"},
         {Facet::geohash, "u33d"},
         {Facet::country, "DE"},
         {Facet::country, "FR"},
         {Facet::delivery, "post"},
         {Facet::payment, "xmr"},
         {Facet::payment, "iban"},
         {Facet::language, "pl"},
         {Facet::currency, "EUR"},
         {Facet::status, "active"}}};
    for (std::uint64_t left = rng.below(3); left > 0; --left) {
        const auto& [facet, text] = some[rng.below(some.size())];
        out.query.facets.push_back({{facet, search::facet_value(facet, text)}, rng.below(6) == 0});
    }
    if (rng.below(4) != 0) return;
    out.currency = "eur";
    if (rng.below(3) > 0) out.price_min = static_cast<std::int64_t>(rng.below(9)) * 1'000'000;
    if (rng.below(3) > 0) out.price_max = static_cast<std::int64_t>(rng.below(30)) * 1'000'000;
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
    // The amounts as the offer has them, not as the index does.
    static bool is_in_range(const search::Request& request, const item::Read& item) {
        if (!request.price_min && !request.price_max) return true;
        const auto offer = item.header.kind == item::kind_offer
                               ? item::read_offer(item.item.payload)
                               : std::nullopt;
        if (!offer || !offer->price || offer->price->currency != "EUR") return false;
        const double part = std::pow(10.0, offer->price->decimals) / 1'000'000;
        const auto micros = [&](std::uint64_t amount) {
            return std::floor(static_cast<double>(amount) / part + 1e-9);
        };
        const double least = micros(offer->price->amount);
        const double most = std::max(least, micros(offer->price->amount_most));
        return (!request.price_min || most >= static_cast<double>(*request.price_min)) &&
               (!request.price_max || least <= static_cast<double>(*request.price_max));
    }
    static bool fits(const search::Request& request, const item::Read& item) {
        const search::Query& query = request.query;
        const auto fields = search::fields_of(item);
        if (!fields || !is_in_range(request, item)) return false;
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
    std::vector<Position> run(const search::Request& request) const {
        std::vector<Position> out;
        for (auto at = alive.rbegin(); at != alive.rend(); ++at)
            if ((!request.rated || std::ranges::count(request.rated->reaching, at->first) > 0) &&
                fits(request, *at->second))
                out.push_back(at->first);
        return out;
    }
    std::uint64_t unrated(const search::Request& request) const {
        return static_cast<std::uint64_t>(std::ranges::count_if(alive, [&](const auto& each) {
            return request.rated && std::ranges::count(request.rated->rated, each.first) == 0 &&
                   fits(request, *each.second);
        }));
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
        const item::ReadPtr item = something(rng, slot, ++sequence, now);
        if (txn.presence(item->id) != core::Presence::unknown) return;
        const auto before = things.find(thing_of(item));
        if (before != things.end()) forget(txn, into, before->second);
        auto effect = std::get<core::Store>(storing(item));
        if (rng.below(2) == 0) effect.terms = maker.of(*item);  // as a worker does
        REQUIRE(txn.apply(effect));
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
        const auto earlier = rng.below(4) == 0 ? read() : nullptr;
        REQUIRE(txn->commit());
        if (earlier) compare_snapshot(*earlier);
        naive = std::move(after);
        last = at;
    }
    // What was read before a commit is found as it was.
    void compare_snapshot(const FloodReader& earlier) {
        search::Request request{*search::parse_query(query_text(rng)), search::Sort::newest, 1000};
        const auto answer = search::run(*earlier.index(), request);
        REQUIRE(answer);
        if (answer->corrected.empty()) CHECK(answer->found == naive.run(request));
    }
    // A process that ends without a word, with a transaction under way.
    void kill() {
        flood.reset();
        const int code = in_child([this] {
            reopen(options);
            for (int times = 0; times < 3; ++times) transaction();
            auto txn = begin();
            Naive never = naive;
            for (int times = 0; times < 5; ++times) store(*txn, never, last);
            ::_exit(3);
            return 0;
        });
        REQUIRE(code == 3);
        reopen(options);
        const auto reader = read();
        naive.alive.clear();
        things.clear();
        for (const core::Stored& held : reader->newest(UINT64_MAX, 10'000)) {
            naive.alive[held.position] = reader->get(held.id);
            things[thing_of(naive.alive[held.position])] = held.position;
        }
        last = reader->last_position();
        sequence += 100;  // of what the child stored
    }

    search::Answer ask(const search::Request& request) const {
        const auto reader = read();
        const auto answer = search::run(*reader->index(), request);
        REQUIRE(answer);
        CHECK_FALSE(reader->error());
        return *answer;
    }
    void ask_for_ratings(search::Request& request) {  // also of what is gone, or comes
        search::RatedItems& out = request.rated.emplace();
        for (Position position = last + 5; position > 0; --position) {
            if (rng.below(2) == 0) out.rated.push_back(position);
            if (rng.below(3) == 0) out.reaching.push_back(position);
        }
        out.reaching = search::both(out.rated, out.reaching);
    }
    void compare() {
        const std::string text = query_text(rng);
        CAPTURE(text);
        const auto query = search::parse_query(text);
        REQUIRE(query);
        search::Request request{*query, search::Sort::newest, 1 + rng.below(40)};
        ask_for_fields(rng, request);
        if (rng.below(4) == 0) ask_for_ratings(request);
        const std::vector<Position> expected = naive.run(request);
        std::vector<Position> found;
        search::Answer page = ask(request);
        if (!page.corrected.empty()) {
            CHECK(expected.empty());
            return;
        }
        const bool reads = request.price_min || request.price_max ||
                           std::ranges::any_of(query->clauses, &search::Clause::is_phrase);
        CHECK(page.total == (reads ? std::min(expected.size(), request.limit) : expected.size()));
        CHECK(page.is_more_than == (reads && expected.size() > request.limit));
        if (!reads) CHECK(page.unrated == naive.unrated(request));
        for (int pages = 0; pages < 500; ++pages) {
            CHECK(page.found.size() <= request.limit);
            found.insert(found.end(), page.found.begin(), page.found.end());
            if (page.cursor.empty()) break;
            request.cursor = page.cursor;
            page = ask(request);
        }
        CHECK(found == expected);
        // Sorted, it is the same set.
        search::Request ranked = request;
        ranked.sort = search::Sort::relevance;
        ranked.limit = 1 + rng.below(40);
        ranked.cursor.clear();
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
        if (request.currency.empty()) return;
        // By price, the currency is asked for as the market does: those that have an amount.
        ranked.sort = search::Sort::price;
        ranked.limit = base::limits::search_ranked_max;
        ranked.cursor.clear();
        ranked.query.facets.push_back({{search::Facet::currency, request.currency}, false});
        check_price_order(ask(ranked).found, naive.run(ranked));
    }
    void check_price_order(std::vector<Position> found, std::vector<Position> expected) const {
        const auto price = [&](Position position) {
            return search::fields_of(*naive.alive.at(position))->price;
        };
        std::erase_if(expected, [&](Position position) { return !price(position); });
        CHECK(std::ranges::is_sorted(found, {},
                                     [&](Position position) { return price(position)->micros; }));
        std::ranges::sort(found, std::greater<>());
        CHECK(found == expected);
    }

    FloodOptions options;
    base::Rng rng;
    search::TermMaker maker;
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
        if (round % 60 == 35) walk.kill();
        for (int queries = 0; queries < 3; ++queries) walk.compare();
    }
}

TEST_CASE("what is found is what a scan of all that is held finds") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) walk(seed, flood_options());
}

TEST_CASE("it is so while each transaction makes a segment") {
    FloodOptions options = flood_options();
    options.search_pace.pending_items = 1;
    walk(10, options);
}

TEST_CASE("it is so while segments are merged little by little") {
    FloodOptions options = flood_options();
    options.search_pace = {.pending_items = 2,
                           .at_once_bytes = 600,
                           .commit_bytes = 100,
                           .commit_factor = 1,
                           .step_bytes = 250,
                           .erased_rows = 2};
    for (const std::uint64_t seed : {4U, 5U, 6U}) walk(seed, options);
}

TEST_CASE("it is so while few words wait") {
    FloodOptions options = flood_options();
    options.search_pace.pending_terms = 150;
    options.search_pace.at_once_bytes = 4000;
    for (const std::uint64_t seed : {7U, 8U}) walk(seed, options);
}

TEST_CASE("a commit of a few items writes nothing into the index") {
    Walk walk(11);
    const auto rows = [&] {
        std::uint64_t out = 0;
        walk.edit([&](Txn& txn, const FloodTables& tables) { out = txn.count(tables.search); });
        return out;
    };
    for (int round = 0; round < 50; ++round) walk.transaction();
    CHECK(walk.naive.alive.size() > 20);
    CHECK(rows() == 0);
    walk.compare();
}

TEST_CASE("an index that lost its directory is made again of the items") {
    FloodOptions options = flood_options();
    options.search_pace.pending_items = 7;
    Walk walk(12, options);
    for (int round = 0; round < 60; ++round) walk.transaction();
    walk.edit([](Txn& txn, const FloodTables& tables) {
        CHECK(txn.count(tables.search) > 3);
        txn.erase(tables.about, base::as_bytes("search"));
    });
    walk.reopen(options);
    for (int round = 0; round < 60; ++round) {
        for (int queries = 0; queries < 3; ++queries) walk.compare();
        walk.transaction();
    }
}

TEST_CASE("a check of the files finds what cannot be searched") {
    FloodOptions options = flood_options();
    options.search_pace.pending_items = 10;
    Walk walk(9, options);
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
        const auto row = txn.get(tables.about, base::as_bytes("search"));
        auto directory = read_directory(*row);
        REQUIRE(directory);
        REQUIRE(directory->segments.size() > 1);
        directory->segments.erase(directory->segments.begin());
        txn.put(tables.about, base::as_bytes("search"), write_directory(*directory));
    });
    const auto damage = check();
    REQUIRE(damage.size() == 1);
    CHECK(damage.front().find("cannot be searched") != std::string::npos);
}

}  // namespace
}  // namespace hearsay::store

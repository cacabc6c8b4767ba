// search-100k: what searching a hundred thousand offers costs, and what their index does, beside
// SQLite FTS5 with the same texts. docs/benchmarks.md.
#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "bench/benches.hpp"
#include "bench/measure.hpp"
#include "bench/reference.hpp"
#include "bench/sqlite_texts.hpp"
#include "bench/supply.hpp"
#include "bench/texts.hpp"
#include "search/run.hpp"
#include "store/flood.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t search_use = 7;  // of the seed
constexpr std::uint64_t batch = 200;     // items a commit: what a turn of a busy node takes in
constexpr std::size_t page = 20;
constexpr std::size_t queries_each = 200;
constexpr double target_ms = 20;
constexpr std::uint64_t offers_kept = 2000;  // of which queries are made

// Of a run that is smaller than what waits to be a segment, half waits: so there is an index.
store::FloodOptions flood_options(const Bench& bench, bool search) {
    store::FloodOptions options;
    options.network = bench_network;
    options.new_life = 1;
    options.search = search;
    const std::uint64_t items = bench.sizes().hundred_k;
    if (items <= options.search_pace.pending_items) options.search_pace.pending_items = items / 2;
    return options;
}

struct Filled {
    double seconds = 0;  // of processor time in the store
    std::uint64_t text_bytes = 0;
    std::vector<item::OfferText> some;
};

base::Result<Filled> fill(Bench& bench, const std::string& path, bool search) {
    Filled out;
    auto flood = store::Flood::open(path, flood_options(bench, search));
    if (!flood) return std::unexpected(flood.error());
    Texts texts(rng_for(bench.seed(), search_use));
    Supply supply(rng_for(bench.seed(), search_use + 1), bench.now());
    const std::uint64_t items = bench.sizes().hundred_k;
    std::vector<core::Effect> effects;
    for (std::uint64_t at = 0; at < items;) {
        effects.clear();
        for (; at < items && effects.size() < batch; ++at) {
            const item::OfferText offer = texts.offer();
            out.text_bytes += text_bytes(offer);
            if (at % std::max<std::uint64_t>(1, items / offers_kept) == 0)
                out.some.push_back(offer);
            item::ReadPtr item = supply.unsigned_offer(at, items, item::write_offer(offer));
            const base::WallTime until = item->header.created + base::limits::lifetime_max;
            effects.emplace_back(core::Store{std::move(item), until});
        }
        const Stopwatch watch;
        auto txn = (*flood)->begin();
        if (!txn) return std::unexpected(txn.error());
        for (const core::Effect& effect : effects)
            if (auto stored = (*txn)->apply(effect); !stored)
                return std::unexpected(stored.error());
        if (auto committed = (*txn)->commit(); !committed)
            return std::unexpected(committed.error());
        out.seconds += watch.cpu();
    }
    return out;
}

struct Took {
    double wall = 0;
    double cpu = 0;
};

struct Asked {
    std::string name;
    search::Sort sort = search::Sort::newest;
    std::vector<std::string> ours{};    // in the words of docs/api.md
    std::vector<std::string> theirs{};  // in those of FTS5
};

std::vector<std::string> words_of(const std::string& text) {
    search::Tokens tokens;
    search::split(text, tokens);
    std::vector<std::string> out;
    for (std::size_t at = 0; at < tokens.size(); ++at) out.emplace_back(tokens[at]);
    return out;
}

// Words as they stand in offers, so that common ones are asked for as often as they are written.
std::vector<Asked> questions(Bench& bench, const std::vector<item::OfferText>& offers) {
    base::Rng rng = rng_for(bench.seed(), search_use + 2);
    std::vector<Asked> out{{"word"},      {"words2"}, {"prefix"},
                           {"phrase"},    {"filter"}, {"relevance", search::Sort::relevance},
                           {"everything"}};
    for (std::size_t i = 0; i < queries_each; ++i) {
        const item::OfferText& offer = offers[rng.below(offers.size())];
        const auto words = words_of(offer.text);
        if (words.size() < 2) continue;
        const std::size_t at = rng.below(words.size() - 1);
        const std::string& one = words[at];
        const std::string& other = words[rng.below(words.size())];
        const std::string beginning = one.substr(0, 2 + rng.below(2));
        const std::string phrase = '"' + one + ' ' + words[at + 1] + '"';
        const auto add = [&](std::size_t which, std::string ours, std::string theirs) {
            out[which].ours.push_back(std::move(ours));
            out[which].theirs.push_back(std::move(theirs));
        };
        add(0, one + " ", one);
        add(1, one + " " + other + " ", one + " " + other);
        add(2, beginning, beginning + "*");
        add(3, phrase, phrase);
        add(4, one + " tag:" + offer.tags.front(), one + " tags:" + offer.tags.front());
        add(5, one + " ", one);
        add(6, "", one);
    }
    return out;
}

// Until the page's items are read, as an answer needs them.
base::Result<Took> ask(const store::Flood& flood, const std::string& text, search::Sort sort) {
    const Stopwatch watch;
    const auto reader = flood.read();
    if (!reader) return std::unexpected(reader.error());
    const auto query = search::parse_query(text);
    if (!query) return std::unexpected(query.error());
    search::Request request{*query, sort, page};
    const auto answer = search::run(*(*reader)->index(), request);
    if (!answer) return std::unexpected(answer.error());
    for (const search::Position position : answer->found)
        if (!(*reader)->at(position))
            return base::fail(base::ErrorCode::corrupt, "an item that was found is not there");
    if ((*reader)->error()) return std::unexpected(*(*reader)->error());
    return Took{watch.wall(), watch.cpu()};
}

double share_of(std::vector<double> seconds, std::size_t percent) {
    std::sort(seconds.begin(), seconds.end());
    return seconds.empty() ? 0 : 1e3 * seconds[(seconds.size() * percent - 1) / 100];
}

void tell(Figure& out, const std::string& name, const std::vector<Took>& all) {
    std::vector<double> wall, cpu;
    for (const Took& each : all) {
        wall.push_back(each.wall);
        cpu.push_back(each.cpu);
    }
    out.values.push_back({name + "_p50_ms", share_of(wall, 50)});
    out.values.push_back({name + "_p99_ms", share_of(wall, 99)});
    out.values.push_back({name + "_p99_cpu_ms", share_of(cpu, 99)});
}

base::Result<void> measure_queries(const store::Flood& flood, const std::vector<Asked>& all,
                                   Figure& out) {
    for (const Asked& each : all) {
        std::vector<Took> seconds;
        for (const std::string& text : each.ours) {
            const auto one = ask(flood, text, each.sort);
            if (!one) return std::unexpected(one.error());
            seconds.push_back(*one);
        }
        tell(out, each.name, seconds);
        out.targets.push_back({each.name + "_p99_ms", target_ms, false});
    }
    return {};
}

base::Result<void> measure_sqlite(Bench& bench, const std::vector<Asked>& all, Figure& out) {
    if (!SqliteTexts::is_there()) return {};
    const std::string path = bench.path("fts5");
    auto sqlite = SqliteTexts::open(path);
    if (!sqlite) return std::unexpected(sqlite.error());
    Texts texts(rng_for(bench.seed(), search_use));
    const std::uint64_t items = bench.sizes().hundred_k;
    double fill_seconds = 0;
    for (std::uint64_t at = 0; at < items;) {
        std::vector<item::OfferText> offers;
        for (; at < items && offers.size() < batch; ++at) offers.push_back(texts.offer());
        const Stopwatch watch;
        if (auto begun = (*sqlite)->begin(); !begun) return begun;
        for (const auto& offer : offers)
            if (auto added = (*sqlite)->add(offer); !added) return added;
        if (auto committed = (*sqlite)->commit(); !committed) return committed;
        fill_seconds += watch.cpu();
    }
    out.values.push_back({"fts5_cpu_us_per_item", 1e6 * fill_seconds / static_cast<double>(items)});
    for (const Asked& each : all) {
        if (each.name == "everything") continue;
        const bool ranked = each.sort == search::Sort::relevance;
        std::vector<Took> seconds;
        for (const std::string& text : each.theirs) {
            const Stopwatch watch;
            const auto found = (*sqlite)->search(
                text, ranked ? SqliteTexts::Order::rank : SqliteTexts::Order::newest);
            if (!found) return found;
            seconds.push_back({watch.wall(), watch.cpu()});
        }
        tell(out, "fts5_" + each.name, seconds);
    }
    return {};
}

}  // namespace

base::Result<Figure> search_100k(Bench& bench) {
    const std::string plain = bench.path("without");
    const auto without = fill(bench, plain, false);
    if (!without) return std::unexpected(without.error());
    bench.remove(plain);
    const std::string path = bench.path("search");
    const auto filled = fill(bench, path, true);
    if (!filled) return std::unexpected(filled.error());
    const auto index_bytes = table_bytes(path, "search");
    if (!index_bytes) return std::unexpected(index_bytes.error());
    const auto items = static_cast<double>(bench.sizes().hundred_k);
    const auto bytes = static_cast<double>(*index_bytes);

    Figure out{
        "search-100k", {}, "SQLite FTS5 (unicode61) with the same texts in the same run", {}};
    out.values = {{"index_ratio", bytes / static_cast<double>(filled->text_bytes)},
                  {"index_bytes_per_item", bytes / items},
                  {"text_bytes_per_item", static_cast<double>(filled->text_bytes) / items},
                  {"store_cpu_us_per_item", 1e6 * filled->seconds / items},
                  {"store_cpu_us_per_item_without", 1e6 * without->seconds / items},
                  {"items", items}};
    out.targets = {{"index_ratio", 0.6, false}, {"cold_seconds", 0.5, false}};
    const auto all = questions(bench, filled->some);
    if (auto dropped = drop_from_cache(path + "/data.mdb"); !dropped)
        return std::unexpected(dropped.error());
    const auto cold = in_child([&]() -> base::Result<std::vector<double>> {
        const Stopwatch watch;
        const auto flood = store::Flood::open(path, flood_options(bench, true));
        if (!flood) return std::unexpected(flood.error());
        const auto first = ask(**flood, all[1].ours.front(), search::Sort::newest);
        if (!first) return std::unexpected(first.error());
        return std::vector<double>{watch.wall(), first->wall};
    });
    if (!cold) return std::unexpected(cold.error());
    out.values.push_back({"cold_seconds", cold->front()});
    out.values.push_back({"cold_answer_seconds", cold->back()});
    const auto flood = store::Flood::open(path, flood_options(bench, true));
    if (!flood) return std::unexpected(flood.error());
    if (auto done = measure_queries(**flood, all, out); !done) return std::unexpected(done.error());
    if (auto done = measure_sqlite(bench, all, out); !done) return std::unexpected(done.error());
    return out;
}

}  // namespace hearsay::bench

#include "store/inspect.hpp"

#include <algorithm>

#include "store/candidates.hpp"
#include "store/flood_tables.hpp"
#include "store/known_peers.hpp"
#include "store/own.hpp"
#include "store/schema.hpp"
#include "store/search_index.hpp"

namespace hearsay::store {
namespace {

base::Result<Env> open_to_read(const std::string& path, std::uint64_t map_bytes) {
    return Env::open(path, map_bytes, MDB_RDONLY | MDB_NOLOCK);
}

class InspectedRows final : public market::OwnStore {
public:
    InspectedRows(Env env, const OwnTables& tables) : env_(std::move(env)), tables_(tables) {}
    std::optional<base::Bytes> get(market::Table table, base::ByteView key) const override {
        std::optional<base::Bytes> out;
        scan(table, key, [&](base::ByteView found, base::ByteView value) {
            if (base::equal(found, key)) out = base::to_bytes(value);
            return false;
        });
        return out;
    }
    void put(market::Table, base::ByteView, base::ByteView) override {}
    void erase(market::Table, base::ByteView) override {}
    void scan(
        market::Table table, base::ByteView from,
        const std::function<bool(base::ByteView key, base::ByteView value)>& visit) const override {
        auto txn = Txn::begin(env_, Txn::Kind::read);
        const MDB_dbi dbi = tables_.at(static_cast<std::size_t>(table));
        if (!txn || dbi == 0) return;
        Cursor cursor(*txn, dbi);
        for (auto row = from.empty() ? cursor.first() : cursor.at_least(from); row;
             row = cursor.next())
            if (!visit(row->key, row->value)) return;
    }

private:
    Env env_;
    OwnTables tables_;
};

// What two tables say of each other.
class FloodCheck {
public:
    FloodCheck(Txn& txn, const FloodTables& tables, item::Network network)
        : txn_(txn), tables_(tables), network_(network) {}

    FloodInspected run() {
        read_index();
        Cursor cursor(txn_, tables_.heads);
        for (auto row = cursor.first(); row; row = cursor.next()) check_item(row->key, row->value);
        check_shelves();
        for (const auto& [table, name] :
             {std::pair(tables_.items, "items"), std::pair(tables_.ids, "ids"),
              std::pair(tables_.expiry, "expiries"), std::pair(tables_.kinds, "kinds")})
            if (const auto count = txn_.count(table); count != out_.items)
                tell(std::to_string(count) + " entries among the " + name + " instead of " +
                     std::to_string(out_.items));
        if (unreadable_ > 0)
            tell(std::to_string(unreadable_) + " items cannot be read; they are dropped when met");
        if (unindexed_ > 0) tell(std::to_string(unindexed_) + " items cannot be searched");
        if (txn_.error()) tell(txn_.error()->text);
        return std::move(out_);
    }

private:
    // All of the index, and which positions it has: each item of it has one kind.
    void read_index() {
        const std::uint64_t no_life = 0;
        const SearchIndex index(txn_, tables_, no_life, {});
        const std::string kind = search::facet_term({search::Facet::kind, ""});
        const auto segments = index.segments();
        if (!segments.empty()) last_indexed_ = segments.front().last;
        for (const search::Segment& segment : segments)
            index.each_term(segment, "", [&](std::string_view term, base::ByteView list) {
                search::ListReader reader(list, segment.last);
                while (const auto position = reader.next())
                    if (term.starts_with(kind)) indexed_.push_back(*position);
                if (reader.is_broken()) tell("a list of the index of words cannot be read");
                return true;
            });
        std::sort(indexed_.begin(), indexed_.end());
    }
    void tell(std::string text) { out_.damage.push_back(std::move(text)); }
    void check_item(base::ByteView position, base::ByteView value) {
        ++out_.items;
        const auto head = read_head(value);
        const auto record = txn_.get(tables_.items, position);
        auto item = record ? read_record(*record) : std::nullopt;
        const auto read = item ? item::read(std::move(*item), network_)
                               : std::unexpected(base::Fault::item_malformed);
        if (head) shelves_.add(head->standing(), head->pile, head->id, head->bytes());
        if (head && head->pile != core::pile_incumbents) ++on_piles_;
        if (!head || !read || (*read)->id != head->id) {
            ++unreadable_;
        } else if (search::fields_of(**read)) {
            const auto at = read_position(position);
            const bool waits = at && *at > last_indexed_;
            if (!at || (!waits && !std::binary_search(indexed_.begin(), indexed_.end(), *at)))
                ++unindexed_;
        }
    }

    void check_shelves() {
        std::size_t wrong = 0;
        for (const auto& [standing, shelf] : shelves_.all()) {
            const auto row = txn_.get(tables_.shelves, shelf_key(standing));
            const auto stored = row ? read_shelf(*row) : std::nullopt;
            if (stored != shelf) ++wrong;
        }
        if (wrong > 0 || txn_.count(tables_.shelves) != shelves_.all().size())
            tell("the sums of its ids are not what they should be");
        if (const auto count = txn_.count(tables_.piles); count != on_piles_)
            tell(std::to_string(count) + " entries among what may make room instead of " +
                 std::to_string(on_piles_));
    }

    Txn& txn_;
    const FloodTables& tables_;
    const item::Network network_;
    core::Shelves shelves_;
    std::uint64_t on_piles_ = 0;
    std::vector<search::Position> indexed_;  // rising
    search::Position last_indexed_ = 0;      // what is beyond waits
    std::size_t unreadable_ = 0;
    std::size_t unindexed_ = 0;
    FloodInspected out_;
};

}  // namespace

base::Result<OwnInspected> read_own(const std::string& path) {
    auto env = open_to_read(path, base::limits::own_map_bytes_max);
    if (!env) return std::unexpected(env.error());
    OwnTables tables{};
    {
        auto txn = Txn::begin(*env, Txn::Kind::read);
        if (!txn) return std::unexpected(txn.error());
        for (std::size_t i = 0; i < own_tables; ++i)
            if (const auto table = txn->open_table(own_table_names[i], 0)) tables[i] = *table;
        // the handles outlive it
        if (auto done = txn->commit(); !done) return std::unexpected(done.error());
    }
    OwnInspected out{std::make_unique<InspectedRows>(std::move(*env), tables), {}};
    if (const auto peers = known_peers(*out.rows); !peers) out.damage.push_back(peers.error().text);
    if (const auto lost = candidates(*out.rows).damaged.size(); lost > 0)
        out.damage.push_back(std::to_string(lost) +
                             " records of nodes that others named cannot be read");
    return out;
}

base::Result<FloodInspected> inspect_flood(const std::string& path, item::Network network) {
    auto env = open_to_read(path, base::limits::flood_map_bytes_max);
    if (!env) return std::unexpected(env.error());
    auto txn = Txn::begin(*env, Txn::Kind::read);
    if (!txn) return std::unexpected(txn.error());
    // The next start fetches one of an older schema again: there is nothing to be damaged.
    if (const auto about = txn->open_table(about_table, 0))
        if (const auto stored = txn->get(*about, base::as_bytes("schema"));
            stored && stored->size() == 8 && read_number(*stored) < flood_schema)
            return FloodInspected{};
    const auto tables = open_flood_tables(*txn, 0);
    if (!tables) return std::unexpected(tables.error());
    if (const auto stored = txn->get(tables->about, base::as_bytes("network"));
        stored && stored->size() == 8)
        network = static_cast<item::Network>(read_number(*stored));
    return FloodCheck(*txn, *tables, network).run();
}

}  // namespace hearsay::store

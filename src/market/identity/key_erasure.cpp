#include "market/identity/key_erasure.hpp"

#include <algorithm>
#include <array>

#include "market/records.hpp"

namespace hearsay::market {
namespace {

constexpr std::array<Table, 4> tables{Table::inbox, Table::outbox, Table::removals, Table::trades};

// The name of the row; a word of the file format.
const base::Bytes walk_key = base::to_bytes("shred_walk");

}  // namespace

void KeyErasure::begin(const Vault& vault, base::Rng& rng) {
    if (state_ != State::resting) return;
    condemned_ = vault.condemned();
    if (!condemned_.empty()) begin_walk(rng);
}

void KeyErasure::begin_walk(base::Rng& rng) {
    state_ = State::walking;
    walk_ = rng.next();
    step_ = 0;
    table_ = 0;
    from_.clear();
}

// What the last chunk put is there, so nothing of this walk was lost.
bool KeyErasure::is_next(const Vault& vault, const OwnStore& store) const {
    if (step_ == 0) return true;
    const auto mark = Records(vault, store).load<records::ErasureWalk>(Table::meta, walk_key);
    return mark && mark->walk() == walk_ && mark->step() == step_;
}

void KeyErasure::step(Vault& vault, OwnStore& store, base::Rng& rng, base::WallTime now) {
    if (state_ != State::walking) return;
    if (!is_next(vault, store)) begin_walk(rng);
    std::size_t rows = 0;
    std::size_t bytes = 0;
    while (table_ < tables.size() && rows < rows_max && bytes < bytes_max)
        rows += walk_table(vault, store, rng, rows_max - rows, bytes);
    records::ErasureWalk mark;
    mark.set_walk(walk_);
    mark.set_step(++step_);
    ChangeRecords(vault, store, rng).save(Table::meta, walk_key, mark);
    if (table_ < tables.size()) return;
    state_ = State::walked;
    walked_at_ = now;
}

// At most `rows` of the table, of which `bytes` grows by what is sealed anew.
std::size_t KeyErasure::walk_table(Vault& vault, OwnStore& store, base::Rng& rng, std::size_t rows,
                                   std::size_t& bytes) {
    const Table table = tables.at(table_);
    std::size_t looked = 0;
    bool more = false;
    std::vector<std::pair<base::Bytes, base::Bytes>> found;
    store.scan(table, from_, [&](base::ByteView key, base::ByteView value) {
        if (looked == rows || bytes >= bytes_max) {
            from_ = base::to_bytes(key);
            more = true;
            return false;
        }
        ++looked;
        const auto id = vault.erasure_key_of(place_of(table, key), value);
        if (id && std::ranges::binary_search(condemned_, *id)) {
            found.emplace_back(base::to_bytes(key), base::to_bytes(value));
            bytes += value.size();
        }
        return true;
    });
    for (const auto& [key, value] : found) {
        const base::Bytes place = place_of(table, key);
        const auto plain = vault.open_erasable(place, value);
        // One that is damaged stays as it is: it does not open either way.
        if (plain)
            store.put(
                table, key,
                vault.seal_erasable(place, *plain, vault.erasure_key_of(place, value)->day, rng));
    }
    if (!more) {
        ++table_;
        from_.clear();
    }
    return std::max<std::size_t>(looked, 1);
}

bool KeyErasure::finish(Vault& vault, OwnStore& store, base::WallTime now) {
    // In the turn of the last chunk its number is not durable yet; one turn has one time.
    if (state_ != State::walked || now == walked_at_) return false;
    state_ = State::resting;
    if (!is_next(vault, store)) return false;
    for (const ErasureKeyId& id : std::exchange(condemned_, {})) vault.drop(id);
    return true;
}

}  // namespace hearsay::market

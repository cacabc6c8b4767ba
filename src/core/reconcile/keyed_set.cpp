#include "core/reconcile/keyed_set.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

// Ids read from the store at once: few when little is new, many when all is.
constexpr std::size_t piece_least = 64;
constexpr std::size_t piece_most = 4096;

}  // namespace

void KeyedSet::put(const base::ItemId& id, Position position) {
    const ShortId short_one = short_id(key_, id);
    entries_.emplace_back(short_one, position);
    code(symbols_, 0, short_one, 1);
    if (read_once_) changes_.push_back({short_one, 1});
}

void KeyedSet::take(const base::ItemId& id) {
    const ShortId short_one = short_id(key_, id);
    code(symbols_, 0, short_one, -1);
    forgotten_.push_back(short_one);
    if (read_once_) changes_.push_back({short_one, -1});
}

bool KeyedSet::work(const StoreView& view, std::size_t symbols, std::size_t& steps) {
    ENSURE(symbols <= limits::symbols_max, "more symbols than a round has");
    if (entries_.empty() && symbols_.size() < symbols)
        symbols_.resize(std::min(2 * symbols, limits::symbols_max));  // reading codes them
    if (!wider_.empty() && !widen(symbols, steps)) return false;
    if ((follows_ || !read_once_) && !read(view, steps)) return false;
    return symbols_.size() >= symbols || widen(symbols, steps);
}

// From the newest down to what is known. What comes meanwhile is read after that, unless it came
// within one call.
bool KeyedSet::read(const StoreView& view, std::size_t& steps) {
    if (!read_once_ && entries_.empty()) entries_.reserve(view.alive_count());
    std::size_t piece = piece_least;
    for (bool fresh = top_ == 0; steps > 0;) {
        const std::size_t most = std::min(piece, steps);
        const auto ids = view.newest(below_, most);
        bool reached = ids.size() < most;
        steps -= std::max<std::size_t>(ids.size(), 1);
        for (const auto& [position, id, standing] : ids) {
            if (position <= floor_) {
                reached = true;
                break;
            }
            if (top_ == 0) top_ = position;
            below_ = position;
            if (item::is_above(standing, floors_)) put(id, position);
        }
        piece = std::min(2 * piece, piece_most);
        if (!reached) continue;
        finish_reading();
        if (fresh) return true;
        fresh = true;
        piece = piece_least;
    }
    return false;
}

void KeyedSet::finish_reading() {
    floor_ = std::max(floor_, top_);
    top_ = 0;
    below_ = UINT64_MAX;
    read_once_ = true;
}

bool KeyedSet::widen(std::size_t symbols, std::size_t& steps) {
    if (wider_.empty()) {
        wider_.resize(std::min(2 * symbols, limits::symbols_max));
        coded_ = 0;
    }
    for (; coded_ < entries_.size() && steps > 0; ++coded_, --steps)
        code(wider_, 0, entries_[coded_].first, 1);
    if (coded_ < entries_.size()) return false;
    for (const ShortId id : forgotten_) code(wider_, 0, id, -1);
    symbols_ = std::move(wider_);
    wider_ = {};
    return symbols_.size() >= symbols || widen(symbols, steps);
}

bool KeyedSet::has_read(Position position) const {
    const bool being_read = top_ != 0 && position >= below_ && position <= top_;
    return position <= floor_ || being_read;
}

void KeyedSet::on_improved(const base::ItemId& id, Position position, const item::Standing& before,
                           const item::Standing& after) {
    if (item::is_above(before, floors_) || !item::is_above(after, floors_)) return;
    if (has_read(position)) put(id, position);
}

void KeyedSet::on_forgotten(const base::ItemId& id, Position position,
                            const item::Standing& standing) {
    if (item::is_above(standing, floors_) && has_read(position)) take(id);
}

std::vector<Symbol> KeyedSet::symbols(Version version, std::size_t first, std::size_t count) const {
    ENSURE(version <= changes_.size() && first + count <= symbols_.size(),
           "symbols that were not made");
    const auto from = symbols_.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Symbol> out(from, from + static_cast<std::ptrdiff_t>(count));
    for (Version at = version; at < changes_.size(); ++at)
        code(out, first, changes_[at].id, -changes_[at].by);
    return out;
}

bool KeyedSet::is_worn() const {
    return changes_.size() > limits::set_changes_max || forgotten_.size() > limits::set_changes_max;
}

void KeyedSet::sanity_check() const {
    std::vector<Symbol> coded(symbols_.size());
    for (const auto& [id, position] : entries_) code(coded, 0, id, 1);
    for (const ShortId id : forgotten_) code(coded, 0, id, -1);
    ENSURE(coded == symbols_, "symbols that are not those of the set");
    ENSURE(read_once_ || changes_.empty(), "changes of a set that was never read");
    std::int64_t added = 0, taken = 0;
    for (const Change& change : changes_) ++(change.by > 0 ? added : taken);
    ENSURE(added <= static_cast<std::int64_t>(entries_.size()) &&
               taken <= static_cast<std::int64_t>(forgotten_.size()),
           "more changes than there are elements");
    ENSURE(coded_ <= entries_.size(), "more is coded than there is");
}

ShortIds::ShortIds(std::vector<ShortId> ids) : sorted_(std::move(ids)), bits_(1 << 16) {
    std::sort(sorted_.begin(), sorted_.end());
    for (const ShortId id : sorted_) bits_[id & 0xffff] = true;
}

bool ShortIds::has_twins() const {
    return std::adjacent_find(sorted_.begin(), sorted_.end()) != sorted_.end();
}

bool ShortIds::contains(ShortId id) const {
    // total: 2^16 of them
    return bits_[id & 0xffff] && std::binary_search(sorted_.begin(), sorted_.end(), id);
}

}  // namespace hearsay::core

#include "core/retention/retention.hpp"

#include <algorithm>
#include <limits>

#include "base/limits/relay.hpp"
#include "crypto/siphash.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using item::StoreClass;

static_assert(limits::store_shares.size() == item::store_classes);

// Items whose words fill the index take this many times their cost at most, about.
constexpr std::uint64_t beyond_factor = 8;

std::size_t index(StoreClass of) {
    return static_cast<std::size_t>(of);
}

std::uint64_t share_of(StoreClass of, std::uint64_t budget) {
    return budget / 100 * limits::store_shares[index(of)];
}

std::uint64_t beginning(const base::ItemId& id) {
    return base::read_big_endian<std::uint64_t>(id.view().first<8>());
}

// Which class makes room: how much each is beyond its share, with what is coming.
class Excess {
public:
    Excess(const Shelves& shelves, const std::array<std::uint64_t, item::store_classes>& shares) {
        for (std::size_t at = 0; at < over_.size(); ++at)
            over_[at] = static_cast<std::int64_t>(shelves.bytes(static_cast<StoreClass>(at))) -
                        static_cast<std::int64_t>(shares[at]);  // total: as many as classes
    }
    void add(StoreClass of, std::int64_t bytes) { over_[index(of)] += bytes; }
    void rule_out(StoreClass of) { over_[index(of)] = ruled_out; }
    // Pictures beyond their share, else the first of those furthest beyond by more than this;
    // nothing if none is.
    std::optional<StoreClass> most(std::int64_t than) const {
        if (over_[index(StoreClass::pictures)] > std::max<std::int64_t>(than, 0))
            return StoreClass::pictures;
        const auto at = std::ranges::max_element(over_);
        if (*at <= than) return std::nullopt;
        return static_cast<StoreClass>(at - over_.begin());
    }

    static constexpr std::int64_t ruled_out = std::numeric_limits<std::int64_t>::min();

private:
    std::array<std::int64_t, item::store_classes> over_{};
};

}  // namespace

std::uint32_t eviction_order(std::uint64_t secret, const base::ItemId& id) {
    crypto::SipKey key;
    const auto bytes = base::big_endian(secret);
    std::copy(bytes.begin(), bytes.end(), key.data.begin());
    return static_cast<std::uint32_t>(crypto::siphash(key, id.view()));
}

std::uint64_t stored_bytes(std::size_t item_size) {
    return item_size + limits::stored_overhead_bytes;
}

Retention::Retention(std::uint64_t budget_bytes, bool takes_pictures)
    : budget_(budget_bytes), takes_pictures_(takes_pictures) {
    if (!takes_pictures_) floors_[index(StoreClass::pictures)] = item::level_max;
}

std::uint64_t Retention::share(StoreClass of) const {
    return share_of(of, budget_);
}

std::uint64_t Retention::left_of_budget(const StoreView& view) const {
    return budget_ - std::min(budget_, view.bytes_beyond());
}

void Retention::raise(StoreClass of, item::Level above, base::Now now) {
    held_up_[index(of)] = now.mono;
    item::Level& floor = floors_[index(of)];
    const auto least = static_cast<item::Level>(std::min<unsigned>(above + 1U, item::level_max));
    floor = std::max(floor, least);
}

bool Retention::is_welcome(const item::Standing& standing, std::size_t item_size,
                           std::uint64_t freed) const {
    if (is_closed(standing.of)) return false;
    return item::is_above(standing, floors_) || freed >= stored_bytes(item_size);
}

std::optional<Place> Retention::admit(const item::Read& item, Pile from, const Replaced& replaced,
                                      const StoreView& view, base::Now now, Effects& out) {
    const item::Standing standing = item::standing_of(item);
    const std::uint64_t cost = stored_bytes(item.item.size());
    if (!is_welcome(standing, item.item.size(), replaced.bytes)) return std::nullopt;
    const Shelves& shelves = view.shelves();
    const std::uint64_t budget = left_of_budget(view);
    const std::uint64_t tenured = shelves.incumbent_bytes(standing.of) + cost;
    const bool incumbent =
        tenured <= share_of(standing.of, budget) / 100 * limits::incumbents_share;
    const Place place{standing.level, incumbent ? pile_incumbents : from};
    if (cost <= replaced.bytes || shelves.bytes() + cost <= budget + replaced.bytes) return place;
    // Where the budget became smaller, an item makes room for itself, the timer for the rest. What
    // it takes beyond its cost becomes known soon after it came, so those that follow make more.
    const std::uint64_t own = cost - replaced.bytes;
    const std::uint64_t lacking = std::min(shelves.bytes() + cost - budget - replaced.bytes,
                                           view.bytes_beyond() > 0 ? beyond_factor * own : own);
    // Incumbents of a class fit into its share: they may drive out whatever is none.
    const std::uint32_t below = incumbent ? item::level_max + 1U : standing.level;
    const Leaving leaving = make_room(Coming{standing.of, cost - replaced.bytes, below}, lacking,
                                      std::numeric_limits<std::size_t>::max(), replaced, view);
    if (leaving.bytes < lacking) {
        raise(standing.of, standing.level, now);
        return std::nullopt;
    }
    evict(leaving, now, out);
    return place;
}

void Retention::evict(const Leaving& leaving, base::Now now, Effects& out) {
    for (const auto& [of, victim] : leaving.victims) {
        raise(of, victim.level, now);
        out.push_back(Forget{victim.item.id, ForgetReason::evicted, base::WallTime{}});
        out.push_back(Notify{ItemForgotten{victim.item.id, ForgetReason::evicted}});
    }
}

// At most so many items that make room; fewer bytes than are lacking if there are no more.
Retention::Leaving Retention::make_room(std::optional<Coming> coming, std::uint64_t lacking,
                                        std::size_t most, const Replaced& replaced,
                                        const StoreView& view) const {
    std::array<std::uint64_t, item::store_classes> shares{};
    std::vector<Victims> victims;
    const std::uint64_t budget = left_of_budget(view);
    for (std::size_t at = 0; at < item::store_classes; ++at) {
        shares[at] = share_of(static_cast<StoreClass>(at), budget);
        victims.emplace_back(static_cast<StoreClass>(at), view);
    }
    Excess excess(view.shelves(), shares);
    if (coming) excess.add(coming->of, static_cast<std::int64_t>(coming->bytes));
    Leaving out;
    while (out.bytes < lacking && out.victims.size() < most) {
        // A share is kept against others; where all have to become smaller it is no reason to stay.
        const auto of = excess.most(coming ? 0 : Excess::ruled_out);
        if (!of) break;
        const bool own_class = coming && coming->of == *of;
        const auto victim =
            victims[index(*of)].next(own_class ? coming->below : item::level_max + 1U);
        if (!victim && own_class) break;
        if (!victim) {
            excess.rule_out(*of);
            continue;
        }
        if (std::ranges::count(replaced.ids, victim->item.id) > 0) continue;
        out.bytes += victim->item.bytes;
        excess.add(*of, -static_cast<std::int64_t>(victim->item.bytes));
        out.victims.emplace_back(*of, *victim);
    }
    return out;
}

void Retention::set_budget(std::uint64_t bytes) {
    budget_ = bytes;
    next_ = base::MonoTime{};
}

bool Retention::is_over(const StoreView& view) const {
    return view.shelves().bytes() > left_of_budget(view);
}

// Whether more than the budget is left that could leave.
bool Retention::shrink(base::Now now, const StoreView& view, Effects& out) {
    if (!is_over(view)) return false;
    const std::uint64_t excess = view.shelves().bytes() - left_of_budget(view);
    const Leaving leaving = make_room(std::nullopt, excess, limits::sweep_items_max, {}, view);
    evict(leaving, now, out);
    return leaving.victims.size() == limits::sweep_items_max;
}

// ---- refused ------------------------------------------------------------------------------------

void Retention::note_refused(const base::ItemId& id) {
    if (refused_.size() >= limits::refused_ids_max) {
        refused_before_ = std::move(refused_);
        refused_.clear();
    }
    refused_.insert(beginning(id));
}

bool Retention::was_refused(const base::ItemId& id) const {
    const std::uint64_t first = beginning(id);
    return refused_.contains(first) || refused_before_.contains(first);
}

// ---- time ---------------------------------------------------------------------------------------

bool Retention::is_full(StoreClass of, const StoreView& view) const {
    const std::uint64_t budget = left_of_budget(view);
    const std::uint64_t spare = budget / 100 * limits::floor_room;
    const bool own_room = view.shelves().bytes(of) + spare / 4 < share_of(of, budget);
    return view.shelves().bytes() + spare > budget && !own_room;
}

void Retention::lower_floors(base::Now now, const StoreView& view) {
    for (std::size_t at = 0; at < item::store_classes; ++at) {
        item::Level& floor = floors_[at];        // total: as many as classes
        base::MonoTime& held_up = held_up_[at];  // total: likewise
        if (floor == 0 || is_closed(static_cast<StoreClass>(at))) continue;
        if (is_full(static_cast<StoreClass>(at), view)) held_up = now.mono;
        if (now.mono < held_up + limits::floor_wait) continue;
        --floor;
        held_up = now.mono;
        refused_.clear();
        refused_before_.clear();
    }
}

void Retention::on_timer(base::Now now, const StoreView& view, Effects& out) {
    if (now.mono < next_) return;
    lower_floors(now, view);
    const auto ids = view.expired(now.wall, limits::sweep_items_max);
    for (const base::ItemId& id : ids) {
        out.push_back(Forget{id, ForgetReason::expired, base::WallTime{}});
        out.push_back(Notify{ItemForgotten{id, ForgetReason::expired}});
    }
    out.push_back(Sweep{now.wall, limits::sweep_memories_max});
    // What has expired counts until this step is over: only then is known what is too much.
    const bool more = ids.empty() ? shrink(now, view, out)
                                  : ids.size() == limits::sweep_items_max || is_over(view);
    next_ = more ? now.mono : now.mono + limits::sweep_interval;
}

}  // namespace hearsay::core

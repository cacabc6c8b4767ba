#include "core/relay/better_nonce.hpp"

namespace hearsay::core {

Announced announced(const item::Read& item, std::uint64_t nonce) {
    return {item.id, nonce, static_cast<std::uint32_t>(item.item.size()),
            static_cast<std::uint32_t>((item.header.expires - item.header.created).count()),
            item::store_class(item.header.kind)};
}

std::optional<BetterNonces::Better> BetterNonces::take(const base::ItemId& id, std::uint64_t nonce,
                                                       unsigned least) {
    if (taken_.contains(id) || view_.presence(id) != Presence::alive) return std::nullopt;
    const auto held = view_.standing(id);
    const item::ReadPtr item = held ? view_.get(id) : nullptr;
    if (!item || item->header.expires <= now_.wall) return std::nullopt;
    const Announced better = announced(*item, nonce);
    const item::Level level = standing_of(better, network_).level;
    if (level < held->level + least) return std::nullopt;
    taken_.insert(id);
    out_.push_back(Improve{id, nonce, level});
    return Better{better, level >= held->level + better_levels};
}

std::optional<BetterNonces::Better> BetterNonces::take(const Announced& said, item::Level level) {
    if (level < better_levels) return std::nullopt;
    const auto held = view_.standing(said.id);
    if (!held || level < held->level + better_levels) return std::nullopt;
    return take(said.id, said.nonce, better_levels);
}

}  // namespace hearsay::core

#include "market/reputation/reputation.hpp"

#include <algorithm>

#include "item/kinds/rating.hpp"

namespace hearsay::market {
namespace {

// All that one persona gave.
struct Given {
    std::int64_t stars = 0;
    std::int64_t ratings = 0;
    std::int64_t mean() const { return stars * Reputed::star / ratings; }
};
using Givers = std::map<base::PublisherKey, Given>;

void add(Givers& to, const base::PublisherKey& by, std::uint32_t stars) {
    Given& given = to.try_emplace(by).first->second;
    given.stars += stars;
    ++given.ratings;
}

Reputed sum_of(const Givers& givers) {
    Reputed out;
    for (const auto& [by, given] : givers) {
        ++out.raters;
        out.sum += given.mean();
    }
    return out;
}

// Who rated both counts once, with both.
Reputed with_thing(Reputed partner, const Givers& of_partner, const Givers& of_thing) {
    for (const auto& [by, given] : of_thing) {
        const auto both = of_partner.find(by);
        if (both == of_partner.end()) {
            ++partner.raters;
            partner.sum += given.mean();
            continue;
        }
        const Given all{both->second.stars + given.stars, both->second.ratings + given.ratings};
        partner.sum += all.mean() - both->second.mean();
    }
    return partner;
}

}  // namespace

Reputation::Row Reputation::row_of(core::Position position, const item::Read& read) {
    Row out;
    out.position = position;
    const item::Publication* const claim = read.header.publication();
    if (!claim || claim->removed) return out;
    const auto rating = item::read_rating(read.item.payload);
    if (!rating) return out;
    out.about = item::rated(rating->token, claim->publisher);
    out.by = claim->publisher;
    out.traded = item::rated_thing(rating->token);
    out.stars = rating->stars;
    return out;
}

void Reputation::look(const Catalogue& flood, const search::Index& index) {
    if (life_ != flood.life()) *this = {};
    life_ = flood.life();
    const std::size_t before = rows_.size();
    if (seen_ < flood.last_position())
        flood.of_kind_since(item::kind_rating, seen_,
                            [&](core::Position position, const item::ReadPtr& read) {
                                rows_.push_back(row_of(position, *read));
                                return true;
                            });
    seen_ = flood.last_position();
    if (rows_.size() != before) std::ranges::sort(rows_, {}, &Row::about);
    if (rows_.size() == flood.count_of_kind(item::kind_rating)) return;
    std::erase_if(rows_, [&](const Row& row) { return !index.is_alive(row.position); });
}

void Reputation::each(const std::function<void(const base::PublisherKey&, const Reputed&,
                                               const Things&)>& visit) const {
    for (auto from = rows_.begin(); from != rows_.end();) {
        const auto end = std::find_if(from, rows_.end(),
                                      [&](const Row& row) { return row.about != from->about; });
        visit_group(from, end, visit);
        from = end;
    }
}

void Reputation::visit_group(
    std::vector<Row>::const_iterator from, std::vector<Row>::const_iterator end,
    const std::function<void(const base::PublisherKey&, const Reputed&, const Things&)>& visit)
    const {
    const base::PublisherKey& about = from->about;
    Givers of_partner;
    std::map<item::ThingId, Givers> of_things;
    for (; from != end; ++from)
        if (from->stars != 0)
            add(from->traded ? of_things.try_emplace(*from->traded).first->second : of_partner,
                from->by, from->stars);
    if (of_partner.empty() && of_things.empty()) return;
    const Reputed partner = sum_of(of_partner);
    Things things;
    for (const auto& [thing, givers] : of_things)
        things.emplace(thing, with_thing(partner, of_partner, givers));
    visit(about, partner, things);
}

}  // namespace hearsay::market

#include "market/reputation/reputation.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "item/kinds/rating.hpp"
#include "search/fields.hpp"

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
    const core::Position before = seen_;
    if (read_changes(flood, index)) sum_up();
    find_places(flood, index, before);
}

// False: there are none.
bool Reputation::read_changes(const Catalogue& flood, const search::Index& index) {
    const std::size_t before = rows_.size();
    if (seen_ < flood.last_position())
        flood.of_kind_since(item::kind_rating, seen_,
                            [&](core::Position position, const item::ReadPtr& read) {
                                rows_.push_back(row_of(position, *read));
                                return true;
                            });
    seen_ = flood.last_position();
    const bool more = rows_.size() != before;
    const bool fewer =
        rows_.size() != flood.count_of_kind(item::kind_rating) &&
        std::erase_if(rows_, [&](const Row& row) { return !index.is_alive(row.position); }) > 0;
    return more || fewer;
}

void Reputation::sum_up() {
    std::ranges::sort(rows_, {}, &Row::about);
    const std::vector<Thing> old = std::exchange(things_, {});
    personas_.clear();
    for (auto from = rows_.cbegin(); from != rows_.cend();) {
        const auto end = std::find_if(from, rows_.cend(),
                                      [&](const Row& row) { return row.about != from->about; });
        sum_up(from, end);
        from = end;
    }
    std::ranges::sort(personas_, {}, &Persona::term);
    std::ranges::sort(things_, {}, &Thing::thing);
    auto was = old.begin();
    for (Thing& each : things_) {
        while (was != old.end() && was->thing < each.thing) ++was;
        if (was != old.end() && was->thing == each.thing) each.position = was->position;
    }
}

// All that is about one persona.
void Reputation::sum_up(Rows::const_iterator from, Rows::const_iterator end) {
    const base::PublisherKey& about = from->about;
    Givers of_partner;
    std::map<item::ThingId, Givers> of_things;
    for (; from != end; ++from)
        if (from->stars != 0)
            add(from->traded ? of_things.try_emplace(*from->traded).first->second : of_partner,
                from->by, from->stars);
    const Reputed partner = sum_of(of_partner);
    if (partner.raters > 0)
        personas_.push_back(
            {search::facet_term({search::Facet::publisher, search::publisher_value(about)}),
             partner});
    for (const auto& [thing, givers] : of_things)
        things_.push_back({thing, with_thing(partner, of_partner, givers)});
}

// Where nothing came, every thing is where it was, or gone: a search passes over what is gone.
void Reputation::find_places(const Catalogue& flood, const search::Index& index,
                             core::Position before) {
    for (Thing& each : things_) {
        if (each.looked && before == seen_) continue;
        if (each.position != 0 && index.is_alive(each.position)) continue;
        each.looked = true;
        each.position = 0;
        flood.things(each.thing, [&](const item::ThingId& found, const core::SlotState& slot) {
            if (found == each.thing && !slot.removed)
                each.position = flood.position(slot.id).value_or(0);
            return false;
        });
    }
}

}  // namespace hearsay::market

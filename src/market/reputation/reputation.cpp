#include "market/reputation/reputation.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
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

std::string term_of(const base::PublisherKey& persona) {
    return search::facet_term({search::Facet::publisher, search::publisher_value(persona)});
}

// Calls visit(rows) with all that is about each persona; `rows` are in the order of these.
template <class Rows, class Visit>
void each_persona(const Rows& rows, Visit visit) {
    const std::span all(rows);
    for (std::size_t from = 0, end = 0; from < all.size(); from = end) {
        while (end < all.size() && all[end].about == all[from].about) ++end;
        visit(all.subspan(from, end - from));  // total: end is at most its size
    }
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
    each_persona(rows_, [&](std::span<const Row> about) { sum_up(about); });
    std::ranges::sort(personas_, {}, &Persona::term);
    std::ranges::sort(things_, {}, &Thing::thing);
    auto was = old.begin();
    for (Thing& each : things_) {
        while (was != old.end() && was->thing < each.thing) ++was;
        if (was != old.end() && was->thing == each.thing) each.position = was->position;
    }
}

Reputation::Sums Reputation::sums_of(std::span<const Row> about, core::Position last) {
    Givers of_partner;
    std::map<item::ThingId, Givers> of_things;
    for (const Row& row : about)
        if (row.stars != 0 && row.position <= last)
            add(row.traded ? of_things.try_emplace(*row.traded).first->second : of_partner, row.by,
                row.stars);
    Sums out{sum_of(of_partner), {}};
    for (const auto& [thing, givers] : of_things)
        out.things.push_back({thing, with_thing(out.partner, of_partner, givers)});
    return out;
}

void Reputation::sum_up(std::span<const Row> about) {
    Sums sums = sums_of(about, seen_);
    if (sums.partner.raters > 0)
        personas_.push_back({term_of(about.front().about), sums.partner});  // total: one at least
    std::ranges::move(sums.things, std::back_inserter(things_));
}

core::Position Reputation::place_of(const item::ThingId& thing) const {
    const auto at = std::ranges::lower_bound(things_, thing, {}, &Thing::thing);
    return at != things_.end() && at->thing == thing ? at->position : 0;
}

Reputation::Risen Reputation::risen(core::Position since,
                                    const std::function<bool(const Reputed&)>& reaches) const {
    Risen out;
    each_persona(rows_, [&](std::span<const Row> about) {
        if (std::ranges::none_of(about, [&](const Row& row) { return row.position > since; }))
            return;
        const Sums before = sums_of(about, since);
        const Sums now = sums_of(about, seen_);
        const auto rose = [&](const Reputed& was, const Reputed& is) {
            return is.raters > 0 && reaches(is) && !(was.raters > 0 && reaches(was));
        };
        if (rose(before.partner, now.partner))
            out.personas.push_back(term_of(about.front().about));  // total: one at least
        for (const Thing& each : now.things) {
            const auto was = std::ranges::find(before.things, each.thing, &Thing::thing);
            // Nobody had rated it then: what was said of its publisher counted for it.
            const Reputed& old = was == before.things.end() ? before.partner : was->reputed;
            const core::Position place = place_of(each.thing);
            if (place != 0 && rose(old, each.reputed)) out.things.push_back(place);
        }
    });
    std::ranges::sort(out.things, std::greater<>());
    return out;
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

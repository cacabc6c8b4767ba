#include "market/reputation/reputation.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "item/kinds/rating.hpp"
#include "search/fields.hpp"
#include "search/index.hpp"

namespace hearsay::market {
namespace {

// All that one persona gave.
struct Given {
    base::PublisherKey by{};
    std::int64_t stars = 0;
    std::int64_t ratings = 0;
    std::int64_t mean() const { return stars * Reputed::star / ratings; }
};
using Givers = std::vector<Given>;  // rising by persona

// The next of those that come in the order of who gave them.
void add(Givers& to, const base::PublisherKey& by, std::uint32_t stars) {
    if (to.empty() || to.back().by != by) to.push_back({by});
    to.back().stars += stars;  // total: one at least
    ++to.back().ratings;       // total: likewise
}

Reputed sum_of(const Givers& givers) {
    Reputed out;
    for (const Given& given : givers) {
        ++out.raters;
        out.sum += given.mean();
    }
    return out;
}

// Who rated both counts once, with both.
Reputed with_thing(Reputed partner, const Givers& of_partner, const Givers& of_thing) {
    for (const Given& given : of_thing) {
        const auto both = std::ranges::lower_bound(of_partner, given.by, {}, &Given::by);
        if (both == of_partner.end() || both->by != given.by) {
            ++partner.raters;
            partner.sum += given.mean();
            continue;
        }
        const Given all{given.by, both->stars + given.stars, both->ratings + given.ratings};
        partner.sum += all.mean() - both->mean();
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

// To be asked whether it is held, a rating takes a fifth of what it takes to be read.
constexpr std::size_t checks_a_read = 5;

// Adds `fresh` to what is in the same order already.
template <class Row, class Key>
void merge_in(std::vector<Row>& into, std::vector<Row> fresh, Key key) {
    std::ranges::sort(fresh, {}, key);
    const auto middle = static_cast<std::ptrdiff_t>(into.size());
    std::ranges::move(fresh, std::back_inserter(into));
    std::ranges::inplace_merge(into, into.begin() + middle, {}, key);
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

bool Reputation::look(const Catalogue& flood, const search::Index& index, std::size_t most) {
    if (life_ != flood.life()) *this = {};
    life_ = flood.life();
    Keys touched;
    const bool all_read = read_new(flood, most, touched);
    const bool all_held = !all_read || forget_gone(flood, index, most, touched);
    if (!touched.empty()) sum_up(std::move(touched));
    return find_places(flood, most) && all_read && all_held;
}

// True: there are no more.
bool Reputation::read_new(const Catalogue& flood, std::size_t most, Keys& touched) {
    if (seen_ >= flood.last_position()) return true;
    Rows fresh;
    flood.of_kind_since(item::kind_rating, seen_,
                        [&](core::Position position, const item::ReadPtr& read) {
                            fresh.push_back(row_of(position, *read));
                            touched.push_back(fresh.back().about);  // total: the one just added
                            return fresh.size() < most;
                        });
    const bool all = fresh.size() < most;
    seen_ = all ? flood.last_position() : fresh.back().position;  // total: `most` at least
    if (!fresh.empty()) merge_in(rows_, std::move(fresh), &Row::about);
    return all;
}

// Once all are read: rows whose ratings are not held any more. If some are, as their number tells,
// all rows are asked once, in pieces. One that cannot be read is counted by the store and no row.
bool Reputation::forget_gone(const Catalogue& flood, const search::Index& index, std::size_t most,
                             Keys& touched) {
    const std::uint64_t held = flood.count_of_kind(item::kind_rating);
    if (held == rows_.size() || held == held_without_row_ + rows_.size()) {
        checked_ = 0;
        return true;
    }
    const std::size_t left = rows_.size() - std::min(rows_.size(), checked_);
    const std::size_t piece = std::min(left, most == everything ? left : most * checks_a_read);
    const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(rows_.size() - left);
    const auto end = begin + static_cast<std::ptrdiff_t>(piece);
    const auto gone = std::remove_if(begin, end, [&](const Row& row) {
        if (index.is_alive(row.position)) return false;
        touched.push_back(row.about);
        return true;
    });
    checked_ += static_cast<std::size_t>(gone - begin);
    rows_.erase(gone, end);
    if (checked_ < rows_.size()) return false;
    checked_ = 0;
    held_without_row_ = held - std::min<std::uint64_t>(held, rows_.size());
    return true;
}

// Anew, all that is said of these.
void Reputation::sum_up(Keys touched) {
    std::ranges::sort(touched);
    const auto twice = std::ranges::unique(touched);
    touched.erase(twice.begin(), twice.end());
    const auto is_touched = [&](const base::PublisherKey& persona) {
        return std::ranges::binary_search(touched, persona);
    };
    std::vector<Thing> old;  // rising, as all are
    std::ranges::copy_if(things_, std::back_inserter(old), is_touched, &Thing::maker);
    std::erase_if(things_, [&](const Thing& each) { return is_touched(each.maker); });
    std::erase_if(personas_, [&](const Persona& each) { return is_touched(each.persona); });
    std::vector<Persona> personas;
    std::vector<Thing> things;
    for (const base::PublisherKey& persona : touched) {
        const auto about = std::ranges::equal_range(rows_, persona, {}, &Row::about);
        Sums sums = sums_of({about.begin(), about.end()}, seen_);
        if (sums.partner.raters > 0) personas.push_back({term_of(persona), persona, sums.partner});
        std::ranges::move(sums.things, std::back_inserter(things));
    }
    for (Thing& each : things) {
        const auto was = std::ranges::lower_bound(old, each.thing, {}, &Thing::thing);
        if (was == old.end() || was->thing != each.thing) continue;
        each.position = was->position;
        each.looked = was->looked;
    }
    merge_in(personas_, std::move(personas), &Persona::term);
    merge_in(things_, std::move(things), &Thing::thing);
    changes_of_.reset();
}

Reputation::Sums Reputation::sums_of(std::span<const Row> about, core::Position last) {
    std::vector<const Row*> said;
    for (const Row& row : about)
        if (row.stars != 0 && row.position <= last) said.push_back(&row);
    // Of the partner first, then thing by thing.
    std::ranges::sort(said, {}, [](const Row* row) { return std::tie(row->traded, row->by); });
    Givers of_partner;
    auto at = said.begin();
    for (; at != said.end() && !(*at)->traded; ++at) add(of_partner, (*at)->by, (*at)->stars);
    Sums out{sum_of(of_partner), {}};
    while (at != said.end()) {
        const item::ThingId thing = *(*at)->traded;  // total: those without stand before
        const base::PublisherKey maker = (*at)->about;
        Givers givers;
        for (; at != said.end() && (*at)->traded == thing; ++at)
            add(givers, (*at)->by, (*at)->stars);
        out.things.push_back({thing, maker, with_thing(out.partner, of_partner, givers)});
    }
    return out;
}

Reputation::Thing* Reputation::find(const item::ThingId& thing) {
    const auto at = std::ranges::lower_bound(things_, thing, {}, &Thing::thing);
    return at != things_.end() && at->thing == thing ? &*at : nullptr;
}

core::Position Reputation::place_of(const item::ThingId& thing) const {
    const auto at = std::ranges::lower_bound(things_, thing, {}, &Thing::thing);
    return at != things_.end() && at->thing == thing ? at->position : 0;
}

std::vector<Reputation::Said> Reputation::about(const base::PublisherKey& persona) const {
    std::vector<Said> out;
    for (const Row& row : std::ranges::equal_range(rows_, persona, {}, &Row::about))
        if (row.stars != 0) out.push_back({row.position, row.traded, row.stars});
    return out;
}

std::optional<base::PublisherKey> Reputation::maker_of(const item::ThingId& thing) const {
    const auto at = std::ranges::lower_bound(things_, thing, {}, &Thing::thing);
    return at != things_.end() && at->thing == thing ? std::optional(at->maker) : std::nullopt;
}

// ---- what a rating raised -----------------------------------------------------------------------

const std::vector<Reputation::Change>& Reputation::changes_since(core::Position since) const {
    if (changes_of_ == since) return changes_;
    changes_of_ = since;
    changes_.clear();
    each_persona(rows_, [&](std::span<const Row> about) {
        if (std::ranges::none_of(about, [&](const Row& row) { return row.position > since; }))
            return;
        const Sums before = sums_of(about, since);
        const Sums now = sums_of(about, seen_);
        const base::PublisherKey& persona = about.front().about;  // total: one at least
        changes_.push_back({term_of(persona), {}, before.partner, now.partner});
        for (const Thing& each : now.things) {
            const auto was = std::ranges::lower_bound(before.things, each.thing, {}, &Thing::thing);
            const bool known = was != before.things.end() && was->thing == each.thing;
            // Nobody had rated it then: what was said of its publisher counted for it.
            changes_.push_back(
                {{}, each.thing, known ? was->reputed : before.partner, each.reputed});
        }
    });
    return changes_;
}

Reputation::Risen Reputation::risen(core::Position since,
                                    const std::function<bool(const Reputed&)>& reaches) const {
    Risen out;
    for (const Change& change : changes_since(since)) {
        const bool rose = change.is.raters > 0 && reaches(change.is) &&
                          !(change.was.raters > 0 && reaches(change.was));
        if (!rose) continue;
        if (!change.term.empty())
            out.personas.push_back(change.term);
        else if (const core::Position place = place_of(change.thing); place != 0)
            out.things.push_back(place);
    }
    std::ranges::sort(out.personas);
    std::ranges::sort(out.things, std::greater<>());
    return out;
}

// ---- where rated things are ---------------------------------------------------------------------

// Where an item expired, its thing stays where it was: a search passes over what is gone.
bool Reputation::find_places(const Catalogue& flood, std::size_t most) {
    const bool followed = follow_items(flood, most);
    std::size_t looks = 0;
    for (Thing& each : things_) {
        if (each.looked) continue;
        if (++looks > most) return false;
        each.looked = true;
        each.position = 0;
        flood.things(each.thing, [&](const item::ThingId& found, const core::SlotState& slot) {
            if (found == each.thing && !slot.removed)
                each.position = flood.position(slot.id).value_or(0);
            return false;
        });
    }
    return followed;
}

// True: things are where the newest item says.
bool Reputation::follow_items(const Catalogue& flood, std::size_t most) {
    const core::Position last = flood.last_position();
    if (last - followed_ > things_.size()) {
        for (Thing& each : things_) each.looked = false;
        followed_ = last;
    }
    for (std::size_t looks = 0; followed_ < last; ++looks) {
        if (looks == most) return false;
        const item::ReadPtr item = flood.at(++followed_);
        Thing* const thing = item ? find(item->version.thing) : nullptr;
        if (thing) thing->position = item->version.removed ? 0 : followed_;
    }
    return true;
}

}  // namespace hearsay::market

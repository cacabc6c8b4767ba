// What is published anew because the user wants it, and what ends (rule 6).
#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "market.pb.h"
#include "market/id_beginning.hpp"
#include "market/publications/publications.hpp"
#include "search/fields.hpp"

namespace hearsay::market {

using base::ErrorCode;

bool Publications::is_settling(base::WallTime now) const {
    constexpr base::Seconds heard_within{24 * 3600};
    const auto recovered = vault_.recovered();
    return recovered && now < *recovered + heard_within;
}

std::uint64_t Publications::renewal_time(base::WallTime now, base::Seconds lifetime,
                                         base::WallTime expires) {
    const base::WallTime first = std::max(now, expires - lifetime / 4);
    const base::WallTime last = std::max(first, expires - lifetime / 20);
    const auto span = static_cast<std::uint64_t>((last - first).count());
    return seconds_of(first + base::Seconds(static_cast<std::int64_t>(rng_.below(span + 1))));
}

void Publications::renew_wanted(const Turn& turn) {
    if (is_settling(turn.now)) return;
    std::vector<item::ThingId> due;
    for (const auto& [thing, own] : all_)
        if (own.renew_at != base::WallTime{} && own.renew_at <= turn.now && !own.removed)
            due.push_back(thing);
    for (const item::ThingId& thing : due) {
        auto record = this->record(thing, turn.store);
        if (!record) continue;
        PublicationKind* const kind = all_.at(thing).kind;  // total: it was just found there
        switch (kind->renew_one(thing, *record, turn)) {
            case Renewal::made:
                continue;
            case Renewal::unwanted:
                record->set_renew_at(0);
                break;
            case Renewal::impossible:
                if (std::exchange(all_.at(thing).warned, true)) continue;  // total: likewise
                record->set_warned(true);
                turn.out.push_back(Tell{Happening::ending, base::to_hex(thing),
                                        ending_view(thing, *record).title});
                break;
        }
        change(turn).save(Table::publications, thing.view(), *record);
        note(thing, *record);
    }
}

EndingView Publications::ending_view(const item::ThingId& thing,
                                     const records::OwnPublication& record) const {
    const Own& own = all_.at(thing);  // total: the callers found it
    EndingView out{thing, own.kind->word(), {}, own.renew_at != base::WallTime{}, own.expires};
    const item::Item item = get_item(record.item());
    if (auto fields = search::fields_of(own.kind->kind(), item.payload))
        out.title = std::move(fields->title);
    return out;
}

base::Result<EndingView> Publications::set_renewal(std::string_view id_or_beginning, bool wanted,
                                                   const Turn& turn) {
    const auto letters = id_beginning(id_or_beginning, item::ThingId::size, "an id");
    if (!letters) return std::unexpected(letters.error());
    std::vector<item::ThingId> found;
    for (const auto& [thing, own] : all_)
        if (own.kind->can_renew() && base::to_hex(thing).starts_with(*letters))
            found.push_back(thing);
    if (found.size() > 1)
        return std::unexpected(ambiguous(*letters, found.size(), "things of yours"));
    if (found.empty())
        return base::fail(ErrorCode::not_found,
                          "no offer or post of yours has an id that begins with " + *letters);
    const item::ThingId thing = found.front();
    auto record = changeable(thing, *all_.at(thing).kind, turn);  // total: it was found there
    if (!record) return std::unexpected(record.error());
    const base::WallTime expires = time_of(record->expires());
    if (record->lifetime() == 0)  // made before lifetimes were kept
        record->set_lifetime(
            static_cast<std::uint32_t>((expires - time_of(record->created())).count()));
    const bool was = record->renew_at() != 0;
    if (wanted && !was) {
        record->set_renew_at(renewal_time(turn.now, expires - time_of(record->created()), expires));
        record->set_warned(false);
    }
    if (!wanted) record->set_renew_at(0);
    change(turn).save(Table::publications, thing.view(), *record);
    note(thing, *record);
    return ending_view(thing, *record);
}

bool Publications::is_ending(const Own& own, base::WallTime now) const {
    return own.kind->can_renew() && own.renew_at == base::WallTime{} && !own.removed && !own.over &&
           own.expires > now && own.expires <= now + warn_before;
}

std::vector<EndingView> Publications::ending_soon(const OwnStore& store, base::WallTime now) const {
    std::vector<EndingView> out;
    for (const auto& [thing, own] : all_)
        if (is_ending(own, now))
            if (const auto record = this->record(thing, store))
                out.push_back(ending_view(thing, *record));
    std::ranges::stable_sort(out, {}, &EndingView::expires);
    return out;
}

// Also of what lives for a day or less: then it is told at once.
void Publications::warn(const Turn& turn) {
    std::vector<item::ThingId> ending;
    for (const auto& [thing, own] : all_)
        if (is_ending(own, turn.now) && !own.warned && !own.pending) ending.push_back(thing);
    for (const item::ThingId& thing : ending) {
        auto record = this->record(thing, turn.store);
        if (!record) continue;
        record->set_warned(true);
        change(turn).save(Table::publications, thing.view(), *record);
        note(thing, *record);
        turn.out.push_back(
            Tell{Happening::ending, base::to_hex(thing), ending_view(thing, *record).title});
    }
}

}  // namespace hearsay::market

#include "market/profiles/profiles.hpp"

#include <algorithm>
#include <functional>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "base/limits/trades.hpp"
#include "item/make.hpp"
#include "item/text.hpp"
#include "market.pb.h"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

item::Profile profile_in(const records::OwnPublication& record) {
    return item::read_profile(base::as_bytes(record.content())).value_or(item::Profile{});
}

base::Result<item::Profile> normalised(const item::Profile& profile) {
    item::Profile out = profile;
    for (std::string* field : {&out.nickname, &out.about}) {
        auto normal = item::to_nfc(*field);
        if (!normal) return base::fail(ErrorCode::invalid, "the profile's text must be UTF-8");
        *field = std::move(*normal);
    }
    if (auto problem = item::profile_problem(out)) return base::fail(ErrorCode::invalid, *problem);
    return out;
}

// What floods, as seen by anybody.
std::optional<ProfileView> foreign_view(const item::ReadPtr& read) {
    const item::Publication* claim = read ? read->header.publication() : nullptr;
    if (!claim || claim->removed || read->header.kind != item::kind_profile) return std::nullopt;
    const auto profile = item::read_profile(read->item.payload);
    if (!profile) return std::nullopt;
    ProfileView out;
    out.persona = claim->publisher;
    out.profile = *profile;
    out.mailbox = claim->mailbox;
    out.created = read->header.created;
    out.expires = read->header.expires;
    out.sequence = claim->sequence;
    return out;
}

bool is_alive(const ProfileView& view) {
    return view.state != PublicationState::removed && view.state != PublicationState::expired;
}

}  // namespace

item::ThingId profile_thing(const base::PublisherKey& persona) {
    item::Publication claim;
    claim.publisher = persona;
    return item::thing_of(claim);
}

ProfileView Profiles::view_of(const item::ThingId& thing,
                              const records::OwnPublication& record) const {
    ProfileView out;
    out.persona = get_id<base::PublisherKey>(record.publisher()).value_or(base::PublisherKey{});
    out.profile = profile_in(record);
    if (!record.removed()) out.mailbox = get_id<base::MailboxId>(record.mailbox());
    out.created = time_of(record.created());
    out.expires = time_of(record.expires());
    out.sequence = record.sequence();
    out.mine = true;
    out.spread = publications_.all().at(thing).spread;
    out.state = publications_.state_of(thing, record);
    return out;
}

// Rule 3. Where no more mailboxes may be made the old one serves on, or there is none.
std::optional<base::MailboxId> Profiles::mailbox_for(const records::OwnPublication& record,
                                                     const item::ThingId& thing, const Turn& turn) {
    const base::WallTime needed =
        item::expires_for(turn.now, limits::lifetime_max) + limits::lifetime_max + limits::grace;
    const bool full = identity_.mailbox_problem().has_value();
    if (const auto old = get_id<base::MailboxId>(record.mailbox())) {
        const auto known = vault_.mailboxes().find(*old);
        if (known != vault_.mailboxes().end() &&
            (full || turn.now < known->second.created + main_mailbox_max)) {
            vault_.extend_mailbox(*old, needed);
            vault_changed_ = true;
            return *old;
        }
    }
    if (full) return std::nullopt;
    const base::MailboxId fresh = identity_.fresh_mailbox(turn.now, needed);
    identity_.save_mailbox(fresh,
                           {record.persona(),
                            std::nullopt,
                            false,
                            turn.now,
                            "profile " + base::to_hex(thing),
                            {SenderRule::anyone, 0, limits::strangers_mail_default}},
                           turn);
    return fresh;
}

void Profiles::publish(records::OwnPublication& record, bool contact, const Turn& turn) {
    const base::Secret seed = vault_.persona_seed(record.persona());
    item::Publication claim;
    claim.publisher = publisher_of(seed);
    claim.sequence = record.sequence() + 1;
    const item::ThingId thing = item::thing_of(claim);
    if (contact) claim.mailbox = mailbox_for(record, thing, turn);
    record.clear_mailbox();
    if (claim.mailbox) set_id(record.mutable_mailbox(), *claim.mailbox);
    publications_.cancel_work(thing, turn);
    item::Profile said = profile_in(record);
    said.mailbox = claim.mailbox ? identity_.public_key(*claim.mailbox) : std::nullopt;
    const item::ReadPtr made = read_own(
        item::make_publication({network_, item::kind_profile, turn.now, limits::lifetime_max},
                               claim, item::write_profile(said), seed));
    record.set_removed(false);
    set_id(record.mutable_id(), thing);
    set_id(record.mutable_slot(), claim.slot);
    set_id(record.mutable_publisher(), claim.publisher);
    save_vault(turn.out);
    publications_.publish(thing, record, made, turn);
}

base::Result<ProfileView> Profiles::set(std::string_view persona, const ProfileDraft& draft,
                                        const Turn& turn) {
    const auto normal = normalised(draft.profile);
    if (!normal) return std::unexpected(normal.error());
    const auto index = identity_.signing_persona(persona, turn.store);
    if (!index) return std::unexpected(index.error());
    identity_.advance_vault(turn.now);
    if (draft.contact)
        if (auto problem = identity_.mailbox_problem())
            return base::fail(ErrorCode::exhausted, *problem);
    const item::ThingId thing = profile_thing(publisher_of(vault_.persona_seed(*index)));
    const std::size_t alive = publications_.alive(*this);
    if (!publications_.find(thing) && alive >= limits::own_offers_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(alive) + " own profiles already");
    records::OwnPublication record =
        change(turn)
            .load<records::OwnPublication>(Table::publications, thing.view())
            .value_or(records::OwnPublication{});
    record.set_persona(*index);
    record.set_content(base::to_text(item::write_profile(*normal)));
    publish(record, draft.contact, turn);
    return view_of(thing, record);
}

base::Result<ProfileView> Profiles::remove(std::string_view persona, const Turn& turn) {
    const auto index = identity_.persona_index(persona, turn.store);
    if (!index) return std::unexpected(index.error());
    const item::ThingId thing = profile_thing(publisher_of(vault_.persona_seed(*index)));
    auto record = change(turn).load<records::OwnPublication>(Table::publications, thing.view());
    if (!record) return base::fail(ErrorCode::not_found, "this persona has no profile");
    if (record->removed())
        return base::fail(ErrorCode::conflict, "this profile is removed already");
    publications_.remove(thing, *record, turn);
    return view_of(thing, *record);
}

std::optional<ProfileView> Profiles::profile_of(const base::PublisherKey& persona,
                                                const OwnStore& store,
                                                const Catalogue& flood) const {
    const item::ThingId thing = profile_thing(persona);
    if (publications_.find(thing, *this))
        if (const auto record =
                look(store).load<records::OwnPublication>(Table::publications, thing.view()))
            return view_of(thing, *record);
    std::optional<ProfileView> out;
    flood.things(thing, [&](const item::ThingId& found, const core::SlotState& slot) {
        if (found == thing) out = foreign_view(flood.get(slot.id));
        return false;
    });
    return out;
}

base::Result<ProfileView> Profiles::profile(std::string_view persona, const OwnStore& store,
                                            const Catalogue& flood) const {
    base::PublisherKey key{};
    if (const auto address = parse_persona(persona)) {
        key = *address;
    } else {
        const auto index = identity_.persona_index(persona, store);
        if (!index) return std::unexpected(index.error());
        key = publisher_of(vault_.persona_seed(*index));
    }
    if (auto view = profile_of(key, store, flood)) return *std::move(view);
    return base::fail(
        ErrorCode::not_found,
        "no profile of this persona is here; it may have none, or it has not arrived");
}

std::vector<ProfileView> Profiles::own_profiles(const OwnStore& store) const {
    std::vector<ProfileView> out;
    const Records records = look(store);
    for (const auto& [thing, own] : publications_.all()) {
        if (own.kind != this) continue;
        if (const auto record =
                records.load<records::OwnPublication>(Table::publications, thing.view()))
            out.push_back(view_of(thing, *record));
    }
    std::ranges::stable_sort(out, std::greater{}, &ProfileView::created);
    return out;
}

std::vector<ProfileView> Profiles::profiles(const OwnStore& store, const Catalogue& flood,
                                            std::size_t most) const {
    std::vector<ProfileView> out;
    for (ProfileView& own : own_profiles(store)) {
        const item::ThingId thing = profile_thing(own.persona);
        if (is_alive(own) && !flood.get(publications_.all().at(thing).item) && out.size() < most)
            out.push_back(std::move(own));
    }
    flood.of_kind(item::kind_profile, UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
        if (out.size() >= most) return false;
        if (auto view = shown_view(read, store)) out.push_back(*std::move(view));
        return true;
    });
    return out;
}

std::optional<ProfileView> Profiles::shown_view(const item::ReadPtr& read,
                                                const OwnStore& store) const {
    auto view = foreign_view(read);
    if (!view) return view;
    const item::ThingId thing = profile_thing(view->persona);
    if (!publications_.find(thing)) return view;
    const auto record =
        look(store).load<records::OwnPublication>(Table::publications, thing.view());
    if (!record || record->removed()) return std::nullopt;
    return view_of(thing, *record);
}

// Rule 2.
void Profiles::renew(const Turn& turn) {
    constexpr base::Seconds heard_within{24 * 3600};
    if (const auto recovered = vault_.recovered();
        recovered && turn.now < *recovered + heard_within)
        return;
    std::vector<item::ThingId> due;
    for (const auto& [thing, own] : publications_.all())
        if (own.kind == this && !own.removed && own.expires < turn.now + limits::rating_renewal)
            due.push_back(thing);
    for (const item::ThingId& thing : due)
        if (auto record =
                change(turn).load<records::OwnPublication>(Table::publications, thing.view()))
            publish(*record, !record->mailbox().empty(), turn);
}

void Profiles::take_found(records::OwnPublication& record, const item::Read& found, const Turn&) {
    const auto profile = item::read_profile(found.item.payload);
    record.set_content(base::to_text(item::write_profile(profile.value_or(item::Profile{}))));
}

}  // namespace hearsay::market

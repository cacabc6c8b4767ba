#include "market/profiles/profiles.hpp"

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "market.pb.h"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

base::Result<item::Profile> normalised(const item::Profile& profile) {
    item::Profile out = profile;
    if (auto normal = Publications::normalise({&out.nickname, &out.about}, "the profile's text");
        !normal)
        return std::unexpected(normal.error());
    if (auto problem = item::profile_problem(out)) return base::fail(ErrorCode::invalid, *problem);
    return out;
}

}  // namespace

item::ThingId profile_thing(const base::PublisherKey& persona) {
    item::Publication claim;
    claim.publisher = persona;
    return item::thing_of(claim);
}

bool Profiles::read(base::ByteView payload, ProfileView& out) const {
    auto profile = item::read_profile(payload);
    if (profile) out.profile = *std::move(profile);
    return profile.has_value();
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
    item::Publication claim = publications_.next_claim(record);
    if (contact) claim.mailbox = mailbox_for(record, item::thing_of(claim), turn);
    item::Profile said =
        item::read_profile(base::as_bytes(record.content())).value_or(item::Profile{});
    said.mailbox = claim.mailbox ? identity_.public_key(*claim.mailbox) : std::nullopt;
    const base::Bytes payload = item::write_profile(said);
    record.set_content(base::to_text(payload));
    save_vault(turn.out);
    publications_.publish(*this, claim, limits::lifetime_max, payload, record, turn);
}

base::Result<ProfileView> Profiles::set(std::string_view persona, const ProfileDraft& draft,
                                        const Turn& turn) {
    item::Profile wish = draft.profile;
    std::vector<base::Bytes> files;
    if (draft.picture) files.push_back(*draft.picture);
    std::vector<base::Digest> shown;
    if (auto added = pictures_.add(files, shown); !added) return std::unexpected(added.error());
    if (!shown.empty()) wish.picture = shown.front();
    const auto normal = normalised(wish);
    if (!normal) return std::unexpected(normal.error());
    const auto index = identity_.signing_persona(persona, turn.store);
    if (!index) return std::unexpected(index.error());
    identity_.advance_vault(turn.now);
    if (draft.contact)
        if (auto problem = identity_.mailbox_problem())
            return base::fail(ErrorCode::exhausted, *problem);
    const item::ThingId thing = profile_thing(publisher_of(vault_.persona_seed(*index)));
    if (auto full = publications_.is_full(*this); full && !publications_.find(thing))
        return std::unexpected(*full);
    records::OwnPublication record =
        publications_.record(thing, turn.store).value_or(records::OwnPublication{});
    if (shown.empty() && wish.picture)
        if (auto kept = pictures_.check_kept({*wish.picture}, pictures(record),
                                             publisher_of(vault_.persona_seed(*index)));
            !kept)
            return std::unexpected(kept.error());
    record.set_persona(*index);
    record.set_content(base::to_text(item::write_profile(*normal)));
    publish(record, draft.contact, turn);
    pictures_.publish(files, *index, turn);
    return view_of(thing, record);
}

base::Result<ProfileView> Profiles::remove(std::string_view persona, const Turn& turn) {
    const auto index = identity_.persona_index(persona, turn.store);
    if (!index) return std::unexpected(index.error());
    const item::ThingId thing = profile_thing(publisher_of(vault_.persona_seed(*index)));
    auto record = publications_.record(thing, turn.store);
    if (!record) return base::fail(ErrorCode::not_found, "this persona has no profile");
    if (record->removed())
        return base::fail(ErrorCode::conflict, "this profile is removed already");
    publications_.remove(thing, *record, turn);
    pictures_.follow(turn);
    return view_of(thing, *record);
}

std::optional<ProfileView> Profiles::profile_of(const base::PublisherKey& persona,
                                                const OwnStore& store,
                                                const Catalogue& flood) const {
    return view(profile_thing(persona), store, flood);
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
    if (auto found = profile_of(key, store, flood)) return *std::move(found);
    return base::fail(
        ErrorCode::not_found,
        "no profile of this persona is here; it may have none, or it has not arrived");
}

std::vector<base::Digest> Profiles::pictures(const records::OwnPublication& record) const {
    const auto profile = item::read_profile(base::as_bytes(record.content()));
    if (!profile || !profile->picture) return {};
    return {*profile->picture};
}

// Rule 2.
void Profiles::renew(const Turn& turn) {
    for (const item::ThingId& thing : publications_.due(*this, turn.now))
        if (auto record = publications_.record(thing, turn.store))
            publish(*record, !record->mailbox().empty(), turn);
    pictures_.follow(turn);
}

}  // namespace hearsay::market

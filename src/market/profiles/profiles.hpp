// market/profiles/profiles.hpp - profiles: of one's own personas, and everybody's.
// item/kinds/profile.hpp has the rules of the item.
//
//   1. A persona has one profile. Setting it again makes a new version.
//   2. A profile lives until its persona's owner removes it, though no item lives longer than 15
//      days: it is renewed, as ratings are. After a recovery nothing is renewed for a day, because
//      what this node knows may be old.
//   3. Its mailbox is replaced at a renewal when it is older than main_mailbox_max, since a key
//      that is always there would open all mail of ever. The one before is kept as long as letters
//      to it may come.
#pragma once

#include "market/pictures/pictures.hpp"
#include "market/profiles/views.hpp"
#include "market/publications/kind_room.hpp"

namespace hearsay::market {

class Profiles final : public KindRoom<ProfileView> {
public:
    Profiles(Common& common, Identity& identity, Publications& publications, Pictures& pictures)
        : KindRoom(common, publications), identity_(identity), pictures_(pictures) {}

    // Errors are for the user; nothing was changed then. A persona is told by its address, its name
    // or "main".
    base::Result<ProfileView> set(std::string_view persona, const ProfileDraft& draft,
                                  const Turn& turn);
    base::Result<ProfileView> remove(std::string_view persona, const Turn& turn);
    // Of anybody by the address, of one's own also by name. Own ones that are not out yet included.
    base::Result<ProfileView> profile(std::string_view persona, const OwnStore& store,
                                      const Catalogue& flood) const;
    std::optional<ProfileView> profile_of(const base::PublisherKey& persona, const OwnStore& store,
                                          const Catalogue& flood) const;

    // PublicationKind
    item::Kind kind() const override { return item::kind_profile; }
    std::string_view word() const override { return "profile"; }
    bool is_renewed() const override { return true; }
    void renew(const Turn& turn) override;
    std::vector<base::Digest> pictures(const records::OwnPublication& record) const override;

private:
    bool read(base::ByteView payload, ProfileView& out) const override;
    // The next version. `contact`: with a mailbox.
    void publish(records::OwnPublication& record, bool contact, const Turn& turn);
    std::optional<base::MailboxId> mailbox_for(const records::OwnPublication& record,
                                               const item::ThingId& thing, const Turn& turn);

    Identity& identity_;
    Pictures& pictures_;
};

// The thing that a persona's profile is.
item::ThingId profile_thing(const base::PublisherKey& persona);

}  // namespace hearsay::market

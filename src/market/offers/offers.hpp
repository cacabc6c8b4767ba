// market/offers/offers.hpp - offers: one's own, and everybody's as they flood.
//
// Each offer has a persona and a mailbox of its own, so nothing links two of them; the user may
// name a persona instead. A new version keeps both. Who has seen an earlier version that asked for
// weaker stamps may write with those until that one, and the letters to it,
// have expired (ask_for_stamps).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "market/catalogue.hpp"
#include "market/offers/views.hpp"
#include "market/publications/publications.hpp"

namespace hearsay::market {

inline constexpr base::Seconds offer_lifetime_default = base::Seconds(7 * 24 * 3600);

class Offers final : public Room, public PublicationKind {
public:
    Offers(Common& common, Identity& identity, Publications& publications)
        : Room(common), identity_(identity), publications_(publications) {
        publications.add_kind(*this);
    }

    // Errors are for the user; nothing was changed then. A lifetime of 0 is the usual one.
    base::Result<OfferView> publish(const item::OfferText& text, base::Seconds lifetime,
                                    const Turn& turn, std::string_view persona);
    base::Result<OfferView> update(const item::ThingId& thing, const item::OfferText& text,
                                   base::Seconds lifetime, const Turn& turn);
    base::Result<OfferView> remove(const item::ThingId& thing, const Turn& turn);

    std::vector<OfferView> own_offers(const OwnStore& store) const;  // newest first
    // Everybody's, newest first, own ones marked; own ones that are not out yet come first.
    std::vector<OfferView> offers(const OwnStore& store, const Catalogue& flood,
                                  std::size_t most) const;
    base::Result<OfferView> offer(std::string_view id_or_beginning, const OwnStore& store,
                                  const Catalogue& flood) const;
    std::optional<OfferView> offer_view(const item::ThingId& thing, const OwnStore& store,
                                        const Catalogue& flood) const;
    // As lists show what floods: own ones marked. Nothing: it is no offer, or one of ours that is
    // being removed; that still floods for a while, and its maker need not look at it.
    std::optional<OfferView> shown_view(const item::ReadPtr& read, const OwnStore& store) const;
    // Alive ones whose id begins with these letters.
    std::vector<item::ThingId> things_beginning(const std::string& letters,
                                                const Catalogue& flood) const;

    // For mail: the stamps that letters to this mailbox carry; null: no own offer names it.
    struct Stamps {
        std::uint32_t bits = 0;        // that the offer says; 0: the usual
        std::uint32_t eased_bits = 0;  // that an earlier version said, good until:
        base::WallTime eased_until;
    };
    const Stamps* stamps_of(const base::MailboxId& mailbox) const;
    // The mailbox of whatever of ours has this id.
    std::optional<base::MailboxId> mailbox_of(const item::ThingId& thing) const;

    // PublicationKind
    item::Kind kind() const override { return item::kind_offer; }
    std::string_view word() const override { return "offer"; }
    void note(const item::ThingId& thing, const records::OwnPublication& record) override;
    void forget(const item::ThingId& thing) override { stamps_.erase(thing); }
    std::uint32_t stamp_bits(const records::OwnPublication& record) const override;
    void on_stored(const item::Read& item, const Turn& turn) override;
    void on_expired(const item::ThingId& thing, const Turn& turn) override;
    void take_found(records::OwnPublication& record, const item::Read& found,
                    const Turn& turn) override;

private:
    // An own offer that is neither removed nor over.
    base::Result<records::OwnPublication> changeable(const item::ThingId& thing, base::WallTime now,
                                                     const Records& records) const;
    void ask_for_stamps(records::OwnOffer& offer, base::WallTime expires,
                        const base::MailboxId& mailbox, std::uint32_t bits, const Turn& turn);
    OfferView view_of(const item::ThingId& thing, const records::OwnPublication& record) const;

    Identity& identity_;
    Publications& publications_;
    std::map<item::ThingId, Stamps> stamps_;  // of own ones
};

}  // namespace hearsay::market

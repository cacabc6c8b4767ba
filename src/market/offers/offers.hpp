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

#include "market/offers/views.hpp"
#include "market/pictures/pictures.hpp"
#include "market/publications/kind_room.hpp"

namespace hearsay::market {

inline constexpr base::Seconds offer_lifetime_default = base::Seconds(7 * 24 * 3600);

class Offers final : public KindRoom<OfferView> {
public:
    Offers(Common& common, Identity& identity, Publications& publications, Pictures& pictures)
        : KindRoom(common, publications), identity_(identity), pictures_(pictures) {}

    // Errors are for the user; nothing was changed then. A lifetime of 0 is the usual one. `files`
    // are pictures to be shown behind those that the text names.
    base::Result<OfferView> publish(const item::OfferText& text, base::Seconds lifetime,
                                    const Turn& turn, std::string_view persona, bool renew,
                                    const std::vector<base::Bytes>& files);
    // `renew`: nothing: as it is.
    base::Result<OfferView> update(const item::ThingId& thing, const item::OfferText& text,
                                   base::Seconds lifetime, const Turn& turn,
                                   std::optional<bool> renew,
                                   const std::vector<base::Bytes>& files);
    base::Result<OfferView> remove(const item::ThingId& thing, const Turn& turn);

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
    bool can_renew() const override { return true; }
    // Not of what is sold. Its mailbox stays; where that is destroyed, because the node was off for
    // long, it gets a fresh one. Impossible while there may be no more mailboxes.
    Renewal renew_one(const item::ThingId& thing, records::OwnPublication& record,
                      const Turn& turn) override;
    void note(const item::ThingId& thing, const records::OwnPublication& record) override;
    void forget(const item::ThingId& thing) override { stamps_.erase(thing); }
    std::vector<base::Digest> pictures(const records::OwnPublication& record) const override;
    std::uint32_t stamp_bits(const records::OwnPublication& record) const override;
    void on_stored(const item::Read& item, const Turn& turn) override;
    void on_expired(const item::ThingId& thing, const Turn& turn) override;
    void take_found(records::OwnPublication& record, const item::Read& found,
                    const Turn& turn) override;

private:
    bool read(base::ByteView payload, OfferView& out) const override;
    void read_record(const records::OwnPublication& record, OfferView& out) const override;
    base::Result<item::OfferText> with_pictures(const item::OfferText& text,
                                                const std::vector<base::Bytes>& files) const;
    // That letters to the offer come to, for as long as they may.
    base::MailboxId fresh_mailbox(base::Seconds lifetime, const std::string& purpose,
                                  std::uint32_t persona, const MailboxRule& rule, const Turn& turn);
    // Of a record that has none any more, with the rule of the one before. False: there may be no
    // more.
    bool replace_mailbox(const item::ThingId& thing, records::OwnPublication& record,
                         records::OwnOffer& offer, const Turn& turn);
    void ask_for_stamps(records::OwnOffer& offer, base::WallTime expires,
                        const base::MailboxId& mailbox, std::uint32_t bits, const Turn& turn);

    Identity& identity_;
    Pictures& pictures_;
    std::map<item::ThingId, Stamps> stamps_;  // of own ones
};

}  // namespace hearsay::market

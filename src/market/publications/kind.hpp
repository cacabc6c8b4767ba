// market/publications/kind.hpp - what a kind of publication says of itself, so that Publications
// can look after things of every kind alike. A new kind is a folder with one of these, and one line
// in rooms.hpp.
//
// Of an own publication the record says of what kind it is (`kind`), and has what the kind itself
// keeps (`content`), which nobody else reads: the payload, unless the kind says otherwise.
#pragma once

#include <string>
#include <vector>

#include "item/item.hpp"
#include "item/kinds.hpp"
#include "market.pb.h"
#include "market/turn.hpp"

namespace hearsay::market {

enum class Renewal {
    made,
    unwanted,    // it is over, as what is sold
    impossible,  // today: it is tried again
};

class PublicationKind {
public:
    virtual item::Kind kind() const = 0;
    virtual std::string_view word() const = 0;  // for the purpose of a persona: "offer"
    // Its time does not end it: the kind renews it until it is removed.
    virtual bool is_renewed() const { return false; }
    // At a start and at each tick: new versions of what is due.
    virtual void renew(const Turn&) {}
    // The user may want one of it renewed (publications.hpp, rule 6).
    virtual bool can_renew() const { return false; }
    // Then: the next version of one, of the lifetime that the record says.
    virtual Renewal renew_one(const item::ThingId&, records::OwnPublication&, const Turn&) {
        return Renewal::unwanted;
    }
    // An own one, as it is kept from now on; it is kept no more.
    virtual void note(const item::ThingId&, const records::OwnPublication&) {}
    virtual void forget(const item::ThingId&) {}
    // The pictures that it shows, by their hashes (market/pictures).
    virtual std::vector<base::Digest> pictures(const records::OwnPublication&) const { return {}; }
    // It is kept although its time is over, because something else still needs it.
    virtual bool is_needed(const item::ThingId&) const { return false; }
    // That letters to its mailbox are asked for; 0: the usual.
    virtual std::uint32_t stamp_bits(const records::OwnPublication&) const { return 0; }
    // Somebody's is in the flood store now, or its removal.
    virtual void on_stored(const item::Read&, const Turn&) {}
    // Its time is over. Not told of removed ones.
    virtual void on_expired(const item::ThingId&, const Turn&) {}
    // What a version that came back from the network says goes into the record. Not of removals.
    virtual void take_found(records::OwnPublication& record, const item::Read& found,
                            const Turn& turn);

protected:
    ~PublicationKind() = default;
};

}  // namespace hearsay::market

// market/publications/kind.hpp - what a kind of publication says of itself, so that Publications
// can look after things of every kind alike. A new kind is a folder with one of these,
// and one line in rooms.hpp.
#pragma once

#include <string>

#include "item/item.hpp"
#include "item/kinds.hpp"
#include "market.pb.h"
#include "market/turn.hpp"

namespace hearsay::market {

class PublicationKind {
public:
    virtual item::Kind kind() const = 0;
    virtual std::string_view word() const = 0;  // for the purpose of a persona: "offer"
    // Is the record one of this kind? Exactly one kind says so.
    virtual bool is(const records::OwnPublication& record) const = 0;
    // Its time does not end it: the kind renews it until it is removed.
    virtual bool is_renewed() const { return false; }
    // Its time is over. Not told of removed ones.
    virtual void on_expired(const item::ThingId&, const Turn&) {}
    // What a version that came back from the network says goes into the record. Not of removals.
    virtual void take_found(records::OwnPublication& record, const item::Read& found,
                            const Turn& turn) = 0;

protected:
    ~PublicationKind() = default;
};

}  // namespace hearsay::market

// market/rooms.hpp - the rooms of a market, in order: each knows those before it (room.hpp). All
// are made anew together.
#pragma once

#include "market/identity/identity.hpp"
#include "market/identity/key_erasure.hpp"
#include "market/mail/mail.hpp"
#include "market/offers/offers.hpp"
#include "market/own_items.hpp"
#include "market/publications/publications.hpp"
#include "market/ratings/ratings.hpp"
#include "market/trade/trades.hpp"

namespace hearsay::market {

struct Rooms {
    explicit Rooms(Common& common)
        : identity(common),
          publications(common, identity, items),
          offers(common, identity, publications),
          mail(common, identity, offers, items),
          trades(common, identity, offers, mail),
          ratings(common, publications, trades) {}

    OwnItems items;
    KeyErasure key_erasure;
    Identity identity;
    Publications publications;
    // Kinds of publications: a new one is a line here, and one in the constructor.
    Offers offers;
    Mail mail;
    Trades trades;
    Ratings ratings;
};

}  // namespace hearsay::market

// market/rooms.hpp - the rooms of a market, in order: each knows those before it (room.hpp). All
// are made anew together. A new room is a line; a kind of publication registers itself with the
// publications that it is given.
#pragma once

#include "market/addresses/addresses.hpp"
#include "market/identity/identity.hpp"
#include "market/identity/key_erasure.hpp"
#include "market/lists/lists.hpp"
#include "market/mail/mail.hpp"
#include "market/offers/offers.hpp"
#include "market/own_items.hpp"
#include "market/pictures/pictures.hpp"
#include "market/posts/posts.hpp"
#include "market/profiles/profiles.hpp"
#include "market/publications/publications.hpp"
#include "market/ratings/ratings.hpp"
#include "market/reputation/reputation.hpp"
#include "market/search/search.hpp"
#include "market/trade/trades.hpp"
#include "market/watches/watches.hpp"

namespace hearsay::market {

struct Rooms {
    explicit Rooms(Common& of_all) : common(of_all) {}

    Common& common;
    OwnItems items;
    KeyErasure key_erasure;
    Identity identity{common};
    Publications publications{common, identity, items};
    Pictures pictures{common, publications};
    Offers offers{common, identity, publications, pictures};
    Profiles profiles{common, identity, publications, pictures};
    Addresses addresses{common, identity, publications};
    Posts posts{common, identity, publications};
    Lists lists{common, identity, publications};
    Reputation reputation;
    Search search{identity, offers, profiles, posts, reputation, lists.sieve()};
    Watches watches{common, publications, search, lists.sieve()};
    Mail mail{common, identity, offers, items};
    Trades trades{common, identity, offers, mail};
    Ratings ratings{common, publications, trades, reputation};
};

}  // namespace hearsay::market

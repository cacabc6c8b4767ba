// market/ratings/ratings.hpp - ratings: one's own of partners and things, and everybody's.
// item/kinds/rating.hpp has the rules of the item.
//
// Only who traded rates, with a token that both sides signed: there is one of the partner and one
// of the thing. The slot is the token's id, so one trade has one rating of each. A rating lives as
// long as its author keeps it, though no item lives longer than 15 days: it is renewed. What a
// backup knows of it may be old: was it changed or removed since, the network tells within a day,
// so for that long nothing is renewed.
//
// What others said of somebody is found by the table of the reputation, where the store keeps an
// index: a question reads the ratings that it is about, not all that flood. Elsewhere, as in the
// simulator, all are read.
#pragma once

#include <vector>

#include "market/publications/kind_room.hpp"
#include "market/ratings/views.hpp"
#include "market/reputation/reputation.hpp"
#include "market/trade/trades.hpp"

namespace hearsay::market {

class Ratings final : public KindRoom<RatingView> {
public:
    Ratings(Common& common, Publications& publications, Trades& trades, Reputation& reputation)
        : KindRoom(common, publications), trades_(trades), reputation_(reputation) {}

    // Of the partner in a trade that was agreed, or of the thing, by who took it; again: a new
    // version.
    base::Result<RatingView> rate(std::string_view trade, std::uint32_t stars,
                                  const std::string& text, const Turn& turn, RatingOf of);
    base::Result<RatingView> remove(std::string_view rating, const Turn& turn);
    // All that are alive about a persona, or about a thing, newest first.
    // `most` are shown, however many there are.
    RatingsView ratings(const base::PublisherKey& about, const Catalogue& flood,
                        std::size_t most) const;
    RatingsView ratings(const item::ThingId& thing, const Catalogue& flood, std::size_t most) const;
    OfferRatings ratings_of(const base::PublisherKey& maker, const item::ThingId& thing,
                            const Catalogue& flood) const;

    // PublicationKind
    item::Kind kind() const override { return item::kind_rating; }
    std::string_view word() const override { return "rating"; }
    bool is_renewed() const override { return true; }
    void renew(const Turn& turn) override;

private:
    bool read(base::ByteView payload, RatingView& out) const override;
    // All that are alive, newest first.
    template <class Visit>
    void each(const Catalogue& flood, Visit visit) const;
    // Of a thing, else of its maker as a partner. Where there is an index the maker has to be
    // known.
    RatingsView said(const std::optional<base::PublisherKey>& maker,
                     const std::optional<item::ThingId>& thing, const Catalogue& flood,
                     std::size_t most) const;
    // The next version.
    void publish(records::OwnPublication& record, const Turn& turn);

    Trades& trades_;
    Reputation& reputation_;  // a table of what floods: asking brings it up to date
};

}  // namespace hearsay::market

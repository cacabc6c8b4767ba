// market/reputation/reputation.hpp - what the ratings that are here say of who publishes, and of
// what is published.
//
//   1. About a publication are the ratings of its publisher as a partner, whichever side it was of,
//      and those of the thing itself. Those of its publisher's other things are not.
//   2. A persona that rated counts once, with the mean of the stars of all its ratings of rule 1:
//      not more for trading often, nor for rating both partner and thing.
//   3. The rating is the mean of these over all personas that rated, each with the same weight.
//      How much somebody's word is worth no node can tell: strangers cost nothing
//      (docs/trade.md, "What a rating proves").
//   4. Where there is none, there is no rating: neither a good nor a bad one.
// Counted is what floods and is held here, one's own included, whatever the user's lists say.
//
// The table is read once, and then brought up to date by each look(): what came since is read, what
// is gone is found out by its place alone. So a question costs no walk over all ratings.
// Memory: some 250 bytes a rating. Ratings have a tenth of the store.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "item/item.hpp"
#include "market/catalogue.hpp"
#include "search/index.hpp"

namespace hearsay::market {

// Rules 2 and 3.
struct Reputed {
    static constexpr std::int64_t star = 1'000'000;
    std::uint32_t raters = 0;
    std::int64_t sum = 0;  // of their means, in millionths of a star
};

class Reputation final {
public:
    struct Persona {
        std::string term;  // of whoever publishes, in the index of words
        Reputed as_partner{};
    };
    struct Thing {
        item::ThingId thing{};
        Reputed reputed{};            // with what is said of its publisher
        core::Position position = 0;  // of its version here; 0: none is,
        bool looked = false;          // or nobody looked yet
    };

    // Brings all of it up to date.
    void look(const Catalogue& flood, const search::Index& index);

    // Who did not reach something when `since` was the last position, and does so by what came
    // after it. A rating of before that was changed or is gone counts for nothing then.
    struct Risen {
        std::vector<std::string> personas{};   // their terms
        std::vector<core::Position> things{};  // of their versions that are here
    };
    Risen risen(core::Position since, const std::function<bool(const Reputed&)>& reaches) const;

    const std::vector<Persona>& personas() const { return personas_; }  // rising by their terms
    const std::vector<Thing>& things() const { return things_; }        // rising
    std::size_t ratings() const { return rows_.size(); }

private:
    struct Row {
        core::Position position = 0;
        base::PublisherKey about{};  // of a thing its maker
        base::PublisherKey by{};
        std::optional<item::ThingId> traded{};
        std::uint32_t stars = 0;  // 0: a removal, which says nothing
    };
    using Rows = std::vector<Row>;
    static Row row_of(core::Position position, const item::Read& read);
    bool read_changes(const Catalogue& flood, const search::Index& index);
    void sum_up();
    // Of all that is about one persona, as far as it came up to `last`.
    struct Sums {
        Reputed partner{};
        std::vector<Thing> things{};  // rising
    };
    static Sums sums_of(std::span<const Row> about, core::Position last);
    void sum_up(std::span<const Row> about);
    core::Position place_of(const item::ThingId& thing) const;
    void find_places(const Catalogue& flood, const search::Index& index, core::Position before);

    Rows rows_;  // by `about`
    std::vector<Persona> personas_;
    std::vector<Thing> things_;
    std::uint64_t life_ = 0;
    core::Position seen_ = 0;
};

}  // namespace hearsay::market

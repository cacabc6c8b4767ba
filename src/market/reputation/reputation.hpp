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
// The table is read once, and then brought up to date by look():
//   - what came since is read; if some are gone, as their number tells, the places of all are asked
//     once;
//   - only those personas are summed up anew of whom a rating came or went;
//   - a rated thing is looked up once. After that its newest version is found among the items that
//     came since, or, where these are more than the rated things, by looking these up again.
// So a question costs no walk over all ratings. A caller with no time to lose looks in pieces
// (`most`): a flood of ratings then holds no turn up.
// Memory: some 300 bytes a rating. Ratings have a tenth of the store.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "item/item.hpp"
#include "market/catalogue.hpp"

namespace hearsay::market {

// Rules 2 and 3.
struct Reputed {
    static constexpr std::int64_t star = 1'000'000;
    std::uint32_t raters = 0;
    std::int64_t sum = 0;  // of their means, in millionths of a star
    bool operator==(const Reputed&) const = default;
};

class Reputation final {
public:
    struct Persona {
        std::string term{};  // of whoever publishes, in the index of words
        base::PublisherKey persona{};
        Reputed as_partner{};
    };
    struct Thing {
        item::ThingId thing{};
        base::PublisherKey maker{};
        Reputed reputed{};            // with what is said of its publisher
        core::Position position = 0;  // of its version that is here or was last; 0: none is,
        bool looked = false;          // or nobody looked yet
    };

    static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();
    // Reads at most `most` ratings, and looks at as many items. True: nothing is left to do.
    bool look(const Catalogue& flood, const search::Index& index, std::size_t most = everything);

    // Who did not reach something when `since` was the last position, and does so by what came
    // after it. A rating of before that was changed or is gone counts for nothing then.
    struct Risen {
        std::vector<std::string> personas{};   // their terms
        std::vector<core::Position> things{};  // of their versions that are here
    };
    // Questions with the same `since` cost one look at all ratings, until something changes.
    Risen risen(core::Position since, const std::function<bool(const Reputed&)>& reaches) const;

    // Each rating of a persona as a partner and of its things, in no order; removed ones are none.
    struct Said {
        core::Position position = 0;
        std::optional<item::ThingId> traded{};
        std::uint32_t stars = 0;
    };
    std::vector<Said> about(const base::PublisherKey& persona) const;
    // Of a thing that was rated.
    std::optional<base::PublisherKey> maker_of(const item::ThingId& thing) const;

    const std::vector<Persona>& personas() const { return personas_; }  // rising by their terms
    const std::vector<Thing>& things() const { return things_; }        // rising
    std::size_t ratings() const { return rows_.size(); }
    core::Position seen() const { return seen_; }  // what came up to here is in the table

private:
    struct Row {
        core::Position position = 0;
        base::PublisherKey about{};  // of a thing its maker
        base::PublisherKey by{};
        std::optional<item::ThingId> traded{};
        std::uint32_t stars = 0;  // 0: a removal, which says nothing
    };
    using Rows = std::vector<Row>;
    using Keys = std::vector<base::PublisherKey>;
    static Row row_of(core::Position position, const item::Read& read);
    bool read_new(const Catalogue& flood, std::size_t most, Keys& touched);
    bool forget_gone(const Catalogue& flood, const search::Index& index, std::size_t most,
                     Keys& touched);
    void sum_up(Keys touched);
    // Of all that is about one persona, as far as it came up to `last`.
    struct Sums {
        Reputed partner{};
        std::vector<Thing> things{};  // rising
    };
    static Sums sums_of(std::span<const Row> about, core::Position last);
    bool find_places(const Catalogue& flood, std::size_t most);
    bool follow_items(const Catalogue& flood, std::size_t most);
    Thing* find(const item::ThingId& thing);
    core::Position place_of(const item::ThingId& thing) const;

    struct Change {
        std::string term{};  // of a persona; empty: it is a thing
        item::ThingId thing{};
        Reputed was{}, is{};
    };
    const std::vector<Change>& changes_since(core::Position since) const;

    Rows rows_;  // by `about`
    std::vector<Persona> personas_;
    std::vector<Thing> things_;
    std::uint64_t life_ = 0;
    core::Position seen_ = 0;
    std::size_t checked_ = 0;             // rows, of a check under way
    std::uint64_t held_without_row_ = 0;  // as the last one found
    core::Position followed_ = 0;         // things are where items up to here say
    mutable std::optional<core::Position> changes_of_;
    mutable std::vector<Change> changes_;
};

}  // namespace hearsay::market

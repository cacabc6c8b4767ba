// market/publications/persona_scan.hpp - finds what a person published and this node does not know:
// after a recovery from the words nothing is known, after one from a backup nothing that is
// younger.
//
//   1. Every persona that may have been given (index 0 to the minutes since day 0,
//      Vault::persona_floor) is listed: the first 8 bytes of its public key and its index, sorted.
//      That is some 30 us a persona, 15 s for a year, so it is done in chunks by a worker (the
//      effect ListPersonas), one after the other, and kept in memory only: 16 bytes each. The
//      latest come first: what is alive was mostly made by personas of the last weeks.
//   2. Once those of recent_max are listed the flood store is walked, publications of each
//      position once, walk_max of each a turn; again when all are listed; and what has come since,
//      at each tick.
//   3. Whose publisher begins like one of the list is compared with the whole key and, if it is,
//      becomes an own thing (Market::take_found).
// The walk goes on for mailbox_life_max after the recovery: nothing that was published before lives
// longer, but things renewed by their maker, who is us.
// That it is under way lies in the vault (Vault::recovered).
#pragma once

#include <algorithm>
#include <vector>

#include "base/ids.hpp"
#include "core/store_view.hpp"
#include "item/kinds/rating.hpp"

namespace hearsay::market {

struct PersonaMark {
    std::uint64_t beginning = 0;  // of the public key, big-endian
    std::uint32_t index = 0;
    auto operator<=>(const PersonaMark&) const = default;
};

// Thread-safe. `root` is Vault::persona_root().
std::vector<PersonaMark> list_personas(const base::Secret& root, std::uint32_t from,
                                       std::uint32_t count);
PersonaMark mark_of(const base::PublisherKey& key, std::uint32_t index);

class PersonaScan {
public:
    static constexpr std::uint32_t chunk_max = 2048;  // a tenth of a second of a worker
    static constexpr std::size_t walk_max = 256;
    // 45 days of minutes: no mailbox lives longer, so no offer of an older fresh persona can be
    // answered.
    static constexpr std::uint32_t recent_max = 45 * 24 * 60;

    // Lists indexes below `end`; `known` are marks besides (the main persona, imported ones). What
    // was published is looked for among items of `kinds`.
    PersonaScan(std::uint32_t end, std::vector<PersonaMark> known,
                const std::vector<item::Kind>& kinds);
    // The chunk to be listed next; its size is 0 when all are.
    std::uint32_t next() const { return left_ - chunk(); }
    std::uint32_t chunk() const { return std::min(chunk_max, left_); }
    // Answers to another scan than this one are passed over: false.
    bool add(std::uint32_t from, const std::vector<PersonaMark>& marks);
    // Indexes of personas whose key may be this one.
    std::vector<std::uint32_t> candidates(const base::PublisherKey& key) const;

    // Through what was published of one kind.
    struct Walk {
        item::Kind kind{};
        core::Position walked = 0;
        bool more = true;
    };
    bool wants_walk() const {
        return (left_ == 0 || end_ - left_ >= recent_max) &&
               std::ranges::any_of(walks_, &Walk::more);
    }
    std::vector<Walk>& walks() { return walks_; }
    void look_again();

private:
    std::uint32_t end_;
    std::uint32_t left_;              // not listed yet: those below
    std::vector<PersonaMark> marks_;  // sorted
    std::vector<Walk> walks_;
};

}  // namespace hearsay::market

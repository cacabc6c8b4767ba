// core/reconcile/served_sets.hpp - the sets of short ids out of which all who compare with us are
// answered, whoever and however many they are.
// docs/decisions/0016-one-set-of-short-ids-for-many-rounds.md.
//
//   1. New rounds begin with the newest set, as it is then. It gets a new random key every
//      set_life, and before that if it is worn (keyed_set.hpp); reading it is work in pieces, for
//      which rounds wait together.
//   2. The set before it is kept for the rounds that began with it. A round that began with one
//      that is gone ends unsettled and comes again.
//   3. Rounds below other floors than the newest set's need one of their own. It is made no sooner
//      than odd_set_wait after the last such one: floors differ rarely, and who invents some does
//      not make us read the store for it. Until then such a round does not begin.
//   4. Nothing is read before somebody compares, and nothing is kept set_kept after its reading
//      began.
#pragma once

#include <deque>
#include <optional>

#include "base/rng.hpp"
#include "base/time.hpp"
#include "core/reconcile/keyed_set.hpp"
#include "core/relay/laid_aside.hpp"

namespace hearsay::core {

class ServedSets {
public:
    // A set as it was when a round began.
    struct Ticket {
        std::uint64_t set = 0;
        KeyedSet::Version version = 0;
    };

    explicit ServedSets(base::Rng rng) : rng_(std::move(rng)) {}

    // Works towards `symbols` symbols for a new round, as KeyedSet::work(). A ticket once they are
    // there. `floors`: of the round; is_open() was asked about them. `aside`: what counts as ours
    // though it is not held, or null.
    std::optional<Ticket> begin(const item::Floors& floors, std::size_t symbols, base::MonoTime now,
                                const StoreView& view, const LaidAside* aside, std::size_t& steps);
    // Whether a round with these floors may begin now.
    bool is_open(const item::Floors& floors, base::MonoTime now) const;
    // Null: it is gone.
    KeyedSet* find(const Ticket& ticket);

    void on_forgotten(const base::ItemId& id, const StoreView& view);
    void on_improved(const base::ItemId& id, item::Level level, const StoreView& view);
    void on_aside(const LaidAside::Change& change);
    void drop_old(base::MonoTime now);
    void drop_all() { sets_.clear(); }
    base::MonoTime next_deadline() const;
    std::size_t size() const { return sets_.size(); }
    void sanity_check() const;  // of all of them

private:
    struct Served {
        std::uint64_t number;
        base::MonoTime born;
        bool ready = false;
        KeyedSet set;
    };
    bool is_due(const Served& newest, base::MonoTime now) const;
    Served* newest_of(const item::Floors& floors);

    base::Rng rng_;
    std::uint64_t last_ = 0;
    base::MonoTime odd_at_;    // when a set of other floors than before was made; zero: never
    std::deque<Served> sets_;  // oldest first, at most served_sets_max
};

}  // namespace hearsay::core

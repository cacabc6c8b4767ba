// core/relay/ingest.hpp - which items we keep: the checks of one arriving item, in order.
//
//   1. size and shape (item::read)          -> Fault, the link ends
//   2. already held, remembered as gone or laid aside (laid_aside.hpp) -> nothing;
//                                           a duplicate must never cost a signature check
//   3. being verified                       -> the copy waits as an alternate
//   4. time                                 -> refused; clocks differ, this is no crime
//   5. a newer version is known             -> refused
//   6. below the floor of its class (core/retention/retention.hpp) -> refused
//   7. work, payload hash, signature, content -> Verify: a worker's job
//   8. 2, 4 and 5 again, since the world went on -> dropped
//   9. hidden by the user's lists, where that is not kept, or older than a version that is laid
//      aside                                -> laid aside
//  10. 6 again                              -> refused; else Store, Forget the older version and
//                                           what made room, ItemStored
// An id counts as known only once its signature held. Until then every copy is kept apart
// (alternates), because a copy with a spoiled payload or nonce has the same id: if the first
// turns out forged, the next is tried, and only those who brought the forgery pay. A link counts
// with its first copy of an id: one forger cannot take all the places.
// Whose turn it is when the workers cannot keep up, VerifyQueue says.
// Bounds: verifying_items_max and verifying_bytes_max in flight; above half of either the shell
// is asked to stop reading links (Throttle), above the whole one item more means one less, of the
// link that has most there: reconciliation brings it back.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/effects.hpp"
#include "core/inputs.hpp"
#include "core/relay/laid_aside.hpp"
#include "core/relay/verify_queue.hpp"
#include "core/retention/retention.hpp"
#include "core/store_view.hpp"

namespace hearsay::core {

// What came of one item; for the relay, which decides who hears of it.
struct Accepted {
    item::ReadPtr item;
    std::set<base::LinkId> sources;  // every link that brought a copy while it was verified
    bool by_user = false;            // Brought: others learn of it by comparing
};

// Check 5: a newer version of the same thing is known. The higher sequence wins,
// a tie goes to the smaller id.
bool is_superseded(const item::Read& item, const StoreView& view);

// What one arriving copy is to us.
enum class Novelty {
    fresh,    // the first, being verified
    waiting,  // another copy is being verified
    held,     // we hold it, or did
    refused,  // not wanted (see `fault`), or no room to verify it now
};
struct Admission {
    base::ItemId id;
    std::size_t bytes = 0;
    Novelty novelty = Novelty::fresh;
    std::optional<base::Fault> fault{};  // of Cost::nothing: clocks differ and networks delay
};

class Ingest {
public:
    // By which link an item stands in the reservoir and in the queue.
    using PileOf = std::function<Pile(base::LinkId)>;
    // `aside`: null: this node keeps what lists hide.
    Ingest(item::Network network, Retention& retention, PileOf pile_of, LaidAside* aside = nullptr);

    // A returned fault is what the sender did wrong.
    std::expected<Admission, base::Fault> on_item(base::LinkId from, item::Item item, base::Now now,
                                                  const StoreView& view, Effects& out);

    struct Outcome {
        item::ReadPtr judged;  // whose verdict it was; null: of a life before this one
        std::optional<Accepted> accepted;
        std::optional<base::ItemId> refused;      // no copy is left that could be good
        std::optional<base::ItemId> below_floor;  // good, but there is no room for it
        // Good, but the user's lists hide it, or a newer version of it.
        std::optional<base::ItemId> laid_aside;
        // Everyone who brought a bad copy, and what was wrong with it.
        std::vector<std::pair<base::LinkId, base::Fault>> faults;
    };
    Outcome on_verified(const Verified& verdict, base::Now now, const StoreView& view,
                        Effects& out);

    bool is_verifying(const base::ItemId& id) const { return by_id_.contains(id); }
    // Not worth asking for: it is being verified, was refused for too little work lately, or is
    // laid aside.
    bool has_seen(const base::ItemId& id) const {
        return is_verifying(id) || retention_.was_refused(id) || is_laid_aside(id);
    }
    bool lays_aside() const { return aside_ != nullptr; }
    bool is_laid_aside(const base::ItemId& id) const { return aside_ && aside_->contains(id); }
    std::size_t in_flight() const { return copies_; }
    void sanity_check() const;  // recomputes what is counted; ends the process if it is wrong

private:
    struct Copy {
        item::ReadPtr item;
        std::set<base::LinkId> sources;  // every link that brought these very bytes
    };
    struct Pending {
        std::optional<base::JobId> job;  // nothing: it waits for a worker
        std::vector<Copy> copies;        // the first is being verified, or to be
    };

    Admission admit(base::LinkId from, const item::ReadPtr& item, base::Now now,
                    const StoreView& view, Effects& out);
    bool add_alternate(Pending& pending, base::LinkId from, const item::ReadPtr& item);
    bool make_room(base::LinkId from, std::size_t bytes);
    void drop(const base::ItemId& id);
    void verify_first(const base::ItemId& id, Pending& pending, Effects& out);
    void verify_next(Effects& out);
    void hand_to_worker(const base::ItemId& id, Pending& pending, Effects& out);
    void count(const item::ReadPtr& item, bool added);
    void throttle(Effects& out);
    bool lay_aside(const item::Read& item, base::Now now, const StoreView& view, Effects& out);
    static void forget_replaced(const item::Read& item, const Replaced& replaced, base::Now now,
                                const StoreView& view, Effects& out);
    bool accept(const item::ReadPtr& item, const Verified& verdict, Pile from, base::Now now,
                const StoreView& view, Effects& out);

    const item::Network network_;
    Retention& retention_;
    const PileOf pile_of_;
    LaidAside* const aside_;
    VerifyQueue queue_;
    std::uint64_t next_job_ = 1;
    std::map<base::ItemId, Pending> by_id_;
    std::map<base::JobId, base::ItemId> by_job_;
    std::size_t copies_ = 0;
    std::size_t bytes_ = 0;
    bool throttled_ = false;
};

}  // namespace hearsay::core

// core/relay/floors.hpp - what this node and its peers tell each other of their floors of work
// (core/retention/retention.hpp). docs/protocol.md, "Floors".
//
//   1. A link begins with floors of 0 on both sides. Ours are told when they differ from what the
//      link was told last, floor_pause apart at least. Links that only pass are told nothing.
//   2. What is below a peer's floor is neither announced nor pushed to it, and a comparison with it
//      leaves that out on both sides. A peer that lies about its floors goes without items; nobody
//      else does.
//   3. The price is what an item of ours should show, of each class: our own floor, or that of most
//      of our peers if it is higher, but no more than believed_levels above our own. Most of a
//      node's peers may be liars. Nodes with the usual budget have nearly the same floors, so what
//      most of the network takes is near our own floor.
//      Of pictures the highest floor is no price: who has it wants none (retention.hpp, rule 8),
//      and does not count among those who do.
//   4. If an item of ours was handed over often in vain, we believe more of what peers say: our
//      store may be new, or larger than theirs. Once one came back we believe as much as before.
#pragma once

#include <map>

#include "base/limits/retention.hpp"
#include "core/effects.hpp"
#include "core/messages.hpp"

namespace hearsay::core {

class FloorTable {
public:
    void on_greeted(base::LinkId link);
    void on_link_gone(base::LinkId link);
    // False: nothing of the kind is said over this link.
    bool on_floor(base::LinkId link, const Floor& floor);

    void set_ours(const item::Floors& floors);
    const item::Floors& ours() const { return ours_; }
    item::Floors theirs(base::LinkId link) const;
    const item::Floors& price();
    // An item of ours was handed over often and did not come back; and one did.
    void believe_more();
    void believe_as_usual();

    // Tells who does not know yet.
    void tell(base::MonoTime now, Effects& out);
    base::MonoTime next_deadline() const;
    void sanity_check() const;  // counts again; ends the process if it was counted wrongly

private:
    struct Link {
        item::Floors theirs{};
        item::Floors told{};
        base::MonoTime told_at;  // zero: never
    };
    static bool may_tell(const Link& link, base::MonoTime now);

    item::Floors ours_{};
    item::Floors price_{};
    bool price_is_old_ = false;
    std::uint32_t believed_ = base::limits::believed_levels;
    bool untold_ = false;      // somebody may have to be told
    std::size_t floored_ = 0;  // peers that have any floor
    std::map<base::LinkId, Link> links_;
};

}  // namespace hearsay::core

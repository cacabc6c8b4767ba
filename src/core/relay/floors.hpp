// core/relay/floors.hpp - what this node and its peers tell each other of their floors of work
// (core/retention/retention.hpp). docs/protocol.md, "Floors".
//
//   1. A link begins with floors of 0 on both sides. Ours are told when they differ from what the
//      link was told last, floor_pause apart at least. Links that only pass are told nothing.
//   2. What is below a peer's floor is neither announced nor pushed to it, and a comparison with it
//      leaves that out on both sides. A peer that lies about its floors goes without items; nobody
//      else does.
//   3. The price is what an item of ours should show: our own floor or that of most of our peers,
//      whichever is higher, of each class. Half of all peers together can raise it for us, or hide
//      that it rose; single liars can do neither.
#pragma once

#include <map>

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
    bool peers_have_any() const { return floored_ > 0; }
    const item::Floors& price();

    // Tells who does not know yet.
    void tell(base::MonoTime now, Effects& out);
    base::MonoTime next_deadline() const;

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
    bool untold_ = false;      // somebody may have to be told
    std::size_t floored_ = 0;  // peers that have any floor
    std::map<base::LinkId, Link> links_;
};

}  // namespace hearsay::core

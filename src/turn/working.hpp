// turn/working.hpp - how long the user's items wait for their work: core::Submit says it of an item
// that waited alone (core/relay/injection.hpp, rule 2).
#pragma once

#include <map>

#include "market/effects.hpp"

namespace hearsay::turn {

class Working {
public:
    // FindWork begins the wait of an item, and CancelWork ends it. Others change nothing.
    void on_wish(const market::Effect& wish, base::MonoTime now);
    // Its work was found: the wait has ended, whatever the market makes of it.
    void on_found(const base::ItemId& id, base::MonoTime now);
    // How long the item waited whose work was found last; 0 if others wait for theirs, or if it is
    // another item.
    base::Millis took(const base::ItemId& id) const;

private:
    std::map<base::ItemId, base::MonoTime> since_;
    base::ItemId found_{};
    base::Millis took_{0};
};

}  // namespace hearsay::turn

// core/retention/retention.hpp - what leaves the store: items at their expiry, and the memory of
// gone ids and slots when its time is over. Every sweep_interval, at most sweep_items_max at
// once; if there was more, again at once, so that a step stays short when thousands expire
// together. Nothing expired is served meanwhile: every answer looks at the date itself.
#pragma once

#include "core/effects.hpp"
#include "core/store_view.hpp"

namespace hearsay::core {

class Retention {
public:
    void on_timer(base::Now now, const StoreView& view, Effects& out);
    base::MonoTime next_deadline() const { return next_; }

private:
    base::MonoTime next_;
};

}  // namespace hearsay::core

#include "turn/working.hpp"

namespace hearsay::turn {

void Working::on_wish(const market::Effect& wish, base::MonoTime now) {
    if (const auto* work = std::get_if<market::FindWork>(&wish))
        since_.try_emplace(work->id, now);
    else if (const auto* cancelled = std::get_if<market::CancelWork>(&wish))
        since_.erase(cancelled->id);
}

void Working::on_found(const base::ItemId& id, base::MonoTime now) {
    const auto waited = since_.extract(id);
    found_ = id;
    took_ = waited.empty() ? base::Millis(0) : now - waited.mapped();
}

base::Millis Working::took(const base::ItemId& id) const {
    return id == found_ && since_.empty() ? took_ : base::Millis(0);
}

}  // namespace hearsay::turn

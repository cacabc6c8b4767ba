#include "app/node/failed_lookups.hpp"

#include "base/limits/links.hpp"
#include "base/waits.hpp"

namespace hearsay::app {

namespace limits = base::limits;

void FailedLookups::look(bool linked, std::size_t dials, base::MonoTime now) {
    if (linked) {
        failed_ = false;
        times_ = 0;
        next_ = {};
        return;
    }
    if (!failed_ || dials > 0 || now < next_ || !forget_()) return;
    failed_ = false;
    next_ = now + base::doubled(limits::forget_wait_first, times_++, limits::forget_wait_most);
}

}  // namespace hearsay::app

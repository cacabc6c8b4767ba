#include "core/links/eviction.hpp"

#include <algorithm>

#include "base/limits/links.hpp"

namespace hearsay::core {
namespace {

// Takes the `most` first by `before` out of `links`; ties go by number, so that the answer never
// depends on the order given.
template <class Before>
void protect(std::vector<InboundLink>& links, std::size_t most, const Before& before) {
    std::sort(links.begin(), links.end(), [&](const InboundLink& a, const InboundLink& b) {
        if (before(a, b)) return true;
        if (before(b, a)) return false;
        return a.link < b.link;
    });
    links.erase(links.begin(),
                links.begin() + static_cast<std::ptrdiff_t>(std::min(most, links.size())));
}

}  // namespace

std::optional<base::LinkId> choose_evicted(std::vector<InboundLink> links) {
    constexpr std::size_t each = base::limits::evict_protected;
    constexpr base::Millis unknown = base::Millis::max();
    const auto trip = [unknown](const InboundLink& link) {
        return link.round_trip == base::Millis(0) ? unknown : link.round_trip;
    };
    std::erase_if(links, [](const InboundLink& link) { return link.is_pinned; });
    protect(links, each, [](const auto& a, const auto& b) { return a.keyed < b.keyed; });
    protect(links, each, [&](const auto& a, const auto& b) { return trip(a) < trip(b); });
    protect(links, each, [](const auto& a, const auto& b) { return a.last_news > b.last_news; });
    protect(links, links.size() / 2,
            [](const auto& a, const auto& b) { return a.since < b.since; });
    if (links.empty()) return std::nullopt;
    const auto goes =
        std::max_element(links.begin(), links.end(), [](const auto& a, const auto& b) {
            if (a.proved != b.proved) return a.proved;
            if (a.since != b.since) return a.since < b.since;
            return a.link < b.link;
        });
    return goes->link;
}

}  // namespace hearsay::core

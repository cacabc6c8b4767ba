// market/terms.hpp - small rules that offers and mail share.
#pragma once

#include <optional>
#include <string>

#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "item/item.hpp"

namespace hearsay::market {

// 0 stands for the usual lifetime.
inline std::optional<std::string> lifetime_problem(base::Seconds lifetime) {
    namespace limits = base::limits;
    if (lifetime == base::Seconds(0)) return std::nullopt;
    if (lifetime >= limits::created_step && lifetime <= limits::lifetime_max) return std::nullopt;
    return "the lifetime is " + std::to_string(lifetime.count()) + " seconds; it may be " +
           std::to_string(limits::created_step.count()) + " (10 minutes) to " +
           std::to_string(limits::lifetime_max.count()) + " (15 days)";
}

// Mail has one of few lifetimes, because it tells everybody who looks.
inline std::optional<std::string> mail_lifetime_problem(base::Seconds lifetime) {
    if (lifetime == base::Seconds(0) || item::is_mail_lifetime(lifetime)) return std::nullopt;
    return "the lifetime is " + std::to_string(lifetime.count()) +
           " seconds; mail lives 1, 3, 7 or 15 days: 86400, 259200, 604800 or 1296000 seconds";
}

inline base::PublisherKey publisher_of(const base::Secret& seed) {
    return base::PublisherKey{crypto::ed25519_public_key(seed).data};
}

}  // namespace hearsay::market

#include "market/publications/persona_scan.hpp"

#include <algorithm>

#include "crypto/ed25519.hpp"
#include "market/keys/vault.hpp"

namespace hearsay::market {

PersonaMark mark_of(const base::PublisherKey& key, std::uint32_t index) {
    return {base::read_big_endian<std::uint64_t>(key.view().first<8>()), index};
}

std::vector<PersonaMark> list_personas(const base::Secret& root, std::uint32_t from,
                                       std::uint32_t count) {
    std::vector<PersonaMark> out;
    out.reserve(count);
    for (std::uint32_t index = from; index - from < count; ++index) {
        const auto key = crypto::ed25519_public_key(Vault::derive_persona(root, index));
        out.push_back(mark_of(base::PublisherKey{key.data}, index));
    }
    return out;
}

PersonaScan::PersonaScan(std::uint32_t end, std::vector<PersonaMark> known,
                         const std::vector<item::Kind>& kinds)
    : end_(end), left_(end), marks_(std::move(known)) {
    for (const item::Kind kind : kinds) walks_.push_back({kind});
    std::ranges::sort(marks_);
}

bool PersonaScan::add(std::uint32_t from, const std::vector<PersonaMark>& marks) {
    if (from != next() || marks.size() != chunk() || marks.empty()) return false;
    const auto old = static_cast<std::ptrdiff_t>(marks_.size());
    marks_.insert(marks_.end(), marks.begin(), marks.end());
    std::sort(marks_.begin() + old, marks_.end());
    std::inplace_merge(marks_.begin(), marks_.begin() + old, marks_.end());
    left_ = from;
    if (left_ == 0)  // what was walked was compared with the later ones only
        for (Walk& walk : walks_) walk = {walk.kind};
    return true;
}

std::vector<std::uint32_t> PersonaScan::candidates(const base::PublisherKey& key) const {
    std::vector<std::uint32_t> out;
    const PersonaMark first = mark_of(key, 0);
    for (auto at = std::ranges::lower_bound(marks_, first);
         at != marks_.end() && at->beginning == first.beginning; ++at)
        out.push_back(at->index);
    return out;
}

void PersonaScan::look_again() {
    for (Walk& walk : walks_) walk.more = true;
}

}  // namespace hearsay::market

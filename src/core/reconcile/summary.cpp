#include "core/reconcile/summary.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"

namespace hearsay::core {
namespace {

std::uint64_t word(base::ByteView bytes, std::size_t number) {
    // total: callers ask for words within an id
    return base::read_big_endian<std::uint64_t>(bytes.subspan(8 * number).first<8>());
}

}  // namespace

void SetSummary::count(const base::ItemId& id, bool add) {
    std::uint8_t& counter = counters_[id.data[0] % counters_size];  // total: by the remainder
    const bool up = ((id.data[1] & 1) == 1) == add;
    counter = static_cast<std::uint8_t>(up ? counter + 1 : counter - 1);
}

SetSummary::Sum SetSummary::sum_of(const base::ItemId& id) {
    Sum out{};
    for (std::size_t at = 0; at < out.size(); ++at) out[at] = word(id.view(), at);
    return out;
}

void SetSummary::add(const Sum& terms) {
    std::uint64_t carry = 0;
    for (std::size_t at = sum_.size(); at-- > 0;) {
        const std::uint64_t term = terms[at];  // total: of the same type as sum_
        const std::uint64_t partial = sum_[at] + term;
        const std::uint64_t total = partial + carry;
        carry = static_cast<std::uint64_t>(partial < term) |
                static_cast<std::uint64_t>(total < partial);
        sum_[at] = total;
    }
}

void SetSummary::remove(const Sum& terms) {
    std::uint64_t borrow = 0;
    for (std::size_t at = sum_.size(); at-- > 0;) {
        const std::uint64_t term = terms[at];  // total: of the same type as sum_
        const std::uint64_t partial = sum_[at] - term;
        const bool wrapped = sum_[at] < term || partial < borrow;
        sum_[at] = partial - borrow;
        borrow = wrapped ? 1 : 0;
    }
}

void SetSummary::add(const base::ItemId& id) {
    add(sum_of(id));
    ++count_;
    count(id, true);
}

void SetSummary::remove(const base::ItemId& id) {
    remove(sum_of(id));
    --count_;
    count(id, false);
}

void SetSummary::add(const SetSummary& other) {
    add(other.sum_);
    count_ += other.count_;
    std::ranges::transform(counters_, other.counters_, counters_.begin(),
                           [](auto a, auto b) { return static_cast<std::uint8_t>(a + b); });
}

void SetSummary::remove(const SetSummary& other) {
    remove(other.sum_);
    count_ -= other.count_;
    std::ranges::transform(counters_, other.counters_, counters_.begin(),
                           [](auto a, auto b) { return static_cast<std::uint8_t>(a - b); });
}

base::Bytes SetSummary::bytes() const {
    base::Bytes out;
    out.reserve(bytes_size);
    base::append(out, base::big_endian(count_));
    for (const std::uint64_t part : sum_) base::append(out, base::big_endian(part));
    base::append(out, counters_);
    return out;
}

std::optional<SetSummary> SetSummary::from(base::ByteView bytes) {
    if (bytes.size() != bytes_size) return std::nullopt;
    SetSummary out;
    out.count_ = word(bytes, 0);
    for (std::size_t at = 0; at < out.sum_.size(); ++at) out.sum_[at] = word(bytes, at + 1);
    std::copy(bytes.end() - counters_size, bytes.end(), out.counters_.begin());
    return out;
}

SetDigest SetSummary::digest() const {
    const base::Bytes all = bytes();
    // total: bytes() begins with these
    const base::Digest hash =
        crypto::tagged_sha256("hearsay set v1", {base::ByteView(all).first(8 + 32)});
    return *SetDigest::from(hash.view().first(SetDigest::size));  // total: of this size
}

std::uint64_t estimated_difference(const SetSummary::Counters& a, std::uint64_t a_count,
                                   const SetSummary::Counters& b, std::uint64_t b_count) {
    std::uint64_t squares = 0;
    for (std::size_t at = 0; at < a.size(); ++at) {
        const int apart = static_cast<std::int8_t>(static_cast<std::uint8_t>(a[at] - b[at]));
        squares += static_cast<std::uint64_t>(apart * apart);
    }
    const std::uint64_t at_least = a_count > b_count ? a_count - b_count : b_count - a_count;
    return std::max(squares, at_least);
}

}  // namespace hearsay::core

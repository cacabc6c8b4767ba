#include "core/discovery/routing_table.hpp"

#include <algorithm>
#include <bit>

#include "base/ensure.hpp"
#include "base/limits/discovery.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::MonoTime;
using base::NodeId;
using base::PeerId;

constexpr std::size_t none = static_cast<std::size_t>(-1);
// So long ago that it is due when the process begins.
constexpr MonoTime never_looked_up = MonoTime{} - limits::bucket_refresh;

// The words of an id from the most significant one, as numbers.
std::uint64_t word_of(const NodeId& id, std::size_t word) {
    return base::read_big_endian<std::uint64_t>(
        std::span<const std::uint8_t, 8>(id.data.data() + 8 * word, 8));
}

template <class Contact>
std::size_t position_of(const std::vector<Contact>& contacts, const NodeId& id) {
    for (std::size_t at = 0; at < contacts.size(); ++at)
        if (contacts[at].id == id) return at;
    return none;
}

// std::rotate would swap one by one.
template <class Contact>
void move_to_end(std::vector<Contact>& contacts, std::size_t position) {
    // total: callers pass what position_of() found, or 0 of a full list
    const Contact moved = contacts[position];
    const auto place = contacts.begin() + static_cast<std::ptrdiff_t>(position);
    std::copy(place + 1, contacts.end(), place);
    contacts.back() = moved;
}

template <class Contact>
void erase_at(std::vector<Contact>& contacts, std::size_t position) {
    contacts.erase(contacts.begin() + static_cast<std::ptrdiff_t>(position));
}

}  // namespace

NodeId node_id_of(const PeerId& peer) {
    return NodeId{crypto::sha256(peer.view()).data};
}

NodeId distance(const NodeId& a, const NodeId& b) {
    NodeId out;
    // total: arrays of NodeId::size
    for (std::size_t i = 0; i < NodeId::size; ++i) out.data[i] = a.data[i] ^ b.data[i];
    return out;
}

bool is_closer(const NodeId& target, const NodeId& a, const NodeId& b) {
    for (std::size_t word = 0; word < 4; ++word) {
        const std::uint64_t to = word_of(target, word);
        const std::uint64_t from_a = word_of(a, word) ^ to, from_b = word_of(b, word) ^ to;
        if (from_a != from_b) return from_a < from_b;
    }
    return false;
}

RoutingTable::RoutingTable(const PeerId& self)
    : self_(node_id_of(self)), self_bits_(bits_of(self_)) {}

RoutingTable::Bits RoutingTable::bits_of(const NodeId& id) {
    return {word_of(id, 3), word_of(id, 2), word_of(id, 1), word_of(id, 0)};
}

std::size_t RoutingTable::bucket_of(const NodeId& id) const {
    const Bits bits = bits_of(id);
    for (std::size_t word = 4; word-- > 0;)
        // total: arrays of four words
        if (const std::uint64_t distance = bits[word] ^ self_bits_[word])
            return 64 * word + 63 - static_cast<std::size_t>(std::countl_zero(distance));
    ENSURE(false, "our own id is in no bucket");
    return 0;
}

const RoutingTable::Bucket* RoutingTable::find_bucket(std::size_t number) const {
    const std::size_t depth = buckets - 1 - number;
    return depth < buckets_.size() ? &buckets_[depth] : nullptr;
}

std::optional<PeerId> RoutingTable::on_proved(const PeerId& peer) {
    const Contact contact{node_id_of(peer), peer};
    if (contact.id == self_) return std::nullopt;
    const std::size_t number = bucket_of(contact.id);
    if (buckets - number > buckets_.size()) buckets_.resize(buckets - number);
    Bucket& in = bucket(number);
    if (const std::size_t at = position_of(in.contacts, contact.id); at != none) {
        in.contacts[at].failures = 0;  // total: found there right above
        move_to_end(in.contacts, at);
        if (in.pinged == contact.id) in.pinged.reset();
        return std::nullopt;
    }
    if (in.contacts.size() == limits::bucket_contacts_max) return wait_for_room(in, contact);
    if (in.contacts.empty()) in.contacts.reserve(limits::bucket_contacts_max);
    in.contacts.push_back(contact);
    // total: bucket_of() is below 256, four words of 64
    occupied_[number / 64] |= 1ULL << number % 64;
    ++size_;
    return std::nullopt;
}

std::optional<PeerId> RoutingTable::wait_for_room(Bucket& bucket, const Contact& contact) {
    if (const std::size_t at = position_of(bucket.waiting, contact.id); at != none) {
        move_to_end(bucket.waiting, at);
    } else if (bucket.waiting.size() == limits::bucket_replacements_max) {
        bucket.waiting.front() = contact;
        move_to_end(bucket.waiting, 0);
    } else {
        bucket.waiting.push_back(contact);
    }
    if (bucket.pinged) return std::nullopt;
    // total: a contact waits for room in a full bucket only
    bucket.pinged = bucket.contacts.front().id;
    return bucket.contacts.front().peer;  // total: as above
}

void RoutingTable::on_failed(const PeerId& peer) {
    const NodeId id = node_id_of(peer);
    if (id == self_) return;
    const std::size_t number = bucket_of(id);
    if (!find_bucket(number)) return;
    Bucket& in = bucket(number);
    if (const std::size_t at = position_of(in.contacts, id); at != none) {
        if (in.pinged == id) in.pinged.reset();
        // total: found there right above
        if (++in.contacts[at].failures >= limits::stale_tries_max || !in.waiting.empty())
            remove(number, at);
    } else if (const std::size_t place = position_of(in.waiting, id); place != none) {
        erase_at(in.waiting, place);
    }
}

void RoutingTable::erase(const PeerId& peer) {
    const NodeId id = node_id_of(peer);
    if (id == self_) return;
    const std::size_t number = bucket_of(id);
    if (!find_bucket(number)) return;
    Bucket& in = bucket(number);
    if (const std::size_t at = position_of(in.contacts, id); at != none) {
        if (in.pinged == id) in.pinged.reset();
        remove(number, at);
    } else if (const std::size_t place = position_of(in.waiting, id); place != none) {
        erase_at(in.waiting, place);
    }
}

// The newest of the cache takes its place.
void RoutingTable::remove(std::size_t number, std::size_t position) {
    Bucket& from = bucket(number);
    erase_at(from.contacts, position);
    if (!from.waiting.empty()) {
        from.contacts.push_back(from.waiting.back());
        from.waiting.pop_back();
        return;
    }
    --size_;
    // total: bucket_of() is below 256, four words of 64
    if (from.contacts.empty()) occupied_[number / 64] &= ~(1ULL << number % 64);
}

std::vector<PeerId> RoutingTable::closest(const NodeId& target, std::size_t most) const {
    std::vector<PeerId> out;
    out.reserve(std::min(most, size_));
    const Bits to = bits_of(target);
    for (std::size_t word = 4; word-- > 0;) {
        // total: arrays of four words
        std::uint64_t near = occupied_[word] & (self_bits_[word] ^ to[word]);
        while (near != 0 && out.size() < most) {
            const auto bit = static_cast<std::size_t>(63 - std::countl_zero(near));
            near ^= 1ULL << bit;
            // total: what is occupied has a bucket
            append_nearest(*find_bucket(64 * word + bit), target, most, out);
        }
    }
    for (std::size_t word = 0; word < 4; ++word) {
        // total: arrays of four words
        std::uint64_t far = occupied_[word] & ~(self_bits_[word] ^ to[word]);
        while (far != 0 && out.size() < most) {
            const auto bit = static_cast<std::size_t>(std::countr_zero(far));
            far &= far - 1;
            // total: what is occupied has a bucket
            append_nearest(*find_bucket(64 * word + bit), target, most, out);
        }
    }
    return out;
}

// Of one bucket, nearest first. Up to 20 contacts: sorted by the first 64 bits of their distance,
// which hardly ever tie.
void RoutingTable::append_nearest(const Bucket& bucket, const NodeId& target, std::size_t most,
                                  std::vector<PeerId>& out) const {
    struct Place {
        std::uint64_t distance;
        const Contact* contact;
    };
    std::array<Place, limits::bucket_contacts_max> places;
    std::size_t count = 0;
    const std::uint64_t to = word_of(target, 0);
    const auto before = [&target](const Place& a, const Place& b) {
        if (a.distance != b.distance) return a.distance < b.distance;
        return is_closer(target, a.contact->id, b.contact->id);
    };
    for (const Contact& contact : bucket.contacts)
        if (contact.failures == 0) places[count++] = {word_of(contact.id, 0) ^ to, &contact};
    const std::size_t wanted = std::min(count, most - out.size());
    const auto begin = places.begin(), end = begin + static_cast<std::ptrdiff_t>(count);
    if (wanted < count) {
        std::partial_sort(begin, begin + static_cast<std::ptrdiff_t>(wanted), end, before);
    } else {
        std::sort(begin, end, before);
    }
    for (std::size_t at = 0; at < wanted; ++at) out.push_back(places[at].contact->peer);
}

bool RoutingTable::contains(const PeerId& peer) const {
    const NodeId id = node_id_of(peer);
    if (id == self_) return false;
    const Bucket* in = find_bucket(bucket_of(id));
    return in && position_of(in->contacts, id) != none;
}

bool RoutingTable::has_room(const PeerId& peer) const {
    const NodeId id = node_id_of(peer);
    if (id == self_) return false;
    const Bucket* in = find_bucket(bucket_of(id));
    if (!in) return true;
    return in->contacts.size() < limits::bucket_contacts_max &&
           position_of(in->contacts, id) == none;
}

std::size_t RoutingTable::bucket_size(std::size_t bucket) const {
    ENSURE(bucket < buckets, "no such bucket");
    const Bucket* in = find_bucket(bucket);
    return in ? in->contacts.size() : 0;
}

void RoutingTable::on_looked_up(const NodeId& target, MonoTime now) {
    if (target == self_) return;  // in the range of no bucket
    const std::size_t depth = buckets - 1 - bucket_of(target);
    if (depth >= looked_up_.size()) looked_up_.resize(depth + 1, never_looked_up);
    looked_up_[depth] = now;
}

std::size_t RoutingTable::nearest_occupied() const {
    for (std::size_t word = 0; word < 4; ++word)
        if (occupied_[word] != 0)  // total: arrays of four words
            // total: arrays of four words
            return 64 * word + static_cast<std::size_t>(std::countr_zero(occupied_[word]));
    return buckets;
}

MonoTime RoutingTable::looked_up(std::size_t number) const {
    const std::size_t depth = buckets - 1 - number;
    return depth < looked_up_.size() ? looked_up_[depth] : never_looked_up;
}

std::optional<std::size_t> RoutingTable::bucket_to_refresh(MonoTime now) const {
    std::optional<std::size_t> oldest;
    // The widest range first among those of one age.
    for (std::size_t number = buckets; number-- > nearest_occupied();)
        if (!oldest || looked_up(number) < looked_up(*oldest)) oldest = number;
    if (!oldest || looked_up(*oldest) + limits::bucket_refresh > now) return std::nullopt;
    return oldest;
}

MonoTime RoutingTable::next_refresh() const {
    MonoTime next = base::never;
    for (std::size_t number = buckets; number-- > nearest_occupied();)
        next = std::min(next, looked_up(number) + limits::bucket_refresh);
    return next;
}

NodeId RoutingTable::random_id_in(std::size_t bucket, base::Rng& rng) const {
    ENSURE(bucket < buckets, "no such bucket");
    NodeId id;
    rng.fill(id);
    const std::size_t byte = self_.data.size() - 1 - bucket / 8;
    const auto bit = static_cast<std::uint8_t>(1U << bucket % 8);
    const auto below = static_cast<std::uint8_t>(bit - 1U);
    std::copy_n(self_.data.begin(), byte, id.data.begin());
    id.data[byte] =
        static_cast<std::uint8_t>((~below & (self_.data[byte] ^ bit)) | (below & id.data[byte]));
    return id;
}

void RoutingTable::sanity_check() const {
    std::size_t contacts = 0;
    Bits occupied{};
    for (std::size_t depth = 0; depth < buckets_.size(); ++depth) {
        const std::size_t number = buckets - 1 - depth;
        const Bucket& in = buckets_[depth];
        contacts += in.contacts.size();
        // total: a bucket's number is below 256, four words of 64
        if (!in.contacts.empty()) occupied[number / 64] |= 1ULL << number % 64;
        ENSURE(in.contacts.size() <= limits::bucket_contacts_max, "a bucket beyond its places");
        ENSURE(in.waiting.size() <= limits::bucket_replacements_max, "a cache beyond its places");
        ENSURE(in.waiting.empty() || in.contacts.size() == limits::bucket_contacts_max,
               "somebody waits though there is room");
        ENSURE(!in.pinged || position_of(in.contacts, *in.pinged) != none, "a ping of nobody");
        for (const auto* list : {&in.contacts, &in.waiting})
            for (std::size_t at = 0; at < list->size(); ++at) {
                const Contact& contact = (*list)[at];  // total: at is below its size
                ENSURE(contact.id == node_id_of(contact.peer) && bucket_of(contact.id) == number,
                       "a contact in another's bucket");
                ENSURE(position_of(*list, contact.id) == at, "a contact twice in its bucket");
            }
        for (const Contact& waits : in.waiting)
            ENSURE(position_of(in.contacts, waits.id) == none, "a contact waits for its own place");
    }
    ENSURE(contacts == size_, "contacts are counted wrongly");
    ENSURE(occupied == occupied_, "which buckets are occupied is noted wrongly");
}

}  // namespace hearsay::core

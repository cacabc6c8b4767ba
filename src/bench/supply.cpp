#include "bench/supply.hpp"

#include "base/ensure.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"
#include "item.pb.h"
#include "item/kinds.hpp"
#include "item/make.hpp"

namespace hearsay::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t day_s = 24 * 3600;
constexpr std::int64_t filled_over_s = 6 * day_s;
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz     ";

std::string words(base::Rng& rng, std::size_t size) {
    std::string out(size, 'x');
    std::vector<std::uint8_t> random(size);
    rng.fill(random);
    for (std::size_t i = 0; i < size; ++i) out[i] = letters[random[i] % letters.size()];
    if (!out.empty()) out.front() = out.back() = 'x';
    return out;
}

template <std::size_t N, class Tag>
void set(std::string* field, const base::FixedBytes<N, Tag>& value) {
    field->assign(base::as_text(value.view()));
}

}  // namespace

base::Rng rng_for(std::uint64_t seed, std::uint64_t what) {
    base::Secret secret;
    const auto first = base::big_endian(seed);
    const auto second = base::big_endian(what);
    std::copy(first.begin(), first.end(), secret.data.begin());
    std::copy(second.begin(), second.end(), secret.data.begin() + first.size());
    return base::Rng(secret);
}

// A payload of exactly `size` bytes: the text takes what the other fields leave.
base::Bytes Supply::payload(std::size_t size) {
    item::OfferText offer{
        "Two hundred litres of rain water", "", "rain water", "firewood", {"water"}};
    const std::size_t without = item::write_offer(offer).size();
    ENSURE(size > without + 3, "an offer of this size cannot be");
    offer.text = words(rng_, size - without - 3);  // a tag and a two-byte length before it
    base::Bytes out = item::write_offer(offer);
    ENSURE(out.size() == size, "the text fills the payload");
    return out;
}

item::Item Supply::signed_offer() {
    const base::Secret persona = rng_.secret();
    item::Publication publication;
    publication.publisher = base::PublisherKey{crypto::ed25519_public_key(persona).data};
    rng_.fill(publication.slot);
    publication.sequence = 1;
    const item::Terms terms{bench_network, item::kind_offer,
                            now_ - base::Seconds(static_cast<std::int64_t>(rng_.below(3600))),
                            base::Seconds(static_cast<std::int64_t>(1 + rng_.below(14)) * day_s)};
    item::Item out = item::make_publication(terms, publication, payload(payload_bytes_), persona);
    if (out.size() == item_bytes) return out;
    payload_bytes_ = payload_bytes_ + item_bytes - out.size();
    return item::make_publication(terms, publication, payload(payload_bytes_), persona);
}

item::ReadPtr Supply::unsigned_offer(std::uint64_t at, std::uint64_t of) {
    item::ReadPtr out = unsigned_offer(at, of, payload(payload_bytes_));
    if (out->item.size() == item_bytes) return out;
    payload_bytes_ = payload_bytes_ + item_bytes - out->item.size();
    return unsigned_offer(at, of);
}

item::ReadPtr Supply::unsigned_offer(std::uint64_t at, std::uint64_t of, base::Bytes payload) {
    const auto age =
        static_cast<std::int64_t>(static_cast<double>(filled_over_s) *
                                  static_cast<double>(of - at) / static_cast<double>(of));
    const base::Seconds lifetime((7 + static_cast<std::int64_t>(rng_.below(8))) * day_s);
    base::PublisherKey publisher;
    base::Slot slot;
    base::MailboxId mailbox;
    rng_.fill(publisher);
    rng_.fill(slot);
    rng_.fill(mailbox);
    return unsigned_item({bench_network, item::kind_offer, now_ - base::Seconds(age), lifetime},
                         {publisher, slot, 1, false, mailbox}, std::move(payload));
}

item::ReadPtr Supply::unsigned_item(item::Kind kind, const base::PublisherKey& publisher,
                                    const base::Slot& slot, base::Bytes payload) {
    return unsigned_item({bench_network, kind, now_, base::Seconds(7 * day_s)},
                         {publisher, slot, 1, false, {}}, std::move(payload));
}

item::ReadPtr Supply::unsigned_item(const item::Terms& terms, const item::Publication& made,
                                    base::Bytes payload) {
    wire::ItemHeader header;
    item::Item out;
    out.payload = std::move(payload);
    header.set_version(1);
    header.set_network(static_cast<std::uint32_t>(bench_network));
    header.set_kind(terms.kind);
    header.set_created(
        static_cast<std::uint64_t>(base::unix_seconds(item::created_for(terms.now))));
    header.set_expires(static_cast<std::uint64_t>(
        base::unix_seconds(item::expires_for(terms.now, terms.lifetime))));
    header.set_payload_size(static_cast<std::uint32_t>(out.payload.size()));
    set(header.mutable_payload_sha256(), crypto::sha256(out.payload));
    wire::Publication& claim = *header.mutable_publication();
    crypto::Signature signature;
    rng_.fill(signature);
    set(claim.mutable_publisher(), made.publisher);
    set(claim.mutable_slot(), made.slot);
    claim.set_sequence(made.sequence);
    if (made.mailbox) set(claim.mutable_mailbox(), *made.mailbox);
    out.header = base::to_bytes(header.SerializeAsString());
    out.signature = base::to_bytes(signature.view());
    auto read = item::read(std::move(out), bench_network);
    ENSURE(read, "an item of the supply has the right shape");
    return *read;
}

}  // namespace hearsay::bench

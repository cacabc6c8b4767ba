#include "item/item.hpp"

#include <limits>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"
#include "crypto/work.hpp"
#include "item.pb.h"
#include "item/kinds.hpp"
#include "item/signing.hpp"

namespace hearsay::item {
namespace {

using base::Fault;
namespace limits = base::limits;

constexpr std::uint32_t envelope_version = 1;
constexpr std::size_t signature_size = 64;

std::optional<Publication> read_publication(const wire::Publication& in) {
    const auto publisher = base::PublisherKey::from(base::as_bytes(in.publisher()));
    const auto slot = base::Slot::from(base::as_bytes(in.slot()));
    if (!publisher || !slot) return std::nullopt;
    Publication out{*publisher, *slot, in.sequence(), in.removed(), std::nullopt};
    if (!in.mailbox().empty()) {
        out.mailbox = base::MailboxKey::from(base::as_bytes(in.mailbox()));
        if (!out.mailbox) return std::nullopt;
    }
    return out;
}

std::optional<Mail> read_mail(const wire::Mail& in) {
    const auto commitment = base::Digest::from(base::as_bytes(in.removal_commitment()));
    const auto key = crypto::EncapsulatedKey::from(base::as_bytes(in.encapsulated_key()));
    if (!commitment || !key) return std::nullopt;
    return Mail{*commitment, *key};
}

std::optional<MailRemoval> read_removal(const wire::MailRemoval& in) {
    const auto secret = base::Secret::from(base::as_bytes(in.secret()));
    if (!secret) return std::nullopt;
    return MailRemoval{*secret};
}

// Times beyond the year 9999 are nonsense, and keeping them out keeps sums from overflowing.
constexpr std::uint64_t unix_seconds_max = 253402300799ULL;

std::optional<Header> read_header(base::ByteView bytes) {
    wire::ItemHeader in;
    if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
    if (in.version() != envelope_version || in.kind() == 0) return std::nullopt;
    if (in.created() > unix_seconds_max || in.expires() > unix_seconds_max) return std::nullopt;
    const auto payload_hash = base::Digest::from(base::as_bytes(in.payload_sha256()));
    if (!payload_hash) return std::nullopt;
    Header out;
    out.network = static_cast<Network>(in.network());
    out.kind = in.kind();
    out.created = base::from_unix_seconds(static_cast<std::int64_t>(in.created()));
    out.expires = base::from_unix_seconds(static_cast<std::int64_t>(in.expires()));
    out.payload_size = in.payload_size();
    out.payload_sha256 = *payload_hash;
    if (in.has_publication()) {
        const auto publication = read_publication(in.publication());
        if (!publication) return std::nullopt;
        out.claim = *publication;
    } else if (in.has_mail()) {
        const auto mail = read_mail(in.mail());
        if (!mail) return std::nullopt;
        out.claim = *mail;
    } else if (in.has_removal()) {
        const auto removal = read_removal(in.removal());
        if (!removal) return std::nullopt;
        out.claim = *removal;
    } else {
        return std::nullopt;
    }
    return out;
}

bool shape_is_right(const Header& header, const Item& item) {
    if (header.payload_size != item.payload.size()) return false;
    if (header.created.time_since_epoch() % limits::created_step != base::Seconds(0)) return false;
    if ((header.kind == kind_mail) != (header.mail() != nullptr)) return false;
    if ((header.kind == kind_mail_removal) != (header.removal() != nullptr)) return false;
    if (header.mail() || header.removal()) return item.signature.empty() && !item.payload.empty();
    // total: a header that is neither mail nor removal
    const Publication& publication = *header.publication();
    if (publication.removed && (!item.payload.empty() || publication.mailbox)) return false;
    return item.signature.size() == signature_size;
}

// The mail that a removal's payload is the header of. Both end together: the removal is there as long as anybody may
// still bring the mail, and no longer.
std::optional<base::ItemId> removed_mail(const Header& removal, base::ByteView payload) {
    if (payload.size() > limits::header_bytes_max) return std::nullopt;
    const auto mail = read_header(payload);
    if (!mail || !mail->mail() || mail->kind != kind_mail) return std::nullopt;
    if (mail->network != removal.network || mail->expires != removal.expires) return std::nullopt;
    return id_of(payload, {});
}

// Rule 5.
std::optional<Fault> check_payload(const Read& item) {
    if (crypto::sha256(item.item.payload) != item.header.payload_sha256) return Fault::item_bad_payload;
    return std::nullopt;
}

// Rules 7 and 8.
std::optional<Fault> check_claim(const Read& item) {
    if (const Publication* publication = item.header.publication()) {
        const base::Bytes message = signed_message(item.item.header);
        if (!crypto::ed25519_verify(publication->publisher.view(), message, item.item.signature))
            return Fault::item_bad_signature;
    }
    if (const MailRemoval* removal = item.header.removal()) {
        const auto mail = read_header(item.item.payload);
        ENSURE(mail && mail->mail(), "a removal of no mail was read");
        if (removal_commitment(removal->secret) != mail->mail()->removal_commitment)
            return Fault::item_bad_removal;
    }
    if (content_problem(item)) return Fault::item_bad_content;
    return std::nullopt;
}

}  // namespace

base::ItemId id_of(base::ByteView header, base::ByteView signature) {
    const auto length = base::big_endian(static_cast<std::uint32_t>(header.size()));
    const base::Digest hash = crypto::tagged_sha256("hearsay item v1", {length, header, signature});
    return base::ItemId{hash.data};
}

ThingId thing_of(const Publication& publication) {
    return ThingId{
        crypto::tagged_sha256("hearsay thing v1", {publication.publisher.view(), publication.slot.view()})
            .data};
}

Version version_of(const Read& item) {
    if (const Publication* publication = item.header.publication())
        return {thing_of(*publication), publication->sequence, publication->removed};
    if (item.removes) return {ThingId{item.removes->data}, 1, true};
    return {ThingId{item.id.data}, 0, false};
}

base::Digest removal_commitment(const base::Secret& secret) {
    return crypto::tagged_sha256("hearsay removal v1", {secret.view()});
}

std::uint64_t required_work(std::size_t item_size, base::Seconds lifetime) {
    const std::uint64_t size = item_size + limits::work_base_bytes;
    const auto seconds = static_cast<std::uint64_t>(lifetime.count());
    // 200 x size x (1 + lifetime / unit), rounded down once at the end.
    return limits::work_factor * size * (limits::work_lifetime_unit_s + seconds) /
           limits::work_lifetime_unit_s;
}

std::uint64_t required_work(const Read& item) {
    return required_work(item.item.size(), item.header.expires - item.header.created);
}

bool work_is_enough(Network network, const base::ItemId& id, std::uint64_t nonce, std::size_t item_size,
                    base::Seconds lifetime) {
    return network == Network::sim || crypto::work_is_enough(id, nonce, required_work(item_size, lifetime));
}

std::expected<ReadPtr, Fault> read(Item item, Network network) {
    if (item.header.size() > limits::header_bytes_max || item.payload.size() > limits::payload_bytes_max ||
        item.signature.size() > signature_size)
        return std::unexpected(Fault::item_too_large);
    const auto header = read_header(item.header);
    if (!header || !shape_is_right(*header, item)) return std::unexpected(Fault::item_malformed);
    if (header->network != network) return std::unexpected(Fault::item_wrong_network);
    if (header->expires <= header->created || header->expires - header->created > limits::lifetime_max)
        return std::unexpected(Fault::item_too_long_lived);
    const base::ItemId id = id_of(item.header, item.signature);
    std::optional<base::ItemId> removes;
    if (header->removal()) {
        removes = removed_mail(*header, item.payload);
        if (!removes) return std::unexpected(Fault::item_malformed);
    }
    return std::make_shared<const Read>(Read{std::move(item), *header, id, removes});
}

std::optional<Fault> check_time(const Header& header, base::WallTime now) {
    if (header.expires <= now) return Fault::item_expired;
    if (header.created > now + limits::future_max) return Fault::item_from_future;
    return std::nullopt;
}

std::optional<Fault> check_work(const Read& item) {
    if (!crypto::work_is_enough(item.id, item.item.nonce, required_work(item)))
        return Fault::item_little_work;
    return std::nullopt;
}

std::optional<Fault> check_costly(const Read& item) {
    if (const auto fault = check_payload(item)) return fault;
    if (const auto fault = check_work(item)) return fault;
    return check_claim(item);
}

std::optional<Fault> check_all_but_work(const Read& item) {
    if (const auto fault = check_payload(item)) return fault;
    return check_claim(item);
}

}  // namespace hearsay::item

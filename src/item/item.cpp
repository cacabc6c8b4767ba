#include "item/item.hpp"

#include <algorithm>

#include "base/canonical.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"
#include "crypto/work.hpp"
#include "item/kinds.hpp"
#include "item/malformed.hpp"
#include "item/signing.hpp"

namespace hearsay::item {
namespace {

using base::Fault;
namespace limits = base::limits;

constexpr std::uint32_t envelope_version = 1;
constexpr std::size_t signature_size = 64;

constexpr std::uint32_t claim_publication = 8;
constexpr std::uint32_t claim_mail = 9;
constexpr std::uint32_t claim_removal = 10;
constexpr std::uint32_t claim_last = 31;  // up to here fields are kept for later claims

constexpr std::string_view header_encoding =
    "a header with a field missing, of the wrong size, or not in the one encoding (section 1)";

template <class Value>
Value fixed(base::CanonicalReader& in, std::uint32_t field, bool& whole) {
    const auto value = Value::from(in.bytes(field));
    whole &= value.has_value();
    return value.value_or(Value{});
}

std::optional<Publication> read_publication(base::ByteView bytes) {
    base::CanonicalReader in(bytes);
    bool whole = true;
    Publication out;
    out.publisher = fixed<base::PublisherKey>(in, 1, whole);
    out.slot = fixed<base::Slot>(in, 2, whole);
    out.sequence = in.number(3);
    out.removed = in.flag(4);
    if (in.next_field() == 5) out.mailbox = fixed<base::MailboxId>(in, 5, whole);
    if (!whole || !in.is_whole()) return std::nullopt;
    return out;
}

std::optional<Mail> read_mail(base::ByteView bytes) {
    base::CanonicalReader in(bytes);
    bool whole = true;
    Mail out;
    out.removal_commitment = fixed<base::Digest>(in, 1, whole);
    out.encapsulation_hash = fixed<base::Digest>(in, 2, whole);
    if (!whole || !in.is_whole()) return std::nullopt;
    return out;
}

std::optional<MailRemoval> read_removal(base::ByteView bytes) {
    base::CanonicalReader in(bytes);
    bool whole = true;
    const MailRemoval out{fixed<base::Secret>(in, 1, whole)};
    if (!whole || !in.is_whole()) return std::nullopt;
    return out;
}

// The part of a claim that stands in a field of this number. False: it is broken.
bool read_claim(std::uint32_t field, base::ByteView bytes, Header& out) {
    const auto take = [&](const auto& claim) {
        if (claim) out.claim = *claim;
        return claim.has_value();
    };
    switch (field) {
        case claim_publication:
            return take(read_publication(bytes));
        case claim_mail:
            return take(read_mail(bytes));
        case claim_removal:
            return take(read_removal(bytes));
        default:
            return false;
    }
}

bool is_round(base::WallTime time) {
    return time.time_since_epoch() % limits::created_step == base::Seconds(0);
}

// What the header alone tells of rules 2 and 4; a removal's payload is judged by it, too. Answers
// which of them it breaks; nothing: none.
std::string_view broken_by(const Header& header) {
    if (header.kind == 0) return "no kind";
    if (!is_round(header.created) || !is_round(header.expires))
        return "a time that is no multiple of 600";
    if ((header.kind == kind_mail) != (header.mail() != nullptr) ||
        (header.kind == kind_mail_removal) != (header.removal() != nullptr))
        return "a claim that is not its kind's";
    if (header.mail() && !is_mail_size(header.payload_size)) return "a size that no mail has";
    if (header.mail() && !is_mail_lifetime(header.expires - header.created))
        return "a lifetime that no mail has";
    const Publication* publication = header.publication();
    if (publication && publication->removed && (header.payload_size != 0 || publication->mailbox))
        return "removed, with a payload or a mailbox";
    return {};
}

struct BrokenHeader {
    Fault fault = Fault::item_malformed;
    std::string_view rule{};
};

// item_unknown: of a version or with a claim that is not ours to judge. item_malformed: broken.
std::expected<Header, BrokenHeader> read_header(base::ByteView bytes) {
    const auto unknown = std::unexpected(BrokenHeader{Fault::item_unknown});
    const auto malformed = [](std::string_view rule) {
        return std::unexpected(BrokenHeader{Fault::item_malformed, rule});
    };
    base::CanonicalReader in(bytes);
    const std::uint32_t version = in.number32(1);
    if (version > envelope_version) return unknown;
    if (version < envelope_version) return malformed("no version");
    Header out;
    bool whole = true;
    out.network = static_cast<Network>(in.number32(2));
    out.kind = in.number32(3);
    out.created =
        base::from_unix_seconds(static_cast<std::int64_t>(in.number(4, limits::unix_seconds_max)));
    out.expires =
        base::from_unix_seconds(static_cast<std::int64_t>(in.number(5, limits::unix_seconds_max)));
    out.payload_size = in.number32(6);
    out.payload_sha256 = fixed<base::Digest>(in, 7, whole);
    const std::uint32_t field = in.next_field();
    if (field < claim_publication || field > claim_last) return malformed(header_encoding);
    const auto claim = in.part(field);
    if (!claim || !whole || !in.is_whole()) return malformed(header_encoding);
    if (field > claim_removal) return unknown;
    if (!read_claim(field, *claim, out)) return malformed("a claim that is broken");
    if (const auto rule = broken_by(out); !rule.empty()) return malformed(rule);
    return out;
}

// The mail that a removal's payload is the header of: one that a mail could have. Both end
// together: the removal is there as long as anybody may still bring the mail, and no longer;
// and it is not made before it.
std::optional<Header> removed_mail(const Header& removal, base::ByteView payload) {
    if (payload.size() > limits::header_bytes_max) return std::nullopt;
    const auto mail = read_header(payload);
    if (!mail || !mail->mail()) return std::nullopt;
    if (mail->network != removal.network || mail->expires != removal.expires) return std::nullopt;
    if (removal.created < mail->created) return std::nullopt;
    return *mail;
}

// Rule 2 but for the header itself; nothing: it is kept.
std::string_view shape_broken_by(const Header& header, const Item& item) {
    if (header.payload_size != item.payload.size()) return "a payload of another size than stated";
    if (header.removal() && !removed_mail(header, item.payload))
        return "a removal of what no mail's header is";
    if (item.signature.size() != (header.publication() ? signature_size : 0))
        return "a signature of the wrong size";
    return {};
}

// Rule 6.
std::optional<Fault> check_payload(const Read& item) {
    if (crypto::sha256(item.item.payload) != item.header.payload_sha256)
        return Fault::item_bad_payload;
    return std::nullopt;
}

// Rules 8 and 9.
std::optional<Fault> check_claim(const Read& item) {
    if (const Publication* publication = item.header.publication()) {
        const base::Bytes message = signed_message(item.item.header);
        if (!crypto::ed25519_verify(publication->publisher.view(), message, item.item.signature))
            return Fault::item_bad_signature;
    }
    if (const MailRemoval* removal = item.header.removal()) {
        const auto mail = removed_mail(item.header, item.item.payload);
        ENSURE(mail, "a removal of no mail was read");
        if (removal_commitment(removal->secret) != mail->mail()->removal_commitment)
            return Fault::item_bad_removal;
    }
    if (content_problem(item)) return Fault::item_bad_content;
    return std::nullopt;
}

Version version_of(const Header& header, const base::ItemId& id,
                   const std::optional<base::ItemId>& removes) {
    if (const Publication* publication = header.publication())
        return {thing_of(*publication), publication->sequence, publication->removed};
    if (removes) return {ThingId{removes->data}, 1, true};
    return {ThingId{id.data}, 0, false};
}

}  // namespace

base::ItemId id_of(base::ByteView header, base::ByteView signature) {
    const auto length = base::big_endian(static_cast<std::uint32_t>(header.size()));
    const base::Digest hash = crypto::tagged_sha256("hearsay item v1", {length, header, signature});
    return base::ItemId{hash.data};
}

ThingId thing_of(const Publication& publication) {
    return ThingId{crypto::tagged_sha256("hearsay thing v1",
                                         {publication.publisher.view(), publication.slot.view()})
                       .data};
}

base::Digest removal_commitment(const base::Secret& secret) {
    return crypto::tagged_sha256("hearsay removal v1", {secret.view()});
}

std::uint64_t required_work(std::size_t item_size, base::Seconds lifetime) {
    const std::uint64_t size = item_size + limits::work_base_bytes;
    const auto seconds = static_cast<std::uint64_t>(lifetime.count());
    // factor x size x (1 + lifetime / unit), rounded down once at the end.
    return limits::work_factor * size * (limits::work_lifetime_unit_s + seconds) /
           limits::work_lifetime_unit_s;
}

std::uint64_t required_work(const Read& item) {
    return required_work(item.item.size(), item.header.expires - item.header.created);
}

bool is_mail_size(std::size_t payload) {
    return std::ranges::find(limits::mail_payload_bytes, payload) !=
           limits::mail_payload_bytes.end();
}

bool is_mail_lifetime(base::Seconds lifetime) {
    return std::ranges::find(limits::mail_lifetimes, lifetime) != limits::mail_lifetimes.end();
}

base::Seconds mail_lifetime(base::Seconds wanted) {
    const auto found = std::ranges::lower_bound(limits::mail_lifetimes, wanted);
    return found == limits::mail_lifetimes.end() ? limits::lifetime_max : *found;
}

bool work_is_enough(Network network, const base::ItemId& id, std::uint64_t nonce,
                    std::size_t item_size, base::Seconds lifetime) {
    return network == Network::sim ||
           crypto::work_is_enough(id, nonce, required_work(item_size, lifetime));
}

std::string_view malformed_by(const Item& item) {
    const auto header = read_header(item.header);
    return header ? shape_broken_by(*header, item) : header.error().rule;
}

std::expected<ReadPtr, Fault> read(Item item, Network network) {
    const auto header = read_header(item.header);
    if (!header && header.error().fault == Fault::item_unknown)
        return std::unexpected(Fault::item_unknown);
    if (item.header.size() > limits::header_bytes_max ||
        item.payload.size() > limits::payload_bytes_max || item.signature.size() > signature_size)
        return std::unexpected(Fault::item_too_large);
    if (!header || !shape_broken_by(*header, item).empty())
        return std::unexpected(Fault::item_malformed);
    if (header->network != network) return std::unexpected(Fault::item_wrong_network);
    if (header->expires <= header->created ||
        header->expires - header->created > limits::lifetime_max)
        return std::unexpected(Fault::item_too_long_lived);
    const base::ItemId id = id_of(item.header, item.signature);
    std::optional<base::ItemId> removes;
    if (header->removal()) removes = id_of(item.payload, {});
    const Version version = version_of(*header, id, removes);
    return std::make_shared<const Read>(Read{std::move(item), *header, id, removes, version});
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

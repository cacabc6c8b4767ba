#include "item/make.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"
#include "item.pb.h"
#include "item/signing.hpp"

namespace hearsay::item {
namespace {

namespace limits = base::limits;

template <std::size_t N, class Tag>
void set(std::string* field, const base::FixedBytes<N, Tag>& value) {
    field->assign(base::as_text(value.view()));
}

wire::ItemHeader common_header(const Terms& terms, const base::Bytes& payload) {
    ENSURE(payload.size() <= limits::payload_bytes_max, "a payload over the limit was made");
    const base::WallTime created = created_for(terms.now);
    wire::ItemHeader header;
    header.set_version(1);
    header.set_network(static_cast<std::uint32_t>(terms.network));
    header.set_kind(terms.kind);
    header.set_created(static_cast<std::uint64_t>(base::unix_seconds(created)));
    header.set_expires(
        static_cast<std::uint64_t>(base::unix_seconds(expires_for(terms.now, terms.lifetime))));
    header.set_payload_size(static_cast<std::uint32_t>(payload.size()));
    set(header.mutable_payload_sha256(), crypto::sha256(payload));
    return header;
}

base::Bytes serialize(const wire::ItemHeader& header) {
    base::Bytes out(header.ByteSizeLong());
    ENSURE(header.SerializeToArray(out.data(), static_cast<int>(out.size())),
           "a header that does not serialize");
    ENSURE(out.size() <= limits::header_bytes_max, "a header over the limit was made");
    return out;
}

}  // namespace

base::Bytes signed_message(base::ByteView header) {
    base::Bytes message = base::to_bytes("hearsay publication v1");
    message.push_back(0);
    base::append(message, header);
    return message;
}

base::WallTime created_for(base::WallTime now) {
    return base::WallTime(now.time_since_epoch() / limits::created_step * limits::created_step);
}

base::WallTime expires_for(base::WallTime now, base::Seconds lifetime) {
    const base::Seconds steps = (lifetime + limits::created_step - base::Seconds(1)) /
                                limits::created_step * limits::created_step;
    return created_for(now) + std::clamp(steps, limits::created_step, limits::lifetime_max);
}

Item make_publication(const Terms& terms, const Publication& publication, base::Bytes payload,
                      const base::Secret& persona_seed) {
    ENSURE(crypto::ed25519_public_key(persona_seed).data == publication.publisher.data,
           "a publication signed by another persona than it names");
    wire::ItemHeader header = common_header(terms, payload);
    wire::Publication& claim = *header.mutable_publication();
    set(claim.mutable_publisher(), publication.publisher);
    set(claim.mutable_slot(), publication.slot);
    claim.set_sequence(publication.sequence);
    claim.set_removed(publication.removed);
    if (publication.mailbox) set(claim.mutable_mailbox(), *publication.mailbox);
    Item out;
    out.header = serialize(header);
    out.payload = std::move(payload);
    const crypto::Signature signature =
        crypto::ed25519_sign(persona_seed, signed_message(out.header));
    out.signature = base::to_bytes(signature.view());
    return out;
}

Item make_mail(const Terms& terms, const Mail& mail, base::Bytes payload) {
    wire::ItemHeader header = common_header(
        {terms.network, terms.kind, terms.now, mail_lifetime(terms.lifetime)}, payload);
    set(header.mutable_mail()->mutable_removal_commitment(), mail.removal_commitment);
    set(header.mutable_mail()->mutable_encapsulation_hash(), mail.encapsulation_hash);
    Item out;
    out.header = serialize(header);
    out.payload = std::move(payload);
    return out;
}

Item make_removal(Network network, base::WallTime now, base::ByteView mail_header,
                  const base::Secret& secret) {
    wire::ItemHeader mail;
    ENSURE(mail.ParseFromArray(mail_header.data(), static_cast<int>(mail_header.size())) &&
               mail.has_mail(),
           "a removal of what is no mail");
    Item out;
    out.payload = base::to_bytes(mail_header);
    wire::ItemHeader header =
        common_header({network, kind_mail_removal, now, limits::lifetime_max}, out.payload);
    // A clock that was set back must not make it outlive the longest life.
    header.set_created(std::max(header.created(), mail.created()));
    header.set_expires(mail.expires());
    set(header.mutable_removal()->mutable_secret(), secret);
    out.header = serialize(header);
    return out;
}

base::Bytes mail_associated_data(Network network, Kind kind, base::WallTime created,
                                 base::WallTime expires, std::uint32_t payload_size,
                                 const Mail& mail, const base::MailboxId& mailbox) {
    base::Bytes out;
    base::append(out, base::big_endian(std::uint32_t{1}));
    base::append(out, base::big_endian(static_cast<std::uint32_t>(network)));
    base::append(out, base::big_endian(kind));
    base::append(out, base::big_endian(static_cast<std::uint64_t>(base::unix_seconds(created))));
    base::append(out, base::big_endian(static_cast<std::uint64_t>(base::unix_seconds(expires))));
    base::append(out, base::big_endian(payload_size));
    base::append(out, mail.removal_commitment.view());
    base::append(out, mail.encapsulation_hash.view());
    base::append(out, mailbox.view());
    return out;
}

}  // namespace hearsay::item

// item/item.hpp - the envelope of everything that floods: its fields, its id, its rules.
// docs/protocol.md, "Items". Pure functions only.
//
// Rules, cheapest first, because a popular item reaches us once from every peer:
//   1. known      version and claim are ones that we can judge; if not, that is nobody's fault
//                 (item_unknown)
//   2. size       header, payload and signature within limits
//   3. shape      the header is the one encoding of its fields (base/canonical.hpp), every field
//                 has its exact size or range; mail has one of the sizes and lifetimes that mail
//                 has
//   4. duplicate  (the caller's: only it knows what it has)
//   5. time       lifetime within the cap, not expired, not from the future
//   6. payload    its SHA-256 is the header's
//   7. work       enough for size and lifetime
//   8. claim      the signature of the publisher over a tag and the exact header bytes;
//                 the secret of a removal
//   9. content    of kinds we know; unknown kinds pass
// 6 to 9 are costly and belong to worker threads: check_costly().
//
// id = SHA-256(tag || header length || header || signature). The nonce is not part of it, so new
// work does not make another item; the signature is, so a copy with a forged one has another id and
// never hides the real one.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <variant>

#include "base/fault.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearsay::item {

enum class Network : std::uint32_t { main = 1, local = 2, sim = 3 };

// Kinds are a registry (src/item/kinds.hpp); a node relays kinds that it does not know.
using Kind = std::uint32_t;
inline constexpr Kind kind_mail = 1;
inline constexpr Kind kind_offer = 2;
inline constexpr Kind kind_mail_removal = 3;

struct ThingTag;
// Names one thing of one publisher through all its versions: SHA-256(tag || publisher || slot).
using ThingId = base::FixedBytes<32, ThingTag>;

struct Publication {
    base::PublisherKey publisher;
    base::Slot slot;
    std::uint64_t sequence = 0;
    bool removed = false;
    std::optional<base::MailboxId> mailbox;  // the fingerprint of its key
    bool operator==(const Publication&) const = default;
};

struct Mail {
    base::Digest removal_commitment;
    base::Digest encapsulation_hash;  // item/mailbox.hpp
    bool operator==(const Mail&) const = default;
};

// Whoever knows the secret whose hash is in a mail's header may end that mail: its sender made it,
// its reader finds it inside. The payload is the mail's header, so a removal proves itself to who
// has never seen the mail.
struct MailRemoval {
    base::Secret secret;
    bool operator==(const MailRemoval&) const = default;
};

struct Header {
    Network network = Network::main;
    Kind kind = 0;
    base::WallTime created;
    base::WallTime expires;
    std::uint32_t payload_size = 0;
    base::Digest payload_sha256;
    std::variant<Publication, Mail, MailRemoval> claim;
    bool operator==(const Header&) const = default;

    const Publication* publication() const { return std::get_if<Publication>(&claim); }
    const Mail* mail() const { return std::get_if<Mail>(&claim); }
    const MailRemoval* removal() const { return std::get_if<MailRemoval>(&claim); }
};

// As it travels: the exact bytes, never re-serialized.
struct Item {
    base::Bytes header;
    base::Bytes payload;
    base::Bytes signature;
    std::uint64_t nonce = 0;
    bool operator==(const Item&) const = default;
    std::size_t size() const {
        return header.size() + payload.size() + signature.size() + sizeof nonce;
    }
};

// Which of several items of one thing counts: the higher sequence, at a tie the smaller id. A
// publication names both; a mail is version 0 of a thing of its own, and its removal version 1.
struct Version {
    ThingId thing;
    std::uint64_t sequence = 0;
    bool removed = false;
    bool operator==(const Version&) const = default;
};

// An item with what was read from its header; shared because many queues hold the same one.
struct Read {
    Item item;
    Header header;
    base::ItemId id;
    std::optional<base::ItemId> removes{};  // a removal's mail, as its payload says
    Version version{};
};
using ReadPtr = std::shared_ptr<const Read>;

base::ItemId id_of(base::ByteView header, base::ByteView signature);
ThingId thing_of(const Publication& publication);

// SHA-256 of a tag and the secret: what a mail's header commits to.
base::Digest removal_commitment(const base::Secret& secret);

// Expected number of hashes an item of this size and lifetime must have cost.
std::uint64_t required_work(std::size_t item_size, base::Seconds lifetime);
std::uint64_t required_work(const Read& item);
// What flooding asks of an id before the item is here. Sizes and times as in required_work();
// nothing is asked in the simulated network, whose makers search no work.
bool work_is_enough(Network network, const base::ItemId& id, std::uint64_t nonce,
                    std::size_t item_size, base::Seconds lifetime);

// Mail's payload and life: one of five sizes and one of four lifetimes.
bool is_mail_size(std::size_t payload);
bool is_mail_lifetime(base::Seconds lifetime);
// The shortest of them that is not shorter than this; the longest if none is.
base::Seconds mail_lifetime(base::Seconds wanted);

// Rules 1 to 3, and of 5 what needs no clock. `network` is ours.
std::expected<ReadPtr, base::Fault> read(Item item, Network network);
// Of rule 5 what needs one.
std::optional<base::Fault> check_time(const Header& header, base::WallTime now);
// Rules 6 to 9. Thread-safe.
std::optional<base::Fault> check_costly(const Read& item);
// Rule 7, and the other three of them: apart for benchmarks, which check everything but cannot have
// spent the work (35 ms a small item) on a hundred thousand items.
std::optional<base::Fault> check_work(const Read& item);
std::optional<base::Fault> check_all_but_work(const Read& item);

}  // namespace hearsay::item

// How a vault becomes bytes and returns: the file, and the records in the store. docs/files.md.
//
//   8  magic "HSVAULT" 0x00     4  version 1        1  1 if there is a passphrase, else 0
//   8  scrypt n                 4  r                4  p
//   16 salt                     12 nonce            rest: ciphertext and tag
// All numbers big-endian. Everything before the ciphertext is its associated data.
#include "base/ensure.hpp"
#include "crypto/aead.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/x25519.hpp"
#include "market.pb.h"
#include "market/vault.hpp"

namespace hearsay::market {
namespace {

constexpr std::string_view magic("HSVAULT\0", 8);
constexpr std::uint32_t version = 1;
constexpr std::size_t salt_size = 16;
constexpr std::size_t head_size = 8 + 4 + 1 + 8 + 4 + 4 + salt_size + std::tuple_size_v<crypto::Nonce>;
// Far above what mailbox_keys_max keys take; whatever is larger is no vault.
constexpr std::size_t file_bytes_max = 4 * 1024 * 1024;

struct Head {
    bool has_passphrase = false;
    crypto::ScryptCost cost;
    base::Bytes salt;
    crypto::Nonce nonce{};
};

base::Bytes write_head(const Head& head) {
    base::Bytes out = base::to_bytes(magic);
    base::append(out, base::big_endian(version));
    out.push_back(head.has_passphrase ? 1 : 0);
    base::append(out, base::big_endian(head.cost.n));
    base::append(out, base::big_endian(head.cost.r));
    base::append(out, base::big_endian(head.cost.p));
    base::append(out, head.salt);
    base::append(out, head.nonce);
    ENSURE(out.size() == head_size, "a vault's head of another size");
    return out;
}

template <class Int>
Int take(base::ByteView& bytes) {
    const Int value = base::read_big_endian<Int>(bytes.first<sizeof(Int)>());
    bytes = bytes.subspan(sizeof(Int));
    return value;
}

base::Result<Head> read_head(base::ByteView file) {
    if (file.size() < head_size + crypto::aead_tag_size || file.size() > file_bytes_max ||
        !base::equal(file.first(magic.size()), base::as_bytes(magic)))
        return base::fail(base::ErrorCode::corrupt, "this is not a vault file");
    base::ByteView rest = file.subspan(magic.size());
    if (const auto found = take<std::uint32_t>(rest); found != version)
        return base::fail(base::ErrorCode::corrupt, "the vault file has version " + std::to_string(found) +
                                                        "; this program reads version " +
                                                        std::to_string(version));
    const auto flag = take<std::uint8_t>(rest);
    if (flag > 1)
        return base::fail(base::ErrorCode::corrupt, "the vault file is damaged (its passphrase mark)");
    Head out;
    out.has_passphrase = flag == 1;
    out.cost.n = take<std::uint64_t>(rest);
    out.cost.r = take<std::uint32_t>(rest);
    out.cost.p = take<std::uint32_t>(rest);
    out.salt = base::to_bytes(rest.first(salt_size));
    const base::ByteView nonce = rest.subspan(salt_size, out.nonce.size());
    std::copy(nonce.begin(), nonce.end(), out.nonce.begin());
    return out;
}

std::string bytes_of(const base::Secret& secret) {
    return base::to_text(secret.view());
}

std::uint64_t seconds_of(base::WallTime time) {
    return static_cast<std::uint64_t>(base::unix_seconds(time));
}

base::WallTime time_of(std::uint64_t seconds) {
    return base::from_unix_seconds(static_cast<std::int64_t>(seconds));
}

}  // namespace

base::Result<void> Vault::protect(base::ByteView passphrase, const crypto::ScryptCost& cost, base::Rng& rng) {
    base::Bytes salt(salt_size);
    rng.fill(salt);
    const auto key = crypto::scrypt(passphrase, salt, cost);
    if (!key) return std::unexpected(key.error());
    file_key_ = *key;
    salt_ = std::move(salt);
    cost_ = cost;
    has_passphrase_ = !passphrase.empty();
    return {};
}

base::Bytes Vault::seal(base::Rng& rng) const {
    ENSURE(file_key_, "a vault was sealed before it was protected");
    records::VaultContent content;
    content.set_persona_root(bytes_of(persona_root_));
    content.set_record_key(bytes_of(record_key_));
    content.set_link(bytes_of(link_));
    content.set_link_day(link_day_);
    content.set_next_mailbox(next_mailbox_);
    content.set_next_persona(next_persona_);
    for (const auto& [key, mailbox] : mailboxes_) {
        records::VaultMailbox& entry = *content.add_mailboxes();
        entry.set_secret(bytes_of(mailbox.secret));
        entry.set_created(seconds_of(mailbox.created));
        entry.set_destroy_after(seconds_of(mailbox.destroy_after));
    }
    Head head{has_passphrase_, cost_, salt_, {}};
    rng.fill(head.nonce);
    base::Bytes out = write_head(head);
    base::append(out,
                 crypto::aead_seal(*file_key_, head.nonce, out, base::as_bytes(content.SerializeAsString())));
    return out;
}

base::Result<Vault> Vault::open(base::ByteView file, base::ByteView passphrase) {
    const auto head = read_head(file);
    if (!head) return std::unexpected(head.error());
    if (head->has_passphrase && passphrase.empty())
        return base::fail(base::ErrorCode::denied,
                          "the keys are sealed with a passphrase, and none was given");
    if (!head->has_passphrase && !passphrase.empty())
        return base::fail(base::ErrorCode::denied,
                          "the keys are kept without a passphrase, but one was given");
    const auto key = crypto::scrypt(passphrase, head->salt, head->cost);
    if (!key && key.error().code == base::ErrorCode::exhausted) return std::unexpected(key.error());
    if (!key) return base::fail(base::ErrorCode::corrupt, "the vault file is damaged: " + key.error().text);
    const auto plain = crypto::aead_open(*key, head->nonce, file.first(head_size), file.subspan(head_size));
    if (!plain && !head->has_passphrase)
        return base::fail(base::ErrorCode::corrupt, "the vault file is damaged");
    if (!plain)
        return base::fail(base::ErrorCode::denied, "the passphrase is wrong, or the vault file is damaged");
    records::VaultContent content;
    Vault out;
    if (!content.ParseFromArray(plain->data(), static_cast<int>(plain->size())) || !out.read_content(content))
        return base::fail(base::ErrorCode::corrupt, "the vault file holds something else than keys");
    out.file_key_ = *key;
    out.salt_ = head->salt;
    out.cost_ = head->cost;
    out.has_passphrase_ = head->has_passphrase;
    return out;
}

bool Vault::read_content(const records::VaultContent& content) {
    const auto personas = base::Secret::from(base::as_bytes(content.persona_root()));
    const auto record = base::Secret::from(base::as_bytes(content.record_key()));
    const auto link = base::Secret::from(base::as_bytes(content.link()));
    if (!personas || !record || !link) return false;
    persona_root_ = *personas;
    record_key_ = *record;
    link_ = *link;
    link_day_ = content.link_day();
    next_mailbox_ = content.next_mailbox();
    next_persona_ = content.next_persona();
    for (const records::VaultMailbox& entry : content.mailboxes()) {
        const auto secret = base::Secret::from(base::as_bytes(entry.secret()));
        if (!secret) return false;
        mailboxes_[crypto::x25519_public_key(*secret)] = {*secret, time_of(entry.created()),
                                                          time_of(entry.destroy_after())};
    }
    return true;
}

base::Secret Vault::blind(base::ByteView place) const {
    base::Bytes info = base::to_bytes("place");
    base::append(info, place);
    return crypto::derive(record_key_, info);
}

// A record is nonce || ciphertext || tag. Nonces are random: 2^32 records of one key are far away.
base::Bytes Vault::seal_record(base::ByteView place, base::ByteView plain, base::Rng& rng) const {
    crypto::Nonce nonce{};
    rng.fill(nonce);
    base::Bytes out = base::to_bytes(base::ByteView(nonce));
    base::append(out, crypto::aead_seal(record_key_, nonce, place, plain));
    return out;
}

base::Result<base::Bytes> Vault::open_record(base::ByteView place, base::ByteView sealed) const {
    crypto::Nonce nonce{};
    if (sealed.size() >= nonce.size() + crypto::aead_tag_size) {
        std::copy_n(sealed.begin(), nonce.size(), nonce.begin());
        if (auto plain = crypto::aead_open(record_key_, nonce, place, sealed.subspan(nonce.size())))
            return *plain;
    }
    return base::fail(base::ErrorCode::corrupt,
                      "a record of the own store cannot be opened: it is damaged or belongs to other keys");
}

}  // namespace hearsay::market

// How a vault becomes bytes and returns. docs/files.md. Records of the store: vault_records.cpp.
//
//   8  magic "HSVAULT" 0x00     4  version 2        1  1 if there is a passphrase, else 0
//   8  scrypt n                 4  r                4  p
//   16 salt                     12 nonce            rest: ciphertext and tag
// All numbers big-endian. Everything before the ciphertext is its associated data.
#include "base/ensure.hpp"
#include "base/limits/person.hpp"
#include "crypto/aead.hpp"
#include "crypto/hkdf.hpp"
#include "market.pb.h"
#include "market/keys/vault.hpp"

namespace hearsay::market {
namespace {

constexpr std::string_view magic("HSVAULT\0", 8);
constexpr std::uint32_t version = 2;  // 1 had no erasure keys and no identity
constexpr std::size_t salt_size = 16;
constexpr std::size_t head_size =
    8 + 4 + 1 + 8 + 4 + 4 + salt_size + std::tuple_size_v<crypto::Nonce>;

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
    bytes = bytes.subspan(sizeof(Int));  // total: read_head() asked for the size of the whole head
    return value;
}

base::Result<Head> read_head(base::ByteView file) {
    if (file.size() < head_size + crypto::aead_tag_size ||
        file.size() > base::limits::vault_file_bytes_max ||
        !base::equal(file.first(magic.size()), base::as_bytes(magic)))
        return base::fail(base::ErrorCode::corrupt, "this is not a vault file");
    base::ByteView rest = file.subspan(magic.size());
    if (const auto found = take<std::uint32_t>(rest); found != version)
        return base::fail(base::ErrorCode::corrupt,
                          "the vault file has version " + std::to_string(found) +
                              "; this program reads version " + std::to_string(version));
    const auto flag = take<std::uint8_t>(rest);
    if (flag > 1)
        return base::fail(base::ErrorCode::corrupt,
                          "the vault file is damaged (its passphrase mark)");
    Head out;
    out.has_passphrase = flag == 1;
    out.cost.n = take<std::uint64_t>(rest);
    out.cost.r = take<std::uint32_t>(rest);
    out.cost.p = take<std::uint32_t>(rest);
    out.salt = base::to_bytes(rest.first(salt_size));                        // total: as take()
    const base::ByteView nonce = rest.subspan(salt_size, out.nonce.size());  // total: as take()
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

base::Result<VaultProtection> Vault::stretch(base::ByteView passphrase,
                                             const crypto::ScryptCost& cost, base::Rng& rng) {
    base::Bytes salt(salt_size);
    rng.fill(salt);
    const auto key = crypto::scrypt(passphrase, salt, cost);
    if (!key) return std::unexpected(key.error());
    return VaultProtection{*key, std::move(salt), cost, !passphrase.empty()};
}

std::optional<VaultProtection> Vault::protection() const {
    if (!file_key_) return std::nullopt;
    return VaultProtection{*file_key_, salt_, cost_, has_passphrase_};
}

void Vault::protect(const VaultProtection& protection) {
    file_key_ = protection.key;
    salt_ = protection.salt;
    cost_ = protection.cost;
    has_passphrase_ = protection.has_passphrase;
}

base::Result<void> Vault::protect(base::ByteView passphrase, const crypto::ScryptCost& cost,
                                  base::Rng& rng) {
    const auto protection = stretch(passphrase, cost, rng);
    if (!protection) return std::unexpected(protection.error());
    protect(*protection);
    return {};
}

base::Bytes Vault::content() const {
    return base::to_bytes(write_content().SerializeAsString());
}

records::VaultContent Vault::write_content() const {
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
    for (const auto& [id, erasure] : erasure_keys_) {
        records::VaultErasureKey& entry = *content.add_erasure_keys();
        entry.set_day(id.day);
        entry.set_generation(id.generation);
        entry.set_key(bytes_of(erasure.key));
        entry.set_condemned(erasure.condemned);
    }
    for (const auto& [index, seed] : imported_) {
        records::VaultPersona& entry = *content.add_imported();
        entry.set_index(index);
        entry.set_seed(bytes_of(seed));
    }
    content.set_next_imported(next_imported_);
    content.set_identity(base::to_text(identity_.view()));
    if (!replaced_.is_zero()) content.set_replaced(base::to_text(replaced_.view()));
    if (recovered_) content.set_recovered(seconds_of(*recovered_));
    return content;
}

base::Bytes Vault::seal(base::Rng& rng) const {
    ENSURE(file_key_, "a vault was sealed before it was protected");
    Head head{has_passphrase_, cost_, salt_, {}};
    rng.fill(head.nonce);
    base::Bytes out = write_head(head);
    records::VaultContent content = write_content();
    if (node_) content.set_node(base::to_text(node_->view()));
    const std::string plain = content.SerializeAsString();
    base::append(out, crypto::aead_seal(*file_key_, head.nonce, out, base::as_bytes(plain)));
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
    if (!key)
        return base::fail(base::ErrorCode::corrupt,
                          "the vault file is damaged: " + key.error().text);
    // total: read_head() accepted it, so it is longer
    const auto plain =
        crypto::aead_open(*key, head->nonce, file.first(head_size), file.subspan(head_size));
    if (!plain && !head->has_passphrase)
        return base::fail(base::ErrorCode::corrupt, "the vault file is damaged");
    if (!plain)
        return base::fail(base::ErrorCode::denied,
                          "the passphrase is wrong, or the vault file is damaged");
    auto content = from_content(*plain);
    if (!content) return std::unexpected(content.error());
    Vault out = *std::move(content);
    out.file_key_ = *key;
    out.salt_ = head->salt;
    out.cost_ = head->cost;
    out.has_passphrase_ = head->has_passphrase;
    return out;
}

base::Result<Vault> Vault::from_content(base::ByteView bytes) {
    records::VaultContent content;
    Vault out;
    if (!content.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
        !out.read_content(content))
        return base::fail(base::ErrorCode::corrupt,
                          "this holds something else than the keys of a person");
    return out;
}

bool Vault::read_content(const records::VaultContent& content) {
    const auto personas = base::Secret::from(base::as_bytes(content.persona_root()));
    const auto record = base::Secret::from(base::as_bytes(content.record_key()));
    const auto link = base::Secret::from(base::as_bytes(content.link()));
    const auto identity = IdentityId::from(base::as_bytes(content.identity()));
    if (!personas || !record || !link || !identity) return false;
    identity_ = *identity;
    replaced_ = IdentityId::from(base::as_bytes(content.replaced())).value_or(IdentityId{});
    node_ = base::PeerId::from(base::as_bytes(content.node()));
    if (content.recovered() != 0) recovered_ = time_of(content.recovered());
    for (const records::VaultErasureKey& entry : content.erasure_keys()) {
        const auto key = base::Secret::from(base::as_bytes(entry.key()));
        if (!key) return false;
        erasure_keys_[{entry.day(), entry.generation()}] = {*key, entry.condemned()};
    }
    for (const records::VaultPersona& entry : content.imported()) {
        const auto seed = base::Secret::from(base::as_bytes(entry.seed()));
        if (!seed || !is_imported(entry.index())) return false;
        imported_[entry.index()] = *seed;
        reserve_imported(entry.index() + 1);
    }
    reserve_imported(content.next_imported());
    persona_root_ = *personas;
    record_key_ = *record;
    link_ = *link;
    link_day_ = content.link_day();
    next_mailbox_ = content.next_mailbox();
    next_persona_ = content.next_persona();
    for (const records::VaultMailbox& entry : content.mailboxes()) {
        const auto secret = base::Secret::from(base::as_bytes(entry.secret()));
        if (!secret) return false;
        hold(*secret, time_of(entry.created()), time_of(entry.destroy_after()));
    }
    return true;
}

}  // namespace hearsay::market

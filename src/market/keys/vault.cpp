#include "market/keys/vault.hpp"

#include "base/ensure.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/hkdf.hpp"
#include "item/mailbox.hpp"
#include "market/keys/words.hpp"

namespace hearsay::market {
namespace {

constexpr base::WallTime day_zero = base::from_unix_seconds(1767225600);  // 2026-01-01 00:00 UTC
constexpr base::Seconds day_length{24 * 3600};
// Two centuries: a clock gone mad costs a few hundred thousand hashes, not a hang.
constexpr std::uint32_t day_max = 73000;

base::Secret root_of(const Entropy& entropy, std::string_view purpose) {
    const base::Digest extracted = crypto::hkdf_extract({}, entropy.view());
    return *base::Secret::from(  // total: as many bytes as were asked for
        crypto::hkdf_expand(extracted.view(), base::as_bytes(purpose), base::Secret::size));
}

base::Secret derive_indexed(const base::Secret& root, std::string_view name, std::uint32_t index) {
    base::Bytes info = base::to_bytes(name);
    base::append(info, base::big_endian(index));
    return crypto::derive(root, info);
}

base::Secret next_link(const base::Secret& link) {
    return crypto::derive(link, base::as_bytes("next"));
}

// Before day 0 the clock is wrong; then it is day 0.
std::uint32_t day_of(base::WallTime now) {
    if (now < day_zero) return 0;
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>((now - day_zero) / day_length, day_max));
}

}  // namespace

Vault::Created Vault::create(base::Rng& rng, base::WallTime now) {
    Entropy entropy;
    rng.fill(entropy);
    Created out{Vault(), to_words(entropy)};
    out.vault.persona_root_ = root_of(entropy, "hearsay personas v1");
    out.vault.link_ = root_of(entropy, "hearsay mailboxes v1");
    out.vault.record_key_ = rng.secret();
    rng.fill(out.vault.identity_);
    out.vault.advance(now);
    return out;
}

base::Result<Vault> Vault::recover(std::string_view words, base::Rng& rng, base::WallTime now) {
    const auto entropy = from_words(words);
    if (!entropy) return std::unexpected(entropy.error());
    Vault out;
    out.persona_root_ = root_of(*entropy, "hearsay personas v1");
    out.link_ = root_of(*entropy, "hearsay mailboxes v1");
    out.record_key_ = rng.secret();
    rng.fill(out.identity_);
    out.recovered_ = now;
    out.reserve_personas(persona_floor(now) + personas_ahead);
    out.take_given(now);
    return out;
}

void Vault::catch_up(base::Rng& rng, base::WallTime now) {
    take_given(now);
    reserve_personas(persona_floor(now) + personas_ahead);
    rng.fill(identity_);
    recovered_ = now;
    unsaved_keys_ = true;
}

void Vault::replace(const Vault& old) {
    replaced_ = old.identity_;
    node_ = old.node_;
    file_key_ = old.file_key_;
    salt_ = old.salt_;
    cost_ = old.cost_;
    has_passphrase_ = old.has_passphrase_;
    unsaved_keys_ = true;
}

void Vault::set_node(const base::PeerId& node) {
    if (node_ == node) return;
    node_ = node;
    unsaved_keys_ = true;
}

// Moves the chain to today, and takes on the way what may have been given without our knowing.
void Vault::take_given(base::WallTime now) {
    const std::uint32_t today = day_of(now);
    while (true) {
        const base::WallTime begin = day_zero + link_day_ * day_length;
        const base::WallTime destroy_after = begin + day_length + mailbox_life_max;
        for (std::uint32_t i = 0; destroy_after > now && i < mailboxes_scanned; ++i)
            take_mailbox(next_mailbox_ + i, begin, destroy_after);
        if (link_day_ >= today) break;
        link_ = next_link(link_);
        ++link_day_;
        next_mailbox_ = 0;
    }
    next_mailbox_ += recovered_first;
}

base::Secret Vault::derive_persona(const base::Secret& root, std::uint32_t index) {
    return derive_indexed(root, "persona", index);
}

base::Secret Vault::persona_seed(std::uint32_t index) const {
    if (!is_imported(index)) return derive_persona(persona_root_, index);
    const auto at = imported_.find(index);
    ENSURE(at != imported_.end(), "the seed of an imported persona was used after it was dropped");
    return at->second;
}

std::uint32_t Vault::import_persona(const base::Secret& seed) {
    ENSURE(is_imported(next_imported_), "indexes of imported personas are used up");
    imported_[next_imported_] = seed;
    return next_imported_++;
}

void Vault::reserve_imported(std::uint32_t below) {
    next_imported_ = std::max(next_imported_, below);
}

std::uint32_t Vault::new_persona() {
    ENSURE(next_persona_ < imported_first, "persona indexes are used up");
    return next_persona_++;
}

void Vault::reserve_personas(std::uint32_t below) {
    next_persona_ = std::max(next_persona_, below);
}

std::uint32_t Vault::persona_floor(base::WallTime now) {
    if (now < day_zero) return 0;
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>((now - day_zero).count() / 60, std::int64_t{day_max} * 24 * 60));
}

void Vault::take_mailbox(std::uint32_t index, base::WallTime created,
                         base::WallTime destroy_after) {
    hold(derive_indexed(link_, "mailbox", index), created, destroy_after);
}

base::MailboxId Vault::hold(const base::Secret& secret, base::WallTime created,
                            base::WallTime destroy_after) {
    auto key = std::make_shared<const crypto::XWingKey>(secret);
    const base::MailboxId mailbox = item::mailbox_id(key->public_key());
    MailboxSecret& entry = mailboxes_[mailbox];
    entry = {secret, created, std::max(entry.destroy_after, destroy_after), std::move(key)};
    return mailbox;
}

base::MailboxId Vault::new_mailbox(base::WallTime now, base::WallTime destroy_after) {
    // It is there already if a recovery scanned this index today.
    return hold(derive_indexed(link_, "mailbox", next_mailbox_++), now, destroy_after);
}

void Vault::extend_mailbox(const base::MailboxId& key, base::WallTime destroy_after) {
    const auto at = mailboxes_.find(key);
    ENSURE(at != mailboxes_.end(), "a mailbox that is not in the vault was extended");
    at->second.destroy_after = std::max(at->second.destroy_after, destroy_after);
}

bool Vault::advance(base::WallTime now) {
    bool changed = false;
    for (const std::uint32_t today = day_of(now); link_day_ < today; ++link_day_) {
        link_ = next_link(link_);
        next_mailbox_ = 0;
        changed = true;
    }
    const auto over = [&](const auto& entry) { return entry.second.destroy_after <= now; };
    return std::erase_if(mailboxes_, over) > 0 || changed;
}

base::PublisherKey publisher_of(const base::Secret& seed) {
    return base::PublisherKey{crypto::ed25519_public_key(seed).data};
}

}  // namespace hearsay::market

// market/keys/vault.hpp - the keys of a person, sealed in one small file. Why they are so many, and
// which of them the disk has: docs/design.md, "Three names that nothing links".
//
// One recovery seed (16 bytes, 12 words of the BIP-39 list, shown once) is the root and stays on
// paper:
//   persona root    = derive(seed, "hearsay personas v1")
//   persona         = derive(persona root, "persona" || index)
//   mailbox chain   = derive(seed, "hearsay mailboxes v1") is the link of day 0 (2026-01-01 UTC);
//                     link(d+1) = derive(link(d), "next"), the seed of a mailbox's key =
//                     derive(link(d), "mailbox" || index)
//   record key      = random, seals the records in the own store
//   erasure keys    = random, one for each day that something was saved on: they seal what the
//                     person must be able to erase (market/identity/key_erasure.hpp)
// derive is HKDF-SHA256 with an empty salt (crypto/hkdf.hpp), an index 4 bytes big-endian.
// The file keeps the persona root, today's link, the record key and the mailbox secrets that are
// still alive. It does not keep the recovery seed, earlier links, or the secrets of mailboxes whose
// time is over: a seized disk opens no mail whose key was destroyed, while the words alone bring
// everything alive back.
//
// Imported personas are seeds of their own, under indexes with the top bit set: the words do not
// bring them back. Their indexes, too, only grow: mail that came to one that is gone still names
// its index, and must not be answered as another.
//
// Who has the vault of one identity and the store of another must not mix them: each vault has a
// random identity(), which the store knows too. One that came in the place of another (recover,
// catch_up) names that one in replaced(), so that a crash between saving the file and emptying the
// store is understood at the next start.
//
// Indexes are never used twice, because a key used for two offers would link them:
//   - within one vault they only grow, and the caller saves the file before it uses one;
//   - a vault recovered from the words, or an old one from a backup, knows nothing of those used
//     before. Personas therefore never get an index below the number of minutes since day 0
//     (reserve_personas), which is past all that were made before at less than one a minute; a
//     recovery adds personas_ahead, for hours of more. Mailboxes begin each day at 0 and on the day
//     of a recovery at recovered_first: recovering twice on one day may give the same mailbox
//     again. A backup goes on behind its own day's in the same way.
//
// Recovery from the words makes the first mailboxes_scanned mailboxes of every day whose mail may
// still live (mailbox_life_max): who made more than recovered_first on one day loses the mail of
// the rest.
//
// The file (docs/files.md): magic, version, scrypt cost, salt, nonce, ChaCha20-Poly1305 of a
// VaultContent message. It is replaced as a whole - the caller writes bytes to a new file, syncs,
// renames - so no old version stays readable the way freed pages of a database would. Without a
// passphrase ("none") the scrypt input is empty and status says so. No I/O here: bytes in,
// bytes out.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/limits/items.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "crypto/scrypt.hpp"
#include "crypto/xwing.hpp"

namespace hearsay::records {
class VaultContent;
}

namespace hearsay::market {

// The longest that a mailbox is kept: written to for one lifetime, read in mail for a second,
// answered for a third.
inline constexpr base::Seconds mailbox_life_max =
    3 * base::limits::lifetime_max + base::limits::grace;
inline constexpr std::uint32_t recovered_first = 24;
inline constexpr std::uint32_t mailboxes_scanned = 48;
// Who makes several personas in a minute runs ahead of persona_floor(); a recovery passes over so
// many.
inline constexpr std::uint32_t personas_ahead = 1440;

struct MailboxSecret {
    base::Secret secret;  // the seed
    base::WallTime created;
    base::WallTime destroy_after;
    // Made of the seed, and kept: making it costs as much as trying four mails.
    std::shared_ptr<const crypto::XWingKey> key;
    bool operator==(const MailboxSecret& other) const {
        return secret == other.secret && created == other.created &&
               destroy_after == other.destroy_after;
    }
};

struct IdentityTag;
using IdentityId = base::FixedBytes<16, IdentityTag>;

// Of a key of one day. A later generation is for what is saved after one was condemned.
struct ErasureKeyId {
    std::uint32_t day = 0;  // since 2026-01-01 UTC
    std::uint32_t generation = 0;
    auto operator<=>(const ErasureKeyId&) const = default;
};

// How the file is sealed: the key that a passphrase was stretched to, and with what.
struct VaultProtection {
    base::Secret key;
    base::Bytes salt;
    crypto::ScryptCost cost;
    bool has_passphrase = false;
};

class Vault {
public:
    struct Created;
    // A new vault. words: the recovery seed for the user's paper.
    static Created create(base::Rng& rng, base::WallTime now);
    // From the words: same personas and chain, and the mailboxes whose mail may still be alive.
    // invalid: which word is wrong, or the checksum.
    static base::Result<Vault> recover(std::string_view words, base::Rng& rng, base::WallTime now);

    // scrypt runs inside (about half a second): call it on start only. denied: wrong passphrase;
    // corrupt: not a vault file.
    static base::Result<Vault> open(base::ByteView file, base::ByteView passphrase);
    // Sealing again after a change reuses the key derived at open()/protect(): no scrypt per save.
    base::Result<void> protect(base::ByteView passphrase, const crypto::ScryptCost& cost,
                               base::Rng& rng);
    // The slow half of protect(), for a thread of its own, and the quick one. The file is to be
    // saved then.
    static base::Result<VaultProtection> stretch(base::ByteView passphrase,
                                                 const crypto::ScryptCost& cost, base::Rng& rng);
    void protect(const VaultProtection& protection);
    std::optional<VaultProtection> protection() const;  // nothing: neither of them came before
    base::Bytes seal(base::Rng& rng) const;  // the file's bytes; protect() or open() came before
    bool has_passphrase() const { return has_passphrase_; }
    // Whether its personas derive from these words. The words themselves are not in it. invalid: no
    // words at all, as recover().
    base::Result<bool> derives_from(std::string_view words) const;
    // A VaultContent message in the clear, for a backup, which seals it.
    base::Bytes content() const;
    static base::Result<Vault> from_content(base::ByteView content);
    // Of a vault that is older than what was done with it: takes every mailbox that may have been
    // given since, and skips what may be used. It is another identity() from now on. What is over
    // is left for advance(): the market keeps mailboxes of open trades first.
    void catch_up(base::Rng& rng, base::WallTime now);
    // Takes the place of `old`, and the protection of its file.
    void replace(const Vault& old);
    const IdentityId& identity() const { return identity_; }
    const IdentityId& replaced() const { return replaced_; }  // zero: none
    // The node whose vault this is, for who wonders whether node.key is the right one. In the file
    // only: a backup does not tell it, and a vault that comes in the place of another takes that
    // one's.
    const std::optional<base::PeerId>& node() const { return node_; }
    void set_node(const base::PeerId& node);
    // When it came from words or a backup; nothing once end_recovery() was called.
    std::optional<base::WallTime> recovered() const { return recovered_; }
    void end_recovery() { recovered_.reset(); }

    static constexpr std::uint32_t imported_first = 1U << 31;
    static bool is_imported(std::uint32_t persona) { return persona >= imported_first; }
    std::uint32_t import_persona(const base::Secret& seed);
    void reserve_imported(std::uint32_t below);  // as reserve_personas()
    void drop_imported(std::uint32_t index) { imported_.erase(index); }
    const std::map<std::uint32_t, base::Secret>& imported() const { return imported_; }
    const base::Secret& persona_root() const { return persona_root_; }
    static base::Secret derive_persona(const base::Secret& root, std::uint32_t index);
    base::Secret persona_seed(std::uint32_t index) const;
    // the index that new_persona() will give
    std::uint32_t next_persona() const { return next_persona_; }
    std::uint32_t new_persona();
    void reserve_personas(std::uint32_t below);              // none of these will be given
    static std::uint32_t persona_floor(base::WallTime now);  // minutes since day 0
    // A fresh mailbox of today's link; its secret is destroyed by advance() after `destroy_after`.
    base::MailboxId new_mailbox(base::WallTime now, base::WallTime destroy_after);
    void extend_mailbox(const base::MailboxId& key, base::WallTime destroy_after);  // later only
    const std::map<base::MailboxId, MailboxSecret>& mailboxes() const { return mailboxes_; }
    // Moves the chain to today and destroys what is over. True if the file must be saved.
    bool advance(base::WallTime now);

    // Records in the store: ChaCha20-Poly1305, `place` (table and key) bound. Their keys are
    // blinded, because a key in the clear (an offer's id, a mailbox, a mail's item id) would tell
    // whoever seizes the disk what is whose.
    base::Secret blind(base::ByteView place) const;
    base::Bytes seal_record(base::ByteView place, base::ByteView plain, base::Rng& rng) const;
    base::Result<base::Bytes> open_record(base::ByteView place, base::ByteView sealed) const;

    // Records that can be erased for good: sealed with the erasure key of a day, which `sealed`
    // names under the record key. Sealing may make a key: then unsaved_keys() is true, and no
    // commit may come before the file is saved.
    std::uint32_t day() const { return link_day_; }
    base::Bytes seal_erasable(base::ByteView place, base::ByteView plain, std::uint32_t of_day,
                              base::Rng& rng);
    std::optional<ErasureKeyId> erasure_key_of(base::ByteView place, base::ByteView sealed) const;
    base::Result<base::Bytes> open_erasable(base::ByteView place, base::ByteView sealed) const;
    void condemn(std::uint32_t of_day);           // all keys of this day
    std::vector<ErasureKeyId> condemned() const;  // in order
    void drop(const ErasureKeyId& id) { erasure_keys_.erase(id); }
    bool unsaved_keys() const { return unsaved_keys_; }
    void note_saved() { unsaved_keys_ = false; }  // what seal() gave is on the disk

private:
    struct ErasureKey {
        base::Secret key;
        bool condemned = false;
    };

    Vault() = default;
    ErasureKeyId erasure_key_for(std::uint32_t of_day, base::Rng& rng);
    void take_given(base::WallTime now);
    void take_mailbox(std::uint32_t index, base::WallTime created, base::WallTime destroy_after);
    // One that is there already lives on for as long as it would have.
    base::MailboxId hold(const base::Secret& secret, base::WallTime created,
                         base::WallTime destroy_after);
    bool read_content(const records::VaultContent& content);
    records::VaultContent write_content() const;

    base::Secret persona_root_;
    base::Secret record_key_;
    base::Secret link_;
    std::uint32_t link_day_ = 0;
    std::uint32_t next_mailbox_ = 0;  // index within today's link
    std::uint32_t next_persona_ = 0;
    std::uint32_t next_imported_ = imported_first;
    std::map<base::MailboxId, MailboxSecret> mailboxes_;
    std::map<ErasureKeyId, ErasureKey> erasure_keys_;
    std::map<std::uint32_t, base::Secret> imported_;
    IdentityId identity_;
    IdentityId replaced_;
    std::optional<base::PeerId> node_;
    std::optional<base::WallTime> recovered_;
    bool unsaved_keys_ = false;
    // How the file is sealed.
    std::optional<base::Secret> file_key_;
    base::Bytes salt_;
    crypto::ScryptCost cost_;
    bool has_passphrase_ = false;
};

// The persona that this seed signs as.
base::PublisherKey publisher_of(const base::Secret& seed);

struct Vault::Created {
    Vault vault;
    std::string words;
};

}  // namespace hearsay::market

// market/identity/identity.hpp - the personas and mailboxes of a person: which there are, what for,
// and when they go.
//
// Rules:
//   1. Persona 0 is the main one and stays. It owns the main mailbox, which is replaced at
//      main_mailbox_max: an address that was passed on stays good for a while,
//      its key not for ever.
//   2. Whatever is published or written gets a fresh persona and a fresh mailbox, unless the user
//      names a persona. Indexes and keys are never given twice (keys/vault.hpp): the records here
//      know those that an older vault file has forgotten.
//   3. A persona that the user made or imported stays until it is retired; it signs nothing new
//      then. Any other goes when nothing needs it (forget_unused).
//   4. A mailbox's record outlives its key up to mailbox_life_max, for rule 2.
//   5. Every key that opens mail is tried on every mail, so there are at most mailbox_keys_max.
// Errors are for the user; nothing was changed then. The vault is saved (SaveVault) by whoever
// began the turn, if vault_changed.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "market/identity/mailbox_rule.hpp"
#include "market/identity/views.hpp"
#include "market/room.hpp"

namespace hearsay::market {

// The main mailbox is replaced at this age, a conversation's at the next answer: so none outlives
// mailbox_life_max.
inline constexpr base::Seconds main_mailbox_max = base::limits::lifetime_max;
inline constexpr base::Seconds conversation_mailbox_max = base::limits::lifetime_max;
// Personas that are kept until retired; each costs a look at a record when it is listed.
inline constexpr std::size_t kept_personas_max = 1000;
inline constexpr std::size_t persona_name_max = 40;

// The newest so many tickets of a mailbox are good.
inline constexpr std::size_t tickets_open_max = 128;
// Of a mailbox whose record is lost, or as old as a backup, so many are good that were perhaps
// given since: half of what may be open, so that the letters after do not close them at once.
inline constexpr std::uint32_t tickets_unknown = 64;

struct OwnMailbox {
    std::optional<std::uint32_t> persona;  // that signs the answers to what comes here
    std::optional<base::MailboxId> peer;   // of a conversation
    bool main = false;
    base::WallTime created;
    std::string purpose;
    MailboxRule rule{};
    std::uint32_t refused = 0;
    std::uint32_t next_ticket = 0;
    std::vector<std::uint32_t> open_tickets{};  // the newest tickets_open_max
    void open_more_tickets(std::uint32_t count);
};

class Identity final : public Room {
public:
    explicit Identity(Common& common) : Room(common) {}

    // False if a record does not open.
    bool load(const OwnStore& store);
    // Should an older vault file have been put back:
    // the store still knows which personas were given.
    void reserve_given();
    void ensure(const Turn& turn);  // rule 1
    // Moves the mailbox chain to today and destroys what is over.
    void advance_vault(base::WallTime now);

    // ---- personas: personas.cpp ----
    std::uint32_t fresh_persona(const std::string& purpose, const Turn& turn);
    // One of ours that a walk through the flood found (publications/recovery.cpp).
    void take_found_persona(std::uint32_t index, const base::PublisherKey& key,
                            const std::string& purpose, base::WallTime created, const Turn& turn);
    // A persona is told by its address, its name or "main". not_found, or what stands against it.
    base::Result<PersonaView> persona(std::string_view which, const OwnStore& store) const;
    base::Result<std::uint32_t> persona_index(std::string_view which, const OwnStore& store) const;
    // refused, besides: it is retired.
    base::Result<std::uint32_t> signing_persona(std::string_view which,
                                                const OwnStore& store) const;
    // One that is retired, or gone since, signs nothing new.
    bool still_signs(std::uint32_t persona, const OwnStore& store) const;
    // Ours with this key.
    std::optional<std::uint32_t> index_of(const base::PublisherKey& key) const;
    std::vector<PersonaView> personas(const OwnStore& store) const;  // oldest first
    std::size_t kept() const { return kept_.size(); }
    // Kept until retired. A name is 1 to 40 letters, digits, '.', '_' or '-', of one persona only;
    // or empty.
    base::Result<PersonaView> new_persona(const std::string& name, const Turn& turn);
    base::Result<PersonaView> import_persona(std::string_view secret, const std::string& name,
                                             const Turn& turn);
    base::Result<std::string> export_persona(std::string_view which, const OwnStore& store) const;
    // `offers`: alive ones of a persona; refused while there are any.
    base::Result<PersonaView> retire_persona(
        std::string_view which, const std::function<std::size_t(std::uint32_t)>& offers,
        const Turn& turn);
    // Rules 3 and 4. `used`: personas that the other rooms need.
    void forget_unused(std::set<std::uint32_t> used, const Turn& turn);
    // Imported seeds whose persona is gone leave the vault. True if any did.
    bool drop_unused_imported();

    // ---- mailboxes: mailboxes.cpp ----
    base::MailboxId fresh_mailbox(base::WallTime now, base::WallTime destroy_after);
    // The newest one to give to anybody.
    std::optional<base::MailboxId> main_mailbox() const;
    // Its record; what is known of it from now on.
    void save_mailbox(const base::MailboxId& key, const OwnMailbox& mailbox, const Turn& turn);
    // without a record: of a recovered one
    OwnMailbox mailbox_of(const base::MailboxId& key) const;
    const OwnMailbox* find_mailbox(const base::MailboxId& key) const;  // null: no record
    // One of ours, by its address, or "main". invalid, not_found.
    base::Result<base::MailboxId> mailbox_named(std::string_view which) const;
    // Rule 5; nothing: one more may be made.
    std::optional<std::string> mailbox_problem() const;
    // The one that the mail came to, if it is of this conversation; else the newest made for this
    // peer.
    std::optional<base::MailboxId> conversation_mailbox(const base::MailboxId& came_to,
                                                        const base::MailboxId& peer,
                                                        std::uint32_t persona,
                                                        base::WallTime now) const;
    // After a restoration: tickets that were given since the backup are good, too.
    void open_tickets_given_since(const Turn& turn);
    OwnKeys keys();  // of all mailboxes, for TryOpen
    // Of a mailbox of ours; nothing if its secret is destroyed.
    std::optional<base::MailboxKey> public_key(const base::MailboxId& mailbox) const;

private:
    std::optional<std::uint32_t> newest_given() const;  // of those that derive from the words
    std::optional<base::Error> name_problem(const std::string& name, const OwnStore& store) const;
    PersonaView keep_persona(std::uint32_t index, const std::string& purpose,
                             const std::string& name, const Turn& turn);

    std::set<std::uint32_t> personas_;
    std::set<std::uint32_t> kept_;                     // of these: until retired
    std::map<base::MailboxId, OwnMailbox> mailboxes_;  // those with a record
    OwnKeys keys_;                                     // null: to be made again
};

// The keys of all mailboxes that the vault has.
OwnKeys own_keys(const Vault& vault);

}  // namespace hearsay::market

// market/market.hpp - what a person has and does: identities, offers, inbox, outbox.
// As pure as the core: no clock, no disk, no threads; effects say what is to be done.
//
// How something of ours gets out, each step durable before the next, each repeated after a crash:
//   1. a command builds the item and puts it into the store as `working`; only then is the user answered
//   2. FindWork runs on a worker; its answer (on_work_found) puts the nonce and state `queued`
//   3. Submit hands it to the core, again at every start while it is alive
//   4. the core tells to how many links it went (on_own_item_sent): `relayed`
// How mail comes in:
//   1. on_item_stored for every new mail -> TryOpen with all mailbox keys, on a worker
//   2. on_opened puts the letter into the inbox (durable) before anything else happens to it
//   3. `mail_position` (Keep, meta) remembers how far the flood store was searched; at start the shell feeds what came after
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "item/kinds.hpp"
#include "market/catalogue.hpp"
#include "market/keep.hpp"
#include "market/letter.hpp"
#include "market/vault.hpp"

namespace hearsay::market {

// ---- effects ---------------------------------------------------------------------------------
struct FindWork {
    base::ItemId id;
    std::uint64_t trials = 0;
};
struct CancelWork {
    base::ItemId id;
};
struct Submit {
    item::ReadPtr item;
};
struct TryOpen {
    item::ReadPtr mail;
    std::shared_ptr<const std::vector<std::pair<base::MailboxKey, base::Secret>>> keys;
};
struct SaveVault {};  // durable before anything that follows in the same list, and before the user is answered
enum class Happening { offer_live, offer_gone, mail_arrived, mail_state };
struct Tell {  // for the event stream
    Happening what;
    std::string id;
    std::string text;
};
using Effect = std::variant<FindWork, CancelWork, Submit, TryOpen, SaveVault, Tell>;
using Effects = std::vector<Effect>;

// ---- what the user sees ------------------------------------------------------------------------
struct PersonaView {
    base::PublisherKey key;
    std::string purpose;  // "main" or "offer <thing id>"
    base::WallTime created;
};
struct MailboxView {
    base::MailboxKey key;
    std::string purpose;
    base::WallTime created;
    base::WallTime destroy_after;
};
enum class OfferState { working, published, removed, live };  // live: somebody else's
struct OfferView {
    item::ThingId thing;
    base::ItemId item;
    item::OfferText text;
    base::PublisherKey publisher;
    std::optional<base::MailboxKey> mailbox;
    base::WallTime created;
    base::WallTime expires;
    std::uint64_t sequence = 0;
    bool mine = false;
    OfferState state = OfferState::live;
};
enum class MailState { unread, read, working, queued, relayed, expired };
struct MailView {
    Letter letter;
    bool incoming = false;
    base::MailboxKey mailbox;     // it was sealed to
    base::ItemId item;
    base::WallTime received;      // incoming only
    base::WallTime expires;
    MailState state = MailState::unread;
};
struct MailDraft {
    std::string to;  // offer id or a unique beginning of it, mailbox address, or id of a received mail
    std::string subject;
    std::string text;
    base::Seconds lifetime{0};  // 0: lifetime_max
};
struct Counts {
    std::uint32_t unread = 0;
    std::uint32_t pending = 0;  // of ours, not relayed yet
};

class Market {
public:
    // `keep` must be inside a transaction during every call below. Loads its tables.
    Market(item::Network network, Vault vault, base::Rng rng);

    // Once after construction: creates the first persona and mailbox if there is none, resumes work, resubmits.
    base::Result<void> start(base::WallTime now, Keep& keep, const Catalogue& flood, Effects& out);

    // Commands. Errors are for the user; nothing was changed then.
    base::Result<OfferView> publish_offer(const item::OfferText& text, base::Seconds lifetime, base::WallTime now,
                                          Keep& keep, Effects& out);
    base::Result<OfferView> remove_offer(const item::ThingId& thing, base::WallTime now, Keep& keep, Effects& out);
    base::Result<MailView> send_mail(const MailDraft& draft, base::WallTime now, const Catalogue& flood,
                                     Keep& keep, Effects& out);
    base::Result<MailView> read_mail(std::string_view id_or_beginning, Keep& keep);  // marks it read
    std::vector<MailView> list_mail(const Keep& keep) const;                           // newest first, texts empty
    std::vector<PersonaView> personas(const Keep& keep) const;
    std::vector<MailboxView> mailboxes(const Keep& keep) const;
    // Everybody's, newest first, own ones marked; own ones that are not out yet come first.
    std::vector<OfferView> offers(const Keep& keep, const Catalogue& flood, std::size_t most) const;
    std::vector<OfferView> own_offers(const Keep& keep) const;
    // By id or a unique beginning of 8 letters or more. not_found, or invalid if it is not unique.
    base::Result<OfferView> offer(std::string_view id_or_beginning, const Keep& keep, const Catalogue& flood) const;
    Counts counts(const Keep& keep) const;

    // What happened.
    void on_work_found(const base::ItemId& id, std::uint64_t nonce, base::WallTime now, Keep& keep, Effects& out);
    void on_item_stored(const item::ReadPtr& item, Effects& out);
    void on_opened(const item::ReadPtr& mail, const base::MailboxKey& mailbox, const Letter& letter, base::WallTime now,
                   Keep& keep, Effects& out);
    void on_own_item_sent(const base::ItemId& id, std::size_t links, Keep& keep, Effects& out);
    // Hourly, and at start: destroys keys, forgets what expired.
    void on_tick(base::WallTime now, Keep& keep, Effects& out);

    Vault& vault() { return vault_; }

private:
    item::Network network_;
    Vault vault_;
    base::Rng rng_;
};

}  // namespace hearsay::market
